"""The exercise on early stopping as a function of the numbers seen so far."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake, Tolerance

Values = Sequence[float]
Better = Callable[[float, float, float], bool]


class Stop(NamedTuple):
    """The last epoch and the best one, both counted from 1."""

    last: float
    best: float


def _walk(values: Values, patience: int, min_delta: float, better: Better) -> Stop:
    best, best_epoch, waited = -math.inf, 0, 0
    for epoch, value in enumerate(values, 1):
        if better(value, best, min_delta):
            best, best_epoch, waited = value, epoch, 0
        else:
            waited += 1
            if waited >= patience:
                return Stop(epoch, best_epoch)
    return Stop(len(values), best_epoch)


def _right(values: Values, patience: int, min_delta: float) -> Stop:
    return _walk(values, patience, min_delta, lambda new, best, d: new > best + d)


def _less_is_better(values: Values, patience: int, min_delta: float) -> Stop:
    return _right([-value for value in values], patience, min_delta)


def _no_delta(values: Values, patience: int, min_delta: float) -> Stop:
    return _right(values, patience, 0.0)


def _one_more(values: Values, patience: int, min_delta: float) -> Stop:
    return _right(values, patience + 1, min_delta)


def _nan_is_better(values: Values, patience: int, min_delta: float) -> Stop:
    """Ask whether it is worse, which NaN never is."""
    return _walk(values, patience, min_delta, lambda new, best, d: not new <= best + d)


def _from_before(values: Values, patience: int, min_delta: float) -> Stop:
    before, best_epoch, waited = -math.inf, 0, 0
    for epoch, value in enumerate(values, 1):
        if value > before + min_delta:
            best_epoch, waited = epoch, 0
        else:
            waited += 1
            if waited >= patience:
                return Stop(epoch, best_epoch)
        before = value
    return Stop(len(values), best_epoch)


def _in_all(values: Values, patience: int, min_delta: float) -> Stop:
    """Count all epochs without an improvement, not those in a row."""
    best, best_epoch, waited = -math.inf, 0, 0
    for epoch, value in enumerate(values, 1):
        if value > best + min_delta:
            best, best_epoch = value, epoch
        else:
            waited += 1
            if waited >= patience:
                return Stop(epoch, best_epoch)
    return Stop(len(values), best_epoch)


def _highest(values: Values, patience: int, min_delta: float) -> Stop:
    """Take the highest of all as the best, though it was no improvement."""
    last = int(_right(values, patience, min_delta).last)
    seen = [value if value == value else -math.inf for value in values[:last]]
    return Stop(last, 1 + int(np.argmax(seen)))


def _cases(rng: np.random.Generator) -> list[Case]:
    d = 0.01

    def steps(*each: float) -> list[float]:
        start = float(rng.uniform(0.5, 0.6))
        return [round(start + d * step + float(rng.uniform(-1e-4, 1e-4)), 6) for step in each]

    nan = math.nan
    return [
        Case("where it gets better to the end", (steps(0, 3, 6, 9, 12), 2, d)),
        Case("where it gets worse", (steps(0, 4, 8, 5, 2, 1, 0, 9), 3, d)),
        Case("where a rest is followed by a step up", (steps(0, 4, 3, 2, 9, 8, 7, 6, 5), 3, d)),
        Case("where it climbs by very little", (steps(0, 5, 5.4, 5.7, 5.3, 5.2, 5.1, 5), 3, d)),
        Case("where it falls and climbs back", (steps(9, 1, 3, 5, 7, 8, 8.5), 4, d)),
        Case("where a number is NaN", ([*steps(0, 5), nan, *steps(2, 4), nan, 0.9, nan], 3, d)),
    ]


STOPPING = Exercise(
    id="training-loop/stopping",
    kind="Code",
    level=2,
    minutes=15,
    task="a function my_stop(values, patience, min_delta) that returns two epochs: last, best",
    parameters=("values", "patience", "min_delta"),
    cases=_cases,
    reference=_right,
    tolerance=Tolerance(relative=0.0, absolute=0.0),
    mistakes=(
        Mistake(
            "less is better",
            "You stop as if the numbers were losses. Here more is better.",
            _less_is_better,
        ),
        Mistake(
            "compared with the epoch before",
            "You compare with the epoch before. After a fall, every step back up is no "
            "improvement: the best is still higher.",
            _from_before,
        ),
        Mistake(
            "not in a row",
            "You count all epochs without an improvement. After an improvement the waiting begins "
            "anew.",
            _in_all,
        ),
        Mistake(
            "one epoch too long",
            "You wait one epoch too long: the epoch in which the patience runs out is the last.",
            _one_more,
        ),
        Mistake(
            "NaN is best",
            "A NaN counts as an improvement in your function. Every comparison with NaN is False: "
            "turn the question around.",
            _nan_is_better,
        ),
        Mistake(
            "any step up",
            "You count a step up of less than `min_delta` as an improvement.",
            _no_delta,
        ),
        Mistake(
            "the highest number",
            "`last` is right. The best epoch is the last improvement; a number that is higher by "
            "less than `min_delta` is none.",
            _highest,
        ),
    ),
    shape_hint="Two whole numbers: the last epoch and the best one, counted from 1.",
    value_hint="Keep three things: the best value, its epoch, and how many epochs came since.",
    closing="A dozen lines, and seven ways to get them wrong. Now it is a callback.",
)
