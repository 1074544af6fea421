"""What the NumPy networks refuse, said once: wrong shapes, precisions, symbols, lengths, NaN."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asctools.errors import InputError, ShapeError, explain

Array = NDArray[Any]
State = tuple[Array, Array]


def size(value: object, name: str) -> int:
    """Return a size as a whole number of at least 1."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        todo = f"set {name} to a count"
        raise InputError(explain(f"{name}={value!r}", "a whole number, 1 or more", todo))
    return int(value)


def precision(dtype: Any) -> np.dtype[Any]:
    """Return float32 or float64 as a dtype."""
    try:
        name = "" if dtype is None else np.dtype(dtype).name  # None would mean float64 to NumPy
    except TypeError:
        name = ""
    if name not in ("float32", "float64"):
        raise InputError(explain(f"dtype={dtype!r}", "float32 or float64", "use one of the two"))
    return np.dtype(name)


def floats(value: object, shape: tuple[int | None, ...], dtype: np.dtype[Any], name: str) -> Array:
    """Return an array after a look at its precision, its shape and each of its numbers.

    In ``shape``, None stands for any length of at least 1.
    """
    if not isinstance(value, np.ndarray) or value.dtype != dtype:
        kind = value.dtype if isinstance(value, np.ndarray) else type(value).__name__
        todo = f"convert it with np.asarray({name}, dtype=np.{dtype}), or make a model of its dtype"
        raise InputError(explain(f"{name} of type {kind}", f"an array of {dtype}", todo))
    _shape(value, shape, name)
    if not np.isfinite(value).all():
        where = tuple(int(k) for k in np.argwhere(~np.isfinite(value))[0])
        came = f"{value[where]} at {name}[{', '.join(map(str, where))}]"
        raise InputError(explain(came, "finite numbers only", "fill or mask the gap first"))
    return value


def indices(value: object, shape: tuple[int | None, ...], count: int, name: str) -> Array:
    """Return an integer array after a look at its shape and at whether all are in 0 … count − 1."""
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "iu":
        kind = value.dtype if isinstance(value, np.ndarray) else type(value).__name__
        todo = "encode the symbols as their places in the vocabulary"
        raise InputError(explain(f"{name} of type {kind}", "an array of integers", todo))
    _shape(value, shape, name)
    if value.min() < 0 or value.max() >= count:
        where = tuple(int(k) for k in np.argwhere((value < 0) | (value >= count))[0])
        came = f"symbol {value[where]} at {name}[{', '.join(map(str, where))}]"
        todo = "encode with the vocabulary that the model was made for"
        raise InputError(explain(came, f"0 to {count - 1}", todo))
    return value


def state(value: object, shape: tuple[int, ...], dtype: np.dtype[Any], name: str) -> State:
    """Return (h, c) after a look at both; zeros if None."""
    if value is None:
        return np.zeros(shape, dtype), np.zeros(shape, dtype)
    if not isinstance(value, tuple | list) or len(value) != 2:
        todo = "pass what forward returned"
        raise ShapeError(explain(f"{type(value).__name__} as {name}", "a pair (h, c)", todo))
    h, c = (floats(each, shape, dtype, f"{name}[{k}]") for k, each in enumerate(value))
    return h, c


def lengths(value: Sequence[int] | Array, batch: int, time: int) -> Array:
    """Return one length per sequence, each in 1 … time."""
    found = np.asarray(value)
    if found.shape != (batch,) or found.dtype.kind not in "iu":
        came = f"lengths of shape {found.shape} and type {found.dtype}"
        todo = "pass one length per sequence"
        raise ShapeError(explain(came, f"{batch} whole numbers", todo))
    if found.min() < 1 or found.max() > time:
        wrong = int(found[(found < 1) | (found > time)][0])
        came = f"a length of {wrong}"
        raise InputError(explain(came, f"1 to {time}, the padded length", "count the real steps"))
    return found


def shares(mask: object, shape: tuple[int, ...]) -> Array:
    """Return which share of a mean each place has: 1 / count where the mask counts, 0 elsewhere."""
    found = np.ones(shape) if mask is None else np.asarray(mask)
    _shape(found, shape, "mask")
    if not np.isin(found, (0, 1)).all() or not found.any():
        todo = "mark what counts with 1, padding with 0"
        raise InputError(explain("this mask", "zeros and ones, at least one of them 1", todo))
    return np.asarray(found / found.sum())


def _shape(value: Array, shape: tuple[int | None, ...], name: str) -> None:
    fits = value.ndim == len(shape) and all(
        here == there if there is not None else here > 0
        for here, there in zip(value.shape, shape, strict=True)
    )
    if not fits:
        expected = f"({', '.join('any ≥ 1' if k is None else str(k) for k in shape)})"
        todo = "check the order of the axes: batch first, then time"
        raise ShapeError(explain(f"{name} of shape {value.shape}", f"shape {expected}", todo))


def share(value: object, name: str) -> float:
    """Return a share, 0 ≤ value < 1."""
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not number or not 0.0 <= float(value) < 1.0:  # type: ignore[arg-type]
        todo = "leave some of it over"
        raise InputError(explain(f"{name}={value!r}", "a number in [0, 1)", todo))
    return float(value)  # type: ignore[arg-type]


def temperature(value: object) -> float:
    """Return a temperature, a finite number of at least 0."""
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not number or not 0.0 <= float(value) < np.inf:  # type: ignore[arg-type]
        todo = "1 draws as the model says, 0 takes the likeliest"
        raise InputError(explain(f"temperature={value!r}", "a number, 0 or more", todo))
    return float(value)  # type: ignore[arg-type]
