"""The exercise on clipping by the global norm."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake

Gradients = Sequence[np.ndarray]


class Clipped(NamedTuple):
    """The clipped gradients, and their global norm before."""

    gradients: list[np.ndarray]
    norm: float


def _norm(gradients: Gradients) -> float:
    return math.sqrt(sum(float((g**2).sum()) for g in gradients))


def _scaled(
    norm: Callable[[Gradients], float] = _norm,
    factor: Callable[[float, float], float] = lambda norm, most: min(1.0, most / norm),
) -> Callable[[Gradients, float], Clipped]:
    """Multiply all gradients by one factor."""

    def clip(gradients: Gradients, max_norm: float) -> Clipped:
        n = norm(gradients)
        return Clipped([factor(n, max_norm) * g for g in gradients], n)

    return clip


_right = _scaled()


def _per_element(gradients: Gradients, max_norm: float) -> Clipped:
    return Clipped([np.clip(g, -max_norm, max_norm) for g in gradients], _norm(gradients))


def _per_tensor(gradients: Gradients, max_norm: float) -> Clipped:
    each = [_right([g], max_norm).gradients[0] for g in gradients]
    return Clipped(each, _norm(gradients))


def _norm_afterwards(gradients: Gradients, max_norm: float) -> Clipped:
    clipped = _right(gradients, max_norm).gradients
    return Clipped(clipped, _norm(clipped))


def _cases(rng: np.random.Generator) -> list[Case]:
    several: list[tuple[int, ...]] = [(4, 3), (4,), (1, 4)]
    kinds: list[tuple[str, list[tuple[int, ...]], float]] = [
        ("for a single array", [(3,)], 0.3),
        ("when the norm is below the limit", [(2, 2), (2,)], 2.0),
        ("for several arrays", several, 0.5),
        ("for another limit", several, 0.2),
    ]
    cases = []
    for when, shapes, ratio in kinds:
        gradients = [rng.normal(0.0, 1.0, shape) for shape in shapes]
        cases.append(Case(when, (gradients, ratio * _norm(gradients))))
    return cases


CLIP = Exercise(
    id="gates-and-memory/clip",
    kind="Code",
    level=1,
    minutes=10,
    task="a function my_clip(gradients, max_norm) that returns the clipped gradients and the norm "
    "that they had before",
    parameters=("gradients", "max_norm"),
    cases=_cases,
    reference=_right,
    mistakes=(
        Mistake(
            "per element",
            "You cut off each number by itself. The large ones shrink, the small ones stay, and "
            "the step points elsewhere. All of them should shrink by one factor.",
            _per_element,
        ),
        Mistake(
            "per tensor",
            "One array is right. With several you give each a limit and a factor of its own. They "
            "are parts of one long vector, with one norm.",
            _per_tensor,
        ),
        Mistake(
            "made longer",
            "Long gradients are right. A short one you stretch to the limit: where the training "
            "is nearly done, that sends it away again.",
            _scaled(factor=lambda norm, most: most / norm),
        ),
        Mistake(
            "sum of norms",
            "One array is right. The norm of several is not the sum of their norms: it is the root "
            "of the sum of all squares.",
            _scaled(norm=lambda gradients: sum(_norm([g]) for g in gradients)),
        ),
        Mistake(
            "root forgotten",
            "You compare the sum of the squares with the limit. Its root is the norm.",
            _scaled(norm=lambda gradients: _norm(gradients) ** 2),
        ),
        Mistake(
            "factor upside down",
            "Your factor makes long gradients longer. Should it be larger or smaller than 1 when "
            "the norm is above the limit?",
            (
                _scaled(factor=lambda norm, most: max(1.0, norm / most)),
                _scaled(factor=lambda norm, most: norm / most),
            ),
        ),
        Mistake(
            "norm afterwards",
            "The gradients are right. The norm that you return is the one after clipping; it says "
            "nothing about how large they had become.",
            _norm_afterwards,
        ),
    ),
    shape_hint="Two things: a list of arrays with the shapes that came in, and one number.",
    value_hint="Flatten all arrays into one vector in your mind: what is its length, and what "
    "should it be?",
    closing="The direction stays, the length is bounded. And a factor of at most 1 makes no "
    "vanishing gradient larger.",
)
