"""The exercise on which rows of which batch a process reads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np

from asctools.course.checks.questions import first_no
from asctools.course.checks.spec import Case, Exercise, Mistake, Tolerance, WrongFormError

Order = Sequence[int]
Rows = Callable[[Order, int, int, int], Any]


class Shared(NamedTuple):
    """What all processes together read; each is 1 or 0."""

    all_take_part: int
    nothing_twice: int
    nothing_left_out: int
    same_batches: int
    fair: int


def _measure(answer: Rows, order: Order, batch_size: int, rank: int, size: int) -> Any:
    """Ask for all processes, and look at what they have together."""
    whole = [list(order[k : k + batch_size]) for k in range(0, len(order), batch_size)]
    given = [answer(list(order), batch_size, each, size) for each in range(size)]
    if given[0] is None or given[0] is Ellipsis:
        return given[0]
    own = [_batches(each) for each in given]
    if len({len(each) for each in own}) > 1:
        return Shared(0, 1, 1, 1, 1)
    read = [row for each in own for batch in each for row in batch]
    together = [sorted(chain(*parts)) for parts in zip(*own, strict=True)]
    spread = [max(map(len, parts)) - min(map(len, parts)) for parts in zip(*own, strict=True)]
    return Shared(
        1,
        int(len(read) == len(set(read))),
        int(set(read) == set(order)),
        int(together == [sorted(batch) for batch in whole]),
        int(all(each <= 1 for each in spread)),
    )


def _batches(given: Any) -> list[list[int]]:
    try:
        return [[int(row) for row in batch] for batch in given]
    except (TypeError, ValueError):
        raise WrongFormError(
            "A list of lists of row numbers is needed: one list for each batch."
        ) from None


def _cases(rng: np.random.Generator) -> list[Case]:
    def order(count: int) -> list[int]:
        return [int(row) for row in rng.permutation(count)]

    return [
        Case("where all divides evenly", (order(24), 8, 0, 2)),
        Case("where the last batch is short", (order(21), 8, 1, 2)),
        Case("where three processes share batches of eight", (order(32), 8, 2, 3)),
        Case("where the last batch has fewer rows than processes", (order(17), 8, 0, 3)),
    ]


ROWS = Exercise(
    id="scaling-out/rows",
    kind="Code",
    level=2,
    minutes=15,
    task="a function my_rows(order, batch_size, rank, size) that returns a list of lists of rows",
    parameters=("order", "batch_size", "rank", "size"),
    cases=_cases,
    reference=lambda order, batch_size, rank, size: Shared(1, 1, 1, 1, 1),
    tolerance=Tolerance(relative=0.0, absolute=0.0),
    measure=_measure,
    mistakes=(
        Mistake(
            "not all take part",
            "Some process has fewer batches than another. It will not take part in a step for "
            "which the others wait. A batch without rows is a batch: give an empty list for it.",
            detect=first_no(Shared, "all_take_part"),
        ),
        Mistake(
            "rows read twice",
            "Some row is read by two processes, or twice by one. To fill up is one way to make "
            "parts equal; here no row may count twice.",
            detect=first_no(Shared, "nothing_twice"),
        ),
        Mistake(
            "rows left out",
            "Some row is read by nobody. What becomes of the rest of a division?",
            detect=first_no(Shared, "nothing_left_out"),
        ),
        Mistake(
            "other batches",
            "Every row is read once, but the batches are not those of one process. Cut into "
            "batches first, and share out each of them.",
            detect=first_no(Shared, "same_batches"),
        ),
        Mistake(
            "unfair parts",
            "The batches are right. Yet one process has at least two rows more than another in "
            "the same batch, and all others wait for it.",
            detect=first_no(Shared, "fair"),
        ),
    ),
    shape_hint="A list with one list of row numbers for each batch.",
    value_hint="Take nine rows, batches of four, two processes, and write down what each reads.",
    closing="The batches are those of one process. So the steps are, too.",
)
