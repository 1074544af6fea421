"""The exercise on the cheapest threshold, found by trying all of them."""

from __future__ import annotations

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake


def _costs(y: np.ndarray, s: np.ndarray, miss: float, alarm: float) -> np.ndarray:
    """Return the cost a window of each threshold that makes a difference."""
    thresholds = [*np.unique(s), np.inf]
    flagged = [s >= threshold for threshold in thresholds]
    return np.array([(miss * y * ~f + alarm * (1 - y) * f).mean() for f in flagged])


def _right(y: np.ndarray, s: np.ndarray, cost_miss: float, cost_alarm: float) -> float:
    return float(_costs(y, s, cost_miss, cost_alarm).min())


def _swapped(y: np.ndarray, s: np.ndarray, cost_miss: float, cost_alarm: float) -> float:
    return _right(y, s, cost_alarm, cost_miss)


def _at_half(y: np.ndarray, s: np.ndarray, cost_miss: float, cost_alarm: float) -> float:
    flagged = s >= 0.5
    return float((cost_miss * y * ~flagged + cost_alarm * (1 - y) * flagged).mean())


def _always_somebody(y: np.ndarray, s: np.ndarray, cost_miss: float, cost_alarm: float) -> float:
    """Leave out the threshold above all scores."""
    return float(_costs(y, s, cost_miss, cost_alarm)[:-1].min())


def _strictly_above(y: np.ndarray, s: np.ndarray, cost_miss: float, cost_alarm: float) -> float:
    """Flag what lies above a score that was seen, so that never all is flagged."""
    return float(_costs(y, s, cost_miss, cost_alarm)[1:].min())


def _cut_between_equals(y: np.ndarray, s: np.ndarray, cost_miss: float, cost_alarm: float) -> float:
    order = np.argsort(-s, kind="stable")
    found = np.concatenate([[0], np.cumsum(y[order])])
    count = np.arange(len(y) + 1)
    costs = cost_miss * (y.sum() - found) + cost_alarm * (count - found)
    return float(costs.min() / len(y))


def _by_errors(y: np.ndarray, s: np.ndarray, cost_miss: float, cost_alarm: float) -> float:
    """Choose by the fewest errors, and say what that costs."""
    errors = _costs(y, s, 1.0, 1.0)
    return float(_costs(y, s, cost_miss, cost_alarm)[errors.argmin()])


def _in_all(y: np.ndarray, s: np.ndarray, cost_miss: float, cost_alarm: float) -> float:
    return len(y) * _right(y, s, cost_miss, cost_alarm)


def _cases(rng: np.random.Generator) -> list[Case]:
    def works(count: int, rate: float, shift: float, digits: int) -> tuple[np.ndarray, np.ndarray]:
        y = (np.arange(count) < max(2, round(rate * count))).astype(int)
        s = 1 / (1 + np.exp(1.5 - rng.normal(size=count) - shift * y))
        order = rng.permutation(count)
        return y[order], np.round(s[order], digits)

    weak = works(60, 0.05, 0.0, 3)
    weak[1][weak[0] == 1] = np.round(np.quantile(weak[1], 0.4) - [0.001, 0.002, 0.003], 3)
    y, s = works(80, 0.3, 1.0, 1)
    flattered = np.lexsort((-y, -s))  # of equal scores the defects first: a cut there is too good
    frequent = works(40, 0.4, 0.2, 3)
    frequent[0][frequent[1].argmin()] = 1  # so that the last window matters, too
    return [
        Case("where a miss is expensive", (*works(80, 0.2, 1.5, 3), 300.0, 20.0)),
        Case("where both cost the same", (*works(50, 0.3, 2.0, 3), 50.0, 50.0)),
        Case("where silence is the cheapest", (*weak, 30.0, 40.0)),
        Case("where looking at all is the cheapest", (*frequent, 900.0, 2.0)),
        Case("where many scores are equal", (y[flattered], s[flattered], 50.0, 60.0)),
    ]


THRESHOLD = Exercise(
    id="rare-defects/threshold",
    kind="Code",
    level=2,
    minutes=15,
    task="a function my_least_cost(y, s, cost_miss, cost_alarm) that returns one number",
    parameters=("y", "s", "cost_miss", "cost_alarm"),
    cases=_cases,
    reference=_right,
    mistakes=(
        Mistake(
            "costs swapped",
            "You charge a false alarm with the cost of a miss, and the other way round.",
            _swapped,
        ),
        Mistake(
            "at one half",
            "You leave the threshold at one half. Try every threshold that makes a difference.",
            _at_half,
        ),
        Mistake(
            "the fewest errors",
            "You choose the threshold with the fewest errors. One kind of error costs more than "
            "the other.",
            _by_errors,
        ),
        Mistake(
            "the cost of all",
            "That is the cost of all windows together. Divide by their number.",
            _in_all,
        ),
        Mistake(
            "silence forgotten",
            "You leave out the threshold above all scores. Sometimes no alarm at all is cheapest.",
            _always_somebody,
        ),
        Mistake(
            "all of them forgotten",
            "A score that equals the threshold raises an alarm. With the lowest score as the "
            "threshold, all windows do, and sometimes that is cheapest.",
            _strictly_above,
        ),
        Mistake(
            "cut between equals",
            "Your result is too good: you raise an alarm for some windows and not for others with "
            "the same score. A threshold cannot do that.",
            _cut_between_equals,
        ),
    ),
    shape_hint="One number: the least cost for each window.",
    value_hint="Two windows, scores .2 and .9: there are three things that a threshold can do.",
    closing="The same ranking, another price list, another threshold.",
)
