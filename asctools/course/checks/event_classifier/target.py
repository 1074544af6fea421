"""The exercise on the frame of a strike, and where in it the strike lies."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake

FRAME = 10


class Target(NamedTuple):
    """The frame of a strike, and how far the strike is from its middle, in frames."""

    frame: float
    offset: float


def _right(time: float, frames: int) -> Target:
    frame = min(max(math.floor((time + 0.5) / FRAME), 0), frames - 1)
    return Target(frame, (time - FRAME * frame - (FRAME - 1) / 2) / FRAME)


def _in_samples(time: float, frames: int) -> Target:
    right = _right(time, frames)
    return right._replace(offset=FRAME * right.offset)


def _from_the_start(time: float, frames: int) -> Target:
    right = _right(time, frames)
    return right._replace(offset=(time - FRAME * right.frame) / FRAME)


def _middle_at_five(time: float, frames: int) -> Target:
    right = _right(time, frames)
    return right._replace(offset=(time - FRAME * right.frame - FRAME / 2) / FRAME)


def _rounded(time: float, frames: int) -> Target:
    """Take the frame that begins nearest."""
    frame = min(math.floor(time / FRAME + 0.5), frames - 1)
    return Target(frame, (time - FRAME * frame - (FRAME - 1) / 2) / FRAME)


def _beyond(time: float, frames: int) -> Target:
    frame = math.floor((time + 0.5) / FRAME)
    return Target(frame, (time - FRAME * frame - (FRAME - 1) / 2) / FRAME)


def _turned(time: float, frames: int) -> Target:
    right = _right(time, frames)
    return right._replace(offset=-right.offset)


def _cases(rng: np.random.Generator) -> list[Case]:
    def inside(low: float, high: float) -> float:
        return round(10 * int(rng.integers(3, 90)) + float(rng.uniform(low, high)), 2)

    return [
        Case("early in a frame", (inside(0.5, 3.5), 100)),
        Case("late in a frame", (inside(6.0, 8.9), 100)),
        Case("in the middle of a frame", (44.5, 100)),
        Case("where the last frame is cut off", (round(1004 + float(rng.uniform(0, 3)), 2), 100)),
        Case("at the very first sample", (0.0, 100)),
    ]


TARGET = Exercise(
    id="event-classifier/target",
    kind="Code",
    level=1,
    minutes=10,
    task="a function my_target(time, frames) that returns two numbers: frame, offset",
    parameters=("time", "frames"),
    cases=_cases,
    reference=_right,
    mistakes=(
        Mistake(
            "in samples",
            "`offset` is in samples. In frames it is ten times smaller.",
            _in_samples,
        ),
        Mistake(
            "from the start",
            "`offset` counts from the first sample of the frame. Count from its middle, so that "
            "it is as often below zero as above.",
            _from_the_start,
        ),
        Mistake(
            "the middle of ten",
            "You take 5 for the middle of a frame. Its samples are 0 to 9, and the middle of those "
            "is 4.5.",
            _middle_at_five,
        ),
        Mistake(
            "the nearest start",
            "Late in a frame you give the next one: you ask which frame *begins* nearest.",
            _rounded,
        ),
        Mistake(
            "beyond the end",
            "Where the last frame is cut off you name a frame that is not there. Give the last "
            "one, with a larger offset.",
            _beyond,
        ),
        Mistake(
            "the wrong sign",
            "A strike after the middle has an offset above zero.",
            _turned,
        ),
    ),
    shape_hint="Two numbers: frame and offset.",
    value_hint="Frame 4 holds the samples 40 to 49. Where is its middle, and what is the offset of "
    "47.5?",
    closing="One number more for each frame, and the grid no longer limits the time.",
)
