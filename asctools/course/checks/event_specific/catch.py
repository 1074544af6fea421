"""The exercise on how far a gradient can move a delay, by pencil."""

from __future__ import annotations

import math
from typing import NamedTuple

from asctools.course.checks.spec import Exercise, Mistake, Tolerance, once

HERTZ, LOW_HERTZ, RATE, OFF, FAR = 400.0, 50.0, 2000.0, 1.0, 3.5
MS = 1e3 / RATE


class Catch(NamedTuple):
    """A score and its slope, how far a gradient catches, where it ends, and a low tone's reach."""

    score: float
    slope: float
    catch_ms: float
    ends_ms: float
    low_ms: float


TURN = 2 * math.pi * HERTZ / RATE
PERIOD_MS = 1e3 / HERTZ
RIGHT = Catch(
    math.cos(TURN * OFF),
    -TURN * math.sin(TURN * OFF),
    PERIOD_MS / 2,
    PERIOD_MS,
    1e3 / LOW_HERTZ / 2,
)

CATCH = Exercise(
    id="event-specific/catch",
    kind="Pencil",
    level=2,
    minutes=12,
    task="five numbers: score, slope, catch_ms, ends_ms, low_ms",
    cases=once,
    reference=lambda: RIGHT,
    tolerance=Tolerance(relative=3e-3),
    mistakes=(
        Mistake(
            "degrees",
            "Your angle is in degrees where the slope needs radians: the slope is far too large.",
            lambda: RIGHT._replace(slope=-360 * HERTZ / RATE * math.sin(TURN * OFF)),
        ),
        Mistake(
            "no inner slope",
            "The slope lacks a factor: what is inside the cosine grows by an angle per sample.",
            lambda: RIGHT._replace(slope=-math.sin(TURN * OFF)),
        ),
        Mistake(
            "the sign of the slope",
            "To the right of the top a score falls. Your slope says that it rises.",
            lambda: RIGHT._replace(slope=-RIGHT.slope),
        ),
        Mistake(
            "a quarter of a period",
            "You stop where the score is zero. The slope still points to the top there; it turns "
            "at the bottom.",
            lambda: RIGHT._replace(catch_ms=PERIOD_MS / 4, low_ms=RIGHT.low_ms / 2),
        ),
        Mistake(
            "a whole period",
            "A period away is the next top. Where is the bottom between the two?",
            lambda: RIGHT._replace(catch_ms=PERIOD_MS, low_ms=2 * RIGHT.low_ms),
        ),
        Mistake(
            "back to zero",
            "From there the slope does not lead back to 0. Which top is uphill?",
            lambda: RIGHT._replace(ends_ms=0.0),
        ),
        Mistake(
            "in samples",
            "The last three are asked for in milliseconds. A sample lasts half of one.",
            lambda: RIGHT._replace(
                catch_ms=RIGHT.catch_ms / MS,
                ends_ms=RIGHT.ends_ms / MS,
                low_ms=RIGHT.low_ms / MS,
            ),
        ),
    ),
    shape_hint="Five numbers: score, slope, catch_ms, ends_ms, low_ms.",
    value_hint="By what part of a turn is a tone of 400 Hz off after one sample?",
    closing="A gradient moves a delay by a millisecond or so. Coarse first, fine later: that is "
    "why the bank starts from templates that least squares has put in place.",
)
