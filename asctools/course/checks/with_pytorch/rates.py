"""The exercise on two biases that are both trained."""

from __future__ import annotations

from typing import NamedTuple

from asctools.course.checks.spec import Exercise, Mistake, Tolerance, once
from asctools.scalar.by_hand import AdamState, Weights, adam_step

RATE, SLOPE = 0.001, 0.25


class Moves(NamedTuple):
    """How far the sum of two biases moves, and the rate that makes up for it."""

    adam: float
    sgd: float
    rate: float


def _adam() -> float:
    """How far Adam moves one bias with its first step."""
    start, slopes = Weights(*[0.0] * 12), Weights(*[SLOPE] * 12)
    return abs(adam_step(start, slopes, AdamState.zero(), RATE)[0].b_f)


def _moves(
    adam: float = 2.0, sgd: float = 2.0, rate: float = 0.5, adam_slope: float = 1.0
) -> Moves:
    return Moves(adam * _adam() * adam_slope, sgd * RATE * SLOPE, rate * RATE)


FROZEN_BIAS = Exercise(
    id="with-pytorch/frozen-bias",
    kind="Think",
    level=2,
    minutes=10,
    task="three numbers: how far the sum moves with Adam, how far with SGD, and the learning rate",
    cases=once,
    reference=_moves,
    tolerance=Tolerance(relative=0.0, absolute=1e-5),
    mistakes=(
        Mistake(
            "one bias counted",
            "That is how far one of the two biases moves. The gate adds both, and both move.",
            (
                lambda: _moves(adam=1.0, sgd=1.0),
                lambda: _moves(adam=1.0, sgd=1.0, rate=1.0),
            ),
        ),
        Mistake(
            "slope shared out",
            "With SGD you give each bias half of the slope. But the gate only sees their sum: how "
            "much does the loss change when a single one of them is moved a little?",
            (lambda: _moves(sgd=1.0), lambda: _moves(sgd=1.0, rate=1.0)),
        ),
        Mistake(
            "Adam taken for SGD",
            "SGD is right. Adam's first step does not depend on the size of the slope: it is as "
            "long as the learning rate.",
            (
                lambda: _moves(adam_slope=SLOPE),
                lambda: _moves(adam_slope=SLOPE, rate=1.0),
            ),
        ),
        Mistake(
            "rate kept",
            "Both moves are right. With that rate for the biases nothing changes: their sum still "
            "goes too far in every step.",
            lambda: _moves(rate=1.0),
        ),
        Mistake(
            "rate doubled",
            "Both moves are right. The sum goes too far, and your rate takes it further still.",
            lambda: _moves(rate=2.0),
        ),
    ),
    value_hint="Write z = w_h h + w_x x + b₁ + b₂ and take the slope of the loss along b₁, then "
    "along b₂.",
    closing="Freezing the second bias is the simpler way. The same trap waits wherever two "
    "parameters are only ever added.",
)
