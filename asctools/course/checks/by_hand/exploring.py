"""Exercises that ask the trained cell questions which the chapter did not ask."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from asctools.course.checks.spec import (
    Exercise,
    Mistake,
    Outcome,
    Tolerance,
    WrongFormError,
    call,
    once,
)
from asctools.course.checks.words import kind_of
from asctools.dataset.companies import COMPANY_A, COMPANY_B, Company
from asctools.scalar.by_hand import POCKET, Weights, predict, trace, train

LATER_DAYS = COMPANY_A.days[1:]
THREE_DECIMALS = Tolerance(relative=0.0, absolute=1.1e-3)


def _says(cell: Weights, first_day: float) -> float:
    return predict(cell, (first_day, *LATER_DAYS))


def _threshold(cell: Weights = POCKET) -> float:
    """Halve an interval until both ends agree; between 0 and 1 the prediction only grows."""
    low, high = 0.0, 1.0
    while high - low > 1e-9:
        middle = (low + high) / 2
        low, high = (low, middle) if _says(cell, middle) >= 0.5 else (middle, high)
    return high


@cache
def _threshold_before_rounding() -> float:
    return _threshold(train(epochs=5000).weights)


THRESHOLD = Exercise(
    id="by-hand/first-day-threshold",
    kind="Think",
    level=3,
    minutes=12,
    task="the smallest value of the first day, one number with three decimals",
    cases=once,
    reference=_threshold,
    tolerance=THREE_DECIMALS,
    mistakes=(
        Mistake(
            "half-way assumed",
            "That is half-way between the two companies. Did you ask the cell? What does it "
            "predict there?",
            lambda: 0.5,
        ),
        Mistake(
            "prediction instead of first day",
            "This is what the cell says when the first day is half-way. The question runs the "
            "other way round: which first day makes it say 0.5?",
            lambda: _says(POCKET, 0.5),
        ),
        Mistake(
            "weights before rounding",
            "That is right for the trained numbers with all their digits. The question is about "
            "the pocket cell, whose numbers were rounded to two decimals.",
            _threshold_before_rounding,
        ),
    ),
    value_hint="Ask the cell at your value and a thousandth below it: the first must say at least "
    "0.5, the second must not.",
    closing="The cell has seen 0 and 1 only. Where it draws the line between them was never "
    "taught: it came from the training by chance.",
)


class FirstDayLeft(NamedTuple):
    """What is left of company B's first day in c at the end, in two cells."""

    whole: float
    broken: float


def _left(cell: Weights, *, gates_from: int = 1) -> float:
    """What day one wrote, times the forget gates of the days that came after it."""
    past = trace(cell, COMPANY_B.days)
    return past[0].i * past[0].c_tilde * math.prod(day.f for day in past[gates_from:])


WHOLE, BROKEN = POCKET, POCKET._replace(b_f=-3.0)

BROKEN_FORGET_GATE = Exercise(
    id="by-hand/broken-forget-gate",
    kind="Think",
    level=2,
    minutes=8,
    task="two numbers, for the whole cell and for the broken one, with three decimals or more",
    cases=once,
    reference=lambda: FirstDayLeft(_left(WHOLE), _left(BROKEN)),
    tolerance=Tolerance(relative=0.0, absolute=6e-4),
    mistakes=(
        Mistake(
            "not broken yet",
            "Both numbers belong to the whole cell. `_replace` gives a new cell and leaves the old "
            "one alone: which of the two did you ask?",
            lambda: FirstDayLeft(_left(WHOLE), _left(WHOLE)),
        ),
        Mistake(
            "sign of the bias",
            "Your broken cell keeps even more than the whole one. Look at the sign of its bias.",
            lambda: FirstDayLeft(_left(WHOLE), _left(POCKET._replace(b_f=3.0))),
        ),
        Mistake(
            "forget gate closed for good",
            "The whole cell is right. The broken one does not forget all: the gate has a new bias, "
            "but its two weights still speak and open it a little.",
            lambda: FirstDayLeft(_left(WHOLE), 0.0),
        ),
        Mistake(
            "predictions",
            "These are the predictions. The question is about a part of the long-term memory: what "
            "day one wrote, as far as it is still there.",
            lambda: FirstDayLeft(predict(WHOLE, COMPANY_B.days), predict(BROKEN, COMPANY_B.days)),
        ),
        Mistake(
            "own forget gate included",
            "You count one forget gate too many. On day one there was nothing to forget yet: which "
            "gates could take away from what that day wrote?",
            lambda: FirstDayLeft(_left(WHOLE, gates_from=0), _left(BROKEN, gates_from=0)),
        ),
    ),
    value_hint="Take a trace of company B, and from it what day one wrote and the forget gates of "
    "the later days.",
    closing="Next to nothing of day one is left in c of the broken cell, and still it tells the "
    "companies apart. The news came by the other way: through h, from day to day.",
)


COMPANY_C = Company("C", (0.5, *LATER_DAYS), 0.5)


class ThreeCompanies(NamedTuple):
    """A prediction for each company."""

    A: float
    B: float
    C: float


def _predictions(answer: Any) -> ThreeCompanies:
    """Ask the cell that was handed in."""
    weights = call(answer)
    if weights is None or weights is Ellipsis:
        raise NotImplementedError("Hand in the twelve trained numbers.")
    try:
        cell = Weights(*(float(number) for number in weights))
    except (TypeError, ValueError):
        raise WrongFormError(
            f"Twelve numbers are needed, as a `Weights`; this is {kind_of(weights)}. "
            "If it is what `by_hand.train` returned, its `weights` are meant."
        ) from None
    days = (company.days for company in (COMPANY_A, COMPANY_B, COMPANY_C))
    return ThreeCompanies(*(predict(cell, each) for each in days))


def _near(got: float, wanted: float) -> bool:
    return (got - wanted) ** 2 < 0.01


def _two_only(outcomes: Sequence[Outcome], expected: Sequence[ThreeCompanies]) -> bool:
    if outcomes[0].error is not None:
        return False
    a, b, c = outcomes[0].value
    return _near(a, 0.0) and _near(b, 1.0) and not _near(c, 0.5)


def _always_half(outcomes: Sequence[Outcome], expected: Sequence[ThreeCompanies]) -> bool:
    return outcomes[0].error is None and all(_near(h, 0.5) for h in outcomes[0].value)


THIRD_COMPANY = Exercise(
    id="by-hand/third-company",
    kind="Open",
    level=3,
    minutes=20,
    task="the twelve trained numbers, as a Weights",
    cases=once,
    reference=lambda: ThreeCompanies(COMPANY_A.target, COMPANY_B.target, COMPANY_C.target),
    tolerance=Tolerance(relative=0.0, absolute=0.1),  # the root of 0.01
    measure=_predictions,
    mistakes=(
        Mistake(
            "only A and B learnt",
            "A and B are right, C is not. A cell learns what it is shown: which companies were in "
            "the training?",
            detect=_two_only,
        ),
        Mistake(
            "always a half",
            "This cell says about a half, whoever asks. That is the best guess of a cell that "
            "can't tell the companies apart. Has it trained long enough, and fast enough?",
            detect=_always_half,
        ),
    ),
    value_hint="Look at the losses along the training: still falling, flat, or jumping?",
    closing="All three squared errors are below 0.01. Try a fourth company that it has not seen.",
)
