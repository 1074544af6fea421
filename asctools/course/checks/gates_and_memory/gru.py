"""The exercise on the reader's own GRU, with PyTorch's as the judge."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from asctools.course.checks.gates_and_memory.nets import doubles, filled
from asctools.course.checks.spec import Case, Exercise, Mistake
from asctools.course.checks.with_pytorch.nets import array

if TYPE_CHECKING:
    from torch import Tensor

    State = Mapping[str, Tensor]
    Cell = Callable[[State, Tensor, Tensor], np.ndarray]


def _oracle(state: State, x: Tensor, h_prev: Tensor) -> np.ndarray:
    """Ask PyTorch's own cell."""
    import torch

    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    return array(torch.gru_cell(x, h_prev, *(state[name] for name in names)))


def _gru(fault: str = "") -> Cell:
    """Build a GRU with one fault in it."""

    def step(state: State, x: Tensor, h_prev: Tensor) -> np.ndarray:
        b_hh = state["bias_hh"] * (fault != "second bias")
        rows = (1, 0, 2) if fault == "rows" else (0, 1, 2)
        of_x = (x @ state["weight_ih"].T + state["bias_ih"]).chunk(3, -1)
        of_h = (h_prev @ state["weight_hh"].T + b_hh).chunk(3, -1)
        r, z = ((of_x[at] + of_h[at]).sigmoid() for at in rows[:2])
        w_hn, b_hn = state["weight_hh"].chunk(3)[2], b_hh.chunk(3)[2]
        remembered = {
            "before": (r * h_prev) @ w_hn.T + b_hn,
            "bias outside": r * (h_prev @ w_hn.T) + b_hn,
            "no reset": of_h[2],
        }.get(fault, r * of_h[2])
        total = of_x[2] + remembered
        n = total.sigmoid() if fault == "candidate" else total.tanh()
        old, new = (1 - z, z) if fault == "mixed" else (z, 1 - z)
        return array(new * n + old * h_prev)

    return step


def _cases(rng: np.random.Generator) -> list[Case]:
    import torch
    from torch import nn

    cases = []
    for when, batch, reads, units in (
        ("for one unit", 1, 1, 1),
        ("for a batch", 3, 2, 3),
        ("for more inputs than units", 2, 5, 2),
    ):
        meta = nn.GRUCell(reads, units, device="meta", dtype=torch.float64)
        state = dict(filled(meta.to_empty(device="cpu"), rng).state_dict())
        cases.append(Case(when, (state, doubles(rng, batch, reads), doubles(rng, batch, units))))
    return cases


OWN_GRU = Exercise(
    id="gates-and-memory/own-gru",
    kind="Code",
    level=3,
    minutes=20,
    task="a function my_gru(state, x, h_prev) that returns the new h",
    parameters=("state", "x", "h_prev"),
    cases=_cases,
    reference=_oracle,
    mistakes=(
        Mistake(
            "z and 1 − z swapped",
            "The two shares have changed places: with PyTorch, an update gate of 1 keeps the old "
            "h. (In some books it is the other way round.)",
            _gru("mixed"),
        ),
        Mistake(
            "reset before the product",
            "One unit without biases would be right. You multiply h by r, then by the matrix. "
            "PyTorch multiplies by the matrix first, and lets r act on what comes out.",
            _gru("before"),
        ),
        Mistake(
            "bias outside the reset",
            "The candidate has two biases. One of them stands inside the bracket that r "
            "multiplies.",
            _gru("bias outside"),
        ),
        Mistake(
            "reset and update swapped",
            "The two gates have changed places. Which of them stands in PyTorch's first rows?",
            _gru("rows"),
        ),
        Mistake(
            "reset forgotten",
            "Your candidate sees all of the old h. What is the reset gate for?",
            _gru("no reset"),
        ),
        Mistake(
            "sigmoid for the candidate",
            "The two gates are valves and go through σ. The candidate is a content.",
            _gru("candidate"),
        ),
        Mistake(
            "second bias forgotten",
            "You leave `bias_hh` out. With zeros nobody would notice; here it is not zero.",
            _gru("second bias"),
        ),
    ),
    shape_hint="One tensor of shape `(batch, units)`.",
    value_hint="Compute r and z first and look whether both lie between 0 and 1. Then set `x` to "
    "zero, and see what is left of the formula.",
    closing="PyTorch's GRU, in six lines. It has one memory instead of two, and no output gate.",
)
