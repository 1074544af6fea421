"""Logs for the training-log player to play, and what a page is sent of them, read back."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from asctools.course.planted import small_run
from asctools.course.widgets.training_runs import SIGNS
from asctools.eventlog import XESLogger, read

MICROSECOND = 1000  # nanoseconds


class Clock:
    """A clock that goes on by some microseconds at every look, never by the same."""

    def __init__(self, seed: int) -> None:
        self.rng, self.now = np.random.default_rng(seed), 1_790_000_000 * 10**9

    def __call__(self) -> int:
        self.now += MICROSECOND * int(self.rng.integers(1, 4000))
        return self.now


def small_log(folder: Path, bug: str | None = None, **settings: Any) -> Any:
    """Train with or without a bug, and return the log as a frame; the same at every call."""
    path = folder / f"{bug}.xes"
    with XESLogger(path, clock=Clock(seed=len(str(bug)))) as log:
        small_run(log, bug, **settings)
    return read(path)


class Played(NamedTuple):
    """A run as the page gets it."""

    activities: list[str]
    begins: list[bool]
    seconds: list[float]
    iterations: list[int]
    losses: list[float | None]
    validations: list[float | None]
    deviations: list[tuple[str, list[int]]]


def played(state: dict[str, Any], number: int) -> Played:
    """Read a run back from what a page is sent."""
    run, names = state["runs"][number], state["names"]
    activities, begins, iterations, iteration = [], [], [], 0
    for token in run["path"].split():
        word, _, times = token.partition("x")
        starts, counts, *codes = state["words"][int(word)]
        for _ in range(int(times or 1)):
            iteration += counts
            for place, code in enumerate(codes):
                activities.append(names[code])
                begins.append(bool(starts) and place == 0)
                iterations.append(iteration)
    deviations = [
        (sentence, list(itertools.accumulate(int(step, 36) for step in steps.split())))
        for sentence, steps in run["deviations"]
    ]
    signs = run["seconds"]
    seconds = [_seconds(signs[k : k + 2]) for k in range(0, len(signs), 2)]
    return Played(
        activities, begins, seconds, iterations, run["losses"], run["validations"], deviations
    )


def _seconds(signs: str) -> float:
    number = len(SIGNS) * SIGNS.index(signs[0]) + SIGNS.index(signs[1])
    shift, value = divmod(number, 256)
    return value * 2**shift / 1e6
