"""The time of a strike between two samples."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["REACH", "top"]

UPSAMPLE = 8
REACH = 12  # samples on both sides from which a value between samples is made
_LATE = np.arange(-5, 6)[:, None] / UPSAMPLE - np.arange(-REACH, REACH + 1)
FINE = np.sinc(_LATE) * np.cos(np.pi / 2 * _LATE / (REACH + 1)) ** 2
"""(11, 25): from 25 samples to the values at −⅝ … ⅝ of a sample around the middle one."""


def top(around: NDArray[np.floating]) -> tuple[float, float]:
    """Return where the top of a sampled peak is, and how high.

    Eight values per sample first, by the interpolation of band-limited signals, then a parabola
    through the highest and its neighbours. A parabola through the samples themselves is biased.

    Parameters
    ----------
    around
        25 values, the highest in the middle.

    Returns
    -------
    tuple of float
        Samples from the middle one, −½ … ½, and the highest of the eight values per sample.
    """
    fine = FINE @ around
    highest = 1 + int(np.argmax(fine[1:-1]))
    low, middle, high = fine[highest - 1 : highest + 2]
    bend = low - 2 * middle + high
    beside = (low - high) / (2 * bend) if bend < 0 else 0.0
    place = (highest - len(fine) // 2 + beside) / UPSAMPLE
    return float(np.clip(place, -0.5, 0.5)), float(middle)
