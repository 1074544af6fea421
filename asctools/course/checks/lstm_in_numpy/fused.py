"""The exercise on four gates stacked as ``nn.LSTM`` stacks them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from asctools.course.checks.lstm_in_numpy.draws import Array, gates
from asctools.course.checks.spec import Case, Exercise, Mistake
from asctools.numpy_lstm.cell import Gates


class Fused(NamedTuple):
    """What multiplies x, (4H, I), what multiplies h, (4H, H), and one bias, (4H,)."""

    weight_ih: Array
    weight_hh: Array
    bias: Array


def _fused(
    order: str = "ifco",
    stack: Callable[[list[Array]], Array] = np.concatenate,
    h_first: bool = True,
) -> Callable[[Gates], Fused]:
    """Build a way to stack, right by default."""

    def fuse(w: Gates) -> Fused:
        W = stack([getattr(w, f"W_{gate}") for gate in order])
        b = stack([getattr(w, f"b_{gate}") for gate in order])
        hidden = len(w.b_f)
        inputs = W.shape[1] - hidden
        if h_first:
            return Fused(W[:, hidden:], W[:, :hidden], b)
        return Fused(W[:, :inputs], W[:, inputs:], b)

    return fuse


def _shuffled(parts: list[Array]) -> Array:
    """Put the four rows of a unit together, unit by unit."""
    return np.stack(parts, axis=1).reshape(-1, *parts[0].shape[1:])


def _transposed(w: Gates) -> Fused:
    right = _fused()(w)
    return Fused(right.weight_ih.T, right.weight_hh.T, right.bias)


def _exchanged(w: Gates) -> Fused:
    right = _fused()(w)
    return Fused(right.weight_hh, right.weight_ih, right.bias)


def _cases(rng: np.random.Generator) -> list[Case]:
    sizes = [
        ("for one unit", 1, 1),
        ("for three units that read two numbers", 2, 3),
        ("for two units that read five numbers", 5, 2),
    ]
    return [Case(when, (gates(rng, *size),)) for when, *size in sizes]


FUSED = Exercise(
    id="lstm-in-numpy/fused-rows",
    kind="Code",
    level=1,
    minutes=10,
    task="a function my_fused(w) that returns weight_ih, weight_hh and bias",
    parameters=("w",),
    cases=_cases,
    reference=_fused(),
    mistakes=(
        Mistake(
            "order of this book",
            "Your blocks come as f, i, c, o, the order of this book. Which order has nn.LSTM?",
            _fused("fico"),
        ),
        Mistake(
            "candidate last",
            "Your blocks come as i, f, o, c. PyTorch calls the candidate g, and does not put it at "
            "the end.",
            _fused("ifoc"),
        ),
        Mistake(
            "candidate second",
            "The first and the last block are right, those between them have changed places.",
            _fused("icfo"),
        ),
        Mistake(
            "transposed",
            "One unit should be one row. You have handed in its transpose: PyTorch transposes for "
            "itself, as we did in `step`.",
            _transposed,
        ),
        Mistake(
            "ih and hh exchanged",
            "The two matrices have changed places: ih leads from the input to the hidden units, hh "
            "from hidden to hidden.",
            _exchanged,
        ),
        Mistake(
            "cut at the wrong column",
            "The rows are right. Which columns of our W are multiplied with h, the first or the "
            "last?",
            _fused(h_first=False),
        ),
        Mistake(
            "unit by unit",
            "One unit is right. With several you put the four rows of a unit together; PyTorch "
            "puts all rows of a gate together.",
            _fused(stack=_shuffled),
        ),
    ),
    shape_hint="Three arrays: (4H, I), (4H, H) and (4H,).",
    value_hint="Fill the four matrices of a small cell with 1, 2, 3 and 4, and print what you get.",
    closing="i, f, g, o. This is all that stands between our cell and PyTorch's.",
)
