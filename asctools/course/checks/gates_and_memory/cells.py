"""Exercises on the two cells: a recurrent layer over time, and an LSTM of four linear layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from asctools.course.checks.gates_and_memory.nets import GATES, doubles, four_linears, linear_of
from asctools.course.checks.spec import Case, Exercise, Mistake
from asctools.course.checks.with_pytorch.nets import array

if TYPE_CHECKING:
    from torch import Tensor, nn


def _states(
    squash: Callable[[Tensor], Tensor] | None = None,
    *,
    carry: bool = True,
    h_first: bool = True,
    said: Callable[[Tensor, Tensor], Tensor] = lambda z, h: h,
) -> Callable[[nn.Linear, Tensor], np.ndarray]:
    """Build the recurrent layer, or one that does something else on each day."""

    def run(i2h: nn.Linear, x: Tensor) -> np.ndarray:
        import torch

        h = empty = x.new_zeros(len(x), i2h.out_features)
        states = []
        for x_t in x.unbind(1):
            pair = (h if carry else empty, x_t)
            z = i2h(torch.cat(pair if h_first else pair[::-1], dim=1))
            h = (squash or torch.tanh)(z)
            states.append(said(z, h))
        return array(torch.stack(states, dim=1))

    return run


def _over_the_batch(i2h: nn.Linear, x: Tensor) -> np.ndarray:
    """Walk along the first axis, as if it counted the days."""
    return _states()(i2h, x.transpose(0, 1)).swapaxes(0, 1)


def _rnn_cases(rng: np.random.Generator) -> list[Case]:
    kinds = [
        ("for one day", 1, 1, 2, 2),
        ("for one sequence of four days", 1, 4, 2, 2),
        ("for three sequences", 3, 4, 2, 5),
        ("for more inputs than units", 2, 5, 6, 3),
    ]
    return [
        Case(when, (linear_of(rng, units + reads, units), doubles(rng, batch, days, reads)))
        for when, batch, days, reads, units in kinds
    ]


RNN_STATES = Exercise(
    id="gates-and-memory/rnn-states",
    kind="Code",
    level=1,
    minutes=10,
    task="a function my_states(i2h, x) that returns a tensor of shape (batch, days, units)",
    parameters=("i2h", "x"),
    cases=_rnn_cases,
    reference=_states(),
    mistakes=(
        Mistake(
            "x before h",
            "You join x and h in the other order. Sizes fit all the same, but the weights that "
            "were made for h now meet x.",
            _states(h_first=False),
        ),
        Mistake(
            "h not carried",
            "The first day is right. On the second, h is still empty: what has a day to hand on to "
            "the next?",
            _states(carry=False),
        ),
        Mistake(
            "sigmoid",
            "You squash with σ, so h can't be negative. The plain recurrent layer squashes with "
            "tanh.",
            _states(lambda z: z.sigmoid()),
        ),
        Mistake(
            "no tanh",
            "Nothing is squashed. Without tanh the days are one long product of matrices.",
            _states(lambda z: z),
        ),
        Mistake(
            "sum handed in",
            "h is carried as it should be, but you hand in the sums before tanh.",
            _states(said=lambda z, h: z),
        ),
        Mistake(
            "days and sequences confused",
            "One sequence of one day is right. You walk along the first axis, and that one counts "
            "the sequences: one sequence tells the next what it heard.",
            _over_the_batch,
        ),
    ),
    shape_hint="h of every day of every sequence: `torch.stack` has an argument `dim`.",
    value_hint="Do the first day of the first sequence alone: h before it is zero.",
    closing="That is all there is to a plain RNN: one matrix, used on every day.",
)


class State(NamedTuple):
    """The two memories after a day."""

    h: np.ndarray
    c: np.ndarray


def _oracle(cell: nn.Module, x: Tensor, h_prev: Tensor, c_prev: Tensor) -> State:
    """Ask PyTorch's own cell, with the rows and columns of the four layers."""
    import torch

    forget, write, candidate, output = (getattr(cell, name) for name in GATES)
    order, units = (write, forget, candidate, output), forget.out_features
    weight = torch.cat([gate.weight for gate in order])
    bias = torch.cat([gate.bias for gate in order])
    parts = (weight[:, units:], weight[:, :units], bias, torch.zeros_like(bias))
    return State(*(array(each) for each in torch.lstm_cell(x, (h_prev, c_prev), *parts)))


def _step(
    fault: str = "", order: tuple[int, ...] = (0, 1, 2, 3)
) -> Callable[[nn.Module, Tensor, Tensor, Tensor], State]:
    """Build a step with one fault in it."""

    def step(cell: nn.Module, x: Tensor, h_prev: Tensor, c_prev: Tensor) -> State:
        import torch

        both = torch.cat((x, h_prev) if fault == "x first" else (h_prev, x), dim=-1)
        sums = [getattr(cell, GATES[at])(both) for at in order]
        f, i, o = (sums[at].sigmoid() for at in (0, 1, 3))
        c_tilde = sums[2].sigmoid() if fault == "candidate" else sums[2].tanh()
        c = f * c_prev + (c_tilde if fault == "input gate" else i * c_tilde)
        h = o * {"last tanh": c, "old c": c_prev.tanh()}.get(fault, c.tanh())
        pair = (c, h) if fault == "c first" else (h, c)
        return State(*map(array, pair))

    return step


def _lstm_cases(rng: np.random.Generator) -> list[Case]:
    sizes = [
        ("for one unit", 1, 1, 1),
        ("for a batch", 3, 2, 2),
        ("for more units than inputs", 2, 2, 5),
        ("for more inputs than units", 4, 6, 3),
    ]
    return [
        Case(
            when,
            (
                four_linears(rng, reads, units),
                doubles(rng, batch, reads),
                *doubles(rng, 2, batch, units),
            ),
        )
        for when, batch, reads, units in sizes
    ]


LSTM_STEP = Exercise(
    id="gates-and-memory/lstm-step",
    kind="Code",
    level=2,
    minutes=12,
    task="a function my_step(cell, x, h_prev, c_prev) that returns h and c",
    parameters=("cell", "x", "h_prev", "c_prev"),
    cases=_lstm_cases,
    reference=_oracle,
    mistakes=(
        Mistake(
            "c before h",
            "Both are right, in the other order: h was asked for first.",
            _step("c first"),
        ),
        Mistake(
            "x before h",
            "You join x and h in the other order. Sizes fit all the same, but the weights that "
            "were made for h now meet x.",
            _step("x first"),
        ),
        Mistake(
            "sigmoid for the candidate",
            "The candidate is no valve but a content: it may be negative. Which squashing does "
            "that?",
            _step("candidate"),
        ),
        Mistake(
            "f and i swapped",
            "One gate decides what is kept, another what is written. In your step they have "
            "changed places.",
            _step(order=(1, 0, 2, 3)),
        ),
        Mistake(
            "input gate forgotten",
            "You write the whole candidate. A gate decides how much of it.",
            _step("input gate"),
        ),
        Mistake(
            "last tanh forgotten",
            "c is right. Before the output gate shows it, c is squashed.",
            _step("last tanh"),
        ),
        Mistake(
            "h from the old c",
            "c is right. But h shows the memory of the day before: what was written today is in "
            "the new c.",
            _step("old c"),
        ),
    ),
    shape_hint="Two tensors of shape `(batch, units)`: h, then c.",
    value_hint="Print f, i, the candidate and o for one unit, and compute c with a pencil.",
    closing="PyTorch's own cell says the same. It does the four products in one.",
)
