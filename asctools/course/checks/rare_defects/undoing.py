"""The exercise on a probability that was trained with a weight, in another works."""

from __future__ import annotations

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake

Numbers = np.ndarray


def _odds(p: Numbers | float) -> Numbers | float:
    return p / (1 - p)


def _right(q: Numbers, pos_weight: float, rate: float, new_rate: float) -> Numbers:
    odds = _odds(q) / pos_weight * _odds(new_rate) / _odds(rate)
    return np.asarray(odds / (1 + odds))


def _not_moved(q: Numbers, pos_weight: float, rate: float, new_rate: float) -> Numbers:
    return _right(q, pos_weight, rate, rate)


def _weight_left(q: Numbers, pos_weight: float, rate: float, new_rate: float) -> Numbers:
    return _right(q, 1.0, rate, new_rate)


def _weight_again(q: Numbers, pos_weight: float, rate: float, new_rate: float) -> Numbers:
    return _right(q, 1 / pos_weight, rate, new_rate)


def _rates_swapped(q: Numbers, pos_weight: float, rate: float, new_rate: float) -> Numbers:
    return _right(q, pos_weight, new_rate, rate)


def _rates_for_odds(q: Numbers, pos_weight: float, rate: float, new_rate: float) -> Numbers:
    odds = _odds(q) / pos_weight * new_rate / rate
    return np.asarray(odds / (1 + odds))


def _divided(q: Numbers, pos_weight: float, rate: float, new_rate: float) -> Numbers:
    """Scale probabilities as if they were odds."""
    return np.asarray(q / pos_weight * new_rate / rate)


def _still_odds(q: Numbers, pos_weight: float, rate: float, new_rate: float) -> Numbers:
    p = _right(q, pos_weight, rate, new_rate)
    return np.asarray(_odds(p))


def _cases(rng: np.random.Generator) -> list[Case]:
    def some() -> np.ndarray:
        return np.round(np.sort(rng.uniform(0.05, 0.95, 5)), 4)

    weight = round(float(rng.uniform(5, 15)), 2)
    return [
        Case("where nothing was weighted and the rate stays", (some(), 1.0, 0.08, 0.08)),
        Case("where only the weight has to go", (some(), weight, 0.08, 0.08)),
        Case("where defects have become rarer", (some(), 1.0, 0.08, 0.01)),
        Case("where both has happened", (some(), weight, 0.1, 0.02)),
        Case("where defects have become frequent", (some(), weight, 0.05, 0.4)),
    ]


UNDOING = Exercise(
    id="rare-defects/undoing",
    kind="Code",
    level=2,
    minutes=15,
    task="a function my_probability(q, pos_weight, rate, new_rate) that returns as many numbers",
    parameters=("q", "pos_weight", "rate", "new_rate"),
    cases=_cases,
    reference=_right,
    mistakes=(
        Mistake(
            "the weight left in",
            "The weight of the loss is still in your probabilities: they are too high.",
            _weight_left,
        ),
        Mistake(
            "the weight once more",
            "You multiply the odds by the weight. The training has done that already.",
            _weight_again,
        ),
        Mistake(
            "the rate not moved",
            "You take the weight out. But the new works has another rate of defects, and your "
            "probabilities still have that of the old one.",
            _not_moved,
        ),
        Mistake(
            "rates swapped",
            "The two rates have changed places: where defects are rarer, probabilities are lower.",
            _rates_swapped,
        ),
        Mistake(
            "rates for odds",
            "You multiply the odds by a ratio of rates. It takes the ratio of the *odds* of both "
            "rates; for rare defects that is nearly the same, and only nearly.",
            _rates_for_odds,
        ),
        Mistake(
            "probabilities scaled",
            "You multiply probabilities. What a weight or a rate multiplies is the odds, "
            "p / (1 − p).",
            _divided,
        ),
        Mistake(
            "odds handed in",
            "Those are odds. Go back from odds to a probability at the end.",
            _still_odds,
        ),
    ),
    shape_hint="An array of as many probabilities as `q` has.",
    value_hint="Go to odds, multiply and divide there, and come back.",
    closing="Odds can be multiplied. That is why the logit, their logarithm, is what nets say.",
)
