"""The exercise on the way back through a cell whose gates see the memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from asctools.course.checks.lstm_in_numpy.draws import Array, Wires
from asctools.course.checks.spec import Case, Exercise, Mistake
from asctools.numpy_lstm.numerics import sigmoid


class Peepholes(NamedTuple):
    """One weight for each unit of three gates, each (H,)."""

    p_f: Array
    p_i: Array
    p_o: Array


class Deltas(NamedTuple):
    """The slopes at the four sums, each (B, H)."""

    f: Array
    i: Array
    c_tilde: Array
    o: Array


class Back(NamedTuple):
    """The slopes at the sums, at the peepholes and at the old c."""

    deltas: Deltas
    peepholes: Peepholes
    grad_c: Array


ToYesterday = Callable[[Deltas, Peepholes], Array]


def _both(d: Deltas, p: Peepholes) -> Array:
    return d.f * p.p_f + d.i * p.p_i


def _back(
    o_to_c: float = 1.0,
    to_yesterday: ToYesterday = _both,
    f_and_i_saw: str = "c_prev",
    o_saw: str = "c",
    add: Callable[[Array], Array] = lambda slopes: slopes.sum(axis=0),
) -> Callable[[Peepholes, Wires, Array, Array], Back]:
    """Build a step back, right by default."""

    def back(p: Peepholes, s: Wires, delta_h: Array, grad_c: Array) -> Back:
        tanh_c = np.tanh(s.c)
        delta_o = delta_h * tanh_c * s.o * (1.0 - s.o)
        # c is seen by h, by tomorrow's c, and through the peephole by o
        delta_c = grad_c + delta_h * s.o * (1.0 - tanh_c**2) + o_to_c * delta_o * p.p_o
        d = Deltas(
            delta_c * s.c_prev * s.f * (1.0 - s.f),
            delta_c * s.c_tilde * s.i * (1.0 - s.i),
            delta_c * s.i * (1.0 - s.c_tilde**2),
            delta_o,
        )
        saw = getattr(s, f_and_i_saw)
        slopes = Peepholes(add(d.f * saw), add(d.i * saw), add(d.o * getattr(s, o_saw)))
        return Back(d, slopes, delta_c * s.f + to_yesterday(d, p))

    return back


def _wires(rng: np.random.Generator, p: Peepholes, batch: int) -> Wires:
    """Let a step pass; what [h, x] adds to the sums is drawn, for its slopes are not asked for."""
    hidden = len(p.p_f)
    h_x = rng.normal(0.0, 1.0, (batch, hidden + 2))
    c_prev, of_f, of_i, of_c, of_o = rng.normal(0.0, 1.0, (5, batch, hidden))
    f = sigmoid(of_f + p.p_f * c_prev)
    i = sigmoid(of_i + p.p_i * c_prev)
    c_tilde = np.tanh(of_c)
    c = f * c_prev + i * c_tilde
    o = sigmoid(of_o + p.p_o * c)
    return Wires(h_x, c_prev, f, i, c_tilde, o, c, o * np.tanh(c))


def _cases(rng: np.random.Generator) -> list[Case]:
    kinds = [
        ("with peepholes of 0", 1, 2, (0.0, 0.0, 0.0)),
        ("with peepholes at f and i", 1, 2, (1.0, 1.0, 0.0)),
        ("with a peephole at o", 1, 2, (0.0, 0.0, 1.0)),
        ("for a batch", 4, 3, (1.0, 1.0, 1.0)),
    ]
    cases = []
    for when, B, hidden, there in kinds:
        p = Peepholes(*(size * rng.normal(0.0, 1.0, hidden) for size in there))
        delta_h, grad_c = rng.normal(0.0, 1.0, (2, B, hidden))
        cases.append(Case(when, (p, _wires(rng, p, B), delta_h, grad_c)))
    return cases


PEEPHOLE = Exercise(
    id="lstm-in-numpy/peephole-back",
    kind="Code",
    level=3,
    minutes=25,
    task="a function my_peephole_back(p, s, delta_h, grad_c) that returns the four δ, the slopes "
    "at p, and grad_c for the day before",
    parameters=("p", "s", "delta_h", "grad_c"),
    cases=_cases,
    reference=_back(),
    gradients=Back._fields,
    mistakes=(
        Mistake(
            "c not seen by o",
            "A third arrow leaves c now: through the peephole to the output gate. The slope at c "
            "lacks what comes back along it.",
            _back(o_to_c=0.0),
        ),
        Mistake(
            "peepholes to yesterday forgotten",
            "To c_prev you hand on what comes through the forget gate alone. Two gates looked at "
            "the old c, too.",
            _back(to_yesterday=lambda d, p: np.zeros_like(d.f)),
        ),
        Mistake(
            "one of two peepholes",
            "Of the two gates that looked at the old c you take one back to it. Which other line "
            "of the forward pass has a c_prev in it?",
            (
                _back(to_yesterday=lambda d, p: d.f * p.p_f),
                _back(to_yesterday=lambda d, p: d.i * p.p_i),
            ),
        ),
        Mistake(
            "peephole of o to yesterday",
            "The output gate looked at the new c, not at the old one. Its slope belongs to δc, "
            "before anything is made of that.",
            (
                _back(o_to_c=0.0, to_yesterday=lambda d, p: _both(d, p) + d.o * p.p_o),
                _back(to_yesterday=lambda d, p: _both(d, p) + d.o * p.p_o),
            ),
        ),
        Mistake(
            "old c for p_o",
            "The slope at p_o is δ times what the output gate saw. When it looked, c had been "
            "updated.",
            _back(o_saw="c_prev"),
        ),
        Mistake(
            "new c for p_f and p_i",
            "The slopes at p_f and p_i are δ times what these gates saw. When they looked, c had "
            "not been updated.",
            _back(f_and_i_saw="c"),
        ),
        Mistake(
            "peepholes not summed",
            "All sequences share one p. Its slope has a number for each unit, and none for a "
            "single sequence.",
            (
                _back(add=lambda slopes: slopes),
                _back(add=lambda slopes: slopes.sum(axis=0, keepdims=True)),
            ),
        ),
        Mistake(
            "peepholes averaged",
            "One sequence is right. For a batch you take a mean of the slopes at p, and they add.",
            _back(add=lambda slopes: slopes.mean(axis=0)),
        ),
    ),
    shape_hint="Three things: four δ of shape (B, H), in the order f, i, c_tilde, o; three slopes "
    "of shape (H,); and one array of shape (B, H).",
    value_hint="Draw the graph and count the arrows that leave c, and those that leave c_prev.",
    closing="The chain rule does not care who invented the cell. A gradient check does.",
)
