"""Random cells and days, and one cell that can be built wrongly on purpose."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from asctools.scalar.by_hand import Weights, sigmoid

Squash = Callable[[float], float]


class Wires(NamedTuple):
    """The six numbers of a day that a pencil writes down."""

    f: float
    i: float
    c_tilde: float
    o: float
    c: float
    h: float


class Memory(NamedTuple):
    """What a step passes on: long-term and short-term memory."""

    c: float
    h: float


def wires(
    w: Weights,
    x: float,
    c_prev: float = 0.0,
    h_prev: float = 0.0,
    *,
    gate: Squash = sigmoid,
    candidate: Squash = math.tanh,
    last: Squash = math.tanh,
) -> Wires:
    """One day, with a wrong squashing function in any of the three places."""
    f = gate(w.w_fh * h_prev + w.w_fx * x + w.b_f)
    i = gate(w.w_ih * h_prev + w.w_ix * x + w.b_i)
    c_tilde = candidate(w.w_ch * h_prev + w.w_cx * x + w.b_c)
    o = gate(w.w_oh * h_prev + w.w_ox * x + w.b_o)
    c = f * c_prev + i * c_tilde
    return Wires(f, i, c_tilde, o, c, o * last(c))


def memory(day: Wires) -> Memory:
    """Keep what a step passes on."""
    return Memory(day.c, day.h)


def without_biases(w: Weights) -> Weights:
    """The same cell with its four biases at zero."""
    return w._replace(b_f=0.0, b_i=0.0, b_c=0.0, b_o=0.0)


def identity(z: float) -> float:
    """The squashing function of somebody who forgot it."""
    return z


def random_weights(rng: np.random.Generator) -> Weights:
    """Draw twelve numbers of ordinary size, biases too."""
    return Weights(*rng.normal(0.0, 1.0, len(Weights._fields)).tolist())


def random_days(rng: np.random.Generator, count: int) -> tuple[float, ...]:
    """Draw the values of some days, well away from zero, where a wrong weight would not show."""
    signs = rng.choice([-1.0, 1.0], count)
    return tuple((signs * rng.uniform(0.25, 1.0, count)).tolist())
