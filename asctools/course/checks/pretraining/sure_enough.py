"""The exercise on pseudo-labels that are right often enough."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake

Scores = Sequence[float]
Right = Sequence[bool]


def _ranked(scores: Scores, right: Right) -> list[tuple[float, float]]:
    """Thresholds from the highest down, each with the share that is right at or above it."""
    pairs = sorted(zip(scores, right, strict=True), reverse=True)
    shares, good = [], 0
    for count, (score, is_right) in enumerate(pairs, 1):
        good += bool(is_right)
        shares.append((score, good / count))
    return shares


def _lowest(scores: Scores, right: Right, share: float) -> float:
    legal = [score for score, got in _ranked(scores, right) if got >= share - 1e-12]
    return min(legal, default=math.inf)


def _highest(scores: Scores, right: Right, share: float) -> float:
    legal = [score for score, got in _ranked(scores, right) if got >= share - 1e-12]
    return max(legal, default=math.inf)


def _first_break(scores: Scores, right: Right, share: float) -> float:
    lowest = math.inf
    for score, got in _ranked(scores, right):
        if got < share - 1e-12:
            break
        lowest = score
    return lowest


def _strict(scores: Scores, right: Right, share: float) -> float:
    """Count only what is above the threshold, and give the score below the last one kept."""
    legal = [
        score
        for score in scores
        if (above := [r for s, r in zip(scores, right, strict=True) if s > score])
        and sum(above) >= (share - 1e-12) * len(above)
    ]
    return min(legal, default=math.inf)


def _share_found(scores: Scores, right: Right, share: float) -> float:
    """The threshold above which so large a share of the right ones lies."""
    good = sorted((s for s, r in zip(scores, right, strict=True) if r), reverse=True)
    return good[math.ceil(share * len(good)) - 1] if good else math.inf


def _never_refuses(scores: Scores, right: Right, share: float) -> float:
    found = _lowest(scores, right, share)
    return max(scores) if math.isinf(found) else found


def _quantile(scores: Scores, right: Right, share: float) -> float:
    return float(np.quantile(scores, share))


def _cases(rng: np.random.Generator) -> list[Case]:
    def scored(count: int) -> list[float]:
        return sorted(round(float(s), 2) for s in rng.choice(4000, count, replace=False) / 100)

    five, nine, six = scored(5), scored(9), scored(6)
    return [
        Case("for five", (five, [False, False, True, True, True], 0.9)),
        Case(
            "where a wrong one stands among right ones",
            (nine, [False, False, False, True, True, True, False, True, True], 0.8),
        ),
        Case("where the surest is wrong", (six, [False, True, True, True, True, False], 0.75)),
        Case("where the share is never reached", (scored(4), [False, True, False, False], 0.95)),
        Case("where all are right", (scored(4), [True] * 4, 0.99)),
    ]


SURE_ENOUGH = Exercise(
    id="pretraining/sure-enough",
    kind="Code",
    level=2,
    minutes=15,
    task="a function my_threshold(scores, right, share) that returns one number",
    parameters=("scores", "right", "share"),
    cases=_cases,
    reference=_lowest,
    mistakes=(
        Mistake(
            "too careful",
            "That threshold keeps the promise, and so does a lower one, which gives more labels.",
            _highest,
        ),
        Mistake(
            "stops at the first fall",
            "You stop where the share first falls below. Further down it may be reached again, "
            "with more labels.",
            _first_break,
        ),
        Mistake(
            "strictly above",
            "What lies exactly at the threshold is a pseudo-label too.",
            _strict,
        ),
        Mistake(
            "the share that is found",
            "You find the given share of all that is right. Asked is which share of what is *kept* "
            "is right.",
            _share_found,
        ),
        Mistake(
            "never refuses",
            "Where the share is never reached you keep the surest. No threshold keeps the promise: "
            "`math.inf`.",
            _never_refuses,
        ),
        Mistake(
            "a quantile of the scores",
            "That is a quantile of the scores. Whether they are right does not enter.",
            _quantile,
        ),
    ),
    shape_hint="One number; `math.inf` where no threshold will do.",
    value_hint="Sort by score, the highest first. What share of the first k is right?",
    closing="A wrong pseudo-label is learned as eagerly as a right one. Ask for more of them only "
    "as long as they stay right.",
)
