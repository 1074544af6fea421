"""The exercise on the label efficiency of the reader's own task."""

from __future__ import annotations

from typing import Any, NamedTuple

from asctools.course.checks.plans import plan_of
from asctools.course.checks.questions import first_no
from asctools.course.checks.spec import Exercise, Mistake, Tolerance, once

LISTS = ("sizes", "scratch", "pretrained")
NUMBERS = ("seeds", "spread", "seconds_scratch", "seconds_pretrained")
WANTED = (*LISTS, *NUMBERS, "says")
VERDICTS = ("helps", "hurts", "cannot tell")


class Curve(NamedTuple):
    """What holds of two curves; each is 1 or 0."""

    possible: int
    three_sizes: int
    three_seeds: int
    equal_compute: int
    says_what_it_shows: int


def _shown(difference: float, spread: float) -> str:
    if abs(difference) <= spread:
        return "cannot tell"
    return "helps" if difference > 0 else "hurts"


def _judged(plan: dict[str, Any]) -> Curve:
    sizes, scratch, pretrained = (plan[name] for name in LISTS)
    one, other = plan["seconds_scratch"], plan["seconds_pretrained"]
    possible = (
        len(sizes) == len(scratch) == len(pretrained) > 0
        and all(0 <= each <= 1 for each in (*scratch, *pretrained))
        and plan["spread"] > 0
        and min(one, other, *sizes) > 0
    )
    if not possible:
        return Curve(0, 1, 1, 1, 1)
    difference = pretrained[0] - scratch[0]
    return Curve(
        1,
        int(len(sizes) >= 3 and sizes == sorted(set(sizes))),
        int(plan["seeds"] >= 3),
        int(abs(one - other) <= 0.1 * max(one, other)),
        int(plan["says"] == _shown(difference, plan["spread"])),
    )


OWN_CURVE = Exercise(
    id="pretraining/own-curve",
    kind="Open",
    level=3,
    minutes=30,
    task=f"a dictionary with {', '.join(WANTED)}",
    cases=once,
    reference=lambda: Curve(1, 1, 1, 1, 1),
    tolerance=Tolerance(relative=0.0, absolute=0.0),
    measure=plan_of(WANTED, _judged, lists=LISTS, words={"says": VERDICTS}),
    mistakes=(
        Mistake(
            "not possible",
            "The three lists belong together, one entry for each size. Scores are between 0 and 1, "
            "sizes, seconds and the spread above 0: seeds never agree exactly.",
            detect=first_no(Curve, "possible"),
        ),
        Mistake(
            "no curve",
            "At least three sizes are needed, the smallest first: with two of them one cannot see "
            "where the curves meet.",
            detect=first_no(Curve, "three_sizes"),
        ),
        Mistake(
            "too few seeds",
            "At least three seeds are needed. Which labels were drawn matters more than anything "
            "else when there are few.",
            detect=first_no(Curve, "three_seeds"),
        ),
        Mistake(
            "unequal compute",
            "The two were not trained equally long. Pretraining counts: scratch gets its seconds "
            "as well.",
            detect=first_no(Curve, "equal_compute"),
        ),
        Mistake(
            "says what it does not show",
            "Look at the smallest size. Is the difference larger than the spread between seeds, "
            "and which way does it point?",
            detect=first_no(Curve, "says_what_it_shows"),
        ),
    ),
    shape_hint=f"A dictionary with {', '.join(WANTED)}.",
    value_hint="Train both at three sizes with three seeds each, and note the CPU-seconds.",
    closing="An honest null is a result. It saves the next person the pretraining.",
)
