"""The exercise on how much of a batch is padding, as it comes and sorted by length."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake

Lengths = Sequence[int]


class Padded(NamedTuple):
    """The share of steps that only pad, in batches as they come and sorted by length."""

    as_they_come: float
    sorted: float


def _batches(lengths: Lengths, size: int) -> list[Lengths]:
    return [lengths[k : k + size] for k in range(0, len(lengths), size)]


def _share(lengths: Lengths, size: int) -> float:
    steps = sum(len(batch) * max(batch) for batch in _batches(lengths, size))
    return 1 - sum(lengths) / steps


def _mean_share(lengths: Lengths, size: int) -> float:
    batches = _batches(lengths, size)
    return sum(1 - sum(b) / (len(b) * max(b)) for b in batches) / len(batches)


def _right(lengths: Lengths, batch_size: int) -> Padded:
    return Padded(_share(lengths, batch_size), _share(sorted(lengths), batch_size))


def _longest_of_all(lengths: Lengths, batch_size: int) -> Padded:
    share = 1 - sum(lengths) / (len(lengths) * max(lengths))
    return Padded(share, share)


def _running(lengths: Lengths, batch_size: int) -> Padded:
    right = _right(lengths, batch_size)
    return Padded(1 - right.as_they_come, 1 - right.sorted)


def _mean_of_batches(lengths: Lengths, batch_size: int) -> Padded:
    return Padded(_mean_share(lengths, batch_size), _mean_share(sorted(lengths), batch_size))


def _full_last(lengths: Lengths, batch_size: int) -> Padded:
    """Count a short last batch as if it were full."""

    def share(each: Lengths) -> float:
        return 1 - sum(each) / sum(batch_size * max(b) for b in _batches(each, batch_size))

    return Padded(share(lengths), share(sorted(lengths)))


def _last_dropped(lengths: Lengths, batch_size: int) -> Padded:
    def share(each: Lengths) -> float:
        return _share(each[: len(each) // batch_size * batch_size], batch_size)

    return Padded(share(lengths), share(sorted(lengths)))


def _per_real_step(lengths: Lengths, batch_size: int) -> Padded:
    right = _right(lengths, batch_size)
    return Padded(*(share / (1 - share) for share in right))


def _cases(rng: np.random.Generator) -> list[Case]:
    def lengths(count: int, least: int, most: int) -> list[int]:
        return [int(n) for n in rng.integers(least, most, count)]

    return [
        Case("where the batches are full", (lengths(12, 15, 61), 4)),
        Case("where the last batch is short", (lengths(23, 15, 61), 5)),
        Case("where a few are very long", ([*lengths(13, 5, 20), *lengths(2, 200, 300), 9], 6)),
        Case("where all are alike", ([17] * 6, 4)),
    ]


PADDING = Exercise(
    id="scaling-out/padding",
    kind="Code",
    level=1,
    minutes=10,
    task="a function my_padding(lengths, batch_size) that returns two numbers: as_they_come, "
    "sorted",
    parameters=("lengths", "batch_size"),
    cases=_cases,
    reference=_right,
    mistakes=(
        Mistake(
            "the longest of all",
            "You pad to the longest sequence of the whole set. A batch is as long as the longest "
            "of its own.",
            _longest_of_all,
        ),
        Mistake(
            "what is real",
            "You give the share of the steps that are read. The rest is what was asked for.",
            _running,
        ),
        Mistake(
            "the mean of the batches",
            "You average the shares of the batches. A long batch costs more than a short one: "
            "count steps over all batches, and divide once.",
            _mean_of_batches,
        ),
        Mistake(
            "a full last batch",
            "You count the last batch as full. Where sequences are left over it has fewer rows.",
            _full_last,
        ),
        Mistake(
            "the last batch dropped",
            "You leave out the sequences of a last batch that is not full.",
            _last_dropped,
        ),
        Mistake(
            "divided by what is real",
            "You divide the padding by the steps that are read. Divide by all steps of the "
            "batches, padding included.",
            _per_real_step,
        ),
    ),
    shape_hint="Two numbers: the share as they come, and the share when sorted by length.",
    value_hint="Lengths 2 and 4 in one batch: eight steps are computed, and six of them are read.",
    closing="Sorting costs nothing at each step and saves what packing saves, nearly.",
)
