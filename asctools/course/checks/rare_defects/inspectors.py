"""The exercise on what a detector means for the inspectors, by pencil."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from asctools.course.checks.spec import Exercise, Mistake, Tolerance, once

RECALL, FALSE_RATE = 0.8, 0.05
TODAY, TOMORROW = 0.08, 0.004
MISS, ALARM = 380.0, 20.0


class Inspected(NamedTuple):
    """Two precisions, how much is looked at for each hit, and a threshold."""

    today: float
    tomorrow: float
    looked_at: float
    threshold: float


def _precision(rate: float) -> float:
    return RECALL * rate / (RECALL * rate + FALSE_RATE * (1 - rate))


RIGHT = Inspected(
    today=_precision(TODAY),
    tomorrow=_precision(TOMORROW),
    looked_at=1 / _precision(TOMORROW),
    threshold=ALARM / (ALARM + MISS),
)


def _answer(**changed: float) -> Callable[[], Inspected]:
    return lambda: RIGHT._replace(**changed)


INSPECTORS = Exercise(
    id="rare-defects/inspectors",
    kind="Pencil",
    level=2,
    minutes=12,
    task="four numbers: today, tomorrow, looked_at, threshold",
    cases=once,
    reference=lambda: RIGHT,
    tolerance=Tolerance(relative=8e-3),
    mistakes=(
        Mistake(
            "the share of sound windows left out",
            "You compare the two rates, as if there were as many sound windows as defects. Count "
            "in a thousand windows.",
            (
                _answer(
                    today=RECALL / (RECALL + FALSE_RATE),
                    tomorrow=RECALL / (RECALL + FALSE_RATE),
                    looked_at=(RECALL + FALSE_RATE) / RECALL,
                ),
                _answer(today=1 - FALSE_RATE, tomorrow=1 - FALSE_RATE, looked_at=1 / 0.95),
            ),
        ),
        Mistake(
            "in proportion",
            "You let the precision fall as the defects do. The false alarms hardly become fewer, "
            "but hits and false alarms stand below the line together.",
            _answer(
                tomorrow=RIGHT.today * TOMORROW / TODAY, looked_at=TODAY / TOMORROW / RIGHT.today
            ),
        ),
        Mistake(
            "only false alarms",
            "`looked_at` counts the false alarms for each hit. The inspectors look at the hit too.",
            _answer(looked_at=1 / RIGHT.tomorrow - 1),
        ),
        Mistake(
            "costs swapped",
            "With your threshold an alarm is raised only when a defect is nearly certain. But the "
            "miss is what is expensive.",
            _answer(threshold=MISS / (ALARM + MISS)),
        ),
        Mistake(
            "one cost by the other",
            "You divide one cost by the other. At the threshold both decisions cost the same: "
            "p · miss = (1 − p) · alarm.",
            _answer(threshold=ALARM / MISS),
        ),
    ),
    shape_hint="Four numbers: today, tomorrow, looked_at, threshold.",
    value_hint="Take 10,000 windows. How many of them are hits, and how many false alarms?",
    closing="The better the works gets, the duller the inspectors' work. No AUC says that.",
)
