"""The exercise on one complex step along a direction: a check of a million slopes at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from asctools.course.checks.lstm_in_numpy.draws import Array, gates
from asctools.course.checks.spec import Case, Exercise, Mistake, Outcome, Tolerance
from asctools.numpy_lstm import cell, numerics
from asctools.numpy_lstm.cell import Gates

EPSILON = 1e-30
Weights = Mapping[str, Array]
Loss = Callable[[Weights], Any]


def _along(
    read: Callable[[Any], float] = lambda loss: float(loss.imag / EPSILON),
    direction_of: Callable[[Weights, Weights], Weights] = lambda w, v: v,
) -> Callable[[Loss, Weights, Weights], float]:
    """Build a step along a direction, right by default."""

    def along(loss: Loss, weights: Weights, direction: Weights) -> float:
        v = direction_of(weights, direction)
        return read(loss({name: w + 1j * EPSILON * v[name] for name, w in weights.items()}))

    return along


def _ones(weights: Weights, direction: Weights) -> Weights:
    return {name: np.ones_like(w) for name, w in weights.items()}


def _unit(weights: Weights, direction: Weights) -> Weights:
    length = np.sqrt(sum((v**2).sum() for v in direction.values()))
    return {name: v / length for name, v in direction.items()}


def _first_only(weights: Weights, direction: Weights) -> Weights:
    first = next(iter(direction))
    return {name: v if name == first else 0.0 * v for name, v in direction.items()}


def _every(test: Callable[[float], bool]) -> Callable[[Sequence[Outcome], Sequence[float]], bool]:
    """Recognise a mistake that shows in the number of every case."""
    return lambda outcomes, expected: all(
        outcome.error is None and test(float(outcome.value)) for outcome in outcomes
    )


def _by_differences(outcomes: Sequence[Outcome], expected: Sequence[float]) -> bool:
    """Whether the slopes are right to a few digits only."""
    if any(outcome.error is not None for outcome in outcomes):
        return False
    got = np.array([float(np.real(outcome.value)) for outcome in outcomes])
    return bool(np.allclose(got, expected, rtol=3e-5, atol=1e-8))


def _curve(x: Array, y: Array) -> Loss:
    """Make a loss that may be below zero."""
    return lambda w: (np.tanh(x @ w["W"].T) * y).mean()


def _regression(x: Array, y: Array) -> Loss:
    return lambda w: ((np.tanh(x @ w["W"].T + w["b"]) - y) ** 2).mean()


def _letters(x: Array, targets: Array) -> Loss:
    """Make the loss of an LSTM whose outputs are the scores."""

    def loss(w: Weights) -> Any:
        run = cell.forward(Gates(*(w[name] for name in Gates._fields)), x)
        return numerics.softmax_cross_entropy(run.outputs, targets)[0]

    return loss


def _cases(rng: np.random.Generator) -> list[Case]:
    x, y = rng.normal(0.0, 1.0, (6, 2)), rng.normal(0.0, 1.0, (6, 3))
    flat = {"W": rng.normal(0.0, 1.0, (3, 2))}
    with_bias = flat | {"b": rng.normal(0.0, 1.0, 3)}
    letters = _letters(rng.normal(0.0, 1.0, (2, 3, 2)), rng.integers(4, size=(2, 3)))
    below_zero = _curve(x, -y * np.sign(_curve(x, y)(flat)))  # so that its length is not itself
    cases = []
    for sign in (1.0, -1.0):  # uphill and downhill, so that a lost sign shows
        step = {"W": rng.normal(0.0, 1.0, (3, 2))}
        uphill = np.sign(_along()(below_zero, flat, step))
        cases.append(Case("for one matrix", (below_zero, flat, {"W": sign * uphill * step["W"]})))
    of_lstm = gates(rng, 2, 4)._asdict()
    for when, loss, weights in (
        ("for a matrix and a bias", _regression(x, y), with_bias),
        ("for an LSTM", letters, of_lstm),
    ):
        direction = {name: rng.normal(0.0, 1.0, w.shape) for name, w in weights.items()}
        cases.append(Case(when, (loss, weights, direction)))
    return cases


ALONG = Exercise(
    id="lstm-in-numpy/slope-along",
    kind="Code",
    level=2,
    minutes=15,
    task="a function my_slope_along(loss, weights, direction) that returns one number",
    parameters=("loss", "weights", "direction"),
    cases=_cases,
    reference=_along(),
    tolerance=Tolerance(relative=1e-11, absolute=1e-13),
    mistakes=(
        Mistake(
            "real part",
            "You read off the real part. There the loss itself sits, as if nothing had been moved; "
            "the slope has gone elsewhere.",
            (
                _along(lambda loss: float(loss.real / EPSILON)),
                _along(lambda loss: float(loss.real)),
            ),
        ),
        Mistake(
            "step not divided",
            "Your number is as tiny as the step. How much the loss moves is not yet its slope.",
            detect=_every(lambda got: 0.0 < abs(got) < 1e-15),
        ),
        Mistake(
            "no step upwards",
            "Your number is 0: the loss came back without an imaginary part. Was the step "
            "multiplied by `1j`, and were the weights allowed to become complex?",
            detect=_every(lambda got: got == 0.0),
        ),
        Mistake(
            "abs()",
            "Uphill and downhill look the same to you: `abs` has taken the sign away. Of a complex "
            "number it gives the length, and the loss is most of that.",
            (
                _along(lambda loss: abs(float(loss.imag)) / EPSILON),
                _along(lambda loss: float(abs(loss)) / EPSILON),
                _along(lambda loss: float(abs(loss))),
            ),
        ),
        Mistake(
            "direction forgotten",
            "You move every weight by the same ε. Each should move by ε times its own number in "
            "`direction`.",
            _along(direction_of=_ones),
        ),
        Mistake(
            "direction made shorter",
            "You have given the direction the length 1. Then the number no longer is the sum of "
            "slopes times direction.",
            _along(direction_of=_unit),
        ),
        Mistake(
            "first array only",
            "One array is right. With several you move the first alone.",
            _along(direction_of=_first_only),
        ),
        Mistake(
            "by differences",
            "Right to a few digits, as a difference is. Take the step upwards: nothing is "
            "subtracted, and all digits stay.",
            detect=_by_differences,
        ),
    ),
    shape_hint="One real number: `.imag` takes it out of a complex one.",
    value_hint="Try `loss = lambda w: (w['W'] ** 2).sum()`, whose slopes you know: 2 W.",
    closing="One call of the loss, whatever the number of weights. A wrong slope hides from a "
    "random direction by pure chance only.",
)
