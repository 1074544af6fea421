"""The exercise on scoring a short list of strikes, by pencil."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from asctools.course.checks.spec import Exercise, Mistake, Tolerance, once


class Counted(NamedTuple):
    """Pairs, false alarms and misses, and the three scores that follow."""

    pairs: float
    false_alarms: float
    misses: float
    precision: float
    recall: float
    f1: float


PICKS, STRIKES = 7, 6


def _counted(pairs: int, picks: int = PICKS) -> Counted:
    precision, recall = pairs / picks, pairs / STRIKES
    f1 = 2 * pairs / (picks + STRIKES)
    return Counted(pairs, picks - pairs, STRIKES - pairs, precision, recall, f1)


RIGHT = _counted(4)


def _answer(right: Counted) -> Callable[[], Counted]:
    return lambda: right


COUNTED = Exercise(
    id="bell-frame/counted",
    kind="Pencil",
    level=1,
    minutes=10,
    task="six numbers: pairs, false_alarms, misses, precision, recall, f1",
    cases=once,
    reference=lambda: RIGHT,
    tolerance=Tolerance(relative=2e-3),
    mistakes=(
        Mistake(
            "one strike for two",
            "You count five pairs: two found strikes of bell 3 share one true strike. Each of them "
            "may be used once.",
            (_answer(_counted(5)), _answer(RIGHT._replace(pairs=5))),
        ),
        Mistake(
            "any bell will do",
            "You pair a found strike of bell 8 with a true one of bell 7. It came at the right "
            "time, and it is the wrong bell.",
            (
                _answer(_counted(6)),
                _answer(RIGHT._replace(pairs=6)),
            ),
        ),
        Mistake(
            "less than five",
            "Exactly 5 ms is still within 5 ms.",
            _answer(_counted(3)),
        ),
        Mistake(
            "a double is no alarm",
            "A second find of the same strike is a false alarm too: who rings the bell for it?",
            _answer(_counted(4, picks=6)),
        ),
        Mistake(
            "precision and recall swapped",
            "You have taken precision for recall. Precision divides by what was *found*.",
            _answer(RIGHT._replace(precision=RIGHT.recall, recall=RIGHT.precision)),
        ),
        Mistake(
            "the plain mean",
            "`f1` is the mean of precision and recall. It should be their harmonic mean.",
            _answer(RIGHT._replace(f1=(RIGHT.precision + RIGHT.recall) / 2)),
        ),
    ),
    shape_hint="Six numbers: pairs, false_alarms, misses, precision, recall, f1.",
    value_hint="Draw the two lists side by side and connect what belongs together, bell by bell.",
    closing="Pairs first, scores afterwards. Who counts without pairing flatters the detector.",
)
