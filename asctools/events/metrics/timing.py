"""How far the times of the found strikes are off."""

import numpy as np
from numpy.typing import NDArray

from asctools.bells.recording import RATE
from asctools.events.metrics.matching import PicksOf, StrikesOf, pool, samples

__all__ = ["WITHIN_MS", "timing_errors"]

WITHIN_MS = 50.0  # so far away a pick is still the same strike, badly timed


def timing_errors(
    picks: PicksOf,
    truth: StrikesOf,
    within_ms: float = WITHIN_MS,
    *,
    rate: float = RATE,
) -> NDArray[np.float64]:
    """Return how late each matched pick is, in ms, shape (m,); negative if it is early.

    Parameters
    ----------
    picks, truth
        Of each window, or of one.
    within_ms
        How far away a pick is still matched. A narrow one would hide large errors.
    rate
        Samples per second of the times: 2000, unless you say another.
    """
    pooled = pool(picks, truth)
    found = pooled.matches(samples(within_ms, rate))
    late = pooled.picks.times[found.picks] - pooled.strikes.times[found.strikes]
    return late * (1000.0 / rate)
