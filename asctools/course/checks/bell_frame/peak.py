"""The exercise on the peak between three samples."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake


class Peak(NamedTuple):
    """Where the parabola is highest, in samples from the middle one, and how high."""

    offset: float
    height: float


def _right(before: float, middle: float, after: float) -> Peak:
    bend = before - 2 * middle + after
    offset = 0.5 * (before - after) / bend
    return Peak(offset, middle - 0.25 * (before - after) * offset)


def _mirrored(before: float, middle: float, after: float) -> Peak:
    right = _right(before, middle, after)
    return right._replace(offset=-right.offset)


def _twice_as_far(before: float, middle: float, after: float) -> Peak:
    right = _right(before, middle, after)
    return right._replace(offset=2 * right.offset)


def _of_the_sample(before: float, middle: float, after: float) -> Peak:
    return _right(before, middle, after)._replace(height=middle)


def _centre_of_mass(before: float, middle: float, after: float) -> Peak:
    right = _right(before, middle, after)
    return right._replace(offset=(after - before) / (before + middle + after))


def _from_the_first(before: float, middle: float, after: float) -> Peak:
    right = _right(before, middle, after)
    return right._replace(offset=1 + right.offset)


def _cases(rng: np.random.Generator) -> list[Case]:
    def around(low: float, high: float) -> tuple[float, float, float]:
        before, after = (round(float(side), 3) for side in rng.uniform(low, high, 2))
        return before, round(high + float(rng.uniform(0.1, 1)), 3), after

    return [
        Case("for a peak of a score", around(1.0, 3.0)),
        Case("where all three are below zero", around(-6.0, -4.0)),
        Case("where the peak is at the middle sample", (2.0, 3.0, 2.0)),
        Case("where two samples are equally high", (1.25, 2.5, 2.5)),
    ]


PEAK = Exercise(
    id="bell-frame/peak",
    kind="Code",
    level=1,
    minutes=10,
    task="a function my_peak(before, middle, after) that returns two numbers: offset, height",
    parameters=("before", "middle", "after"),
    cases=_cases,
    reference=_right,
    mistakes=(
        Mistake(
            "the wrong side",
            "`offset` has the wrong sign: where the sample after is the higher neighbour, the peak "
            "lies after the middle.",
            _mirrored,
        ),
        Mistake(
            "twice as far",
            "`offset` is twice as large as it should be. The slope at the middle is *half* of the "
            "difference of its neighbours.",
            _twice_as_far,
        ),
        Mistake(
            "the height of the sample",
            "`height` is the middle sample. The parabola rises a little above it.",
            _of_the_sample,
        ),
        Mistake(
            "the centre of mass",
            "You give the centre of mass of three heights. It changes when a constant is added; "
            "the place of a peak does not.",
            _centre_of_mass,
        ),
        Mistake(
            "counted from the first",
            "You count from the sample before. The middle one is the zero.",
            _from_the_first,
        ),
    ),
    shape_hint="Two numbers: offset and height.",
    value_hint="Write the parabola as a + bt + ct² with t = −1, 0, 1, and find a, b and c.",
    closing="Three numbers give a time between samples, if a parabola is the right shape. Is it?",
)
