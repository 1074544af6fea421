"""The exercise on alignments and their fitness, by pencil."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from asctools.course.checks.spec import Exercise, Mistake, Tolerance, once

CASES = ("ZFFBUU", "ZFCU", "BFZU")
SHORTEST, LONGEST, ITERATIONS = 4, 5, 200


class Fitting(NamedTuple):
    """The cost of the first case, the fitness of all three, and a mean."""

    cost: float
    first: float
    second: float
    third: float
    mean: float


def _right() -> Fitting:
    from asctools.eventlog.alignment import align, fitness
    from asctools.eventlog.tree import optional, sequence

    model = sequence("Z", "F", "B", optional("C"), "U")
    aligned = [align(list(case), model) for case in CASES]
    first, second, third = map(fitness, aligned)
    return Fitting(aligned[0].cost, first, second, third, _mean(first))


def _mean(first: float) -> float:
    return (ITERATIONS - 1 + first) / ITERATIONS


def _answer(**changed: float) -> Callable[[], Fitting]:
    def answer() -> Fitting:
        made = _right()._replace(**changed)
        return made if "mean" in changed else made._replace(mean=_mean(made.first))

    return answer


def _worst(length: int, cost: float, model: int = SHORTEST) -> float:
    return 1 - cost / (length + model)


FITTING = Exercise(
    id="mining/fitting",
    kind="Pencil",
    level=2,
    minutes=12,
    task="five numbers: cost, first, second, third, mean",
    cases=once,
    reference=_right,
    tolerance=Tolerance(relative=4e-4),
    mistakes=(
        Mistake(
            "only the case's length",
            "You divide by the number of events of the case. The worst that can happen is dearer: "
            "the model's shortest run comes on top.",
            _answer(first=1 - 2 / 6, second=1 - 1 / 4, third=1 - 4 / 4),
        ),
        Mistake(
            "the run that was taken",
            "The first and the third are right. The second case is aligned with the run that has "
            "a C. But in the worst that can happen, the model takes its *shortest* run.",
            _answer(second=_worst(4, 1, LONGEST)),
        ),
        Mistake(
            "the longest run",
            "The worst that can happen is that the model takes its shortest run, and you have "
            "taken the longest.",
            _answer(
                first=_worst(6, 2, LONGEST),
                second=_worst(4, 1, LONGEST),
                third=_worst(4, 4, LONGEST),
            ),
        ),
        Mistake(
            "one run only",
            "You align the second case with the run without clipping. The cheapest alignment "
            "counts, over both runs.",
            _answer(second=_worst(4, 2)),
        ),
        Mistake(
            "replaced",
            "You let one event stand for another. In an alignment an event agrees or it does not: "
            "then the log moves alone, and the model moves alone, and that costs 2.",
            (_answer(third=_worst(4, 2)), _answer(third=_worst(4, 3))),
        ),
        Mistake(
            "nothing fits",
            "In the third case not everything is wrong. U is where it should be, and of the others "
            "one can stay.",
            (_answer(third=0.0), _answer(third=_worst(4, 6))),
        ),
        Mistake(
            "one of the extra events",
            "The first case has two events too many. Each is a move of the log alone.",
            (_answer(cost=1, first=_worst(6, 1)), _answer(cost=1)),
        ),
        Mistake(
            "share of the good ones",
            "`mean` is not the share of iterations that fit. The odd one is not worth nothing: it "
            "has a fitness of its own.",
            _answer(mean=1 - 1 / ITERATIONS),
        ),
    ),
    shape_hint="Five numbers: cost, first, second, third, mean.",
    value_hint="Write case and run below each other, with a » where one of them stands still.",
    closing="A mean near 1 hides a broken iteration. Count the broken ones.",
)
