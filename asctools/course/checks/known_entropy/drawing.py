"""The exercise on temperature and top-k."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake, Outcome
from asctools.numpy_lstm.sampling import probabilities

Logits = np.ndarray
Way = Callable[[Logits, float, int], np.ndarray]
MODERATE = 5  # so many of the cases come before those that overflow


def _softmax(z: Logits) -> np.ndarray:
    e = np.exp(z - z.max())
    return np.asarray(e / e.sum())


def _best(logits: Logits, k: int) -> np.ndarray:
    """Mark the k highest logits."""
    chosen = np.zeros(len(logits), dtype=bool)
    chosen[np.argsort(-logits)[:k]] = True
    return chosen


def _kept(p: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    q = np.where(chosen, p, 0.0)
    return np.asarray(q / q.sum())


def _softened(soften: Callable[[Logits, float], np.ndarray]) -> Way:
    """Turn logits into probabilities in another way, then keep the k likeliest."""
    return lambda z, T, k: _kept(soften(z, T), _best(z, k))


def _choosing(chosen: Callable[[Logits, int], np.ndarray]) -> Way:
    return lambda z, T, k: _kept(_softmax(z / T), chosen(z, k))


def _not_rescaled(z: Logits, T: float, k: int) -> np.ndarray:
    return np.asarray(np.where(_best(z, k), _softmax(z / T), 0.0))


def _others_at_zero(z: Logits, T: float, k: int) -> np.ndarray:
    return _softmax(np.where(_best(z, k), z / T, 0.0))


def _lowest(z: Logits, k: int) -> np.ndarray:
    return _best(-z, k)


def _one_less(z: Logits, k: int) -> np.ndarray:
    return _best(z, k - 1) if k > 1 else _best(z, 1)


def _one_more(z: Logits, k: int) -> np.ndarray:
    return _best(z, k + 1)


def _likeliest(z: Logits, T: float, k: int) -> np.ndarray:
    return _best(z, 1).astype(float)


def _overflown(outcomes: Sequence[Outcome], expected: Sequence[np.ndarray]) -> bool:
    """Whether moderate cases are right, and the next one is what exp makes of a large number."""
    if len(outcomes) <= MODERATE or any(
        each.error or not np.allclose(each.value, right, atol=1e-6)
        for each, right in zip(outcomes[:MODERATE], expected, strict=False)
    ):
        return False
    found = outcomes[MODERATE]
    if found.error is not None:
        return isinstance(found.error, (ArithmeticError, RuntimeWarning))
    return not all(map(math.isfinite, np.ravel(found.value)))


def _cases(rng: np.random.Generator) -> list[Case]:
    kinds = [
        ("for all symbols at temperature 1", 1.0, 6, 6, 1.5),
        ("at a low temperature", 0.5, 6, 6, 1.5),
        ("at a high temperature", 2.5, 6, 6, 1.5),
        ("for the three likeliest", 0.8, 7, 3, 1.5),
        ("for the two likeliest when it is hot", 1.7, 6, 2, 1.5),
        ("at a temperature near 0", 1e-3, 6, 6, 3.0),
        ("for logits in the thousands", 1.0, 5, 5, 2000.0),
    ]
    return [
        Case(when, (spread * rng.permutation(np.arange(V) + rng.uniform(0, 0.5, V)) / 3, T, k))
        for when, T, V, k, spread in kinds
    ]


DRAWING = Exercise(
    id="known-entropy/drawing",
    kind="Code",
    level=2,
    minutes=12,
    task="a function my_probabilities(logits, temperature, top_k) that returns an array",
    parameters=("logits", "temperature", "top_k"),
    cases=_cases,
    reference=probabilities,
    mistakes=(
        Mistake(
            "multiplied",
            "Temperature 1 is right. With yours, heat makes the likely likelier: you multiply "
            "where a division belongs.",
            (
                _softened(lambda z, T: _softmax(z * T)),
                lambda z, T, k: _kept(np.where(_best(z, k), _softmax(z) ** T, 0.0), _best(z, k)),
            ),
        ),
        Mistake(
            "temperature after the softmax",
            "The temperature comes after the softmax. Probabilities that are all divided by one "
            "number are the same again as soon as they add up to 1. It belongs to the logits.",
            (
                _softened(lambda z, T: _softmax(z)),
                lambda z, T, k: np.where(_best(z, k), _softmax(z) / T, 0.0),
                lambda z, T, k: _kept(_softmax(z), _best(z, k)) / T,
            ),
        ),
        Mistake(
            "softmax twice",
            "Your logits went through a softmax before the one that counts. Numbers between 0 and "
            "1 are nearly alike as logits.",
            _softened(lambda z, T: _softmax(_softmax(z) / T)),
        ),
        Mistake(
            "not rescaled",
            "With all symbols it is right. When some are thrown out, what is left no longer adds "
            "up to 1.",
            _not_rescaled,
        ),
        Mistake(
            "logit 0 for the others",
            "With all symbols it is right. The others got the logit 0, and 0 is a logit like any "
            "other: e⁰ is 1. Which logit gives the probability 0?",
            _others_at_zero,
        ),
        Mistake(
            "the unlikeliest kept",
            "With all symbols it is right. You keep the lowest logits: `np.argsort` goes upwards.",
            _choosing(_lowest),
        ),
        Mistake(
            "one symbol less",
            "You keep one symbol too few: the k-th likeliest still belongs to the k likeliest.",
            _choosing(_one_less),
        ),
        Mistake(
            "one symbol more",
            "With all symbols it is right. You keep one symbol too many: count from 0.",
            _choosing(_one_more),
        ),
        Mistake(
            "always the likeliest",
            "All goes to the likeliest symbol, whatever the temperature. That is the limit towards "
            "0. At 1, the model's own probabilities come out.",
            _likeliest,
        ),
        Mistake(
            "exp overflows",
            "Moderate numbers are right. A logit divided by a small temperature is large, and "
            "`exp(1000)` is more than a float can hold. Subtract the largest one from all of them "
            "first: what changes in the probabilities?",
            detect=_overflown,
        ),
    ),
    shape_hint="An array with a probability for each symbol, 0 for those that are out.",
    value_hint="Take the logits 0 and 1. At temperature 1 the odds are e to 1. And at 2?",
    closing="Two dials: the temperature bends the odds, top-k cuts off the tail.",
)
