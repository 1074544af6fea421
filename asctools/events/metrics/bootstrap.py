"""How far an F1 score could be off by the luck of which windows were drawn."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from asctools.bells.recording import RATE
from asctools.bells.strikes import Picks, Strikes
from asctools.errors import InputError, explain
from asctools.events.metrics.counts import Counts, counts_by_window

__all__ = ["ScoreInterval", "bootstrap_difference", "bootstrap_f1"]


class ScoreInterval(NamedTuple):
    """A score on all windows, and between what it lies for most draws of as many windows."""

    value: float
    low: float
    high: float


def bootstrap_f1(
    picks: Sequence[Picks],
    truth: Sequence[Strikes],
    rng: np.random.Generator,
    tolerance_ms: float = 5.0,
    *,
    draws: int = 1000,
    level: float = 0.95,
    rate: float = RATE,
) -> ScoreInterval:
    """Draw windows with replacement, score each draw, and return what lies in the middle.

    Parameters
    ----------
    picks, truth
        Of each window. Windows of one recording resemble each other: draw whole recordings if there
        are enough of them.
    rng
        Which draws.
    tolerance_ms, rate
        As for :func:`~asctools.events.metrics.evaluate`.
    draws
        How many.
    level
        The share of the draws inside.
    """
    counts = counts_by_window(picks, truth, tolerance_ms, rate=rate)
    return _interval([counts], rng, draws, level)


def bootstrap_difference(
    picks: Sequence[Picks],
    rival: Sequence[Picks],
    truth: Sequence[Strikes],
    rng: np.random.Generator,
    tolerance_ms: float = 5.0,
    *,
    draws: int = 1000,
    level: float = 0.95,
    rate: float = RATE,
) -> ScoreInterval:
    """Return by how much the F1 score is above the rival's on the same drawn windows.

    Paired, so that what makes a window hard for both does not hide a difference.

    Parameters
    ----------
    picks, rival
        Of each window, from two detectors.
    truth, rng, tolerance_ms, draws, level, rate
        As for :func:`bootstrap_f1`.
    """
    both = [counts_by_window(each, truth, tolerance_ms, rate=rate) for each in (picks, rival)]
    return _interval(both, rng, draws, level)


def _interval(
    counts: list[Counts], rng: np.random.Generator, draws: int, level: float
) -> ScoreInterval:
    windows = len(counts[0].misses)
    if not windows or draws < 1 or not 0.0 < level < 1.0:
        came = f"{windows} windows, draws={draws!r}, level={level!r}"
        right = "at least one window and one draw, and a level between 0 and 1"
        raise InputError(explain(came, right, "try 1000 draws and 0.95"))
    often = rng.multinomial(windows, np.full(windows, 1.0 / windows), size=draws)
    f1, *rival = (Counts(*(often @ column for column in each)).f1 for each in counts)
    value, *other = (Counts(*(column.sum() for column in each)).f1 for each in counts)
    if rival:
        f1, value = f1 - rival[0], value - other[0]
    low, high = np.quantile(f1, [(1.0 - level) / 2.0, (1.0 + level) / 2.0])
    return ScoreInterval(float(value), float(low), float(high))
