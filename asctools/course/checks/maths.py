"""The exercises of the refresher on σ, tanh and the chain rule."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake, Outcome, Tolerance, once
from asctools.scalar.by_hand import sigmoid


class SigmoidValues(NamedTuple):
    """σ at three places, and its slope at one."""

    at_0: float
    at_2: float
    at_minus_2: float
    slope_at_0: float


def _values(squash: Callable[[float], float], slope: float) -> SigmoidValues:
    return SigmoidValues(squash(0.0), squash(2.0), squash(-2.0), slope)


SIGMOID_BY_HAND = Exercise(
    id="maths/sigmoid-by-hand",
    kind="Pencil",
    level=1,
    minutes=5,
    task="the four numbers σ(0), σ(2), σ(−2) and the slope of σ at 0, in this order",
    cases=once,
    reference=lambda: _values(sigmoid, 0.25),
    tolerance=Tolerance(relative=0.0, absolute=1.5e-3),
    mistakes=(
        Mistake(
            "sign of the exponent",
            "Your values at 2 and at −2 have changed places. σ rises from left to right: look at "
            "the sign in the exponent.",
            lambda: _values(lambda z: sigmoid(-z), 0.25),
        ),
        Mistake(
            "slope instead of value",
            "The three values are right. The slope is not the value itself: it is the value times "
            "what is missing to 1.",
            lambda: _values(sigmoid, 0.5),
        ),
        Mistake(
            "slope of tanh",
            "The three values are right. That slope belongs to tanh; σ rises more gently.",
            lambda: _values(sigmoid, 1.0),
        ),
        Mistake(
            "tanh",
            "These are values of tanh: they run from −1 to 1. σ stays between 0 and 1.",
            (lambda: _values(math.tanh, 1.0), lambda: _values(math.tanh, 0.25)),
        ),
    ),
    value_hint="A calculator's eˣ key is enough. Then two quick tests: σ(2) and σ(−2) add up "
    "to 1, and no value leaves the range from 0 to 1.",
    closing="σ(2) and σ(−2) add up to 1: the curve is its own mirror image through σ(0).",
)


def _strict(answer: Callable[[float], Any], z: float) -> Any:
    """Call an answer so that NumPy, which only warns of an overflow, stops as Python does."""
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        return answer(z)


MODERATE = 5  # so many of the cases come before those far from zero


def _sigmoid_cases(rng: np.random.Generator) -> list[Case]:
    moderate = rng.uniform(0.5, 4.0, 4).tolist()
    outside, far = rng.uniform(10.0, 14.0, 2).tolist(), float(rng.uniform(22.0, 26.0))
    return [
        Case("for a positive z", (moderate[0],)),
        Case("for a negative z", (-moderate[1],)),
        Case("for another positive z", (moderate[2],)),
        Case("for another negative z", (-moderate[3],)),
        Case("at zero", (0.0,)),
        Case("for a z above 10", (outside[0],)),
        Case("for a z below −10", (-outside[1],)),
        Case("for a z below −20", (-far,)),
        Case("at 1000", (1000.0,)),
        Case("at −1000", (-1000.0,)),
    ]


def _naive_below(z: float) -> float:
    return 1 / (1 + math.exp(-z))


def _naive_above(z: float) -> float:
    return math.exp(z) / (1 + math.exp(z))


def _clipped(outcomes: Sequence[Outcome], expected: Sequence[float]) -> bool:
    """Right in the middle, flat outside: z was cut off, or the result was."""
    if any(outcome.error is not None for outcome in outcomes):
        return False
    errors = [abs(float(o.value) - right) for o, right in zip(outcomes, expected, strict=True)]
    return max(errors[:MODERATE]) < 1e-9 and max(errors[MODERATE:]) < 1e-3


STABLE_SIGMOID = Exercise(
    id="maths/stable-sigmoid",
    kind="Code",
    level=1,
    minutes=8,
    task="a function my_sigmoid(z) for any z, however large",
    parameters=("z",),
    cases=_sigmoid_cases,
    reference=sigmoid,
    tolerance=Tolerance(relative=1e-9, absolute=1e-12),
    measure=_strict,
    mistakes=(
        Mistake(
            "overflow below zero",
            "It works until z = −1000 comes, where e⁻ᶻ is larger than any float. Multiply "
            "top and bottom of the fraction by eᶻ: on which side of zero is that form safe?",
            _naive_below,
        ),
        Mistake(
            "overflow above zero",
            "It works until z = 1000 comes, where eᶻ is larger than any float. Which other form of "
            "σ never raises e to a positive number there?",
            _naive_above,
        ),
        Mistake(
            "clipped too early",
            "It is right in the middle but flat outside, where σ still comes closer to 0 and 1. "
            "Don't cut anything off: use two forms of the formula, one on each side of zero.",
            detect=_clipped,
        ),
        Mistake(
            "sign of z lost",
            "It is right for positive z. For a negative z it gives the value of the positive one: "
            "the absolute value keeps e small, but then the result must be turned over.",
            lambda z: sigmoid(abs(z)),
        ),
    ),
    value_hint="e to a negative number is always harmless. Which form of σ uses only that, left of "
    "zero and right of it?",
    closing="Both forms are the same function. They differ only in where a computer fails.",
)


def _tanh_cases(rng: np.random.Generator) -> list[Case]:
    z = rng.uniform(0.3, 2.5, 4).tolist()
    return [
        Case("at zero", (0.0,)),
        Case("for a positive z", (z[0],)),
        Case("for a negative z", (-z[1],)),
        Case("for a positive z", (z[2],)),
        Case("for a negative z", (-z[3],)),
    ]


TANH_FROM_SIGMOID = Exercise(
    id="maths/tanh-from-sigmoid",
    kind="Code",
    level=1,
    minutes=6,
    task="a function my_tanh(z) made of σ",
    parameters=("z",),
    cases=_tanh_cases,
    reference=math.tanh,
    mistakes=(
        Mistake(
            "z not doubled",
            "The range is right, from −1 to 1, but your curve is too gentle: at 0, tanh has the "
            "slope 1. How must z be stretched?",
            lambda z: 2 * sigmoid(z) - 1,
        ),
        Mistake(
            "range not doubled",
            "σ runs from 0 to 1, tanh from −1 to 1. That is twice as high: where does it say so?",
            (
                lambda z: sigmoid(2 * z),
                lambda z: sigmoid(2 * z) - 1,
                lambda z: sigmoid(2 * z) - 0.5,
            ),
        ),
        Mistake(
            "not moved down",
            "Your curve runs from 0 to 2. It has the right height but stands too high: tanh is 0 "
            "at 0.",
            (lambda z: 2 * sigmoid(2 * z), lambda z: 2 * sigmoid(z)),
        ),
    ),
    value_hint="Sketch both curves. Compare their ranges first, then their slopes at zero.",
    closing="tanh is a σ that was stretched and moved. A cell could do with one of them.",
)


class LossAndSlope(NamedTuple):
    """A squared error and its slope along the weight."""

    loss: float
    slope: float


def _chain(
    w: float,
    x: float,
    b: float,
    y: float,
    *,
    factor: float = 2.0,
    gate_slope: Callable[[float, float], float] = lambda a, z: a * (1 - a),
    inner: Callable[[float], float] = lambda x: x,
    sign: float = 1.0,
) -> LossAndSlope:
    z = w * x + b
    a = sigmoid(z)
    return LossAndSlope((a - y) ** 2, sign * factor * (a - y) * gate_slope(a, z) * inner(x))


def _chain_cases(rng: np.random.Generator) -> list[Case]:
    cases = []
    for when in ("for a target of 0", "for a target of 1") * 2:
        w, b = rng.uniform(0.2, 1.5, 2).tolist()
        x = float(rng.choice([-1, 1]) * rng.uniform(1.5, 2.5))
        cases.append(Case(when, (w, x, b, float(when.endswith("1")))))
    return cases


CHAIN_RULE = Exercise(
    id="maths/chain-rule",
    kind="Code",
    level=2,
    minutes=12,
    task="a function my_loss_and_slope(w, x, b, y) that returns the loss and its slope along w",
    parameters=("w", "x", "b", "y"),
    cases=_chain_cases,
    reference=_chain,
    gradients=("slope",),
    mistakes=(
        Mistake(
            "inner derivative forgotten",
            "The loss is right, and the slope is the one along b. The chain has one link more: how "
            "much does z move when w moves by one?",
            lambda *case: _chain(*case, inner=lambda x: 1.0),
        ),
        Mistake(
            "factor 2 forgotten",
            "The loss is right, and the slope is half of what it should be. What is the derivative "
            "of a square?",
            lambda *case: _chain(*case, factor=1.0),
        ),
        Mistake(
            "slope of the sigmoid forgotten",
            "The loss is right. Your chain jumps from a to z: how much does σ pass on there?",
            lambda *case: _chain(*case, gate_slope=lambda a, z: 1.0),
        ),
        Mistake(
            "slope of the sigmoid taken at z",
            "The loss is right. In σ′ = a (1 − a), the letter a is σ's result, not what goes "
            "into it.",
            lambda *case: _chain(*case, gate_slope=lambda a, z: z * (1 - z)),
        ),
        Mistake(
            "sign",
            "The loss is right and so is the size of the slope. A square doesn't care whether it "
            "is a − y or y − a. Its derivative does.",
            lambda *case: _chain(*case, sign=-1.0),
        ),
    ),
    value_hint="Write down one factor for each arrow: w → z → a → loss. Then nudge w by a "
    "millionth and see how the loss moves.",
    closing="Three links, three factors. Backpropagation has more of both and nothing else.",
)

EXERCISES = (SIGMOID_BY_HAND, STABLE_SIGMOID, TANH_FROM_SIGMOID, CHAIN_RULE)
