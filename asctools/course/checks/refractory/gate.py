"""The exercise on the simplest rule, in pieces."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake, Tolerance

Times = Sequence[float]


def _right(times: Times, period: float, last: float | None) -> list[int]:
    kept = []
    for time in times:
        legal = last is None or time - last >= period
        last = time if legal else last
        kept.append(int(legal))
    return kept


def _the_one_before(times: Times, period: float, last: float | None) -> list[int]:
    kept = []
    for time in times:
        kept.append(int(last is None or time - last >= period))
        last = time
    return kept


def _forgets(times: Times, period: float, last: float | None) -> list[int]:
    return _right(times, period, None)


def _strict(times: Times, period: float, last: float | None) -> list[int]:
    return _right(times, period + 1e-9, last)


def _fixed(times: Times, period: float, last: float | None) -> list[int]:
    """Compare everything with what was kept before this piece."""
    return [int(last is None or time - last >= period) for time in times]


def _turned(times: Times, period: float, last: float | None) -> list[int]:
    return [1 - each for each in _right(times, period, last)]


def _cases(rng: np.random.Generator) -> list[Case]:
    def chain(count: int, shortest: int, longest: int) -> list[float]:
        steps = rng.integers(shortest, longest, count)
        return [float(t) for t in 5000 + np.cumsum(steps)]

    return [
        Case("for the first piece", (chain(6, 3000, 6000), 4000.0, None)),
        Case("where a bell seems to chatter", ([5000.0, 7000.0, 9000.0, 11000.0], 4000.0, None)),
        Case("where the piece before ended with a strike", ([5500.0, 8000.0], 4000.0, 4200.0)),
        Case("where all is far apart", (chain(4, 5000, 9000), 4000.0, 500.0)),
        Case("where nothing came", ([], 4000.0, 300.0)),
    ]


GATE = Exercise(
    id="refractory/gate",
    kind="Code",
    level=1,
    minutes=10,
    task="a function my_gate(times, period, last) that returns a list of 1 and 0",
    parameters=("times", "period", "last"),
    cases=_cases,
    reference=_right,
    tolerance=Tolerance(relative=0.0, absolute=0.0),
    mistakes=(
        Mistake(
            "the one before",
            "You compare with the candidate before, kept or not. A chattering bell then silences "
            "itself for ever: compare with the last one that was *kept*.",
            _the_one_before,
        ),
        Mistake(
            "forgets",
            "You begin every piece as if nothing had been before it. `last` is the strike that was "
            "kept last.",
            _forgets,
        ),
        Mistake(
            "exactly the period",
            "A distance of exactly the period is legal.",
            _strict,
        ),
        Mistake(
            "never moves on",
            "You compare all of the piece with what came before the piece. Each strike that is "
            "kept begins a dead time of its own.",
            _fixed,
        ),
        Mistake(
            "the other way round",
            "1 stands for a strike that is kept.",
            _turned,
        ),
    ),
    shape_hint="A list with a 1 or a 0 for each time.",
    value_hint="Carry one number through the loop: the last strike that was kept.",
    closing="One number for each bell is all that this rule has to remember. It is also all it "
    "knows.",
)
