"""The exercise on how far back each unit reaches: products of forget gates."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake, Tolerance
from asctools.course.checks.with_pytorch.nets import array

if TYPE_CHECKING:
    from torch import Tensor

Reach = Callable[[np.ndarray, float], np.ndarray]


def _of(way: Reach) -> Callable[[Tensor, float], np.ndarray]:
    """Let a way of counting see the gates as an array of shape (T, H)."""
    return lambda f, share: way(array(f), share)


def _count(kept: np.ndarray, share: float) -> np.ndarray:
    return np.asarray((kept >= share).sum(0), dtype=float)


def _right(f: np.ndarray, share: float) -> np.ndarray:
    return _count(f[::-1].cumprod(0), share)


def _mean_gate(f: np.ndarray, share: float) -> np.ndarray:
    powers = np.arange(1, len(f) + 1)[:, None]
    return _count(f.mean(0) ** powers, share)


def _cases(rng: np.random.Generator) -> list[Case]:
    import torch

    kinds = [
        ("for one unit over ten days", 10, 1, 0.5),
        ("for three units", 12, 3, 0.6),
        ("for another share", 40, 4, 0.1),
        ("for a hundred days", 100, 5, 0.02),
    ]
    return [
        Case(when, (torch.from_numpy(rng.uniform(0.75, 1.0, (days, units))), share))
        for when, days, units, share in kinds
    ]


REACH = Exercise(
    id="gates-and-memory/reach",
    kind="Code",
    level=2,
    minutes=12,
    task="a function my_reach(f, share) that returns one whole number for each unit",
    parameters=("f", "share"),
    cases=_cases,
    reference=_of(_right),
    tolerance=Tolerance(relative=0.0, absolute=0.0),
    mistakes=(
        Mistake(
            "from the first day on",
            "You multiply the gates beginning with day one. The question looks back from the last "
            "day: which gate stands next to it?",
            _of(lambda f, share: _count(f.cumprod(0), share)),
        ),
        Mistake(
            "today counted",
            "Each number is one too large. All of c is left after no step at all, and that is no "
            "day back.",
            _of(lambda f, share: _right(f, share) + 1),
        ),
        Mistake(
            "last gate left out",
            "Your product begins one gate too early. The forget gate of the last day has acted on "
            "what was there the day before.",
            (
                _of(lambda f, share: _count(f[-2::-1].cumprod(0), share)),
                _of(lambda f, share: _count(f[-2::-1].cumprod(0), share) + 1),
            ),
        ),
        Mistake(
            "across the units",
            "Your product runs over the units of one day. A unit's memory goes through its own "
            "gates, day after day: which axis is that?",
            _of(lambda f, share: _count(f[::-1].cumprod(1), share)),
        ),
        Mistake(
            "each gate alone",
            "You count single gates that keep the share. What is left after some days has gone "
            "through all of them.",
            _of(_count),
        ),
        Mistake(
            "mean gate",
            "You take the mean gate for all days. The product of unequal gates is another number "
            "than a power of their mean.",
            _of(_mean_gate),
        ),
        Mistake(
            "days that are lost",
            "You count the days of which less than the share is left. Turn the comparison round.",
            _of(lambda f, share: len(f) - _right(f, share)),
        ),
    ),
    shape_hint="One whole number for each unit, so as many as `f` has columns.",
    value_hint="Take one unit and three days, and multiply backwards from the last by hand.",
    closing="Units of one layer reach differently far. A trained layer shares out the work: some "
    "keep, some forget.",
)
