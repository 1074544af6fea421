"""The exercise on the first stored log: an order that is wrong now and then. It tells the answer.

In iterations with a look at the validation text the update is skipped, so slopes are computed and
never used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from asctools.course.checks.mining.logs import NAME, fresh, iterations_of, stored, whole_numbers
from asctools.course.checks.spec import Case, Exercise, Mistake, Tolerance

if TYPE_CHECKING:
    import pandas as pd


def _having(log: pd.DataFrame, name: str) -> list[int]:
    return iterations_of(log[log[NAME] == name])


def _unused(log: pd.DataFrame) -> list[int]:
    """Return the iterations with slopes and without an update, an unfinished last one too."""
    return sorted(set(_having(log, "BackwardPass")) - set(_having(log, "WeightsUpdate")))


def _right(log: pd.DataFrame) -> list[int]:
    last = log["iteration"].max()
    return [i for i in _unused(log) if i != last]


def _next_one(log: pd.DataFrame) -> list[int]:
    return [i + 1 for i in _right(log)]


def _looks(log: pd.DataFrame) -> list[int]:
    return _having(log, "Validation")


def _unclipped_only(log: pd.DataFrame) -> list[int]:
    """Look for one arrow: BackwardPass → ModeChange."""
    names = log[NAME]
    return iterations_of(log[(names == "BackwardPass") & (names.shift(-1) == "ModeChange")])


def _clipped_only(log: pd.DataFrame) -> list[int]:
    names = log[NAME]
    return iterations_of(log[(names == "GradientClipping") & (names.shift(-1) == "ModeChange")])


def _cut(log: pd.DataFrame) -> pd.DataFrame:
    """Let a log end in the middle of its last iteration, after the backward pass."""
    last = log.index[log[NAME] == "BackwardPass"][-1]
    return log.loc[:last]


def _cases(rng: np.random.Generator) -> list[Case]:
    seeds = [int(each) for each in rng.permutation(6)]
    looks = [{"validate_every": int(each)} for each in rng.integers(3, 8, 3)]
    return [
        Case("for the stored log", (stored(1),)),
        Case(
            "for a fresh log with the same fault",
            (fresh(1, seeds[0], 2, 20, **looks[0]),),
        ),
        Case("for a sound log", (fresh(None, seeds[1], 2, 20, **looks[1]),)),
        Case(
            "for a sound log that was cut off",
            (_cut(fresh(None, seeds[2], 2, 20, **looks[2])),),
        ),
    ]


MYSTERY_ONE = Exercise(
    id="mining/mystery-one",
    kind="Code",
    level=2,
    minutes=20,
    task="a function my_finder(log) that returns a list of iterations",
    parameters=("log",),
    cases=_cases,
    reference=_right,
    measure=whole_numbers,
    tolerance=Tolerance(relative=0.0, absolute=0.0),
    mistakes=(
        Mistake(
            "nothing found",
            "Your finder finds nothing in the stored log. With the epoch as the case, the fault "
            "hides: each operation is done again soon. What happens in *one* iteration?",
            lambda log: [],
        ),
        Mistake(
            "only the first",
            "The first one is right. It happens again: name them all.",
            lambda log: _right(log)[:1],
        ),
        Mistake(
            "one iteration late",
            "You name the iterations in which something is thrown away. It was computed, and not "
            "used, in the iteration *before*.",
            _next_one,
        ),
        Mistake(
            "looks accused",
            "You have seen when it happens: whenever there is a look. But a sound training looks, "
            "too. What is wrong in these iterations, and not in those of a sound log?",
            _looks,
        ),
        Mistake(
            "one arrow of two",
            "You have found one arrow that should not be there. There are two of the kind: the "
            "fault does not care whether the gradient was clipped before.",
            (_unclipped_only, _clipped_only),
        ),
        Mistake(
            "a log that was cut off",
            "All is right but one: where a log ends in the middle of an iteration, the rest may "
            "have been done and not been written. That is no fault of the loop.",
            _unused,
        ),
    ),
    shape_hint="A list of the numbers of iterations, empty where all is well.",
    value_hint='`dfg.variants(log, case="iteration")` lists in how many ways an iteration goes.',
    closing="A `continue` in the wrong line. The loss would never have said so.",
)
