"""The exercise on one step of four machines, by pencil."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from asctools.course.checks.spec import Exercise, Mistake, Tolerance, once

MACHINES, WEIGHTS, BYTES_EACH = 4, 200_000, 4
BANDWIDTH, LATENCY = 125_000.0, 0.1  # bytes a millisecond, milliseconds
ALONE, DIVISIBLE = 2.0, 40.0  # milliseconds


class Ring(NamedTuple):
    """The size of a gradient, two times in milliseconds, a speed-up, and per cent."""

    megabytes: float
    all_reduce: float
    step: float
    speed_up: float
    efficiency: float


def _ring(all_reduce: float, megabytes: float = 0.0, step: float = 0.0) -> Ring:
    """Return what follows from the time of an all-reduce."""
    step = step or ALONE + DIVISIBLE / MACHINES + all_reduce
    times = (ALONE + DIVISIBLE) / step
    megabytes = megabytes or WEIGHTS * BYTES_EACH / 1e6
    return Ring(megabytes, all_reduce, step, times, 100 * times / MACHINES)


MESSAGES = 2 * (MACHINES - 1)
WHOLE = WEIGHTS * BYTES_EACH / BANDWIDTH  # ms for the whole gradient to a neighbour
RIGHT = _ring(MESSAGES * (LATENCY + WHOLE / MACHINES))


def _answer(right: Ring) -> Callable[[], Ring]:
    return lambda: right


RING = Exercise(
    id="scaling-out/ring",
    kind="Pencil",
    level=1,
    minutes=10,
    task="five numbers: megabytes, all_reduce, step, speed_up, efficiency",
    cases=once,
    reference=lambda: RIGHT,
    tolerance=Tolerance(relative=6e-3),
    mistakes=(
        Mistake(
            "the whole gradient each time",
            "You send the whole gradient in every message. A ring cuts it into as many pieces as "
            "there are machines, and a message is one piece.",
            _answer(_ring(MESSAGES * (LATENCY + WHOLE))),
        ),
        Mistake(
            "once around",
            "You go around the ring once. Then every piece is summed up, but each sum is known to "
            "one machine only.",
            _answer(_ring(MESSAGES / 2 * (LATENCY + WHOLE / MACHINES))),
        ),
        Mistake(
            "one latency",
            "You wait for one latency. Each message has its own.",
            _answer(_ring(LATENCY + MESSAGES * WHOLE / MACHINES)),
        ),
        Mistake(
            "bits for bytes",
            "`all_reduce` takes a network of 1 Gbit/s for one of 1 Gbyte/s. A byte has eight bits.",
            _answer(_ring(MESSAGES * (LATENCY + WHOLE / MACHINES / 8))),
        ),
        Mistake(
            "all of it divided",
            "You divide all of the work by four. The first milliseconds are those that each "
            "machine needs for itself.",
            _answer(
                _ring(RIGHT.all_reduce, step=(ALONE + DIVISIBLE) / MACHINES + RIGHT.all_reduce)
            ),
        ),
        Mistake(
            "the network forgotten",
            "`step` leaves out the all-reduce: no machine may take its step before it.",
            _answer(
                _ring(RIGHT.all_reduce, step=ALONE + DIVISIBLE / MACHINES),
            ),
        ),
        Mistake(
            "a part of one",
            "`efficiency` is right as a part of 1. It is asked for in per cent.",
            _answer(RIGHT._replace(efficiency=RIGHT.efficiency / 100)),
        ),
    ),
    shape_hint="Five numbers: megabytes, all_reduce, step, speed_up, efficiency.",
    value_hint="How many messages does a machine send, and how large is one of them?",
    closing="Four machines, not twice the speed. The model is small and the network is slow.",
)
