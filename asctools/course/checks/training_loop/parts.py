"""The exercise on three batches that make one step, by pencil."""

from __future__ import annotations

from typing import NamedTuple

from asctools.course.checks.spec import Exercise, Mistake, Tolerance, once

COUNTS = (40, 40, 20)  # examples in each of the three batches
LOSSES = (0.6, 0.3, 0.9)


class Parts(NamedTuple):
    """The mean loss, what a row of the last batch counts for, and two factors."""

    loss: float
    too_much: float
    added: float
    kept: float


def _mean(weights: tuple[float, ...]) -> float:
    return sum(w * loss for w, loss in zip(weights, LOSSES, strict=True)) / sum(weights)


RIGHT = Parts(
    loss=_mean(COUNTS),
    too_much=(1 / len(COUNTS) / COUNTS[-1]) / (1 / sum(COUNTS)),
    added=COUNTS[-1] / sum(COUNTS),
    kept=sum(COUNTS[:-1]) / sum(COUNTS),
)

PARTS = Exercise(
    id="training-loop/parts",
    kind="Pencil",
    level=1,
    minutes=8,
    task="four numbers: loss, too_much, added, kept",
    cases=once,
    reference=lambda: RIGHT,
    tolerance=Tolerance(relative=6e-3),
    mistakes=(
        Mistake(
            "a third each",
            "You let each batch count for a third. The last one has half as many rows as the "
            "others.",
            (
                lambda: Parts(_mean((1, 1, 1)), RIGHT.too_much, 1 / 3, 2 / 3),
                lambda: RIGHT._replace(loss=_mean((1, 1, 1))),
                lambda: RIGHT._replace(added=1 / 3, kept=2 / 3),
            ),
        ),
        Mistake(
            "against a row of the first",
            "You compare a row of the last batch with one of the first two. Compare it with what "
            "it would count for in one large batch.",
            lambda: RIGHT._replace(too_much=COUNTS[0] / COUNTS[-1]),
        ),
        Mistake(
            "too little",
            "Does a row of a small batch count for more or for less, when all batches count alike?",
            lambda: RIGHT._replace(too_much=1 / RIGHT.too_much),
        ),
        Mistake(
            "factors swapped",
            "`kept` belongs to the gradient of the two batches before, `added` to the new one.",
            lambda: RIGHT._replace(added=RIGHT.kept, kept=RIGHT.added),
        ),
        Mistake(
            "nothing is scaled down",
            "You keep the gradient of the first two as it is. It is that of a mean over their "
            "rows; when more rows join, each row counts for less.",
            lambda: RIGHT._replace(kept=1.0),
        ),
    ),
    shape_hint="Four numbers: loss, too_much, added, kept.",
    value_hint="How many rows are there in all, and what is the sum of their losses?",
    closing="Count rows, not batches: then nobody can tell three batches from one.",
)
