"""The exercise on how late a stream reports, and what it costs, by pencil."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from asctools.course.checks.spec import Exercise, Mistake, Tolerance, once

FRAME, AHEAD, COMMIT, MESSAGE = 5.0, 4, 60.0, 50  # ms, frames, ms, samples
STEP_US, LAYERS, CELLS, RATE, CHANNELS = 80.0, 2, 64, 2000, 6


class Latency(NamedTuple):
    """Two delays in ms, the load of a core in per cent, and two sizes in kilobytes."""

    worst: float
    model: float
    load: float
    state: float
    hour: float


RIGHT = Latency(
    worst=1e3 * MESSAGE / RATE + FRAME + AHEAD * FRAME + COMMIT,
    model=FRAME + AHEAD * FRAME,
    load=100 * STEP_US / (1e3 * FRAME),
    state=LAYERS * 2 * CELLS * 4 / 1e3,
    hour=3600 * RATE * CHANNELS * 4 / 1e3,
)


def _answer(**changed: float) -> Callable[[], Latency]:
    return lambda: RIGHT._replace(**changed)


LATENCY = Exercise(
    id="refractory/latency",
    kind="Pencil",
    level=1,
    minutes=10,
    task="five numbers: worst, model, load, state, hour",
    cases=once,
    reference=lambda: RIGHT,
    tolerance=Tolerance(relative=2e-3),
    mistakes=(
        Mistake(
            "only the look-ahead",
            "A frame has to be full before it can be computed. Its first sample has waited for the "
            "whole of it.",
            (
                _answer(model=RIGHT.model - FRAME, worst=RIGHT.worst - FRAME),
                _answer(model=RIGHT.model - FRAME),
            ),
        ),
        Mistake(
            "the message forgotten",
            "In `worst` you leave out the message: a sample may be the first of 50 that are sent "
            "together.",
            _answer(worst=RIGHT.worst - 1e3 * MESSAGE / RATE),
        ),
        Mistake(
            "commit forgotten",
            "In `worst` you leave out the delay after which a strike is committed.",
            _answer(worst=RIGHT.worst - COMMIT),
        ),
        Mistake(
            "part of the state",
            "There are two layers, and an LSTM layer carries two vectors: the hidden state and the "
            "cell state. You have left out one of the two twos, or both.",
            (_answer(state=RIGHT.state / 2), _answer(state=RIGHT.state / 4)),
        ),
        Mistake(
            "one channel",
            "`hour` is that of one channel. Each sample is six numbers.",
            _answer(hour=RIGHT.hour / CHANNELS),
        ),
        Mistake(
            "a part of one",
            "`load` is right as a part of 1. It is asked for in per cent.",
            _answer(load=RIGHT.load / 100),
        ),
    ),
    shape_hint="Five numbers: worst, model, load, state, hour.",
    value_hint="Follow the first sample of a message from the sensor to the report.",
    closing="One kilobyte remembers what an hour has said. That is what a state is for.",
)
