"""The exercise on the largest number of pairs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake, Tolerance

Times = Sequence[float]


def _in_order(picks: Times, strikes: Times, near: float) -> int:
    pairs, waiting = 0, sorted(strikes)
    for pick in sorted(picks):
        while waiting and waiting[0] < pick - near:
            waiting.pop(0)
        if waiting and waiting[0] <= pick + near:
            waiting.pop(0)
            pairs += 1
    return pairs


def _right(picks: Times, strikes: Times, tolerance: float) -> int:
    return _in_order(picks, strikes, tolerance + 1e-9)


def _strict(picks: Times, strikes: Times, tolerance: float) -> int:
    return _in_order(picks, strikes, tolerance - 1e-9)


def _picks_near_a_strike(picks: Times, strikes: Times, tolerance: float) -> int:
    return sum(any(abs(p - s) <= tolerance + 1e-9 for s in strikes) for p in picks)


def _strikes_near_a_pick(picks: Times, strikes: Times, tolerance: float) -> int:
    return _picks_near_a_strike(strikes, picks, tolerance)


def _nearest_first(picks: Times, strikes: Times, tolerance: float) -> int:
    """Take the closest pair, then the closest of what is left."""
    free, open_, pairs = list(picks), list(strikes), 0
    for distance, p, s in sorted((abs(p - s), p, s) for p in picks for s in strikes):
        if distance <= tolerance + 1e-9 and p in free and s in open_:
            free.remove(p)
            open_.remove(s)
            pairs += 1
    return pairs


def _own_nearest(picks: Times, strikes: Times, tolerance: float) -> int:
    """Let each pick look at the nearest strike only."""
    taken = {min(strikes, key=lambda s: abs(s - p)) for p in picks} if strikes else set()
    return sum(any(abs(p - s) <= tolerance + 1e-9 for p in picks) for s in taken)


def _side_by_side(picks: Times, strikes: Times, tolerance: float) -> int:
    pairs = zip(sorted(picks), sorted(strikes), strict=False)
    return sum(abs(p - s) <= tolerance + 1e-9 for p, s in pairs)


def _cases(rng: np.random.Generator) -> list[Case]:
    start = round(float(rng.uniform(20, 40)), 1)
    apart = [round(start + 100 * k + float(rng.uniform(-3, 3)), 2) for k in range(5)]
    heard = [round(t + float(rng.uniform(-4, 4)), 2) for t in apart]
    chain = [start, start + 6.0], [start + 4.0, start + 10.0]
    return [
        Case("where all strikes lie far apart", (heard, apart, 5.0)),
        Case("where two picks share a strike", ([*heard, heard[2] + 0.5], apart, 5.0)),
        Case("where the nearest pair spoils two others", (*chain, 5.0)),
        Case("where a pick is off by exactly the tolerance", ([start + 5.0], [start], 5.0)),
        Case("where the first pick belongs to nothing", ([start - 50.0, *heard], apart, 5.0)),
        Case("where nothing was picked", ([], apart, 5.0)),
        Case(
            "where two picks are nearest to the same strike",
            ([start, start + 1.0], [start + 0.4, start + 4.0], 5.0),
        ),
        Case("where one pick lies between two strikes", ([start], [start - 2.0, start + 3.0], 5.0)),
    ]


MATCHED = Exercise(
    id="bell-frame/matched",
    kind="Code",
    level=2,
    minutes=20,
    task="a function my_pairs(picks, strikes, tolerance) that returns a whole number",
    parameters=("picks", "strikes", "tolerance"),
    cases=_cases,
    reference=_right,
    tolerance=Tolerance(relative=0.0, absolute=0.0),
    mistakes=(
        Mistake(
            "every pick near a strike",
            "You count every pick that has a strike near it. Two picks may not share one strike.",
            _picks_near_a_strike,
        ),
        Mistake(
            "every strike near a pick",
            "You count every strike that has a pick near it. One pick may not stand for two.",
            _strikes_near_a_pick,
        ),
        Mistake(
            "the nearest first",
            "You take the closest pair first. It can take away from two others what they need: "
            "strikes at 4 and 10, picks at 0 and 6, a tolerance of 5.",
            _nearest_first,
        ),
        Mistake(
            "the nearest only",
            "Each pick looks at the strike nearest to it and at no other. If that one is taken, "
            "another may still be near enough.",
            _own_nearest,
        ),
        Mistake(
            "less than the tolerance",
            "A distance of exactly the tolerance counts.",
            _strict,
        ),
        Mistake(
            "side by side",
            "You pair the first with the first and the second with the second. One pick too many "
            "at the beginning shifts them all.",
            _side_by_side,
        ),
    ),
    shape_hint="One whole number.",
    value_hint="Go through both lists in the order of time. When can a strike be given up?",
    closing="On a line, in the order of time, the best matching costs one walk along both lists.",
)
