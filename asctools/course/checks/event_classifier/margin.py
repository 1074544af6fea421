"""The exercise on a margin that holds what it promises."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake

Errors = Sequence[float]


def _ranked(errors: Errors, rank: int) -> float:
    sizes = sorted(abs(each) for each in errors)
    return sizes[rank - 1] if rank <= len(sizes) else math.inf


def _rank(count: float, coverage: float) -> int:
    return max(1, math.ceil(round(count * coverage, 9)))


def _right(errors: Errors, coverage: float) -> float:
    return _ranked(errors, _rank(len(errors) + 1, coverage))


def _without_one(errors: Errors, coverage: float) -> float:
    return _ranked(errors, _rank(len(errors), coverage))


def _with_sign(errors: Errors, coverage: float) -> float:
    rank = _rank(len(errors) + 1, coverage)
    return sorted(errors)[rank - 1] if rank <= len(errors) else math.inf


def _between(errors: Errors, coverage: float) -> float:
    return float(np.quantile(np.abs(errors), coverage))


def _the_largest(errors: Errors, coverage: float) -> float:
    return _ranked(errors, min(_rank(len(errors) + 1, coverage), len(errors)))


def _normal(errors: Errors, coverage: float) -> float:
    """Take the errors for normal ones."""
    return 1.6448536269514722 * float(np.std(errors))


def _both_sides(errors: Errors, coverage: float) -> float:
    """Leave a half of what may be missed on each side, although sizes have one side."""
    return _ranked(errors, _rank(len(errors) + 1, (1 + coverage) / 2))


def _cases(rng: np.random.Generator) -> list[Case]:
    def errors(count: int) -> list[float]:
        return [round(float(e), 3) for e in rng.laplace(0.1, 0.4, count)]

    return [
        Case("for 39 errors", (errors(39), 0.9)),
        Case("where one error is very large", ([*errors(28), 25.0], 0.8)),
        Case("where the rank is no whole number", (errors(24), 0.85)),
        Case("where all errors are too late", ([abs(e) + 0.2 for e in errors(19)], 0.9)),
        Case("for too few errors", (errors(6), 0.9)),
    ]


MARGIN = Exercise(
    id="event-classifier/margin",
    kind="Code",
    level=2,
    minutes=15,
    task="a function my_margin(errors, coverage) that returns one number",
    parameters=("errors", "coverage"),
    cases=_cases,
    reference=_right,
    mistakes=(
        Mistake(
            "one too few",
            "You count the errors that you have. The strike to come is one more: the rank is out "
            "of n + 1.",
            _without_one,
        ),
        Mistake(
            "with their sign",
            "You sort the errors with their sign. A margin goes to both sides: sort their sizes.",
            _with_sign,
        ),
        Mistake(
            "between two errors",
            "You take a value between two errors. The promise holds for one of the errors "
            "themselves, and the next larger one where the rank is no whole number.",
            _between,
        ),
        Mistake(
            "the largest at most",
            "Where there are too few errors you give the largest. Then the promise is not kept: "
            "only an infinite margin keeps it.",
            _the_largest,
        ),
        Mistake(
            "normal errors",
            "You multiply the standard deviation by a number out of a table of the normal "
            "distribution. Nobody said that the errors are normal.",
            _normal,
        ),
        Mistake(
            "a half on each side",
            "You leave a half of the misses to each side. Sizes of errors have one side only.",
            _both_sides,
        ),
    ),
    shape_hint="One number; `math.inf` where there are too few errors.",
    value_hint="Of n + 1 errors, yours among them, yours is equally likely to have any rank.",
    closing="No word about the network was needed. That is why the promise holds for any.",
)
