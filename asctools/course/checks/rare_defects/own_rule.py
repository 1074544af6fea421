"""The exercise on a score by somebody who knows the caster."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from asctools.casting import simulate
from asctools.course.checks.questions import first_no
from asctools.course.checks.spec import Case, Exercise, Mistake, Tolerance, WrongFormError

if TYPE_CHECKING:
    from asctools.casting import CastingData

ENOUGH, ORDER_FREE = 0.9, 0.78


class Scored(NamedTuple):
    """What holds of a score on a works that it has not seen; each is 1 or 0."""

    finite: int
    each_alone: int
    right_way_up: int
    sees_something: int
    sees_order: int


@lru_cache(maxsize=4)
def _works(seed: int) -> CastingData:
    return simulate(1200, seed=seed)


def _measure(answer: Any, seed: int) -> Any:
    """Let the answer judge the windows of a works, and half of them once more."""
    works = _works(seed)
    given = answer(works.x.copy())
    if given is None or given is Ellipsis:
        return given
    score = _numbers(given, len(works.y))
    if not np.isfinite(score).all():
        return Scored(0, 0, 0, 0, 0)
    again = _numbers(answer(works.x[::2].copy()), len(works.y[::2]))
    if not np.allclose(again, score[::2], rtol=1e-3, atol=1e-6):
        return Scored(1, 0, 0, 0, 0)
    auc = _auc(works.y, score)
    return Scored(1, 1, int(auc > 1 - ORDER_FREE), int(auc > 0.6), int(auc >= ENOUGH))


def _numbers(given: Any, count: int) -> np.ndarray:
    try:
        score = np.asarray(given, dtype=float)
    except (TypeError, ValueError):
        raise WrongFormError("One number for each window is needed.") from None
    if score.shape != (count,):
        raise WrongFormError(f"Of {count} windows came {score.shape}; ({count},) is needed.")
    return score


def _auc(y: np.ndarray, score: np.ndarray) -> float:
    """Return the share of pairs that are in the right order; without PyTorch."""
    _, at, many = np.unique(score, return_inverse=True, return_counts=True)
    rank = (np.cumsum(many) - (many - 1) / 2)[at]
    n = y.sum()
    return float((rank[y == 1].sum() - n * (n + 1) / 2) / (n * (len(y) - n)))


def _cases(rng: np.random.Generator) -> list[Case]:
    first = 1000 + int(rng.integers(400))
    return [Case("in one works", (first,)), Case("in another works", (first + 500,))]


OWN_RULE = Exercise(
    id="rare-defects/own-rule",
    kind="Open",
    level=3,
    minutes=30,
    task="a function my_score(x) that gives a number for each window",
    parameters=("x",),
    cases=_cases,
    reference=lambda seed: Scored(1, 1, 1, 1, 1),
    tolerance=Tolerance(relative=0.0, absolute=0.0),
    measure=_measure,
    mistakes=(
        Mistake(
            "not a number",
            "Some score is no finite number. Do you divide by a spread that may be 0?",
            detect=first_no(Scored, "finite"),
        ),
        Mistake(
            "depends on the others",
            "A window's score changes when other windows are left out. Tomorrow they come one by "
            "one: take means over time, not over windows, and keep other numbers fixed.",
            detect=first_no(Scored, "each_alone"),
        ),
        Mistake(
            "upside down",
            "Your score sees a lot, and puts defects at the end. Change its sign.",
            detect=first_no(Scored, "right_way_up"),
        ),
        Mistake(
            "sees nothing",
            "Your score is hardly better than guessing. Draw one window with a defect, and look at "
            "the level and at the temperature.",
            detect=first_no(Scored, "sees_something"),
        ),
        Mistake(
            "blind to the order",
            "Your score sees something, and stays below .90. Which windows does it rank high that "
            "are sound? Those with both events, in the wrong order or too far apart?",
            detect=first_no(Scored, "sees_order"),
        ),
    ),
    shape_hint="An array with one number for each window.",
    value_hint="A swing of the level at t, and a low temperature 10 to 25 seconds later.",
    closing="Whoever knows the reason can write it down. A network is for those who do not.",
)
