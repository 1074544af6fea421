"""The exercise on a unit that remembers and cannot learn: tanh holds a bit and kills its slope."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from asctools.course.checks.spec import Exercise, Mistake, Tolerance, once

WEIGHT, PULSE, LAG = 2.0, 3.0, 10


class Latched(NamedTuple):
    """Where h stands in silence, the slope of a step there, and that of ten steps."""

    h: float
    slope: float
    ten: float


def _settled() -> float:
    h = math.tanh(PULSE)
    for _ in range(100):
        h = math.tanh(WEIGHT * h)
    return h


def _answer(h: float, slope: float) -> Latched:
    return Latched(h, slope, slope**LAG)


def _sloping(slope: Callable[[float], float]) -> Callable[[], Latched]:
    """Take the right state, and some slope of it."""
    return lambda: _answer(_settled(), slope(_settled()))


def _pulse() -> Latched:
    h = math.tanh(PULSE)
    return _answer(h, WEIGHT * (1 - h**2))


LATCH = Exercise(
    id="gates-and-memory/latch",
    kind="Think",
    level=2,
    minutes=12,
    task="three numbers: h, slope, ten",
    cases=once,
    reference=_sloping(lambda h: WEIGHT * (1 - h**2)),
    tolerance=Tolerance(relative=0.03, absolute=0.0),
    mistakes=(
        Mistake(
            "state of rest",
            "0 is a state that stays, but not the one where this unit is: after the pulse h was "
            "nearly 1. Let it step on from there.",
            lambda: _answer(0.0, WEIGHT),
        ),
        Mistake(
            "slope of tanh forgotten",
            "`h` is right. One step is a weight and then a tanh; your slope is that of the weight "
            "alone.",
            _sloping(lambda h: WEIGHT),
        ),
        Mistake(
            "weight forgotten",
            "`h` is right. Your slope is that of tanh alone. What stands in front of the old h?",
            _sloping(lambda h: 1 - h**2),
        ),
        Mistake(
            "not squared",
            "`h` is right. The slope of tanh, written with its own value: something is squared in "
            "it.",
            (_sloping(lambda h: WEIGHT * (1 - h)), _sloping(lambda h: 1 - h)),
        ),
        Mistake(
            "right after the pulse",
            "That is the state on the day of the pulse. In the silence after it h still moves a "
            "little, until it stays.",
            _pulse,
        ),
        Mistake(
            "ten times instead of to the tenth",
            "`h` and `slope` are right. Ten steps follow each other: the chain rule multiplies "
            "their slopes.",
            lambda: Latched(_settled(), (slope := WEIGHT * (1 - _settled() ** 2)), LAG * slope),
        ),
    ),
    value_hint="Begin with h = tanh(3) and press tanh(2 h) until the fourth digit stays.",
    closing="The unit holds its bit for ever, and tells the training nothing about how it came "
    "there.",
)
