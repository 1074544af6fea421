"""The exercise on three ways to obey the 2 s rule, by pencil."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from asctools.course.checks.spec import Exercise, Mistake, Tolerance, once


class Chain(NamedTuple):
    """The summed worth of what each of three rules keeps, and how many the best one keeps."""

    first_come: float
    greedy: float
    best: float
    kept: float


RIGHT = Chain(1.4, 1.5, 1.8, 3)


def _answer(**changed: float) -> Callable[[], Chain]:
    return lambda: RIGHT._replace(**changed)


CHAIN = Exercise(
    id="refractory/chain",
    kind="Pencil",
    level=1,
    minutes=10,
    task="four numbers: first_come, greedy, best, kept",
    cases=once,
    reference=lambda: RIGHT,
    tolerance=Tolerance(relative=0.0, absolute=1e-6),
    mistakes=(
        Mistake(
            "exactly two seconds",
            "You leave out a strike that comes exactly 2 s after another. That is legal.",
            (lambda: Chain(0.6, 1.5, 1.5, 2), _answer(first_come=0.6)),
        ),
        Mistake(
            "greedy is best",
            "You take the greedy answer for the best one. Two that are a little weaker may be "
            "worth more than the strongest.",
            _answer(best=RIGHT.greedy, kept=2),
        ),
        Mistake(
            "the strongest three",
            "You add up strong candidates that are too close to each other.",
            (
                _answer(best=0.9 + 0.8 + 0.6, kept=3),
                _answer(greedy=0.9 + 0.8 + 0.6),
                _answer(greedy=0.9 + 0.8 + 0.6, best=0.9 + 0.8 + 0.6, kept=3),
            ),
        ),
        Mistake(
            "first is first",
            "In `greedy` you begin with the first candidate. It begins with the strongest one.",
            _answer(greedy=RIGHT.first_come),
        ),
        Mistake(
            "counted, not weighed",
            "You count the strikes. Add up their worths.",
            lambda: Chain(3, 2, 3, 3),
        ),
    ),
    shape_hint="Four numbers: first_come, greedy, best, kept.",
    value_hint="Draw the six candidates on a line, and a bracket of 2 s behind each that you keep.",
    closing="Three rules, three answers, one recording. Know which of them your detector obeys.",
)
