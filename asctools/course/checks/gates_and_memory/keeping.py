"""Exercises with a pencil and a few lines on how long a forget gate keeps."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake, Tolerance, once

GATE, STEPS, BIAS = 0.9, 50, 1.0


class FiftySteps(NamedTuple):
    """What a gate leaves, the gate that leaves a half, and the half-life at a bias of 1."""

    left: float
    gate: float
    half_life: float


def _sigma(z: float) -> float:
    return 1 / (1 + math.exp(-z))


LEFT, HALF_GATE = GATE**STEPS, 0.5 ** (1 / STEPS)
HALF_LIFE = math.log(0.5) / math.log(_sigma(BIAS))


def _answer(
    left: float = LEFT, gate: float = HALF_GATE, half_life: float = HALF_LIFE
) -> Callable[[], FiftySteps]:
    return lambda: FiftySteps(left, gate, half_life)


FIFTY_STEPS = Exercise(
    id="gates-and-memory/fifty-steps",
    kind="Pencil",
    level=1,
    minutes=8,
    task="three numbers with three significant digits: left, gate, half_life",
    cases=once,
    reference=_answer(),
    tolerance=Tolerance(relative=2e-3, absolute=0.0),
    mistakes=(
        Mistake(
            "taken off in a straight line",
            "You take away the same amount on every day. A gate takes away a share of what is "
            "still there, and that is less every day.",
            (
                _answer(left=1 - STEPS * (1 - GATE)),
                _answer(left=0.0),
                _answer(gate=1 - 0.5 / STEPS),
                _answer(left=1 - STEPS * (1 - GATE), gate=1 - 0.5 / STEPS),
                _answer(left=0.0, gate=1 - 0.5 / STEPS),
            ),
        ),
        Mistake(
            "one gate more or less",
            "`left` is off by one factor. Between a day and the day after it stands one gate: how "
            "many stand between a day and the fiftieth after it?",
            (_answer(left=GATE ** (STEPS - 1)), _answer(left=GATE ** (STEPS + 1))),
        ),
        Mistake(
            "what is forgotten",
            "A forget gate of 0.9 keeps nine tenths; its name misleads. You went on with the tenth "
            "that it takes away.",
            (_answer(left=(1 - GATE) ** STEPS), _answer(left=1 - LEFT)),
        ),
        Mistake(
            "time constant",
            "`half_life` is the time after which another share is left than a half: the share "
            "1/e, which is often asked for too, or something near it.",
            (
                _answer(half_life=-1 / math.log(_sigma(BIAS))),
                _answer(half_life=1 / (1 - _sigma(BIAS))),
            ),
        ),
        Mistake(
            "tanh for the gate",
            "`left` and `gate` are right. For `half_life` the bias went through tanh; a gate is "
            "squashed by σ.",
            _answer(half_life=math.log(0.5) / math.log(math.tanh(BIAS))),
        ),
    ),
    value_hint="Write down what is left after one step, after two, after three. Then the logarithm "
    "of it.",
    closing="A tenth lost on every day sounds like little. Over fifty days it is nearly all.",
)


def _bias_of(gate: Callable[[int], float]) -> Callable[[int], float]:
    """Turn a way to choose the gate into one to choose its bias: b = ln(f / (1 − f))."""

    def bias(steps: int) -> float:
        f = gate(steps)
        return math.log(f / (1 - f))

    return bias


def _right(steps: int) -> float:
    """Return ln(1 / (2^(1/n) − 1)), in a form that loses no digits."""
    return -math.log(math.expm1(math.log(2) / steps))


def _bias_cases(rng: np.random.Generator) -> list[Case]:
    short, long = int(rng.integers(3, 12)), int(rng.integers(40, 90))
    return [
        Case("for a single step", (1,)),
        Case("for a few steps", (short,)),
        Case("for dozens of steps", (long,)),
        Case("for hundreds", (long * 10,)),
    ]


FORGET_BIAS = Exercise(
    id="gates-and-memory/forget-bias",
    kind="Code",
    level=2,
    minutes=10,
    task="a function my_bias(steps) that returns one number",
    parameters=("steps",),
    cases=_bias_cases,
    reference=_right,
    mistakes=(
        Mistake(
            "gate instead of bias",
            "That is the gate. The bias is what goes into σ so that this gate comes out: turn σ "
            "round.",
            lambda steps: 0.5 ** (1 / steps),
        ),
        Mistake(
            "sign",
            "The size is right, the sign is not. Is the gate of a long memory nearer to 1 or to 0, "
            "and where does σ get there?",
            lambda steps: -_right(steps),
        ),
        Mistake(
            "time constant",
            "With your bias a part of 1/e is left after so many steps. A half was asked for.",
            _bias_of(lambda steps: math.exp(-1 / steps)),
        ),
        Mistake(
            "a straight line",
            "A single step is right. For more you let the same amount go on every step: 1 − f, so "
            "many times, makes a half. But each step takes its share of what the last one left.",
            _bias_of(lambda steps: 1 - 0.5 / steps),
        ),
        Mistake(
            "power instead of root",
            "A single step is right. For more your gate gets smaller, and should get larger: a "
            "half is not what one gate leaves, but all of them together.",
            lambda steps: -math.log(2.0**steps - 1),
        ),
    ),
    value_hint="Put your bias through σ, and multiply that gate with itself as often as there are "
    "steps. A half must come out.",
    closing="The bias grows like the logarithm of the time: ten times the memory costs about 2.3 "
    "more.",
)
