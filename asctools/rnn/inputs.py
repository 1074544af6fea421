"""What the recurrent networks refuse, said once for all of them."""

from collections.abc import Sequence

import torch
from torch import Tensor

from asctools.errors import InputError, ShapeError, explain

__all__ = ["as_sequences", "check_state", "end_of_each", "positive_sizes"]


def positive_sizes(**sizes: int) -> None:
    """Refuse a size that is no whole number above 0, by its name."""
    for name, size in sizes.items():
        if isinstance(size, bool) or not isinstance(size, int) or size < 1:
            came = f"{name}={size!r}"
            raise InputError(explain(came, "a whole number above 0", f"set {name}"))


def as_sequences(x: Tensor, features: int, dtype: torch.dtype) -> Tensor:
    """Return the input as ``(batch, time, features)``; a missing axis has length 1.

    Raises
    ------
    ShapeError
        If it has no or more than three axes, none of something, or another number of features.
    InputError
        If it is no tensor, or of another dtype than the weights.
    """
    if not isinstance(x, Tensor):
        came = f"{type(x).__name__} as input"
        raise InputError(explain(came, "a tensor", "convert it with torch.as_tensor(...)"))
    if x.ndim not in (1, 2, 3) or x.shape[-1] != features or not x.numel():
        right = f"(batch, time, {features}), or (batch, {features}) for one step"
        todo = "check the feature axis, which is the last, and input_size"
        raise ShapeError(explain(f"input of shape {tuple(x.shape)}", right, todo))
    if x.dtype != dtype:
        came, right = f"input of {x.dtype}", f"{dtype} like the weights"
        raise InputError(explain(came, right, "convert one of them: x.to(...) or model.to(...)"))
    return x if x.ndim == 3 else x.reshape(-1, 1, features)


def end_of_each(lengths: Sequence[int] | Tensor, x: Tensor) -> Tensor:
    """Return the number of steps of each sequence of ``x``, shape ``(batch,)``, as integers.

    Raises
    ------
    ShapeError
        If there is not one for each sequence, or one is no whole number from 1 to the time axis.
    """
    ends = torch.as_tensor(lengths)
    batch, time = x.shape[:2]
    whole = not (ends.is_floating_point() or ends.is_complex() or ends.dtype == torch.bool)
    if ends.shape != (batch,) or not whole or int(ends.min()) < 1 or int(ends.max()) > time:
        came = f"lengths {_short(ends)} for {batch} sequences of {time} steps"
        right = f"{batch} whole numbers from 1 to {time}"
        raise ShapeError(explain(came, right, "give each sequence its number of steps"))
    return ends


def check_state(hidden: object, shape: tuple[int, ...], names: tuple[str, ...]) -> None:
    """Refuse a carried state that is not one tensor of ``shape`` for each of the names."""
    given = hidden if isinstance(hidden, tuple) else (hidden,)
    found = [tuple(part.shape) if isinstance(part, Tensor) else part for part in given]
    if found != [shape] * len(names):
        came = f"a state of {' and '.join(map(str, found))}"
        right = f"{' and '.join(names)} of shape {shape}"
        raise ShapeError(explain(came, right, "pass the hidden that the last call returned"))


def _short(ends: Tensor) -> str:
    return str(ends.tolist()) if ends.numel() <= 8 else f"of shape {tuple(ends.shape)}"
