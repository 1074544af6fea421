"""The exercise on the cheapest alignment of a long case with a long run."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake

Names = Sequence[str]
Way = Callable[[Names, Names, float, float], float]


def _way(
    replace: Callable[[float, float], float] | None = None,
    edges: tuple[bool, bool] = (True, True),
    prices: Callable[[float, float], tuple[float, float]] = lambda extra, missing: (extra, missing),
) -> Way:
    """Fill a table: rows are events of the case, columns activities of the run."""

    def cost(case: Names, run: Names, extra: float, missing: float) -> float:
        extra, missing = prices(extra, missing)
        above = [edges[1] * missing * j for j in range(len(run) + 1)]
        for i, event in enumerate(case, start=1):
            row = [edges[0] * extra * i]
            for j, activity in enumerate(run, start=1):
                ways = [above[j] + extra, row[j - 1] + missing]
                if event == activity:
                    ways.append(above[j - 1])
                elif replace is not None:
                    ways.append(above[j - 1] + replace(extra, missing))
                row.append(min(ways))
            above = row
        return above[-1]

    return cost


_right = _way()


def _greedy(case: Names, run: Names, extra: float, missing: float) -> float:
    """Take each event with the next activity of its name, wherever it stands."""
    at, matched = 0, 0
    for event in case:
        if event in run[at:]:
            at = at + list(run[at:]).index(event) + 1
            matched += 1
    return (len(case) - matched) * extra + (len(run) - matched) * missing


def _by_position(case: Names, run: Names, extra: float, missing: float) -> float:
    """Compare the n-th event with the n-th activity."""
    matched = sum(a == b for a, b in zip(case, run, strict=False))
    return (len(case) - matched) * extra + (len(run) - matched) * missing


def _as_sets(case: Names, run: Names, extra: float, missing: float) -> float:
    """Count what is too much and what is missing, whatever its order."""
    rest, lost = list(run), 0
    for event in case:
        if event in rest:
            rest.remove(event)
        else:
            lost += 1
    return lost * extra + len(rest) * missing


STEPS = ("Z", "F", "B", "U")


def _spoilt(rng: np.random.Generator, run: Names, drop: float, add: float) -> list[str]:
    """Leave out some events, and put in others."""
    case: list[str] = []
    for activity in run:
        if rng.random() >= drop:
            case.append(activity)
        if rng.random() < add:
            case.append(str(rng.choice(STEPS)))
    return case


def _cases(rng: np.random.Generator) -> list[Case]:
    once, many = list(STEPS), list(STEPS) * 15
    prices = [float(each) for each in rng.uniform(1.0, 3.0, 4).round(2)]
    both = [prices[0], prices[0] + 4.0]
    return [
        Case("for one iteration", (["F", "B", "U", "Z", "U"], once, 1.0, 1.0)),
        Case("when the two prices differ", (["F", "F", "B", "Z"], once, *both)),
        Case("when nothing is in its place", (["U", "B", "F", "Z", "Z"], once, both[1], both[0])),
        Case("for an empty case", ([], once, prices[1], prices[2])),
        Case("for 15 iterations", (_spoilt(rng, many, 0.2, 0.2), many, prices[2], prices[3])),
        Case("for 15 iterations with many faults", (_spoilt(rng, many, 0.5, 0.5), many, 1.0, 3.0)),
    ]


CHEAPEST = Exercise(
    id="mining/cheapest",
    kind="Code",
    level=3,
    minutes=20,
    task="a function my_cost(case, run, extra, missing) that returns one number",
    parameters=("case", "run", "extra", "missing"),
    cases=_cases,
    reference=_right,
    mistakes=(
        Mistake(
            "prices for each other",
            "You have taken the prices for each other. `extra` is for an event of the case that "
            "the run does not have, `missing` for an activity of the run that never came.",
            _way(prices=lambda extra, missing: (missing, extra)),
        ),
        Mistake(
            "prices forgotten",
            "With prices of 1 it is right. What does a move cost, and on which side?",
            _way(prices=lambda extra, missing: (1.0, 1.0)),
        ),
        Mistake(
            "replaced",
            "You let one name stand for another. An alignment has no such move: what does not "
            "agree is extra on one side and missing on the other.",
            (
                _way(replace=lambda extra, missing: 1.0),
                _way(replace=max),
                _way(replace=min),
            ),
        ),
        Mistake(
            "edges for nothing",
            "What stands before the first agreement, or behind the last one, costs as much as "
            "anything else. Look at the first row and the first column of your table.",
            (
                _way(edges=(False, False)),
                _way(edges=(True, False)),
                _way(edges=(False, True)),
            ),
        ),
        Mistake(
            "the first that fits",
            "You take an event with the next activity of that name, however far ahead it is. "
            "Sometimes it is cheaper to let the event go. Try both, and take the cheaper one.",
            _greedy,
        ),
        Mistake(
            "place by place",
            "You compare the first with the first, the second with the second. After one missing "
            "event all the rest is shifted by one, but not wrong.",
            _by_position,
        ),
        Mistake(
            "without order",
            "You count names, and forget their order.",
            _as_sets,
        ),
    ),
    shape_hint="One number: what the cheapest alignment costs.",
    value_hint="Draw a table with the case at its side and the run on top. What does it cost to "
    "have come to each place?",
    closing="The table has as many places as the recursion has different calls. That is the whole "
    "saving, and it is enormous.",
)
