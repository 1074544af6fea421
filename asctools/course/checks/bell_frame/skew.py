"""The exercise on two clocks that do not agree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake, Tolerance

Times = Sequence[float]


class Skew(NamedTuple):
    """By how much the second clock is ahead at zero, in ms, and how much faster it runs, in ppm."""

    offset: float
    ppm: float


def _line(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Return intercept and slope of the best straight line."""
    slope = float(((x - x.mean()) * (y - y.mean())).sum() / ((x - x.mean()) ** 2).sum())
    return float(y.mean() - slope * x.mean()), slope


def _arrays(first: Times, second: Times) -> tuple[np.ndarray, np.ndarray]:
    return np.asarray(first, float), np.asarray(second, float)


def _right(first: Times, second: Times) -> Skew:
    x, y = _arrays(first, second)
    offset, slope = _line(x, y - x)
    return Skew(1e3 * offset, 1e6 * slope)


def _swapped(first: Times, second: Times) -> Skew:
    return _right(second, first)


def _through_zero(first: Times, second: Times) -> Skew:
    x, y = _arrays(first, second)
    return Skew(0.0, 1e6 * float((x * (y - x)).sum() / (x * x).sum()))


def _ends(first: Times, second: Times) -> Skew:
    x, y = _arrays(first, second)
    slope = float((y[-1] - y[0]) / (x[-1] - x[0])) - 1
    return Skew(1e3 * float(y[0] - x[0] - slope * x[0]), 1e6 * slope)


def _mean_ratio(first: Times, second: Times) -> Skew:
    x, y = _arrays(first, second)
    return Skew(1e3 * float((y - x).mean()), 1e6 * float((y / x).mean() - 1))


def _mean_distance(first: Times, second: Times) -> Skew:
    x, y = _arrays(first, second)
    return _right(first, second)._replace(offset=1e3 * float((y - x).mean()))


def _in_seconds(first: Times, second: Times) -> Skew:
    right = _right(first, second)
    return right._replace(offset=right.offset / 1e3)


def _cases(rng: np.random.Generator) -> list[Case]:
    def clocks(ppm: float, offset: float, count: int) -> tuple[list[float], list[float]]:
        first = np.sort(rng.uniform(5, 600, count))
        second = first * (1 + 1e-6 * ppm) + offset + rng.normal(0, 2e-4, count)
        return [round(float(t), 5) for t in first], [round(float(t), 5) for t in second]

    return [
        Case("for a fast second clock", clocks(float(rng.uniform(50, 200)), 0.12, 12)),
        Case("for a slow second clock", clocks(-float(rng.uniform(50, 200)), 0.03, 9)),
        Case("where the second began later", clocks(float(rng.uniform(20, 90)), -0.4, 15)),
    ]


SKEW = Exercise(
    id="bell-frame/skew",
    kind="Code",
    level=2,
    minutes=15,
    task="a function my_skew(first, second) that returns two numbers: offset, ppm",
    parameters=("first", "second"),
    cases=_cases,
    reference=_right,
    tolerance=Tolerance(relative=1e-5, absolute=1e-5),
    mistakes=(
        Mistake(
            "the other clock",
            "You measure the first clock by the second. The first one is to be trusted.",
            _swapped,
        ),
        Mistake(
            "through zero",
            "Your line goes through zero: it takes for granted that both clocks were started at "
            "the same moment.",
            _through_zero,
        ),
        Mistake(
            "the two ends",
            "You use the first and the last strike only. Each time has an error; a line through "
            "all of them makes the most of what is there.",
            _ends,
        ),
        Mistake(
            "the mean ratio",
            "A ratio of two times is no speed: it holds the offset as well.",
            _mean_ratio,
        ),
        Mistake(
            "the mean distance",
            "`offset` is the mean distance of the two clocks. It grows with time: say what it was "
            "at zero.",
            _mean_distance,
        ),
        Mistake(
            "in seconds",
            "`offset` is right in seconds. It is asked for in milliseconds.",
            _in_seconds,
        ),
    ),
    shape_hint="Two numbers: offset in milliseconds, ppm.",
    value_hint="Draw how far the second clock is ahead against the first clock: a straight line.",
    closing="A millionth is nothing, and after an hour it is 3.6 milliseconds.",
)
