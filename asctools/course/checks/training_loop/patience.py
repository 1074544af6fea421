"""The exercise on when a training stops, and with which weights, by pencil."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from asctools.course.checks.spec import Exercise, Mistake, Tolerance, once


class Stopped(NamedTuple):
    """The last epoch, the epoch whose weights are kept, and its loss; then two other settings."""

    stops: float
    best_epoch: float
    best: float
    stops_without_delta: float
    stops_with_two: float


RIGHT = Stopped(9, 6, 0.49, 10, 5)


def _answer(**changed: float) -> Callable[[], Stopped]:
    return lambda: RIGHT._replace(**changed)


PATIENCE = Exercise(
    id="training-loop/patience",
    kind="Pencil",
    level=1,
    minutes=10,
    task="five numbers: stops, best_epoch, best, stops_without_delta, stops_with_two",
    cases=once,
    reference=lambda: RIGHT,
    tolerance=Tolerance(relative=0.0, absolute=1e-9),
    mistakes=(
        Mistake(
            "one epoch more",
            "You stop after the patience has run out. With a patience of 3 the third epoch in a "
            "row without an improvement is the last one.",
            _answer(stops=10, stops_without_delta=11, stops_with_two=6),
        ),
        Mistake(
            "compared with the epoch before",
            "An improvement is measured from the best so far. You compare each loss with the one "
            "before it.",
            (lambda: Stopped(12, 9, 0.50, 12, 8), _answer(stops=12, best_epoch=9, best=0.50)),
        ),
        Mistake(
            "the delta forgotten",
            "You count every step down as an improvement, however small. With the min_delta of the "
            "text one of them is too small.",
            (_answer(stops=10, best_epoch=7, best=0.485), _answer(best_epoch=7, best=0.485)),
        ),
        Mistake(
            "the last weights",
            "You keep the weights of the epoch in which the training stops. What were the three "
            "epochs of waiting for?",
            _answer(best_epoch=9, best=0.50),
        ),
        Mistake(
            "two more epochs",
            "`stops_with_two`: with a patience of 2 the training does not get as far as you say. "
            "Go through the losses from the beginning.",
            _answer(stops_with_two=8),
        ),
    ),
    shape_hint="Five numbers: stops, best_epoch, best, stops_without_delta, stops_with_two.",
    value_hint="Make a table: epoch, loss, best so far, epochs waited.",
    closing="Patience is a bet: with less of it, the better half of the training never happens.",
)
