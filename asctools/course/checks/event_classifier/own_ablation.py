"""The exercise on a part that the reader takes out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from asctools.course.checks.plans import plan_of
from asctools.course.checks.questions import first_no
from asctools.course.checks.spec import Exercise, Mistake, Tolerance, once

LISTS = ("with_it", "without_it")
WANTED = (*LISTS, "seconds_with", "seconds_without", "says")
VERDICTS = ("helps", "hurts", "cannot tell")


class Ablation(NamedTuple):
    """What holds of a comparison; each is 1 or 0."""

    possible: int
    three_seeds: int
    not_copied: int
    equal_compute: int
    says_what_it_shows: int


def _shown(with_it: Sequence[float], without_it: Sequence[float]) -> str:
    """Say helps or hurts where the two do not overlap."""
    if min(with_it) > max(without_it):
        return "helps"
    return "hurts" if max(with_it) < min(without_it) else "cannot tell"


def _judged(given: dict[str, Any]) -> Ablation:
    scores = [given[name] for name in LISTS]
    seconds = [given["seconds_with"], given["seconds_without"]]
    possible = all(0 <= f1 <= 1 for each in scores for f1 in each) and all(
        math.isfinite(s) and s > 0 for s in seconds
    )
    if not possible or not all(scores):
        return Ablation(int(possible), 0, 0, 0, 0)
    return Ablation(
        1,
        int(all(len(each) >= 3 for each in scores)),
        int(all(len(set(each)) == len(each) for each in scores)),
        int(max(seconds) <= 1.2 * min(seconds)),
        int(given["says"] == _shown(*scores)),
    )


OWN_ABLATION = Exercise(
    id="event-classifier/own-ablation",
    kind="Open",
    level=3,
    minutes=30,
    task=f"a dictionary with {', '.join(WANTED)}",
    cases=once,
    reference=lambda: Ablation(1, 1, 1, 1, 1),
    tolerance=Tolerance(relative=0.0, absolute=0.0),
    measure=plan_of(WANTED, _judged, lists=LISTS, words={"says": VERDICTS}),
    mistakes=(
        Mistake(
            "not possible",
            "An F1 lies between 0 and 1, and a training takes some seconds.",
            detect=first_no(Ablation, "possible"),
        ),
        Mistake(
            "too few seeds",
            "With fewer than three seeds on each side, nobody knows how much is luck.",
            detect=first_no(Ablation, "three_seeds"),
        ),
        Mistake(
            "the same seed twice",
            "Two of your scores are equal to the last digit. Did both trainings have the same "
            "seed?",
            detect=first_no(Ablation, "not_copied"),
        ),
        Mistake(
            "unequal compute",
            "One side had over a fifth more time. Give both the same: more epochs for the cheaper "
            "one.",
            detect=first_no(Ablation, "equal_compute"),
        ),
        Mistake(
            "says what it does not show",
            "`says` does not follow from your scores. `helps` and `hurts` need two sides that do "
            "not overlap; everything else is `cannot tell`.",
            detect=first_no(Ablation, "says_what_it_shows"),
        ),
    ),
    shape_hint=f"A dictionary with {', '.join(WANTED)}.",
    value_hint="Take one part out, train both three times, and write down what came.",
    closing="`cannot tell` is a result. Most parts of most networks have never been asked.",
)
