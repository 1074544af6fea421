"""The exercise on the seconds of each activity, where stamps are made at the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake

if TYPE_CHECKING:
    import pandas as pd

CASE, NAME, TIME = "case:epoch", "concept:name", "time:timestamp"
Seconds = dict[str, float]
STEPS = ("ZeroGrad", "ForwardPass", "BackwardPass", "WeightsUpdate")


def _summed(log: pd.DataFrame, took: pd.Series, how: str = "sum") -> Seconds:
    found = took.groupby(log[NAME]).agg(how).fillna(0.0)
    return {str(name): float(value) for name, value in found.items()}


def _took(log: pd.DataFrame) -> pd.Series:
    return log.groupby(CASE)[TIME].diff().dt.total_seconds()


def _right(log: pd.DataFrame) -> Seconds:
    return _summed(log, _took(log))


def _at_the_beginning(log: pd.DataFrame) -> Seconds:
    return _summed(log, -log.groupby(CASE)[TIME].diff(-1).dt.total_seconds())


def _across_cases(log: pd.DataFrame) -> Seconds:
    return _summed(log, log[TIME].diff().dt.total_seconds())


def _whole_cases(log: pd.DataFrame) -> Seconds:
    """Charge each event with the time since the beginning of its case."""
    return _summed(log, (log[TIME] - log.groupby(CASE)[TIME].transform("min")).dt.total_seconds())


def _same_activity(log: pd.DataFrame) -> Seconds:
    """Take the time from one event to the next of the same name."""
    return _summed(log, log.groupby([CASE, NAME])[TIME].diff().dt.total_seconds())


def _scaled(factor: float) -> Callable[[pd.DataFrame], Seconds]:
    return lambda log: {name: factor * value for name, value in _right(log).items()}


def _log(rng: np.random.Generator, cases: int, iterations: int, together: bool) -> pd.DataFrame:
    """Draw a log; the cases follow each other, or two processes tell theirs at the same time."""
    import pandas as pd

    rows: list[dict[str, Any]] = []
    start = int(rng.integers(10**6))
    for case in range(1, cases + 1):
        time = start + case * (37 if together else 10**7)
        names = ["EpochStart", *(name for _ in range(iterations) for name in STEPS), "EpochEnd"]
        for name in names:
            slow = {"ForwardPass": 2000, "BackwardPass": 5000}.get(name, 60)
            time += int(rng.integers(slow // 2, 2 * slow)) if name != "EpochStart" else 0
            rows.append({CASE: case, NAME: name, TIME: 1_790_000_000_000_000 + time})
    log = pd.DataFrame(rows).sort_values(TIME, ignore_index=True)
    log[TIME] = pd.to_datetime(log[TIME], unit="us", utc=True)
    return log


def _cases(rng: np.random.Generator) -> list[Case]:
    kinds = [("for one epoch", 1, False), ("for three epochs", 3, False)]
    kinds.append(("when two epochs are told at the same time", 2, True))
    return [Case(when, (_log(rng, cases, 5, together),)) for when, cases, together in kinds]


SECONDS = Exercise(
    id="mining/seconds",
    kind="Code",
    level=2,
    minutes=12,
    task="a function my_seconds(log) that returns a dict from each activity to its seconds",
    parameters=("log",),
    cases=_cases,
    reference=_right,
    mistakes=(
        Mistake(
            "charged to the beginning",
            "You charge an interval to the event at which it begins. The stamps are made when an "
            "operation has *ended*: to which event does the time before a stamp belong?",
            _at_the_beginning,
        ),
        Mistake(
            "across cases",
            "One epoch is right. With several you take the time from an event of one epoch to an "
            "event of another.",
            _across_cases,
        ),
        Mistake(
            "since the beginning",
            "You take the time since the beginning of the case. Asked for is the time since the "
            "event before.",
            _whole_cases,
        ),
        Mistake(
            "from one to the next of its kind",
            "You take the time from one event to the next *of the same activity*. Whatever lies in "
            "between is in it as well.",
            _same_activity,
        ),
        Mistake(
            "means",
            "These are means. Asked for is the sum over all events of the activity.",
            lambda log: _summed(log, _took(log), "mean"),
        ),
        Mistake(
            "another unit",
            "Right, but not in seconds.",
            (_scaled(1e3), _scaled(1e6), _scaled(1e9)),
        ),
    ),
    shape_hint="A dict with one number for each activity, in seconds; 0 for one that nothing "
    "leads to. A timedelta is made a number by `.dt.total_seconds()`.",
    value_hint="Write ten events of one epoch into a column, with their times beside.",
    closing="The sums add up to the time between the first and the last event of each case.",
)
