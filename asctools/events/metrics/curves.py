"""F1 against the tolerance, and against the threshold, which is chosen once and then frozen."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from asctools.bells.recording import RATE
from asctools.errors import InputError, explain
from asctools.events.metrics.counts import Counts, event_f1
from asctools.events.metrics.matching import PicksOf, StrikesOf, WorthAt, pool, samples

__all__ = ["ThresholdCurve", "best_threshold", "f1_at_thresholds", "f1_curve"]

TOLERANCES_MS = (0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0, 50.0)


class ThresholdCurve(NamedTuple):
    """The scores of the picks at or above each threshold, all of shape (K,)."""

    threshold: NDArray[np.float64]
    f1: NDArray[np.float64]
    precision: NDArray[np.float64]
    recall: NDArray[np.float64]


def f1_curve(
    picks: PicksOf,
    truth: StrikesOf,
    tolerances_ms: Sequence[float] = TOLERANCES_MS,
    *,
    rate: float = RATE,
) -> NDArray[np.float64]:
    """Return the F1 score at each tolerance, shape (K,); it never falls as the tolerance grows."""
    pooled = pool(picks, truth)
    found = np.array([len(pooled.matches(samples(ms, rate)).picks) for ms in tolerances_ms])
    return event_f1(found, pooled.picks.number - found, pooled.strikes.number - found)


def f1_at_thresholds(
    picks: PicksOf,
    truth: StrikesOf,
    thresholds: ArrayLike,
    tolerance_ms: float = 5.0,
    *,
    refractory_period_samples: float | None = None,
    worth: WorthAt | None = None,
    rate: float = RATE,
) -> ThresholdCurve:
    """Return the scores at each threshold.

    Parameters
    ----------
    picks
        Of each window, from a detector run at a low threshold.
    truth
        The strikes of each window.
    thresholds
        In any order, (K,).
    tolerance_ms
        How far a pick may be from its strike.
    refractory_period_samples
        For picks that were not yet reduced to one within the period: it is done at each threshold,
        as the detector will do it. None: they are taken as they are.
    worth
        What scores at a threshold are worth then, for probabilities
        :func:`~asctools.events.refractory.log_odds`; None: the scores themselves.
    rate
        Samples per second of the times: 2000, unless you say another.
    """
    pooled, tolerance = pool(picks, truth), samples(tolerance_ms, rate)
    at = np.asarray(thresholds, dtype=np.float64)
    counts = []
    for threshold in at:
        above = pooled.above(threshold, refractory_period_samples, worth)
        found = len(above.matches(tolerance).picks)
        counts.append((found, above.picks.number - found, above.strikes.number - found))
    columns = Counts(*np.array(counts, dtype=np.int64).reshape(-1, 3).T)
    return ThresholdCurve(at, columns.f1, columns.precision, columns.recall)


def best_threshold(
    picks: PicksOf,
    truth: StrikesOf,
    tolerance_ms: float = 5.0,
    *,
    refractory_period_samples: float | None = None,
    worth: WorthAt | None = None,
    candidates: int = 60,
    rate: float = RATE,
) -> float:
    """Return the threshold of the highest F1, for validation windows and then never again.

    The candidates are quantiles of the scores. The curve is smoothed over three of them, so that a
    lucky one does not win.

    Parameters
    ----------
    picks, truth, tolerance_ms, refractory_period_samples, worth, rate
        As for :func:`f1_at_thresholds`; the picks from a threshold that is surely too low. The
        rate is taken to be 2000 unless you say another.
    candidates
        How many thresholds are tried.

    Raises
    ------
    InputError
        If there is no pick or no strike: nothing can be chosen from that.
    """
    pooled = pool(picks, truth)
    if not pooled.picks.number or not pooled.strikes.number:
        came = f"{pooled.picks.number} picks and {pooled.strikes.number} strikes"
        raise InputError(explain(came, "some of each", "lower the detector's own threshold"))
    tried = np.unique(np.quantile(pooled.picks.scores, np.linspace(0.0, 1.0, candidates)))
    f1 = f1_at_thresholds(
        picks,
        truth,
        tried,
        tolerance_ms,
        refractory_period_samples=refractory_period_samples,
        worth=worth,
        rate=rate,
    ).f1
    ends = np.concatenate([f1[:1], f1, f1[-1:]])
    smooth = (ends[:-2] + ends[1:-1] + ends[2:]) / 3.0
    return float(tried[np.argmax(smooth)])
