"""The exercise on the forward pass of a batch that goes on where the last piece ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from asctools.course.checks.lstm_in_numpy.draws import Array, gates
from asctools.course.checks.spec import Case, Exercise, Mistake
from asctools.numpy_lstm.cell import Gates, State
from asctools.numpy_lstm.numerics import sigmoid


class Memories(NamedTuple):
    """The two memories, each (B, H)."""

    h: Array
    c: Array


class Run(NamedTuple):
    """Every h as (B, T, H), and the memories after the last step."""

    outputs: Array
    state: Memories


def _side_by_side(h: Array, x: Array) -> Array:
    return np.concatenate((h, x), axis=1)


def _h(o: Array, c: Array, c_prev: Array) -> Array:
    return o * np.tanh(c)


def _zeros(w: Gates, x: Array) -> State:
    zeros = np.zeros((len(x), len(w.b_f)))
    return zeros, zeros


def _run(
    join: Callable[[Array, Array], Array] = _side_by_side,
    order: str = "fico",
    bias: float = 1.0,
    squash: Callable[[Array], Array] = np.tanh,
    say: Callable[[Array, Array, Array], Array] = _h,
    begin: Callable[[State, State], State] = lambda given, zeros: given,
    after: int = -1,
) -> Callable[[Gates, Array, State | None], Run]:
    """Build a forward pass, right by default."""

    def run(w: Gates, x: Array, state: State | None) -> Run:
        zeros = _zeros(w, x)
        h, c = begin(zeros if state is None else state, zeros)
        memories = []
        for x_t in x.swapaxes(0, 1):
            h_x = join(h, x_t)
            z = dict(
                zip(order, (h_x @ w[k].T + bias * w[k + 1] for k in (0, 2, 4, 6)), strict=True)
            )
            c_prev = c
            c = sigmoid(z["f"]) * c + sigmoid(z["i"]) * squash(z["c"])
            h = say(sigmoid(z["o"]), c, c_prev)
            memories.append(Memories(h, c))
        return Run(np.stack([each.h for each in memories], axis=1), memories[after])

    return run


def _cases(rng: np.random.Generator) -> list[Case]:
    kinds = [
        ("for one step from empty memories", 1, 1, 1, 1, False),
        ("for one step that goes on from a state", 3, 1, 2, 4, True),
        ("for several steps from empty memories", 2, 5, 3, 4, False),
        ("for several steps that go on from a state", 3, 4, 2, 5, True),
    ]
    cases = []
    for when, B, T, inputs, hidden, goes_on in kinds:
        w, x = gates(rng, inputs, hidden), rng.normal(0.0, 1.0, (B, T, inputs))
        state = tuple(rng.uniform(-0.9, 0.9, (2, B, hidden))) if goes_on else None
        cases.append(Case(when, (w, x, state)))
    return cases


FORWARD = Exercise(
    id="lstm-in-numpy/forward",
    kind="Code",
    level=1,
    minutes=12,
    task="a function my_run(w, x, state) that returns outputs and the new (h, c)",
    parameters=("w", "x", "state"),
    cases=_cases,
    reference=_run(),
    mistakes=(
        Mistake(
            "state not taken",
            "From empty memories all is right. When a state is handed in, yours begins with zeros "
            "all the same: the second half has forgotten the first.",
            _run(begin=lambda given, zeros: zeros),
        ),
        Mistake(
            "c not taken",
            "You take h along and begin with an empty c. The long memory is what a text needs "
            "most.",
            _run(begin=lambda given, zeros: (given[0], zeros[1])),
        ),
        Mistake(
            "h and c swapped in the state",
            "The state is a pair, h first and then c. You take it the other way round.",
            _run(begin=lambda given, zeros: (given[1], given[0])),
        ),
        Mistake(
            "x before h",
            "The columns of every W belong to h first, and then to x. Side by side in the other "
            "order, the shapes fit too, and each weight meets another number.",
            _run(join=lambda h, x: np.concatenate((x, h), axis=1)),
        ),
        Mistake(
            "f and i swapped",
            "Two gates have changed places: what should be kept is written, and what should be "
            "written is kept.",
            _run(order="ifco"),
        ),
        Mistake(
            "bias forgotten",
            "Something is missing in the four sums. It is not multiplied with anything.",
            _run(bias=0.0),
        ),
        Mistake(
            "last tanh forgotten",
            "c is right, h is not: before the output gate shows it, the memory is squashed.",
            _run(say=lambda o, c, c_prev: o * c),
        ),
        Mistake(
            "yesterday's c shown",
            "h shows the old c. Which one stands in the line for h, and has it been updated by "
            "then?",
            _run(say=lambda o, c, c_prev: o * np.tanh(c_prev)),
        ),
        Mistake(
            "sigmoid for the candidate",
            "Your candidate is never negative. It is a content and no gate: which squasher does "
            "it have?",
            _run(squash=sigmoid),
        ),
        Mistake(
            "first state returned",
            "The outputs are right. The state that you return is that of the first step; the next "
            "piece wants the one of the last.",
            _run(after=0),
        ),
    ),
    shape_hint="Two things: outputs of shape (B, T, H), and the pair (h, c), each (B, H).",
    value_hint="Compare one step from empty memories first: then f and h_prev play no part.",
    closing="Handed from piece to piece, the state makes the cut invisible.",
)
