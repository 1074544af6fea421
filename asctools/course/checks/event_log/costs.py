"""The exercise on what a log costs: shares of a step, and megabytes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from asctools.course.checks.spec import Exercise, Mistake, Tolerance, once

STEP, EVENTS, EACH = 20_000.0, 4, 60.0  # µs a step, events of level step, µs for one of them
GATES, EACH_GATE = 200, 12.0  # gate events, µs for one of them
LIMIT, ITERATIONS, BYTES = 3.0, 50_000, 30.0  # per cent, iterations, bytes an event

SHARE = 100 * EVENTS * EACH / STEP
GATE_SHARE = 100 * GATES * EACH_GATE / STEP
EVERY = math.ceil(GATE_SHARE / (LIMIT - SHARE))


class Costs(NamedTuple):
    """What observing costs: two shares in per cent, a whole number, and megabytes."""

    step: float
    gate: float
    every: float
    megabytes: float


def _megabytes(each: float) -> float:
    return each * ITERATIONS * BYTES / 1e6


RIGHT = Costs(
    step=SHARE,
    gate=SHARE + GATE_SHARE,
    every=EVERY,
    megabytes=(EVENTS * ITERATIONS + GATES * (ITERATIONS // EVERY)) * BYTES / 1e6,
)


def _answer(**changed: float) -> Callable[[], Costs]:
    return lambda: RIGHT._replace(**changed)


COSTS = Exercise(
    id="event-log/costs",
    kind="Pencil",
    level=1,
    minutes=10,
    task="four numbers: step, gate, every, megabytes",
    cases=once,
    reference=lambda: RIGHT,
    tolerance=Tolerance(relative=6e-3),
    mistakes=(
        Mistake(
            "parts of one",
            "`step` and `gate` are right as parts of 1. They are asked for in per cent.",
            _answer(step=RIGHT.step / 100, gate=RIGHT.gate / 100),
        ),
        Mistake(
            "one event a step",
            "You charge a step with one event of level step. It tells four.",
            (
                _answer(step=SHARE / EVENTS),
                _answer(step=SHARE / EVENTS, gate=SHARE / EVENTS + GATE_SHARE),
            ),
        ),
        Mistake(
            "gates alone",
            "`step` is right. `gate` is to be the overhead of the whole log: whoever tells gates "
            "also tells the events of level step.",
            _answer(gate=GATE_SHARE),
        ),
        Mistake(
            "rounded down",
            "`every` is a little too small. With gates that often the overhead is above 3 per "
            "cent: put your number into the equation.",
            _answer(every=EVERY - 1),
        ),
        Mistake(
            "limit for the gates alone",
            "`every` would do if the gates were all that is told. The events of level step have "
            "used up a part of the 3 per cent.",
            _answer(every=math.ceil(GATE_SHARE / LIMIT)),
        ),
        Mistake(
            "gates of every iteration",
            "In `megabytes` you count the gates of every iteration. They are told in one iteration "
            "out of `every`.",
            _answer(megabytes=_megabytes(EVENTS + GATES)),
        ),
        Mistake(
            "the rest forgotten",
            "In `megabytes` there are either only gates or only steps. The log has both: the four "
            "events of every iteration, and the gates of some.",
            (_answer(megabytes=_megabytes(GATES / EVERY)), _answer(megabytes=_megabytes(EVENTS))),
        ),
        Mistake(
            "sampled steps",
            "In `megabytes` you sample the events of level step as well. Those are told in every "
            "iteration.",
            _answer(megabytes=_megabytes((EVENTS + GATES) / EVERY)),
        ),
    ),
    shape_hint="Four numbers: step, gate, every, megabytes.",
    value_hint="Write a line for each kind of event: how many a step, how many microseconds each.",
    closing="A share that is small for one event is large for two hundred.",
)
