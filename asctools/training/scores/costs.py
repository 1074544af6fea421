"""Where to put the threshold, given what a mistake costs."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from asctools.errors import InputError, explain
from asctools.training.scores.arrays import ranked

__all__ = ["Cheapest", "bayes_threshold", "cheapest_threshold"]


class Cheapest(NamedTuple):
    """A threshold, and the mean cost of a row with it."""

    threshold: float
    cost: float


def bayes_threshold(cost_miss: float, cost_alarm: float) -> float:
    """Return from which probability on an alarm costs less than silence.

    At this probability both cost the same on average: the alarm, where it is false, and the
    silence, where it is a miss. It is right for probabilities that are calibrated.

    Implements :eq:`eq-cost-threshold`.

    Parameters
    ----------
    cost_miss
        What a positive costs that was not flagged, in any unit.
    cost_alarm
        What a negative costs that was flagged, in the same unit.

    Returns
    -------
    float
        From 0 to 1: 1 ÷ 21 if a miss costs as much as twenty false alarms.

    Raises
    ------
    InputError
        If a cost is negative or not finite, or both are 0.

    Notes
    -----
    Elkan (2001), *The foundations of cost-sensitive learning*, section 1.
    """
    c_miss, c_alarm = _costs(cost_miss, cost_alarm)
    return c_alarm / (c_alarm + c_miss)


def cheapest_threshold(
    target: ArrayLike,
    score: ArrayLike,
    cost_miss: float,
    cost_alarm: float,
    weight: ArrayLike | None = None,
) -> Cheapest:
    """Return the threshold that would have cost least on these rows, and what it would have cost.

    Choose it on validation rows, never on those that the result is told of: the best of many
    thresholds looks better than it is on the rows that it was chosen on.

    Parameters
    ----------
    target, score
        0 or 1, and what is compared with the threshold, (N,).
    cost_miss, cost_alarm
        As for :func:`bayes_threshold`.
    weight
        What each row counts for, (N,); None: 1 each.

    Returns
    -------
    Cheapest
        One of the scores, or infinity if no alarm at all is cheapest; of several that cost the
        same, the one with the fewest alarms.
    """
    c_miss, c_alarm = _costs(cost_miss, cost_alarm)
    scores, positive, negative = ranked(target, score, weight)
    threshold = np.append(np.inf, scores)
    misses = positive.sum() - np.append(0.0, np.cumsum(positive))
    alarms = np.append(0.0, np.cumsum(negative))
    cost = (c_miss * misses + c_alarm * alarms) / (positive.sum() + negative.sum())
    best = int(np.argmin(cost))
    return Cheapest(float(threshold[best]), float(cost[best]))


def _costs(cost_miss: float, cost_alarm: float) -> tuple[float, float]:
    for name, cost in (("cost_miss", cost_miss), ("cost_alarm", cost_alarm)):
        if not (isinstance(cost, int | float | np.number) and math.isfinite(cost) and cost >= 0):
            raise InputError(explain(f"{name}={cost!r}", "a number, 0 or more", "set both costs"))
    if not cost_miss + cost_alarm:
        raise InputError(explain("two costs of 0", "one above 0", "say what a mistake costs"))
    return float(cost_miss), float(cost_alarm)
