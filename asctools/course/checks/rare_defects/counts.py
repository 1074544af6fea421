"""The exercise on four counts and what follows from them, by pencil."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from asctools.course.checks.spec import Exercise, Mistake, Tolerance, once

WINDOWS, DEFECTS, ALARMS, HITS = 1000, 60, 120, 45


class Counted(NamedTuple):
    """Five shares: of all windows, of the alarms, of the defects, and two harmonic means."""

    accuracy: float
    precision: float
    recall: float
    f1: float
    f1_sound: float


MISSES, FALSE = DEFECTS - HITS, ALARMS - HITS
SOUND_RIGHT = WINDOWS - DEFECTS - FALSE
RIGHT = Counted(
    accuracy=(HITS + SOUND_RIGHT) / WINDOWS,
    precision=HITS / ALARMS,
    recall=HITS / DEFECTS,
    f1=2 * HITS / (2 * HITS + FALSE + MISSES),
    f1_sound=2 * SOUND_RIGHT / (2 * SOUND_RIGHT + FALSE + MISSES),
)


def _answer(**changed: float) -> Callable[[], Counted]:
    return lambda: RIGHT._replace(**changed)


COUNTS = Exercise(
    id="rare-defects/counts",
    kind="Pencil",
    level=1,
    minutes=8,
    task="five numbers: accuracy, precision, recall, f1, f1_sound",
    cases=once,
    reference=lambda: RIGHT,
    tolerance=Tolerance(relative=6e-3),
    mistakes=(
        Mistake(
            "precision and recall swapped",
            "Precision and recall have changed places. Precision is asked of the alarms, recall of "
            "the defects.",
            _answer(precision=RIGHT.recall, recall=RIGHT.precision),
        ),
        Mistake(
            "the plain mean",
            "`f1` is to be the harmonic mean of precision and recall. You took the plain one.",
            _answer(f1=(RIGHT.precision + RIGHT.recall) / 2),
        ),
        Mistake(
            "accuracy of the alarms",
            "`accuracy` counts all windows that were judged rightly, the sound ones included.",
            (_answer(accuracy=HITS / WINDOWS), _answer(accuracy=RIGHT.precision)),
        ),
        Mistake(
            "only the misses",
            "In `accuracy` you forget one of the two kinds of error: there are misses, and there "
            "are false alarms.",
            (_answer(accuracy=1 - MISSES / WINDOWS), _answer(accuracy=1 - FALSE / WINDOWS)),
        ),
        Mistake(
            "the same for both",
            "`f1_sound` asks the same of the other class: let a sound window be the positive one. "
            "What is a hit then, and what a miss?",
            (_answer(f1_sound=RIGHT.f1), _answer(f1_sound=1 - RIGHT.f1)),
        ),
        Mistake(
            "per cent",
            "All five are right in per cent. They are asked for as parts of 1.",
            lambda: Counted(*(100 * each for each in RIGHT)),
        ),
    ),
    shape_hint="Five numbers: accuracy, precision, recall, f1, f1_sound.",
    value_hint="Fill in the four boxes first; together they hold a thousand windows.",
    closing="Two classes, two values of F1, and accuracy sounds like the better one.",
)
