"""The exercise on backpropagation through time, for the three numbers of the output gate."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from asctools.course.checks.by_hand.cells import random_days, random_weights
from asctools.course.checks.spec import Case, Exercise, Mistake, Tolerance
from asctools.scalar.by_hand import Day, Weights, gradients, trace


class OutputSlopes(NamedTuple):
    """Slope of the loss along the three numbers of the output gate."""

    w_oh: float
    w_ox: float
    b_o: float


@dataclass(frozen=True)
class Backward:
    """Backpropagation for the output gate, with one rule broken."""

    factor: float = 2.0
    days_back: int | None = None
    gate_slope: Callable[[float], float] = lambda o: o * (1 - o)
    memory: Callable[[float], float] = math.tanh
    through_c: bool = True

    def __call__(self, w: Weights, days: Sequence[float], target: float) -> OutputSlopes:
        past = trace(w, days)
        delta_h, delta_c = self.factor * (past[-1].h - target), 0.0
        slopes = [0.0, 0.0, 0.0]
        for day in past[::-1][: self.days_back]:
            delta_o = delta_h * self.memory(day.c) * self.gate_slope(day.o)
            delta_c += delta_h * day.o * (1 - math.tanh(day.c) ** 2)
            wires = (day.h_prev, day.x, 1.0)
            slopes = [s + delta_o * wire for s, wire in zip(slopes, wires, strict=True)]
            delta_h = delta_o * w.w_oh + delta_c * _through_gates(w, day)
            delta_c *= day.f * self.through_c
        return OutputSlopes(*slopes)


def _through_gates(w: Weights, day: Day) -> float:
    """How c of a day answers to h of the day before, through the three gates that make c."""
    return (
        day.c_prev * day.f * (1 - day.f) * w.w_fh
        + day.c_tilde * day.i * (1 - day.i) * w.w_ih
        + day.i * (1 - day.c_tilde**2) * w.w_ch
    )


def _reference(w: Weights, days: Sequence[float], target: float) -> OutputSlopes:
    slopes = gradients(w, days, target)
    return OutputSlopes(slopes.w_oh, slopes.w_ox, slopes.b_o)


def _first_two_swapped(w: Weights, days: Sequence[float], target: float) -> OutputSlopes:
    slopes = _reference(w, days, target)
    return OutputSlopes(slopes.w_ox, slopes.w_oh, slopes.b_o)


def _cases(rng: np.random.Generator) -> list[Case]:
    lengths = [("for one day", 1), ("for two days", 2), ("for four days", 4), ("for seven", 7)]
    return [
        Case(when, (random_weights(rng), random_days(rng, count), float(rng.uniform(1.0, 2.0))))
        for when, count in lengths
    ]


OUTPUT_GATE_GRADIENT = Exercise(
    id="by-hand/output-gate-gradient",
    kind="Code",
    level=3,
    minutes=20,
    task="a function my_output_slopes(weights, days, target) that returns the slopes of the "
    "loss along w_oh, w_ox and b_o",
    parameters=("weights", "days", "target"),
    cases=_cases,
    reference=_reference,
    tolerance=Tolerance(relative=1e-6, absolute=1e-9),
    gradients=OutputSlopes._fields,
    mistakes=(
        Mistake(
            "last day only",
            "One day is right. With more days, the output gates of the earlier ones count too: "
            "what they let out as h is what the next day's gates read.",
            Backward(days_back=1),
        ),
        Mistake(
            "factor 2 missing",
            "Every slope is half of what it should be. What is the derivative of a square?",
            Backward(factor=1.0),
        ),
        Mistake(
            "slope of the sigmoid missing",
            "The weights act on z, before squashing. How much of a change of z does the squashed o "
            "pass on? The less, the nearer o is to 0 or 1.",
            Backward(gate_slope=lambda o: 1.0),
        ),
        Mistake(
            "tanh of c missing",
            "h is a product. When o changes, h changes by the other factor of it. Which one?",
            (Backward(memory=lambda c: 1.0), Backward(memory=lambda c: c)),
        ),
        Mistake(
            "long-term path missing",
            "Up to two days are right. Further back, part of the way runs through c from day to "
            "day, and each day lets a share of it through. Which gate is that share?",
            Backward(through_c=False),
        ),
        Mistake(
            "first two swapped",
            "The numbers are right, but two have changed places. The order is w_oh, w_ox, b_o.",
            _first_two_swapped,
        ),
    ),
    value_hint="Compare with `by_hand.numerical_gradients`: begin with one day and add one at a "
    "time until the two part.",
    closing="Backpropagation through time is the chain rule, one day at a time, from the last to "
    "the first.",
)
