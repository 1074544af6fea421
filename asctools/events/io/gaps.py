"""Readings that are missing: where they are, and what to put there so that a filter can go on."""

from pathlib import Path

import numpy as np

from asctools.errors import InputError, explain

__all__ = ["fill", "gaps_of", "refuse_gaps", "valid_of"]

CHUNK = 1 << 20  # samples that are looked at together: a mapped file may be of any length


def valid_of(signal: np.ndarray, path: Path) -> np.ndarray:
    """Return where all channels of a signal ``(n, C)`` have a reading, ``(n,)`` of bool.

    Raises
    ------
    InputError
        If a reading is infinite: that is no gap, but a fault.
    """
    valid = np.empty(len(signal), dtype=bool)
    for start in range(0, len(signal), CHUNK):
        part = np.asarray(signal[start : start + CHUNK])
        if np.isinf(part).any():
            row, channel = np.argwhere(np.isinf(part))[0]
            came = (
                f"{path} with {part[row, channel]} in sample {start + row}, channel {channel + 1}"
            )
            raise InputError(explain(came, "finite readings", "repair what writes them"))
        valid[start : start + CHUNK] = ~np.isnan(part).any(axis=1)
    return valid


def gaps_of(valid: np.ndarray) -> list[tuple[int, int]]:
    """Return where each gap starts, and where it has ended, in samples."""
    edges = np.diff(np.concatenate([[True], valid, [True]]).astype(np.int8))
    starts, stops = np.flatnonzero(edges < 0).tolist(), np.flatnonzero(edges > 0).tolist()
    return list(zip(starts, stops, strict=True))


def refuse_gaps(valid: np.ndarray, rate: float, path: Path) -> None:
    """Raise InputError if there are gaps, with the first and the sum of them."""
    gaps = gaps_of(valid)
    if gaps:
        start, stop = gaps[0]
        came = (
            f"{path} with {len(gaps)} gap{'s' if len(gaps) > 1 else ''}, "
            f"{(~valid).sum()} samples in all, the first of {stop - start} at {start / rate:.3f} s"
        )
        todo = "pass gaps='mask' (--gaps mask) to look for no strike there"
        raise InputError(explain(came, "readings without a gap", todo))


def fill(signal: np.ndarray, path: Path) -> np.ndarray:
    """Return a copy in which straight lines lead over the gaps, so that no filter rings there.

    Raises
    ------
    InputError
        If a channel has no reading at all.
    """
    filled = np.array(signal)
    at = np.arange(len(signal))
    for channel, values in enumerate(filled.T):
        missing = np.isnan(values)
        if missing.all():
            came = f"{path}, in which channel {channel + 1} has no reading"
            raise InputError(explain(came, "readings", "leave that channel out"))
        values[missing] = np.interp(at[missing], at[~missing], values[~missing])
    return filled
