"""The exercise on the best legal set."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake

Times = Sequence[float]
Worths = Sequence[float]
SLACK = 1e-9


def _right(times: Times, worths: Worths, period: float) -> float:
    best = [0.0]
    for k, (time, worth) in enumerate(zip(times, worths, strict=True)):
        free = bisect_right(times, time - period + SLACK, hi=k)
        best.append(max(best[-1], worth + best[free]))
    return best[-1]


def _strict(times: Times, worths: Worths, period: float) -> float:
    return _right(times, worths, period + 2 * SLACK)


def _kept(order: Sequence[int], times: Times, worths: Worths, period: float) -> float:
    kept: list[int] = []
    for k in order:
        if all(abs(times[k] - times[j]) >= period - SLACK for j in kept):
            kept.append(k)
    return float(sum(worths[k] for k in kept))


def _greedy(times: Times, worths: Worths, period: float) -> float:
    order = sorted(range(len(worths)), key=lambda k: -worths[k])
    return _kept(order, times, worths, period)


def _first_come(times: Times, worths: Worths, period: float) -> float:
    return _kept(range(len(times)), times, worths, period)


def _all(times: Times, worths: Worths, period: float) -> float:
    return float(sum(worths))


def _next_but_one(times: Times, worths: Worths, period: float) -> float:
    """Take for granted that the one before the last candidate is always free."""
    best = [0.0, 0.0]
    for worth in worths:
        best.append(max(best[-1], worth + best[-2]))
    return best[-1]


def _most(times: Times, worths: Worths, period: float) -> float:
    """Keep as many as possible, whatever they are worth; of equally many the best."""
    return _right(times, [worth + 100 for worth in worths], period) % 100


def _cases(rng: np.random.Generator) -> list[Case]:
    def chain(count: int, shortest: float, longest: float) -> tuple[list[float], list[float]]:
        times = np.cumsum(rng.uniform(shortest, longest, count))
        worths = rng.uniform(0.1, 1.0, count)
        return [round(float(t), 2) for t in times], [round(float(w), 3) for w in worths]

    weak = [0.0, 1.5, 3.0], [0.6, 0.9, 0.5]
    strong = [0.0, 1.5, 3.0], [0.3, 0.9, 0.2]
    return [
        Case("where two weaker ones beat the strongest", (*weak, 2.0)),
        Case("where the strongest beats two weaker ones", (*strong, 2.0)),
        Case("where a distance is exactly the period", ([1.0, 3.0, 5.0], [0.4, 0.8, 0.3], 2.0)),
        Case("where all are far apart", (*chain(5, 2.5, 4.0), 2.0)),
        Case("for a crowd", (*chain(30, 0.1, 1.4), 2.0)),
        Case("where there is nothing", ([], [], 2.0)),
    ]


BEST = Exercise(
    id="refractory/best",
    kind="Code",
    level=3,
    minutes=25,
    task="a function my_best(times, worths, period) that returns one number",
    parameters=("times", "worths", "period"),
    cases=_cases,
    reference=_right,
    mistakes=(
        Mistake(
            "greedy",
            "You take the strongest first. It may stand between two that are worth more together.",
            _greedy,
        ),
        Mistake(
            "first come",
            "You keep what comes first. A weak one can then silence a strong one.",
            _first_come,
        ),
        Mistake(
            "exactly the period",
            "Two that are exactly the period apart may both stay.",
            _strict,
        ),
        Mistake(
            "the one before the last",
            "You skip the neighbour only. Several candidates may lie within the period.",
            _next_but_one,
        ),
        Mistake(
            "all of them",
            "You add up everything. The rule forbids some.",
            _all,
        ),
        Mistake(
            "as many as possible",
            "You keep as many as you can. It is their worth that counts.",
            _most,
        ),
    ),
    shape_hint="One number.",
    value_hint="Ask about the last candidate alone: what is the best without it, and with it?",
    closing="Thirty candidates have a billion subsets, and the programme looked at thirty.",
)
