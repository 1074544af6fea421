"""Put something around an operation for a while, and take it away again.

Nothing is put into a model: a copy or a file of it that is made on the way carries no trace.
"""

import functools
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

Wrap = Callable[[Callable[..., Any]], Callable[..., Any]]

_MISSING = object()


@contextmanager
def replaced(owner: Any, name: str, wrap: Wrap) -> Iterator[None]:
    """Let ``owner.name`` be ``wrap(owner.name)`` for a while: of a class, an object or a module."""
    own = vars(owner).get(name, _MISSING)
    original = getattr(owner, name)
    setattr(owner, name, functools.wraps(original)(wrap(original)))
    try:
        yield
    finally:
        if own is _MISSING:
            delattr(owner, name)
        else:
            setattr(owner, name, own)


@contextmanager
def replaced_everywhere(function: Callable[..., Any], wrap: Wrap) -> Iterator[None]:
    """Do so for a function, under every name that a module has for it.

    ``from torch.nn.utils import clip_grad_norm_`` is a second name for it. PyTorch's clipping
    functions are thin covers around the one that does the work; exchanging what is under the cover
    reaches every name, also one inside a function.
    """
    cell = _under_the_cover(function)
    if cell is not None:
        inside = cell.cell_contents
        cell.cell_contents = functools.wraps(inside)(wrap(inside))
        try:
            yield
        finally:
            cell.cell_contents = inside
        return
    with ExitStack() as stack:
        for module in list(sys.modules.values()):
            held = list(getattr(module, "__dict__", {}).items())
            names = [name for name, value in held if value is function]
            for name in names:
                stack.enter_context(replaced(module, name, wrap))
        yield


def _under_the_cover(function: Callable[..., Any]) -> Any | None:
    """Return the cell of a decorated function that holds the undecorated one."""
    inside = getattr(function, "__wrapped__", None)
    cells = getattr(function, "__closure__", None) or ()
    return next((c for c in cells if inside is not None and c.cell_contents is inside), None)
