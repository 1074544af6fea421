"""What a file of readings says, before anybody has asked whether it is good."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from asctools.errors import InputError, ShapeError, explain

__all__ = ["Raw", "from_counts", "table_of", "unreadable"]


class Raw(NamedTuple):
    """The readings of a file.

    Attributes
    ----------
    signal
        ``(n, C)``; NaN where a reading is missing.
    rate
        Samples a second, if the file says it.
    start_s
        When the first sample was taken, by the file's own clock; 0 if it has none.
    names
        What the channels are called; numbered from 1 where the file has no names.
    """

    signal: np.ndarray
    rate: float | None = None
    start_s: float = 0.0
    names: tuple[str, ...] = ()


def table_of(values: np.ndarray, path: Path) -> np.ndarray:
    """Refuse an array that is no table of readings ``(n, C)``.

    Raises
    ------
    ShapeError
        If it has another number of axes, or more channels than samples.
    InputError
        If it holds something that is no real number.
    """
    if values.dtype.kind not in "if" or values.dtype == np.int8:
        came = f"{path} with values of type {values.dtype}"
        right = "int16, int32 or int64, or floats"
        todo = "save real numbers; of unsigned counts, subtract the middle and save them as int16"
        raise InputError(explain(came, right, todo))
    if values.ndim != 2:
        came = f"{path} of shape {values.shape}"
        todo = "give one column for each channel; a single one is (n, 1)"
        raise ShapeError(explain(came, "(samples, channels)", todo))
    if 1 < len(values) < values.shape[1]:
        came = f"{path} of shape {values.shape}, more channels than samples"
        raise ShapeError(explain(came, "(samples, channels)", "save it transposed"))
    return values


def from_counts(counts: np.ndarray, bits: int, full_scale: float) -> np.ndarray:
    """Turn the counts of a converter of so many bits into units, in float32.

    The largest count stands for ``full_scale``, so that the same signal has the same size whether
    it was kept in 16 bits, in 24 or as floats.
    """
    return (counts * (full_scale / 2 ** (bits - 1))).astype(np.float32)


def unreadable(path: Path, kind: str, error: Exception) -> InputError:
    """Return the error for a file that ends too early, is damaged, or is something else."""
    came = f"{path}, which cannot be read ({error})"
    todo = "it is cut short, damaged or something else: copy it again"
    return InputError(explain(came, f"a whole file {kind}", todo))
