"""The exercise on what frames save, by pencil."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from asctools.course.checks.spec import Exercise, Mistake, Tolerance, once

SECONDS, RATE, FRAME, WINDOWS, BYTES = 1.5, 2000, 10, 8, 4


class Frames(NamedTuple):
    """Steps of an LSTM, megabytes of attention, how many times less, and two errors in ms."""

    frames: float
    samples_mb: float
    frames_mb: float
    saved: float
    worst_ms: float
    mean_ms: float


SAMPLES = SECONDS * RATE


def _megabytes(steps: float, windows: float = WINDOWS, power: float = 2) -> float:
    return windows * BYTES * steps**power / 1e6


def _frames(**how: float) -> Frames:
    long, short = _megabytes(SAMPLES, **how), _megabytes(SAMPLES / FRAME, **how)
    half = FRAME / 2 / RATE * 1e3
    return Frames(SAMPLES / FRAME, long, short, long / short, half, half / 2)


RIGHT = _frames()


def _answer(**changed: float) -> Callable[[], Frames]:
    return lambda: RIGHT._replace(**changed)


FRAMES = Exercise(
    id="event-classifier/frames",
    kind="Pencil",
    level=1,
    minutes=10,
    task="six numbers: frames, samples_mb, frames_mb, saved, worst_ms, mean_ms",
    cases=once,
    reference=lambda: RIGHT,
    tolerance=Tolerance(relative=2e-3),
    mistakes=(
        Mistake(
            "one window",
            "Your two sizes are those of one window. The batch holds eight.",
            lambda: _frames(windows=1),
        ),
        Mistake(
            "each step once",
            "Every step is compared with every step, so the table has the *square* of their "
            "number.",
            lambda: _frames(power=1),
        ),
        Mistake(
            "ten times less",
            "`saved` is how many times shorter the sequence is. The table shrinks on both sides.",
            _answer(saved=FRAME),
        ),
        Mistake(
            "a whole frame off",
            "`worst_ms` is a whole frame. Who says the middle of a frame is never off by more than "
            "half of one.",
            (
                _answer(worst_ms=2 * RIGHT.worst_ms, mean_ms=2 * RIGHT.mean_ms),
                _answer(worst_ms=2 * RIGHT.worst_ms),
            ),
        ),
        Mistake(
            "the worst as the mean",
            "`mean_ms` is the largest error. All errors from nothing to the largest are equally "
            "likely.",
            _answer(mean_ms=RIGHT.worst_ms),
        ),
        Mistake(
            "the mean with its sign",
            "Early and late cancel out in your `mean_ms`. It is the mean of the size of the error.",
            _answer(mean_ms=0.0),
        ),
        Mistake(
            "bits or numbers",
            "Your sizes count numbers. Each one has four bytes.",
            _answer(samples_mb=RIGHT.samples_mb / BYTES, frames_mb=RIGHT.frames_mb / BYTES),
        ),
    ),
    shape_hint="Six numbers: frames, samples_mb, frames_mb, saved, worst_ms, mean_ms.",
    value_hint="How many samples are there, how many frames, and how large is a table of each with "
    "each?",
    closing="Frames make attention cheap, and an offset for each frame gives back what they cost.",
)
