"""The exercise on the second stored log: a number that is wrong. It tells the answer.

A plateau lowers the learning rate, but each epoch begins at the old one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from asctools.course.checks.mining.logs import NAME, fresh, iterations_of, stored, whole_numbers
from asctools.course.checks.spec import Case, Exercise, Mistake, Tolerance

if TYPE_CHECKING:
    import pandas as pd

CLOSE = 1e-9
FALLING = {"validate_every": 4, "lr_patience": 1, "min_delta": 0.04}


def _above(log: pd.DataFrame) -> pd.DataFrame:
    """Return the forward passes whose rate is above what the last fall left."""
    told = log["new_lr"].ffill() if "new_lr" in log else None
    if told is None:
        return log.iloc[:0]
    high = log["learning_rate"] > told * (1 + CLOSE)
    return log[(log[NAME] == "ForwardPass") & high]


def _right(log: pd.DataFrame) -> list[int]:
    return iterations_of(_above(log))


def _jumps(log: pd.DataFrame) -> list[int]:
    """Return the iterations in which the rate is above that of the one before."""
    passes = log[log[NAME] == "ForwardPass"]
    return iterations_of(passes[passes["learning_rate"].diff() > 0])


def _beginnings(log: pd.DataFrame) -> list[int]:
    """Return where each stretch of wrong iterations begins."""
    wrong = _right(log)
    return [i for i in wrong if i - 1 not in wrong]


def _falls(log: pd.DataFrame) -> list[int]:
    return iterations_of(log[log[NAME] == "LearningRateDecay"])


def _epochs(log: pd.DataFrame) -> list[int]:
    """Return the first iteration of each epoch but the first."""
    passes = log[log[NAME] == "ForwardPass"]
    return [int(i) for i in passes.groupby("case:epoch")["iteration"].min()[1:]]


def _first_rate(log: pd.DataFrame) -> list[int]:
    """Return all iterations at the rate with which the training began."""
    passes = log[log[NAME] == "ForwardPass"]
    return iterations_of(passes[passes["learning_rate"] == passes["learning_rate"].iloc[0]])


def _lower_too(log: pd.DataFrame) -> list[int]:
    passes = log[log[NAME] == "ForwardPass"]
    return iterations_of(passes[passes["learning_rate"].diff().fillna(0) != 0])


def _cases(rng: np.random.Generator) -> list[Case]:
    seeds = [int(each) for each in rng.permutation(6)]
    return [
        Case("for the stored log", (stored(2),)),
        Case("for a fresh log with the same fault", (fresh(2, seeds[0], 3, 20, validate_every=4),)),
        Case("for a sound log whose rate falls", (fresh(None, seeds[1], 3, 20, **FALLING),)),
        Case("for a sound log whose rate never falls", (fresh(None, seeds[2], 2, 20),)),
    ]


MYSTERY_TWO = Exercise(
    id="mining/mystery-two",
    kind="Code",
    level=3,
    minutes=25,
    task="a function my_finder(log) that returns a list of iterations",
    parameters=("log",),
    cases=_cases,
    reference=_right,
    measure=whole_numbers,
    tolerance=Tolerance(relative=0.0, absolute=0.0),
    mistakes=(
        Mistake(
            "nothing found",
            "Your finder finds nothing in the stored log. The names are in order; compare what the "
            "events *say*. Is what one of them announces true of those that come after?",
            lambda log: [],
        ),
        Mistake(
            "only where it begins",
            "You have found the fault, and where it begins. It lasts: name every iteration that "
            "learns at a rate that is higher than it should be.",
            (_jumps, _beginnings, lambda log: _right(log)[:1]),
        ),
        Mistake(
            "falls accused",
            "You name the iterations in which the rate was lowered. That is sound. Does it *stay* "
            "lowered?",
            _falls,
        ),
        Mistake(
            "every change",
            "You name every iteration with another rate than the one before. A rate that falls "
            "when a fall was told is sound.",
            _lower_too,
        ),
        Mistake(
            "epochs accused",
            "You have seen where it happens: at the beginning of an epoch. A sound training has "
            "epochs, too. What is wrong in some of them?",
            _epochs,
        ),
        Mistake(
            "the first rate accused",
            "You name every iteration at the rate of the beginning. Before the first fall that "
            "rate is right.",
            _first_rate,
        ),
    ),
    shape_hint="A list of the numbers of iterations, empty where all is well.",
    value_hint="Print the columns iteration, concept:name, learning_rate, old_lr and new_lr around "
    "each LearningRateDecay.",
    closing="The reference fits every iteration, and no rule complained. Now you have a rule more.",
)
