"""The exercise on a dead time for events of the reader's own."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from asctools.course.checks.plans import plan_of
from asctools.course.checks.questions import first_no
from asctools.course.checks.spec import Exercise, Mistake, Tolerance, once

WANTED = ("intervals", "period", "lost", "doubles_within")
LEAST = 30


class Period(NamedTuple):
    """What holds of a dead time; each is 1 or 0."""

    enough: int
    counted: int
    harmless: int
    useful: int
    not_too_short: int


def _judged(plan: dict[str, Any]) -> Period:
    intervals, period, lost, doubles = (plan[name] for name in WANTED)
    below = sum(each < period for each in intervals)
    return Period(
        int(len(intervals) >= LEAST and all(0 < each < math.inf for each in intervals)),
        int(lost == below),
        int(below <= 0.01 * len(intervals)),
        int(period > doubles > 0),
        int(period >= 0.25 * sorted(intervals)[len(intervals) // 2]) if intervals else 0,
    )


OWN_PERIOD = Exercise(
    id="refractory/own-period",
    kind="Open",
    level=3,
    minutes=30,
    task=f"a dictionary with {', '.join(WANTED)}",
    cases=once,
    reference=lambda: Period(1, 1, 1, 1, 1),
    tolerance=Tolerance(relative=0.0, absolute=0.0),
    measure=plan_of(WANTED, _judged, lists=("intervals",)),
    mistakes=(
        Mistake(
            "too few intervals",
            f"At least {LEAST} intervals are needed, each above 0. The shortest of a few says "
            "little about the shortest of many.",
            detect=first_no(Period, "enough"),
        ),
        Mistake(
            "counted wrongly",
            "`lost` is not the number of your intervals that are shorter than `period`. An "
            "interval that is exactly as long is legal.",
            detect=first_no(Period, "counted"),
        ),
        Mistake(
            "deletes what is true",
            "More than one in a hundred true events would be deleted. Choose a shorter period.",
            detect=first_no(Period, "harmless"),
        ),
        Mistake(
            "lets doubles pass",
            "Doubles come later than your period: it removes none of them.",
            detect=first_no(Period, "useful"),
        ),
        Mistake(
            "of little use",
            "It does no harm and little good: the period is less than a quarter of the middle "
            "interval. How long may it be before it deletes one in a hundred?",
            detect=first_no(Period, "not_too_short"),
        ),
    ),
    shape_hint=f"A dictionary with {', '.join(WANTED)}.",
    value_hint="Sort the intervals. Where is the first one that you would not like to lose?",
    closing="A rule about the world is a measurement first. Write down where yours came from.",
)
