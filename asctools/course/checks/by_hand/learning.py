"""Exercises on learning: Adam's first step, and the check of gradients by differences."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake, Outcome, Tolerance, once
from asctools.scalar.by_hand import AdamState, Weights, adam_step

WEIGHT, GRADIENT, RATE = 0.3367, 0.0037, 0.001
BETA1, BETA2 = 0.9, 0.999


def _first_step() -> float:
    weights, _ = adam_step(
        Weights(*[WEIGHT] * 12), Weights(*[GRADIENT] * 12), AdamState.zero(), RATE
    )
    return weights.w_fh


def _adam(
    m_correction: float = 1 - BETA1,
    v_correction: float = 1 - BETA2,
    root: Callable[[float], float] = math.sqrt,
    epsilon: float = 1e-8,
) -> float:
    m = (1 - BETA1) * GRADIENT / m_correction
    v = (1 - BETA2) * GRADIENT**2 / v_correction
    return WEIGHT - RATE * m / (root(v) + epsilon)


def _with_and_without_epsilon(**wrong: Any) -> tuple[Callable[[], float], ...]:
    """With a pencil one leaves out the epsilon; in a wrong formula it may show."""
    return partial(_adam, **wrong), partial(_adam, epsilon=0.0, **wrong)


def _divided_by_zero(outcomes: Sequence[Outcome], expected: Sequence[float]) -> bool:
    """Correcting by 1 − β⁰ divides by zero: an error in Python, nan or infinity in NumPy."""
    outcome = outcomes[0]
    if outcome.error is not None:
        return isinstance(outcome.error, ArithmeticError)
    return not math.isfinite(float(outcome.value))


FIRST_ADAM_STEP = Exercise(
    id="by-hand/first-adam-step",
    kind="Pencil",
    level=2,
    minutes=8,
    task="the new weight, one number with six decimals",
    cases=once,
    reference=_first_step,
    tolerance=Tolerance(relative=0.0, absolute=2e-6),
    mistakes=(
        Mistake(
            "no bias correction",
            "The step is about three times too long. Both running means started at zero and are "
            "still far too small, by different factors. Divide each by its correction.",
            _with_and_without_epsilon(m_correction=1.0, v_correction=1.0),
        ),
        Mistake(
            "plain gradient descent",
            "This is learning rate times gradient. Adam divides by the gradient's usual size, so "
            "the length of its first step does not depend on the gradient. What is left of it?",
            lambda: WEIGHT - RATE * GRADIENT,
        ),
        Mistake(
            "uphill",
            "The length of the step is right. The gradient points to where the loss grows: which "
            "way should the weight go?",
            lambda: 2 * WEIGHT - _adam(),
        ),
        Mistake(
            "steps counted from zero",
            "Something was divided by zero. The first step has the number t = 1: with t = 0, both "
            "corrections would be 1 − 1.",
            detect=_divided_by_zero,
        ),
        Mistake(
            "root forgotten",
            "You divide by the mean of the squared gradients. That is the square of a size; take "
            "it back before you divide.",
            _with_and_without_epsilon(root=lambda v: v),
        ),
        Mistake(
            "one mean corrected, one not",
            "One of the two running means was corrected, the other was not. Both started at zero.",
            (
                *_with_and_without_epsilon(v_correction=1.0),
                *_with_and_without_epsilon(m_correction=1.0),
            ),
        ),
    ),
    value_hint="Write down m, v, m̂ and v̂ first. What are m̂ and v̂ after a single step?",
    closing="Adam's first step is as long as the learning rate, whatever the gradient. "
    "Only its sign counts.",
)


def _function(rng: np.random.Generator, count: int) -> Callable[[Sequence[float]], float]:
    """Draw a curved function of some numbers, in which each number meddles with the others."""
    slopes = rng.uniform(0.5, 1.5, count).tolist()
    mixing = rng.uniform(0.5, 1.5, (count, count)).tolist()

    def f(point: Sequence[float]) -> float:
        waves = sum(slope * math.sin(p) for slope, p in zip(slopes, point, strict=True))
        return waves + sum(
            mixing[row][column] * point[row] * point[column] ** 2
            for row in range(count)
            for column in range(count)
        )

    return f


def _function_cases(rng: np.random.Generator) -> list[Case]:
    kinds = [("for one number", 1, 0.1), ("for three numbers", 3, 0.1), ("for five", 5, 0.01)]
    return [
        Case(when, (_function(rng, count), rng.uniform(0.5, 1.5, count).tolist(), epsilon))
        for when, count, epsilon in kinds
    ]


Function = Callable[[Sequence[float]], float]


def _moved(point: Sequence[float], k: int, by: float) -> list[float]:
    return [p + by * (index == k) for index, p in enumerate(point)]


def central_difference(f: Function, point: Sequence[float], epsilon: float) -> list[float]:
    """Slope along each coordinate, from one point on either side."""
    return [
        (f(_moved(point, k, epsilon)) - f(_moved(point, k, -epsilon))) / (2 * epsilon)
        for k in range(len(point))
    ]


def _forward(f: Function, point: Sequence[float], epsilon: float) -> list[float]:
    return [(f(_moved(point, k, epsilon)) - f(point)) / epsilon for k in range(len(point))]


def _backward(f: Function, point: Sequence[float], epsilon: float) -> list[float]:
    return _forward(f, point, -epsilon)


def _scaled(factor: float) -> Callable[..., list[float]]:
    return lambda f, point, epsilon: [factor * s for s in central_difference(f, point, epsilon)]


def _left_shifted(sign: int) -> Callable[..., list[float]]:
    """Build a check that never puts a coordinate back; it ends shifted by `sign` times epsilon."""

    def mistaken(f: Function, point: Sequence[float], epsilon: float) -> list[float]:
        slopes, here = [], list(point)
        for k in range(len(here)):
            slopes.append(central_difference(f, here, epsilon)[k])
            here[k] += sign * epsilon
        return slopes

    return mistaken


def _all_at_once(f: Function, point: Sequence[float], epsilon: float) -> list[float]:
    above, below = f([p + epsilon for p in point]), f([p - epsilon for p in point])
    return [(above - below) / (2 * epsilon)] * len(point)


GRADIENT_CHECK = Exercise(
    id="by-hand/gradient-check",
    kind="Code",
    level=2,
    minutes=10,
    task="a function my_slopes(f, point, epsilon) that returns a list of slopes",
    parameters=("f", "point", "epsilon"),
    cases=_function_cases,
    reference=central_difference,
    mistakes=(
        Mistake(
            "one-sided difference",
            "You compare the point with one neighbour. On a curve that slope belongs to a place "
            "half-way between them. Which second neighbour brings it back to the point?",
            (_forward, _backward),
        ),
        Mistake(
            "not halved",
            "Every slope is too steep by the same factor. How far apart are the two points at "
            "which you ask `f`?",
            _scaled(2.0),
        ),
        Mistake(
            "point left shifted",
            "One number alone is right; with several, the first slope is right and the next is "
            "not. Where does the point stand when the next coordinate's turn comes?",
            (_left_shifted(-1), _left_shifted(1)),
        ),
        Mistake(
            "sign",
            "Every slope has the right size and the wrong sign. Which of the two points comes "
            "first in the subtraction?",
            _scaled(-1.0),
        ),
        Mistake(
            "all coordinates at once",
            "All slopes came out alike: every coordinate was moved at the same time. Move one and "
            "leave the others where they are.",
            _all_at_once,
        ),
    ),
    value_hint="Try it on a function whose slope you know: "
    "the square, `lambda p: p[0] ** 2`, has 6 at 3.",
    closing="This needs no calculus, so it can judge any gradient. It is only slow: two calls of "
    "f for every number.",
)
