"""All that the course says of a detector's picks, in one table."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from asctools.bells.recording import RATE
from asctools.bells.strikes import NUM_BELLS
from asctools.errors import InputError, explain
from asctools.events.metrics.counts import counted, event_f1, share
from asctools.events.metrics.matching import PicksOf, Pooled, StrikesOf, pool, samples
from asctools.events.metrics.timing import WITHIN_MS, timing_errors

__all__ = ["BellTable", "EventScores", "evaluate"]


class BellTable(NamedTuple):
    """Counts and scores of each bell, shape (E,); NaN where a score is not defined."""

    true_positives: NDArray[np.int64]
    false_alarms: NDArray[np.int64]
    misses: NDArray[np.int64]
    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    f1: NDArray[np.float64]


class EventScores(NamedTuple):
    """The scores of picks at one tolerance; all bells together, unless it says otherwise.

    Attributes
    ----------
    f1, precision, recall
        From 0 to 1; 0 where there is no pick or no strike.
    true_positives, false_alarms, misses
        What they are made of.
    false_alarms_per_minute
        NaN if the duration is not known.
    mean_error_ms, median_error_ms, p95_error_ms
        Of how far the times are off, either way, over matches at ±50 ms; NaN without any.
    bias_ms
        The mean of how late they are, over the same matches.
    per_bell
        Counts and scores of each bell.
    tolerance_ms
        At which picks and strikes were matched.
    """

    f1: float
    precision: float
    recall: float
    true_positives: int
    false_alarms: int
    misses: int
    false_alarms_per_minute: float
    mean_error_ms: float
    median_error_ms: float
    p95_error_ms: float
    bias_ms: float
    per_bell: BellTable
    tolerance_ms: float


def evaluate(
    picks: PicksOf,
    truth: StrikesOf,
    tolerance_ms: float = 5.0,
    *,
    seconds: float | None = None,
    rate: float = RATE,
    num_events: int = NUM_BELLS,
) -> EventScores:
    """Match the picks of each window with its strikes, and score them together.

    The F1 score is :func:`~asctools.events.metrics.event_f1` of the counts of all windows and
    bells: each strike counts alike.

    Parameters
    ----------
    picks, truth
        Of each window, or of one recording.
    tolerance_ms
        How far a pick may be from its strike.
    seconds
        The duration of all windows together; None: not known.
    rate
        Samples per second of the times: 2000, unless you say another. A wrong one makes each
        millisecond here wrong, the tolerance too.
    num_events
        How many bells there are.

    Raises
    ------
    ShapeError
        If there are not as many windows of picks as of strikes.
    InputError
        If a bell index is too high, or a number cannot be used.
    """
    if seconds is not None and not 0.0 < seconds < math.inf:
        raise InputError(explain(f"seconds={seconds!r}", "a duration above 0", "leave it out"))
    pooled = pool(picks, truth)
    highest = max(pooled.picks.bells.max(initial=0), pooled.strikes.bells.max(initial=0))
    if highest >= num_events:
        came, right = f"bell index {highest}", f"below num_events={num_events}"
        raise InputError(explain(came, right, "count bells from 0, or set num_events"))
    table = _per_bell(pooled, samples(tolerance_ms, rate), num_events)
    hits, alarms, misses = (int(column.sum()) for column in table[:3])
    errors = timing_errors(picks, truth, WITHIN_MS, rate=rate)
    off = np.abs(errors)
    return EventScores(
        f1=event_f1(hits, alarms, misses),
        precision=share(hits, hits + alarms),
        recall=share(hits, hits + misses),
        true_positives=hits,
        false_alarms=alarms,
        misses=misses,
        false_alarms_per_minute=math.nan if seconds is None else alarms * 60.0 / seconds,
        mean_error_ms=float(off.mean()) if len(off) else math.nan,
        median_error_ms=float(np.median(off)) if len(off) else math.nan,
        p95_error_ms=float(np.quantile(off, 0.95)) if len(off) else math.nan,
        bias_ms=float(errors.mean()) if len(off) else math.nan,
        per_bell=table,
        tolerance_ms=float(tolerance_ms),
    )


def _per_bell(pooled: Pooled, tolerance: float, num_events: int) -> BellTable:
    hit = pooled.strikes.bells[pooled.matches(tolerance).strikes]
    counts = counted(hit, pooled.picks.bells, pooled.strikes.bells, num_events)
    right, wrong, missed = counts
    return BellTable(
        *counts,
        precision=share(right, right + wrong, math.nan),
        recall=share(right, right + missed, math.nan),
        f1=share(2 * right, 2 * right + wrong + missed, math.nan),
    )
