"""The exercise on what each day still contributes to the long-term memory at the end."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from asctools.course.checks.by_hand.cells import random_days, random_weights
from asctools.course.checks.spec import Case, Exercise, Mistake
from asctools.scalar.by_hand import Day, trace


def _cases(rng: np.random.Generator) -> list[Case]:
    lengths = [("for four days", 4), ("for a single day", 1), ("for six days", 6), ("for nine", 9)]
    return [
        Case(when, (trace(random_weights(rng), random_days(rng, count)),))
        for when, count in lengths
    ]


def contributions(past: Sequence[Day]) -> list[float]:
    """What day t wrote, times the forget gate of every later day."""
    return [_written(day) * _kept(past[t + 1 :]) for t, day in enumerate(past)]


def _written(day: Day) -> float:
    return day.i * day.c_tilde


def _kept(days: Sequence[Day]) -> float:
    return math.prod(day.f for day in days)


def _earlier(past: Sequence[Day]) -> list[float]:
    return [_written(day) * _kept(past[:t]) for t, day in enumerate(past)]


def _earlier_and_own(past: Sequence[Day]) -> list[float]:
    return [_written(day) * _kept(past[: t + 1]) for t, day in enumerate(past)]


KEPT_AND_WRITTEN = Exercise(
    id="by-hand/kept-and-written",
    kind="Code",
    level=2,
    minutes=15,
    task="a function my_contributions(trace) that returns a list with one number per day",
    parameters=("trace",),
    cases=_cases,
    reference=contributions,
    mistakes=(
        Mistake(
            "own forget gate included",
            "Each entry is multiplied by one forget gate too many. On the day when something is "
            "written, the forget gate acts on the older memory. When does it first touch the new?",
            lambda past: [_written(day) * _kept(past[t:]) for t, day in enumerate(past)],
        ),
        Mistake(
            "later forget gates missing",
            "The last day is right. What was written earlier has since passed one forget gate a "
            "day, and your numbers don't show it.",
            lambda past: [_written(day) for day in past],
        ),
        Mistake(
            "input gate forgotten",
            "You follow the candidate. What is written is only a share of it: which gate decides?",
            lambda past: [day.c_tilde * _kept(past[t + 1 :]) for t, day in enumerate(past)],
        ),
        Mistake(
            "earlier instead of later gates",
            "You multiply by forget gates that had acted before the day came. They could not touch "
            "what was not yet there. Which ones could?",
            (_earlier, _earlier_and_own),
        ),
        Mistake(
            "last day first",
            "The numbers are right but they run backwards. The first entry belongs to the first "
            "day.",
            lambda past: contributions(past)[::-1],
        ),
    ),
    value_hint="Test yourself: the numbers must add up to the last day's `c`.",
    closing="They add up to the last c: memory is a sum of what was written, each part as far as "
    "it was kept.",
)
