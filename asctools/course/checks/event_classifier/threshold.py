"""The exercise on the threshold with the best F1."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake

Scores = Sequence[float]
Right = Sequence[bool]


class Best(NamedTuple):
    """A threshold, and the F1 of all that is found from it on."""

    threshold: float
    f1: float


def _f1(scores: Scores, right: Right, strikes: int, threshold: float) -> float:
    found = [ok for score, ok in zip(scores, right, strict=True) if score >= threshold]
    return 2 * sum(found) / (len(found) + strikes) if found else 0.0


def _precision(scores: Scores, right: Right, strikes: int, threshold: float) -> float:
    found = [ok for score, ok in zip(scores, right, strict=True) if score >= threshold]
    return sum(found) / len(found) if found else 0.0


def _above(scores: Scores, right: Right, strikes: int, threshold: float) -> float:
    found = [ok for score, ok in zip(scores, right, strict=True) if score > threshold]
    return 2 * sum(found) / (len(found) + strikes) if found else 0.0


Measure = Callable[[Scores, Right, int, float], float]


def _best(by: Measure, say: Measure, *, lowest: bool = False) -> Callable[..., Best]:
    def answer(scores: Scores, right: Right, strikes: int) -> Best:
        tried = sorted(set(scores), reverse=not lowest)
        chosen = max(tried, key=lambda t: by(scores, right, strikes, t))
        return Best(chosen, say(scores, right, strikes, chosen))

    return answer


def _of_the_found(scores: Scores, right: Right, strikes: int) -> Best:
    """Take the right ones among the picks for all strikes that there are."""
    return _best(_f1, _f1)(scores, right, sum(right))


def _one_by_one(scores: Scores, right: Right, strikes: int) -> Best:
    """Cut between two picks of the same score."""
    order = np.argsort(-np.asarray(scores), kind="stable")
    hits = np.cumsum(np.asarray(right, float)[order])
    curve = 2 * hits / (np.arange(1, len(scores) + 1) + strikes)
    best = int(np.argmax(curve))
    return Best(float(np.asarray(scores)[order][best]), float(curve[best]))


def _half(scores: Scores, right: Right, strikes: int) -> Best:
    return Best(0.5, _f1(scores, right, strikes, 0.5))


def _cases(rng: np.random.Generator) -> list[Case]:
    def picks(count: int, digits: int) -> tuple[list[float], list[bool]]:
        scores = [round(float(s), digits) for s in rng.uniform(0.05, 0.95, count)]
        return scores, [bool(rng.random() < s) for s in scores]

    tied = [0.9, 0.8, 0.7, 0.7, 0.7, 0.3], [True, True, True, False, False, False]
    even = [0.9, 0.8, 0.7, 0.6, 0.2], [True, True, False, False, True]
    missed = picks(20, 4)
    return [
        Case("for twenty picks", (*picks(20, 4), 14)),
        Case("where many strikes were not found at all", (*missed, sum(missed[1]) + 25)),
        Case("where three picks have the same score", (*tied, 4)),
        Case("where two thresholds are equally good", (*even, 3)),
        Case("where the best is far from one half", ([0.2, 0.15, 0.1], [True, True, False], 2)),
    ]


THRESHOLD = Exercise(
    id="event-classifier/threshold",
    kind="Code",
    level=3,
    minutes=20,
    task="a function my_threshold(scores, right, strikes) that returns two numbers: threshold, f1",
    parameters=("scores", "right", "strikes"),
    cases=_cases,
    reference=_best(_f1, _f1),
    mistakes=(
        Mistake(
            "the best precision",
            "You look for the best precision. That is one pick, and it misses everything else.",
            _best(_precision, _f1),
        ),
        Mistake(
            "only what was found",
            "You take the right picks for all strikes that there were. Strikes that no pick "
            "belongs to are misses as well.",
            _of_the_found,
        ),
        Mistake(
            "cut through a tie",
            "Your threshold lies between picks of the same score. No threshold can do that: they "
            "are all above it, or all below.",
            _one_by_one,
        ),
        Mistake(
            "the lowest of two",
            "Of two thresholds that are equally good, the higher one was asked for.",
            _best(_f1, _f1, lowest=True),
        ),
        Mistake(
            "always one half",
            "One half is a habit. Look for the best.",
            _half,
        ),
        Mistake(
            "only above it",
            "A pick whose score is the threshold itself counts.",
            _best(_above, _above),
        ),
    ),
    shape_hint="Two numbers: threshold and f1.",
    value_hint="Only the scores that occur can matter. Try each of them.",
    closing="On validation data, and then never again: a threshold is a weight too.",
)
