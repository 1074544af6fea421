"""The exercise on the timing loss of one bell and its slopes, by pencil."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from asctools.course.checks.spec import Exercise, Mistake, Tolerance, once

ODDS = (1.0, 2.0, 4.0, 1.0)  # the exponentials of the logits
TRUE = 1


class Loss(NamedTuple):
    """The loss, and its slope for each of the four logits."""

    loss: float
    first: float
    second: float
    third: float
    fourth: float


CHANCES = [odds / sum(ODDS) for odds in ODDS]
HIT = [float(k == TRUE) for k in range(len(ODDS))]
SLOPES = [p - hit for p, hit in zip(CHANCES, HIT, strict=True)]
RIGHT = Loss(-math.log(CHANCES[TRUE]), *SLOPES)


def _slopes(slopes: list[float]) -> Callable[[], Loss]:
    return lambda: Loss(RIGHT.loss, *slopes)


GRADIENT = Exercise(
    id="event-classifier/gradient",
    kind="Pencil",
    level=2,
    minutes=12,
    task="five numbers: loss, first, second, third, fourth",
    cases=once,
    reference=lambda: RIGHT,
    tolerance=Tolerance(relative=2e-3, absolute=1e-4),
    gradients=("first", "second", "third", "fourth"),
    mistakes=(
        Mistake(
            "the likeliest frame",
            "`loss` belongs to the frame that the network likes best. It is asked about the *true* "
            "one.",
            lambda: RIGHT._replace(loss=-math.log(max(CHANCES))),
        ),
        Mistake(
            "another logarithm",
            "`loss` is in bits. Losses here are in nats: take the natural logarithm.",
            lambda: RIGHT._replace(loss=RIGHT.loss / math.log(2)),
        ),
        Mistake(
            "the wrong sign of the loss",
            "A chance is below 1, so its logarithm is below 0. The loss is its negative.",
            lambda: RIGHT._replace(loss=-RIGHT.loss),
        ),
        Mistake(
            "uphill",
            "Your slopes point the other way. Where the logit of the true frame grows, the loss "
            "should fall.",
            _slopes([-slope for slope in SLOPES]),
        ),
        Mistake(
            "only chances",
            "These are the chances. At the true frame, 1 has to be taken away.",
            _slopes(CHANCES),
        ),
        Mistake(
            "only the true frame",
            "You give a slope to the true frame only. The logits of the others are in the sum "
            "below the line.",
            _slopes([slope * hit for slope, hit in zip(SLOPES, HIT, strict=True)]),
        ),
        Mistake(
            "one over the chance",
            "At the true frame you give −1/p: that is the slope for the *chance*, not for the "
            "logit.",
            _slopes([-hit / CHANCES[TRUE] for hit in HIT]),
        ),
    ),
    shape_hint="Five numbers: loss, first, second, third, fourth.",
    value_hint="First the four chances: exponentials, divided by their sum.",
    closing="Said minus true, as in every softmax; the slopes of the frames add up to zero.",
)
