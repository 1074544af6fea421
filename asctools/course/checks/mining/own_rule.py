"""The open exercise: a rule that tells a third fault from health. It tells the answer.

The second half of the text is never read; each epoch reads the first half twice. So the losses of
an epoch repeat themselves after half of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from asctools.course.checks.mining.logs import NAME, fresh
from asctools.course.checks.spec import (
    Case,
    Exercise,
    Mistake,
    Outcome,
    Tolerance,
    WrongFormError,
    call,
)
from asctools.course.checks.words import kind_of

if TYPE_CHECKING:
    import pandas as pd

EPOCHS, ITERATIONS, POOL = 6, 40, 5
SMOOTH, ALIKE = 9, 0.45  # iterations of the trend; the correlation from which on losses repeat


def repeats(losses: np.ndarray, lag: int) -> float:
    """Return how much the losses, less their trend, are like those ``lag`` iterations later."""
    logarithms = np.log(losses)
    trend = np.convolve(logarithms, np.ones(SMOOTH) / SMOOTH, "same")
    rest = (logarithms - trend)[lag:-SMOOTH]
    return float(np.corrcoef(rest[:-lag], rest[lag:])[0, 1])


def _right(log: pd.DataFrame) -> bool:
    losses = log.loc[log[NAME] == "ForwardPass", "loss"].to_numpy(float)
    lag = int(log["iterations_per_epoch"].max()) // 2
    return repeats(losses, lag) > ALIKE


def _measure(answer: Any, log: pd.DataFrame) -> Any:
    said = call(answer, log)
    if said is None or said is Ellipsis:
        return said
    if not isinstance(said, (bool, np.bool_)):
        raise WrongFormError(f"True or False is needed; {kind_of(said)} came.")
    return bool(said)


def _cases(rng: np.random.Generator) -> list[Case]:
    wrong, sound = (
        [fresh(number, int(seed), EPOCHS, ITERATIONS) for seed in rng.permutation(POOL)[:2]]
        for number in (3, None)
    )
    names = ("for a log with the fault", "for a sound log")
    return [
        Case(when, (log,))
        for pair in zip(wrong, sound, strict=True)
        for when, log in zip(names, pair, strict=True)
    ]


def _always(answer: bool) -> Callable[[Sequence[Outcome], Sequence[bool]], bool]:
    return lambda outcomes, expected: all(outcome.value is answer for outcome in outcomes)


OWN_RULE = Exercise(
    id="mining/own-rule",
    kind="Open",
    level=3,
    minutes=30,
    task="a function my_rule(log) that returns True where the log has the fault, else False",
    parameters=("log",),
    cases=_cases,
    reference=_right,
    measure=_measure,
    tolerance=Tolerance(relative=0.0, absolute=0.0),
    mistakes=(
        Mistake(
            "always",
            "Your rule accuses every log, also the sound ones. What does it see that is in all of "
            "them? An epoch that repeats the last one is sound.",
            detect=_always(True),
        ),
        Mistake(
            "never",
            "Your rule accuses no log. Does it accuse the stored one?",
            detect=_always(False),
        ),
        Mistake(
            "the other way round",
            "Your rule tells the two kinds apart, and takes the sound ones for the others.",
            lambda log: not _right(log),
        ),
    ),
    shape_hint="True or False.",
    value_hint="Draw the losses of one epoch below those of the next, less their trend.",
    closing="A rule on data: it needs no name of an event at all. And no loss curve would have "
    "shown it to the eye.",
)
