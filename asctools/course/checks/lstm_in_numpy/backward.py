"""The exercise on one step back, for a batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from asctools.course.checks.lstm_in_numpy.draws import Array, Wires, gates, wires
from asctools.course.checks.spec import Case, Exercise, Mistake
from asctools.numpy_lstm.cell import Gates


class Back(NamedTuple):
    """The slopes at the weights, and those that go on to x, to h_prev and to c_prev."""

    slopes: Gates
    grad_x: Array
    grad_h: Array
    grad_c: Array


class Arrives(NamedTuple):
    """What stands in the line for the slope at c."""

    delta_h: Array
    grad_c: Array
    o: Array
    tanh_slope: Array


def _delta_c(a: Arrives) -> Array:
    return a.grad_c + a.delta_h * a.o * a.tanh_slope


def _step_back(
    delta_c: Callable[[Arrives], Array] = _delta_c,
    add: Callable[[Array], Array] = lambda delta: delta.sum(axis=0),
    order: tuple[int, ...] = (0, 1, 2, 3),
    gate_slope: Callable[[Array], Array] = lambda gate: gate * (1.0 - gate),
    candidate_slope: Callable[[Array], Array] = lambda c_tilde: 1.0 - c_tilde**2,
    keep: Callable[[Array, Array], Array] = lambda delta, f: delta * f,
    h_first: bool = True,
) -> Callable[[Gates, Wires, Array, Array], Back]:
    """Build a step back, right by default."""

    def step_back(w: Gates, s: Wires, delta_h: Array, grad_c: Array) -> Back:
        tanh_c = np.tanh(s.c)
        at_c = delta_c(Arrives(delta_h, grad_c, s.o, 1.0 - tanh_c**2))
        all_four = (
            at_c * s.c_prev * gate_slope(s.f),
            at_c * s.c_tilde * gate_slope(s.i),
            at_c * s.i * candidate_slope(s.c_tilde),
            delta_h * tanh_c * gate_slope(s.o),
        )
        deltas = [all_four[k] for k in order]
        slopes = [part for delta in deltas for part in (delta.T @ s.h_x, add(delta))]
        grad = np.sum([delta @ W for delta, W in zip(deltas, w[0::2], strict=True)], axis=0)
        reads = s.h.shape[1] if h_first else grad.shape[1] - s.h.shape[1]
        parts = grad[:, :reads], grad[:, reads:]
        h, x = parts if h_first else parts[::-1]
        return Back(Gates(*slopes), x, h, keep(at_c, s.f))

    return step_back


def _h_before_x(w: Gates, s: Wires, delta_h: Array, grad_c: Array) -> Back:
    right = _step_back()(w, s, delta_h, grad_c)
    return right._replace(grad_x=right.grad_h, grad_h=right.grad_x)


def _cases(rng: np.random.Generator) -> list[Case]:
    kinds = [
        ("for one unit and one sequence, on the last day", 1, 1, 1, 0.0),
        ("for one unit and one sequence, on a day before", 1, 1, 1, 1.0),
        ("for several units", 1, 2, 4, 1.0),
        ("for a batch", 5, 3, 4, 1.0),
    ]
    cases = []
    for when, B, inputs, hidden, tomorrow in kinds:
        w = gates(rng, inputs, hidden)
        delta_h, grad_c = rng.normal(0.0, 1.0, (2, B, hidden))
        cases.append(Case(when, (w, wires(rng, w, B), delta_h, tomorrow * grad_c)))
    return cases


BACKWARD = Exercise(
    id="lstm-in-numpy/backward",
    kind="Code",
    level=2,
    minutes=20,
    task="a function my_step_back(w, s, delta_h, grad_c) that returns the slopes at the weights, "
    "grad_x, grad_h and grad_c",
    parameters=("w", "s", "delta_h", "grad_c"),
    cases=_cases,
    reference=_step_back(),
    gradients=Back._fields,
    mistakes=(
        Mistake(
            "next day's slope of c dropped",
            "On the last day all is right. On a day before it, c is asked about twice: by h, and "
            "by tomorrow's c. You let the second slope fall.",
            _step_back(delta_c=lambda a: a.delta_h * a.o * a.tanh_slope),
        ),
        Mistake(
            "slope of tanh missing",
            "Between c and h stands a tanh. Its slope is missing in the line for the slope at c.",
            _step_back(delta_c=lambda a: a.grad_c + a.delta_h * a.o),
        ),
        Mistake(
            "output gate missing",
            "On its way from h to c the slope passes a valve, `h = o * tanh(c)`. What is it "
            "multiplied by there, beside the slope of tanh?",
            _step_back(delta_c=lambda a: a.grad_c + a.delta_h * a.tanh_slope),
        ),
        Mistake(
            "no slope from h to c",
            "You hand on what comes from tomorrow's c, and nothing that comes from today's h. But "
            "h is made of c.",
            _step_back(delta_c=lambda a: a.grad_c),
        ),
        Mistake(
            "bias not summed",
            "The slope at a bias has a row for each sequence. All sequences share one bias: what "
            "becomes of their slopes?",
            (
                _step_back(add=lambda delta: delta),
                _step_back(add=lambda delta: delta.sum(axis=0, keepdims=True)),
            ),
        ),
        Mistake(
            "bias averaged",
            "One sequence is right. For a batch the slope at a bias is a mean, while the product "
            "for W has summed. Where a mean is wanted, the loss has divided already.",
            _step_back(add=lambda delta: delta.mean(axis=0)),
        ),
        Mistake(
            "slope of the sigmoid missing",
            "Your δ are the slopes at the gates. Those at the sums, before the sigmoid, are asked "
            "for: one more factor for f, i and o.",
            _step_back(gate_slope=np.ones_like),
        ),
        Mistake(
            "sigmoid's slope for the candidate",
            "Three gates are right. The candidate went through a tanh, and you took the slope of "
            "the sigmoid.",
            _step_back(candidate_slope=lambda c_tilde: c_tilde * (1.0 - c_tilde)),
        ),
        Mistake(
            "f and i swapped",
            "The slopes of two gates have changed places. Which gate meets the old c, and which "
            "the candidate?",
            _step_back(order=(1, 0, 2, 3)),
        ),
        Mistake(
            "forget gate missing on the way to yesterday",
            "The weights are right. To c_prev leads one arrow, and a valve stands on it.",
            _step_back(keep=lambda delta, f: delta),
        ),
        Mistake(
            "cut at the wrong place",
            "The weights are right. Which columns of h_x came first, those of h or those of x?",
            _step_back(h_first=False),
        ),
        Mistake(
            "h before x",
            "All the numbers are right. The slope at x should come second, before the one at h: "
            "that is the order of this page.",
            _h_before_x,
        ),
    ),
    shape_hint="Four things: the slopes at the eight weights, in the order of w; then grad_x, "
    "grad_h and grad_c, which have the shapes of x, h_prev and c_prev.",
    value_hint="Take the case with one unit, and follow the discs of the graph with its numbers.",
    closing="Every line is a line of the first chapter; only the shapes have grown.",
)
