"""The exercise on the shape of an event of the reader's own."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from asctools.course.checks.plans import plan_of
from asctools.course.checks.questions import first_no
from asctools.course.checks.spec import Exercise, Mistake, Tolerance, once

WANTED = ("events", "cosine", "snr_db", "bandwidth_hz", "bound_ms", "error_ms")
LEAST, ALIKE = 20, 0.8


class Shape(NamedTuple):
    """What holds of a measured shape; each is 1 or 0."""

    possible: int
    enough: int
    alike: int
    bound: int
    not_below: int


def bound_ms(snr_db: float, bandwidth_hz: float) -> float:
    """Return the least standard deviation of an arrival time, in ms."""
    return 1e3 / (2 * math.pi * bandwidth_hz * 10 ** (snr_db / 20))


def _judged(plan: dict[str, Any]) -> Shape:
    events, cosine, snr_db, bandwidth, bound, error = (plan[name] for name in WANTED)
    possible = (
        -1.0 <= cosine <= 1.0
        and abs(snr_db) < 200
        and bandwidth > 0
        and bound > 0
        and 0 < error < math.inf
    )
    if not possible:
        return Shape(0, 1, 1, 1, 1)
    return Shape(
        1,
        int(events >= LEAST),
        int(cosine >= ALIKE),
        int(abs(bound / bound_ms(snr_db, bandwidth) - 1) < 0.02),
        int(error >= 0.7 * bound),
    )


OWN_SHAPE = Exercise(
    id="event-specific/own-shape",
    kind="Open",
    level=3,
    minutes=30,
    task=f"a dictionary with {', '.join(WANTED)}",
    cases=once,
    reference=lambda: Shape(1, 1, 1, 1, 1),
    tolerance=Tolerance(relative=0.0, absolute=0.0),
    measure=plan_of(WANTED, _judged),
    mistakes=(
        Mistake(
            "not possible",
            "One of the numbers cannot be: a cosine lies between −1 and 1, a bandwidth, a bound "
            "and an error are above 0, and `snr_db` is in decibels.",
            detect=first_no(Shape, "possible"),
        ),
        Mistake(
            "too few events",
            f"At least {LEAST} labelled events are needed, half of them for each template.",
            detect=first_no(Shape, "enough"),
        ),
        Mistake(
            "two shapes",
            "The templates of the two halves are too unlike. Either these are two kinds of event, "
            "or the labels jitter by more than the shape is wide, or it needs more of them.",
            detect=first_no(Shape, "alike"),
        ),
        Mistake(
            "another bound",
            "`bound_ms` does not follow from `snr_db` and `bandwidth_hz`. The SNR is one of "
            "energies: its root is ten to the power of a *twentieth* of the decibels.",
            detect=first_no(Shape, "bound"),
        ),
        Mistake(
            "better than possible",
            "Your error is clearly below the bound. Was it measured on the events that the "
            "template was learned from, or is it in seconds?",
            detect=first_no(Shape, "not_below"),
        ),
    ),
    shape_hint=f"A dictionary with {', '.join(WANTED)}.",
    value_hint="Learn a template from one half of the events, and find the other half with it.",
    closing="How alike two halves are tells more about a template than any picture of it.",
)
