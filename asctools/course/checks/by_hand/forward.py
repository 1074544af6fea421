"""Exercises on the forward step: with a pencil, in code, over many days."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from asctools.course.checks.by_hand.cells import (
    Memory,
    Wires,
    identity,
    memory,
    random_days,
    random_weights,
    wires,
    without_biases,
)
from asctools.course.checks.spec import Case, Exercise, Mistake, Tolerance, once
from asctools.dataset.companies import COMPANY_A, COMPANY_B
from asctools.scalar.by_hand import POCKET, Weights, predict, sigmoid, step

# Three decimals on the way cost up to 0.0015 at the end; every known mistake costs more.
PENCIL = Tolerance(relative=0.0, absolute=1.5e-3)
SIX_NUMBERS = "the six numbers f, i, c_tilde, o, c, h, as a dict or in this order"


def _day_one() -> Wires:
    day = step(POCKET, COMPANY_B.days[0])
    return Wires(day.f, day.i, day.c_tilde, day.o, day.c, day.h)


def _all_written() -> Wires:
    day = _day_one()
    return day._replace(c=day.c_tilde, h=day.o * math.tanh(day.c_tilde))


DAY_ONE = Exercise(
    id="by-hand/pencil-day-one",
    kind="Pencil",
    level=1,
    minutes=6,
    task=SIX_NUMBERS,
    cases=once,
    reference=_day_one,
    tolerance=PENCIL,
    mistakes=(
        Mistake(
            "bias forgotten",
            "All four sums lack their last term. A bias has no partner to be multiplied with: it "
            "is simply added, on every day.",
            lambda: wires(without_biases(POCKET), COMPANY_B.days[0]),
        ),
        Mistake(
            "sigmoid for the candidate",
            "The gates are right. The candidate is no gate: it is what may be written, and that "
            "can be negative too. Which function goes down to −1?",
            lambda: wires(POCKET, COMPANY_B.days[0], candidate=sigmoid),
        ),
        Mistake(
            "tanh for the gates",
            "The candidate is right. A gate says which share passes, from nothing to everything. "
            "Which function stays between 0 and 1?",
            lambda: wires(POCKET, COMPANY_B.days[0], gate=math.tanh),
        ),
        Mistake(
            "input gate forgotten",
            "The gates and the candidate are right, but c takes the whole candidate. Which gate "
            "decides how much of it is written?",
            _all_written,
        ),
        Mistake(
            "tanh before the output gate forgotten",
            "All is right up to c. On its way to h, the long-term memory is squashed before the "
            "output gate lets a share of it pass.",
            lambda: wires(POCKET, COMPANY_B.days[0], last=identity),
        ),
        Mistake(
            "the other company",
            "This is a correct first day, but of Company A. Look up the first day of Company B.",
            lambda: wires(POCKET, COMPANY_A.days[0]),
        ),
    ),
    value_hint="Work from left to right: sums first, then gates, then c, then h. Keep four "
    "decimals on the way.",
    closing="On a first day nothing can be forgotten: f meets an empty memory.",
)


def _step_cases(rng: np.random.Generator) -> list[Case]:
    """A first day, a day with a long-term memory only, and days with both memories."""
    kinds = [("on a first day", 0, 0), ("when there is a long-term memory", 1, 0)]
    kinds += [("when there is a short-term memory too", 1, 1)] * 4
    cases = []
    for when, has_c, has_h in kinds:
        x, c, h = random_days(rng, 3)
        cases.append(Case(when, (random_weights(rng), x, has_c * c, has_h * h)))
    return cases


def _reference_step(w: Weights, x: float, c_prev: float, h_prev: float) -> Memory:
    day = step(w, x, c_prev, h_prev)
    return Memory(day.c, day.h)


def _altered(change: Callable[[Wires, float], float]) -> Callable[..., Memory]:
    """Build a step whose c is computed wrongly; h then follows from that c."""

    def mistaken(w: Weights, x: float, c_prev: float, h_prev: float) -> Memory:
        day = wires(w, x, c_prev, h_prev)
        c = change(day, c_prev)
        return Memory(c, day.o * math.tanh(c))

    return mistaken


def _output_into_c(w: Weights, x: float, c_prev: float, h_prev: float) -> Memory:
    day = wires(w, x, c_prev, h_prev)
    return Memory(day.o * day.c, math.tanh(day.o * day.c))


def _swapped_results(w: Weights, x: float, c_prev: float, h_prev: float) -> tuple[float, float]:
    c, h = _reference_step(w, x, c_prev, h_prev)
    return h, c


FORWARD_STEP = Exercise(
    id="by-hand/forward-step",
    kind="Code",
    level=1,
    minutes=10,
    task="a function my_step(weights, x, c_prev, h_prev) that returns the pair (c, h)",
    parameters=("weights", "x", "c_prev", "h_prev"),
    cases=_step_cases,
    reference=_reference_step,
    mistakes=(
        Mistake(
            "f and i swapped",
            "Two gates have changed places. One multiplies what was remembered, the other what "
            "is new. Which is which?",
            _altered(lambda day, c_prev: day.i * c_prev + day.f * day.c_tilde),
        ),
        Mistake(
            "tanh on c missing",
            "c is right, h is not. What happens to the long-term memory before the output gate "
            "lets a share of it pass?",
            lambda w, x, c, h: memory(wires(w, x, c, h, last=identity)),
        ),
        Mistake(
            "sigmoid for the candidate",
            "The candidate goes through the gates' function. It is what may be written, and that "
            "can be negative too.",
            lambda w, x, c, h: memory(wires(w, x, c, h, candidate=sigmoid)),
        ),
        Mistake(
            "o multiplied into c",
            "The output gate decides what is said, not what is remembered. Keep it out of c: "
            "tomorrow needs the whole of it.",
            (
                _output_into_c,
                _altered(lambda day, c_prev: day.o * day.c),
            ),
        ),
        Mistake(
            "results swapped",
            "Both numbers are right but they stand in the wrong order. The long-term memory comes "
            "first, as in the arguments.",
            _swapped_results,
        ),
        Mistake(
            "h_prev ignored",
            "The first day is right, and so is a day with a long-term memory alone. What else "
            "came from the day before? Each of the four sums starts with it.",
            lambda w, x, c, h: memory(wires(w, x, c, 0.0)),
        ),
        Mistake(
            "biases ignored",
            "The four sums lack their last term: each has a weight for h, a weight for x and one "
            "number more.",
            lambda w, x, c, h: memory(wires(without_biases(w), x, c, h)),
        ),
        Mistake(
            "nothing forgotten",
            "The first day is right. Later, everything that was remembered is kept. Which gate "
            "should take its share?",
            _altered(lambda day, c_prev: c_prev + day.i * day.c_tilde),
        ),
    ),
    value_hint="Print your gates next to those of `by_hand.step` and look for the first one that "
    "differs.",
    closing="That is a whole LSTM cell. All that follows only repeats it.",
)


def _sequence_cases(rng: np.random.Generator) -> list[Case]:
    """Companies of one length first, then every length, a single day included."""
    lengths = [
        ("for four or more days", (4, 6, 5)),
        ("for a single sequence", (3,)),
        ("for short and long sequences together", (1, 2, 9, 4)),
    ]
    return [
        Case(when, (random_weights(rng), [random_days(rng, count) for count in counts]))
        for when, counts in lengths
    ]


def _carrying(
    w: Weights, sequences: Sequence[Sequence[float]], *, keep_c: bool, keep_h: bool
) -> list[float]:
    """Predict while some of the memory of one sequence leaks into the next."""
    c = h = 0.0
    said = []
    for days in sequences:
        for x in days:
            day = step(w, x, c, h)
            c, h = day.c, day.h
        said.append(h)
        c, h = c * keep_c, h * keep_h
    return said


def _last_c(w: Weights, sequences: Sequence[Sequence[float]]) -> list[float]:
    said = []
    for days in sequences:
        day = step(w, days[0])
        for x in days[1:]:
            day = step(w, x, day.c, day.h)
        said.append(day.c)
    return said


MANY_DAYS = Exercise(
    id="by-hand/many-days",
    kind="Code",
    level=2,
    minutes=10,
    task="a function my_predictions(weights, sequences) that returns a list, one h per sequence",
    parameters=("weights", "sequences"),
    cases=_sequence_cases,
    reference=lambda w, sequences: [predict(w, days) for days in sequences],
    mistakes=(
        Mistake(
            "state not reset",
            "The first sequence is right, the next is not. What does the cell still remember when "
            "a new company begins?",
            lambda w, seqs: _carrying(w, seqs, keep_c=True, keep_h=True),
        ),
        Mistake(
            "only c reset",
            "The first sequence is right. You empty the long-term memory for each new one; the "
            "other memory still speaks of the company before.",
            lambda w, seqs: _carrying(w, seqs, keep_c=False, keep_h=True),
        ),
        Mistake(
            "only h reset",
            "The first sequence is right. You empty the short-term memory for each new one; the "
            "other memory still speaks of the company before.",
            lambda w, seqs: _carrying(w, seqs, keep_c=True, keep_h=False),
        ),
        Mistake(
            "c returned",
            "You return what the cell remembers. The question is what it says.",
            _last_c,
        ),
        Mistake(
            "four days only",
            "Sequences of up to four days are right, longer ones stop too early. Let the loop "
            "run over the days themselves, not over a fixed number.",
            lambda w, seqs: [predict(w, days[:4]) for days in seqs],
        ),
    ),
    value_hint="Take the first sequence that differs, alone, and compare day by day with "
    "`by_hand.trace`.",
    closing="One cell, any number of days: that is what recurrent means.",
)
