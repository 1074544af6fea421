"""The exercise on timestamps that strictly increase, whatever the clock says."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake, Tolerance

Times = Sequence[int]


def _right(times: Times) -> list[int]:
    return list(accumulate(times, lambda last, now: max(now, last + 1)))


def _equal_allowed(times: Times) -> list[int]:
    return list(accumulate(times, max))


def _after_the_raw_one(times: Times) -> list[int]:
    return [times[0], *(max(b, a + 1) for a, b in pairwise(times))]


def _sorted(times: Times) -> list[int]:
    return _right(sorted(times))


def _shifted(times: Times) -> list[int]:
    """Add what was lost to all that follows."""
    stamps, shift = [times[0]], 0
    for now in times[1:]:
        shift = max(shift, stamps[-1] + 1 - now)
        stamps.append(now + shift)
    return stamps


def _always_one_more(times: Times) -> list[int]:
    return [times[0] + k for k in range(len(times))]


def _left_out(times: Times) -> list[int]:
    """Keep only those that are later than all before."""
    stamps: list[int] = []
    for now in times:
        if not stamps or now > stamps[-1]:
            stamps.append(now)
    return stamps


def _cases(rng: np.random.Generator) -> list[Case]:
    start = int(rng.integers(10**6, 10**7))
    steps: list[tuple[str, list[int]]] = [
        ("while the clock goes on", [40, 300, 7, 2]),
        ("when two times are the same", [50, 0, 30, 0, 0, 0, 2, 60]),
        ("when the clock is set back a little", [90, 80, -100, 20, 30, 90, 70]),
        ("when it is set back far", [90, -5000, 40, 0, 8000, 10]),
        ("when it is set back twice", [90, -300, 100, -50, 600, 2]),
    ]
    return [
        Case(when, (np.cumsum([start + int(rng.integers(1000)), *each]).tolist(),))
        for when, each in steps
    ]


CLOCK = Exercise(
    id="event-log/clock",
    kind="Code",
    level=1,
    minutes=8,
    task="a function my_stamps(times) that returns a list of whole numbers, as many as it got",
    parameters=("times",),
    cases=_cases,
    reference=_right,
    tolerance=Tolerance(relative=0.0, absolute=0.0),
    mistakes=(
        Mistake(
            "equal stamps",
            "No stamp goes back, but some are equal. A program that sorts by time may put two such "
            "events in the wrong order.",
            _equal_allowed,
        ),
        Mistake(
            "compared with the clock",
            "You compare with what the clock said before. Compare with the stamp that you *gave* "
            "before: the two differ as soon as you have corrected one.",
            _after_the_raw_one,
        ),
        Mistake(
            "sorted",
            "You sort the times, so events get the times of other events. An event keeps its "
            "place; only its stamp may change.",
            _sorted,
        ),
        Mistake(
            "late for ever",
            "After the clock was set back you add the same to all later times. When the clock has "
            "caught up, it is right again, and should be believed.",
            _shifted,
        ),
        Mistake(
            "a counter",
            "You count microseconds from the first. Where the clock goes on as it should, its "
            "times are to be kept.",
            _always_one_more,
        ),
        Mistake(
            "events left out",
            "You leave out what comes too early. Every event needs a stamp.",
            _left_out,
        ),
    ),
    shape_hint="A list of whole numbers, one for each time.",
    value_hint="Take the times 5, 5, 5 by hand, and then 5, 1, 2.",
    closing="The order is certain, since the logger has seen it. The clock is only a witness.",
)
