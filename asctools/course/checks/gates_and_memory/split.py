"""The exercise on a split that keeps partners together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from asctools.course.checks.spec import (
    Case,
    Exercise,
    Mistake,
    Outcome,
    Tolerance,
    WrongFormError,
)


class Split(NamedTuple):
    """What there is to say of a split."""

    rows: int  # different rows in both parts together
    twice: int  # rows that stand more than once
    parted: int  # rows of the test part whose partner is trained on
    test: int  # rows in the test part
    same_again: bool  # the same seed gives the same split
    by_seed: bool  # another seed gives another one


def _measure(answer: Any, rows: int, share: float, seed: int) -> Split | Any:
    parts = answer(rows, share, seed)
    if parts is None or parts is ...:
        return parts
    train, test = _lists(parts)
    everything = train + test
    return Split(
        rows=len(set(everything)),
        twice=len(everything) - len(set(everything)),
        parted=sum(row ^ 1 in train for row in set(test)),
        test=len(test),
        same_again=_lists(answer(rows, share, seed)) == (train, test),
        by_seed=any(set(_lists(answer(rows, share, seed + k))[1]) != set(test) for k in (1, 2)),
    )


def _lists(parts: Any) -> tuple[list[int], list[int]]:
    """Take two lists of row numbers, or say that it is something else."""
    try:
        train, test = ([int(row) for row in part] for part in parts)
    except (TypeError, ValueError):
        raise WrongFormError(
            "Two lists of row numbers are needed: the rows to train on, then the rows to test on."
        ) from None
    return train, test


def _right(rows: int, share: float, seed: int) -> Split:
    return Split(rows, 0, 0, round(rows // 2 * share) * 2, same_again=True, by_seed=True)


def _seen(
    test: Callable[[Split, Split], bool],
) -> Callable[[Sequence[Outcome], Sequence[Split]], bool]:
    return lambda outcomes, expected: any(
        each.error is None and test(each.value, right)
        for each, right in zip(outcomes, expected, strict=True)
    )


def _cases(rng: np.random.Generator) -> list[Case]:
    sizes = [("for 40 rows", 40, 0.2), ("for 100 rows", 100, 0.1), ("for 60 rows", 60, 0.4)]
    return [Case(when, (rows, share, int(rng.integers(1000)))) for when, rows, share in sizes]


SPLIT_PAIRS = Exercise(
    id="gates-and-memory/split-pairs",
    kind="Code",
    level=2,
    minutes=10,
    task="a function my_split(rows, share, seed) that returns two lists of row numbers",
    parameters=("rows", "share", "seed"),
    cases=_cases,
    reference=_right,
    tolerance=Tolerance(relative=0.0, absolute=0.0),
    measure=_measure,
    mistakes=(
        Mistake(
            "partners parted",
            "Some strings are trained on while their partners are tested on. Rows 0 and 1 belong "
            "together, 2 and 3, and so on: what should be drawn, rows or pairs?",
            detect=_seen(lambda got, right: got.parted > 0),
        ),
        Mistake(
            "rows lost",
            "Partners stay together, but some rows stand in neither part. Every pair has two.",
            detect=_seen(lambda got, right: got.rows < right.rows),
        ),
        Mistake(
            "rows twice",
            "Partners stay together, but some rows stand in both parts, or twice in one: a test "
            "on what was trained on.",
            detect=_seen(lambda got, right: got.twice > 0),
        ),
        Mistake(
            "parts swapped",
            "Partners stay together, but the parts have changed places: first the rows to train "
            "on, and `share` is that of the test.",
            detect=_seen(lambda got, right: got.test == right.rows - right.test != right.test),
        ),
        Mistake(
            "half of the share",
            "Partners stay together. The test part is half as large as it should be: a share of "
            "the rows is the same share of the pairs.",
            detect=_seen(lambda got, right: 2 * got.test == right.test),
        ),
        Mistake(
            "not drawn",
            "Partners stay together. But the test part is always the same, whatever the seed. If "
            "the strings are sorted, by length for instance, it is a part of its own kind.",
            detect=_seen(lambda got, right: not got.by_seed),
        ),
        Mistake(
            "another split each time",
            "Partners stay together. But the same seed gives another split each time, and nobody "
            "can repeat your result. Make the generator from the seed.",
            detect=_seen(lambda got, right: not got.same_again),
        ),
    ),
    value_hint="Each row in exactly one part, and `share` of them in the second.",
    closing="Whoever has seen a string can compare its partner with it. Such a test flatters.",
)
