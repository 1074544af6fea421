"""The exercise on the expected number of illegal pairs, and its slopes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake

Chances = Sequence[float]


class Pairs(NamedTuple):
    """How many illegal pairs are to be expected, and the slope for each chance."""

    value: float
    slopes: list[float]


def _near(chances: Chances, period: int) -> np.ndarray:
    """Return for each frame the sum of the chances of the others that are too near."""
    p = np.asarray(chances, float)
    distance = np.abs(np.subtract.outer(np.arange(len(p)), np.arange(len(p))))
    return ((distance > 0) & (distance < period)) @ p


def _pairs(chances: Chances, near: np.ndarray, times: float = 0.5) -> Pairs:
    p = np.asarray(chances, float)
    return Pairs(times * float(p @ near), [float(each) for each in near])


def _right(chances: Chances, period: int) -> Pairs:
    return _pairs(chances, _near(chances, period))


def _twice(chances: Chances, period: int) -> Pairs:
    return _pairs(chances, _near(chances, period), times=1.0)


def _period_too(chances: Chances, period: int) -> Pairs:
    return _right(chances, period + 1)


def _itself(chances: Chances, period: int) -> Pairs:
    """Count a frame as too near to itself."""
    p = np.asarray(chances, float)
    right = _right(chances, period)
    return Pairs(right.value + float(p @ p), right.slopes)


def _neighbours(chances: Chances, period: int) -> Pairs:
    return _right(chances, 2)


def _backward(chances: Chances, period: int) -> list[float]:
    p = np.asarray(chances, float)
    return [float(p[max(0, k - period + 1) : k].sum()) for k in range(len(p))]


def _one_side(chances: Chances, period: int) -> Pairs:
    return _right(chances, period)._replace(slopes=_backward(chances, period))


def _times_itself(chances: Chances, period: int) -> Pairs:
    right = _right(chances, period)
    slopes = [p * slope for p, slope in zip(chances, right.slopes, strict=True)]
    return right._replace(slopes=slopes)


def _cases(rng: np.random.Generator) -> list[Case]:
    def chances(count: int) -> list[float]:
        return [round(float(p), 3) for p in rng.beta(0.4, 1.5, count)]

    return [
        Case("for two frames that are too near", ([0.9, 0.0, 0.8], 3)),
        Case("where two certain strikes are exactly the period apart", ([1.0, 0, 0, 1.0], 3)),
        Case("for eight frames", (chances(8), 4)),
        Case("for a period longer than the window", (chances(5), 9)),
        Case("for thirty frames", (chances(30), 7)),
    ]


PAIRS = Exercise(
    id="refractory/pairs",
    kind="Code",
    level=2,
    minutes=20,
    task="a function my_pairs(chances, period) that returns a number and a list: value, slopes",
    parameters=("chances", "period"),
    cases=_cases,
    reference=_right,
    gradients=("slopes",),
    mistakes=(
        Mistake(
            "each pair twice",
            "You count each pair twice, once from each side.",
            _twice,
        ),
        Mistake(
            "the period itself",
            "Two frames exactly the period apart are legal: a pair counts where the distance is "
            "smaller.",
            _period_too,
        ),
        Mistake(
            "with itself",
            "You pair a frame with itself.",
            _itself,
        ),
        Mistake(
            "neighbours only",
            "You look at neighbouring frames only. All frames nearer than the period are in each "
            "other's dead time.",
            _neighbours,
        ),
        Mistake(
            "one side",
            "Your slopes look back only. A chance is too near to what comes after it as well.",
            _one_side,
        ),
        Mistake(
            "times itself",
            "In the slope for $p_i$ the factor $p_i$ is gone: it was differentiated.",
            _times_itself,
        ),
    ),
    shape_hint="A number and a list with one slope for each chance.",
    value_hint="Write out the sum for three frames and a period of 3. What is the slope for the "
    "middle one?",
    closing="Each frame is pushed down by what is near it: two rivals push each other, the surer "
    "one harder.",
)
