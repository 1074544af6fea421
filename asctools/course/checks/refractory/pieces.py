"""The exercise on a filter that does not notice where its input was cut."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake

Pieces = Sequence[Sequence[float]]


def _filter(samples: Sequence[float], keep: float, before: float) -> list[float]:
    out = []
    for x in samples:
        before = keep * before + (1 - keep) * x
        out.append(before)
    return out


def _whole(pieces: Pieces) -> list[float]:
    return [x for piece in pieces for x in piece]


def _right(pieces: Pieces, keep: float) -> list[float]:
    samples = _whole(pieces)
    return _filter(samples, keep, samples[0])


def _anew(pieces: Pieces, keep: float) -> list[float]:
    return [y for piece in pieces if piece for y in _filter(piece, keep, piece[0])]


def _from_zero(pieces: Pieces, keep: float) -> list[float]:
    return _filter(_whole(pieces), keep, 0.0)


def _zero_each(pieces: Pieces, keep: float) -> list[float]:
    return [y for piece in pieces for y in _filter(piece, keep, 0.0)]


def _last_input(pieces: Pieces, keep: float) -> list[float]:
    """Carry the last input over instead of the last output."""
    out: list[float] = []
    before = _whole(pieces)[0]
    for piece in pieces:
        out += _filter(piece, keep, before)
        before = piece[-1] if piece else before
    return out


def _no_memory(pieces: Pieces, keep: float) -> list[float]:
    """Average each sample with the one before."""
    samples = _whole(pieces)
    pairs = pairwise([samples[0], *samples])
    return [keep * a + (1 - keep) * b for a, b in pairs]


def _other_way(pieces: Pieces, keep: float) -> list[float]:
    return _right(pieces, 1 - keep)


def _cases(rng: np.random.Generator) -> list[Case]:
    def pieces(*sizes: int) -> list[list[float]]:
        return [[round(float(x), 2) for x in rng.normal(2, 3, size)] for size in sizes]

    return [
        Case("for one piece", (pieces(6), 0.8)),
        Case("for three pieces", (pieces(4, 3, 5), 0.7)),
        Case("where a piece is empty", (pieces(2, 0, 4), 0.9)),
        Case("where the first piece is empty", (pieces(0, 3, 2), 0.6)),
        Case("where all pieces are single samples", (pieces(1, 1, 1, 1), 0.75)),
    ]


PIECES = Exercise(
    id="refractory/pieces",
    kind="Code",
    level=2,
    minutes=15,
    task="a function my_smooth(pieces, keep) that returns one list of numbers",
    parameters=("pieces", "keep"),
    cases=_cases,
    reference=_right,
    mistakes=(
        Mistake(
            "anew in each piece",
            "Every piece begins anew. It is right for one piece; the state has to go over to the "
            "next.",
            _anew,
        ),
        Mistake(
            "from zero",
            "You begin with a state of zero. Begin as if the first sample had stood there for "
            "ever: otherwise the beginning looks like an event.",
            _from_zero,
        ),
        Mistake(
            "zero in each piece",
            "Every piece begins with a state of zero.",
            _zero_each,
        ),
        Mistake(
            "the last input",
            "You carry over the last *input*. The state is the last output.",
            _last_input,
        ),
        Mistake(
            "no memory",
            "You mix each sample with the sample before. Mix it with the *output* before, which "
            "remembers all of them.",
            _no_memory,
        ),
        Mistake(
            "kept and new swapped",
            "`keep` is the part of the old output that stays.",
            _other_way,
        ),
    ),
    shape_hint="One list, with a number for each sample of all pieces together.",
    value_hint="What would you have to know at the end of a piece to go on as if nothing had "
    "happened?",
    closing="A state is all of the past that the future needs. Carry it, and cuts are invisible.",
)
