"""The exercise on a ranking with a tie in it, by pencil."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from asctools.course.checks.spec import Exercise, Mistake, Tolerance, once


class Ranked(NamedTuple):
    """Two areas, and what guessing would get of each."""

    auc_roc: float
    average_precision: float
    guessing_roc: float
    guessing_precision: float


# Scores .9 .8 .7 .7 .5 .4 .3 .2 .1 .1 of + − (+ −) − + − − (− −)
RIGHT = Ranked(
    auc_roc=(7 + 5.5 + 4) / 21,
    average_precision=(1 + 2 / 4 + 3 / 6) / 3,
    guessing_roc=0.5,
    guessing_precision=0.3,
)


def _answer(**changed: float) -> Callable[[], Ranked]:
    return lambda: RIGHT._replace(**changed)


RANKING = Exercise(
    id="rare-defects/ranking",
    kind="Pencil",
    level=1,
    minutes=12,
    task="four numbers: auc_roc, average_precision, guessing_roc, guessing_precision",
    cases=once,
    reference=lambda: RIGHT,
    tolerance=Tolerance(relative=4e-3),
    mistakes=(
        Mistake(
            "the tie won",
            "A defect and a sound window have the same score, and you count the pair as won.",
            (
                _answer(auc_roc=17 / 21),
                _answer(auc_roc=17 / 21, average_precision=(1 + 2 / 3 + 3 / 6) / 3),
            ),
        ),
        Mistake(
            "the tie lost",
            "A defect and a sound window have the same score, and you count the pair as lost.",
            _answer(auc_roc=16 / 21),
        ),
        Mistake(
            "cut between equals",
            "In `average_precision` you cut the list between two windows with the same score. "
            "Nobody can: whoever looks at the one has to look at the other.",
            _answer(average_precision=(1 + 2 / 3 + 3 / 6) / 3),
        ),
        Mistake(
            "mean over all places",
            "In `average_precision` you average the precision over all places of the list. Recall "
            "grows only at a defect, and only there the precision counts.",
            _answer(
                average_precision=(1 + 1 / 2 + 2 / 4 + 2 / 4 + 2 / 5 + 3 / 6 + 3 / 7 + 3 / 8 + 0.6)
                / 10
            ),
        ),
        Mistake(
            "guessing is a half",
            "Guessing does not find half of anything. What share of defects has a list that is "
            "sorted by lot?",
            _answer(guessing_precision=0.5),
        ),
        Mistake(
            "guessing by the rate",
            "`guessing_roc`: of a defect and a sound window, how often does the defect come first, "
            "in a list that is sorted by lot?",
            _answer(guessing_roc=0.3),
        ),
    ),
    shape_hint="Four numbers: auc_roc, average_precision, guessing_roc, guessing_precision.",
    value_hint="For each defect: how many of the seven sound windows stand below it?",
    closing="Equal scores are one step of the list. Round a score, and its AUC changes.",
)
