"""Watch a plain PyTorch loop, so that it tells an event log what it does.

::

    with XESLogger("run.xes") as log, watched(model, optimizer, log, loader=batches):
        for epoch in range(3):
            for x, y in batches:
                optimizer.zero_grad()
                loss = criterion(model(x), y)
                loss.backward()
                optimizer.step()

Nothing in the loop speaks of the log. The events come from inside ``zero_grad``, the model, the
backward pass, the clipping functions and the optimiser, so a loop that is written wrongly tells
what it really does. Names and attributes are those of :mod:`asctools.eventlog.registry`.

A forward pass is told when its loss is known; several calls of the model before one backward pass
are one, with ``calls``. A pass that cannot be learned from, under ``no_grad`` or in eval mode, is
an ``EvaluationPass``. Not seen are slopes by ``torch.autograd.grad``, weights that are moved
without an optimiser, and models that were not given: give all that the loop trains.

Statistics and events together take a fourteenth to a seventh of the step of a small LSTM on one
core (H = 128, T = 50 to H = 64, T = 25). A log that keeps one iteration in ten,
``every={"step": 10}``, takes a fortieth.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from torch import nn
from torch.optim import Optimizer

from asctools.errors import InputError, explain
from asctools.training.watching.count import Count
from asctools.training.watching.epochs import Epochs
from asctools.training.watching.operations import operations
from asctools.training.watching.tell import Teller

__all__ = ["Watched", "watched"]

_watching: list[Teller] = []  # at most one: what is replaced belongs to all of PyTorch


class Watched:
    """What a ``with watched(...)`` gives: the batches, where the loader cannot be watched itself.

    Attributes
    ----------
    batches
        Walks through the loader and tells of its epochs; None without a loader.
    """

    def __init__(self, batches: Epochs | None) -> None:
        self.batches = batches


@contextmanager
def watched(
    model: nn.Module | Sequence[nn.Module],
    optimizer: Optimizer | Sequence[Optimizer],
    log: Any,
    *,
    criterion: Callable[..., Any] | None = None,
    loader: Iterable[Any] | None = None,
    num_epochs: int | None = None,
) -> Iterator[Watched]:
    """Let the training loop inside tell what it does.

    Parameters
    ----------
    model
        What is trained; several, if the loop trains several.
    optimizer
        What moves the weights; or several.
    log
        An :class:`~asctools.eventlog.XESLogger`, or any object with ``event(name, **attributes)``
        and, if it likes, ``enabled(level, iteration)`` and ``trace(name, **attributes)``.
    criterion
        The loss, a module or a function that a module knows by a name. Needed only for the loss of
        passes that no backward pass follows, such as those of a validation.
    loader
        The training batches: a walk through them is an epoch and a trace, and a batch is an
        iteration. Without it there is one trace, and iterations are told from the operations.
    num_epochs
        How many walks there will be, if that is known.

    Yields
    ------
    Watched
        A list or a generator of batches cannot be watched from inside: loop over ``.batches``.

    Raises
    ------
    InputError
        If a loop is watched already, or an argument is not what it should be.
    """
    teller = Teller(_all(model, nn.Module), _all(optimizer, Optimizer), log, Count())
    epochs = None if loader is None else Epochs(teller, loader, num_epochs)
    with watching(teller, criterion), ExitStack() as stack:
        if epochs is not None:
            stack.enter_context(epochs.inside_loader())
        else:
            teller.watch.trace("run")
        yield Watched(epochs)
        if epochs is not None:
            epochs.finish()


@contextmanager
def watching(teller: Teller, criterion: Callable[..., Any] | None = None) -> Iterator[None]:
    """Let a teller hear of every operation, unless another one does."""
    if _watching:
        came = "a watched loop inside another one"
        todo = "watch all models and optimisers at once: watched([a, b], [of_a, of_b], log)"
        raise InputError(explain(came, "one at a time", todo))
    _watching.append(teller)
    try:
        with operations(teller, criterion):
            yield
            teller.settle()  # not after an error: that forward pass has come to nothing
    finally:
        _watching.clear()


def _all(given: Any, kind: type) -> list[Any]:
    every = list(given) if isinstance(given, list | tuple) else [given]
    wrong = [each for each in every if not isinstance(each, kind)]
    if wrong or not every:
        came = f"{type(wrong[0]).__name__}" if wrong else "none"
        right = f"torch.{'nn.Module' if kind is nn.Module else 'optim.Optimizer'}, or a list of it"
        raise InputError(explain(came, right, "watched(model, optimizer, log)"))
    return every
