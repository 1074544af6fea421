"""Weights and wires for the cases, drawn from a generator; and a way to read an answer's fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from asctools.course.checks.spec import Outcome
from asctools.numpy_lstm import cell
from asctools.numpy_lstm.cell import Gates

Array = NDArray[Any]


class Wires(NamedTuple):
    """What a step keeps for the way back, as the chapter's ``Step`` does; h_x is (B, H + I)."""

    h_x: Array
    c_prev: Array
    f: Array
    i: Array
    c_tilde: Array
    o: Array
    c: Array
    h: Array


def gates(rng: np.random.Generator, inputs: int, hidden: int) -> Gates:
    """Draw the weights of a cell with I inputs and H units."""
    shapes = 4 * ((hidden, hidden + inputs), (hidden,))
    return Gates(*(rng.normal(0.0, 0.8, shape) for shape in shapes))


def wires(rng: np.random.Generator, w: Gates, batch: int) -> Wires:
    """Let one step of a batch pass, from memories that are not zero."""
    hidden = len(w.b_f)
    x = rng.normal(0.0, 1.0, (batch, w.W_f.shape[1] - hidden))
    h_prev, c_prev = rng.uniform(-0.9, 0.9, (2, batch, hidden))
    s = cell.step(w, x, h_prev, c_prev)
    h_x = np.concatenate((h_prev, x), axis=1)
    return Wires(h_x, c_prev, s.f, s.i, s.c_tilde, s.o, s.c, s.h)


def field(value: Any, form: type[NamedTuple], name: str) -> Any:
    """Read a field of an answer that was handed in as a dict, a NamedTuple or in order."""
    if hasattr(value, "_asdict"):
        value = value._asdict()
    if isinstance(value, Mapping):
        return value[name]
    return value[form._fields.index(name)]


def field_is(
    form: type[NamedTuple],
    name: str,
    *wrong: Any,
    off: float = 0.003,
) -> Callable[[Sequence[Outcome], Sequence[Any]], bool]:
    """Recognise a mistake by the number, or numbers, in one field, whatever stands in the others.

    ``off`` is how far a number may be off, relative to the wrong one.
    """

    def made(outcomes: Sequence[Outcome], expected: Sequence[Any]) -> bool:
        if outcomes[0].error is not None:
            return False
        came = np.asarray(field(outcomes[0].value, form, name), dtype=float)
        return any(np.allclose(came, each, rtol=off, atol=0.0) for each in wrong)

    return made
