"""The exercise on cross-entropy by hand: nats per symbol, padding left out."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake, Outcome

CASES = 4
Losses = Callable[[np.ndarray, np.ndarray], np.ndarray]


def _nats(logits: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Return log Σ exp z − z_y for every position; the largest z is taken out first."""
    z = logits - logits.max(-1, keepdims=True)
    picked = np.take_along_axis(z, targets[..., None], -1)[..., 0]
    return np.asarray(np.log(np.exp(z).sum(-1)) - picked)


def _softmax(logits: np.ndarray) -> np.ndarray:
    e = np.exp(logits - logits.max(-1, keepdims=True))
    return np.asarray(e / e.sum(-1, keepdims=True))


def _mean(losses: np.ndarray, mask: np.ndarray) -> float:
    return float(losses[mask].mean())


def _mean_of_means(losses: np.ndarray, mask: np.ndarray) -> float:
    return float(np.mean([row[real].mean() for row, real in zip(losses, mask, strict=True)]))


def _way(
    losses: Losses = _nats, mean: Callable[[np.ndarray, np.ndarray], float] = _mean
) -> Callable[[np.ndarray, np.ndarray, np.ndarray], float]:
    return lambda logits, targets, mask: mean(losses(logits, targets), mask)


def _overflown(outcomes: Sequence[Outcome], expected: Sequence[float]) -> bool:
    """Whether only the large logits fail, and as they do when exp grows beyond a float."""
    *small, large = outcomes
    if len(outcomes) < CASES or any(
        each.error or not abs(each.value - right) < 1e-6
        for each, right in zip(small, expected, strict=False)
    ):
        return False
    if isinstance(large.error, ValueError):
        return "math domain" in str(large.error)  # what math.log says of 0
    if large.error is not None:
        return isinstance(large.error, (ArithmeticError, RuntimeWarning))
    return not math.isfinite(large.value)


def _cases(rng: np.random.Generator) -> list[Case]:
    kinds: list[tuple[str, tuple[int, ...], int, float]] = [
        ("for one symbol", (1,), 4, 1.5),
        ("for a sequence without padding", (5,), 4, 1.5),
        ("for sequences of unequal length", (5, 2, 3), 6, 1.5),
        ("for logits in the thousands", (3, 4), 3, 2000.0),
    ]
    cases = []
    for when, lengths, symbols, spread in kinds:
        shape = (len(lengths), max(lengths))
        mask = np.arange(max(lengths)) < np.array(lengths)[:, None]
        targets = np.where(mask, rng.integers(0, symbols, shape), 0)
        logits = rng.normal(0.0, spread, (*shape, symbols))
        cases.append(Case(when, (logits, targets, mask)))
    return cases


CROSS_ENTROPY = Exercise(
    id="gates-and-memory/cross-entropy",
    kind="Code",
    level=2,
    minutes=15,
    task="a function my_cross_entropy(logits, targets, mask) that returns one number",
    parameters=("logits", "targets", "mask"),
    cases=_cases,
    reference=_way(),
    mistakes=(
        Mistake(
            "softmax twice",
            "Your logits went through a softmax before the loss, and the loss takes one itself. "
            "After the second, no probability can come near 0 or 1.",
            _way(lambda logits, targets: _nats(_softmax(logits), targets)),
        ),
        Mistake(
            "padding in the mean",
            "Without padding it is right. With it, places where there is no symbol count too: in "
            "the sum, or in what you divide by.",
            (
                _way(mean=lambda losses, mask: float(losses.mean())),
                _way(mean=lambda losses, mask: float((losses * mask).mean())),
            ),
        ),
        Mistake(
            "mean of means",
            "Without padding it is right. You take the mean of each sequence, then the mean of "
            "these: a symbol of a short sequence counts for more than one of a long sequence.",
            _way(mean=_mean_of_means),
        ),
        Mistake(
            "sum instead of mean",
            "One symbol is right. You add up the losses; the mean per symbol was asked for.",
            _way(mean=lambda losses, mask: float(losses[mask].sum())),
        ),
        Mistake(
            "sign",
            "The size is right. The logarithm of a probability is negative, a loss is not.",
            _way(lambda logits, targets: -_nats(logits, targets)),
        ),
        Mistake(
            "bits",
            "That is right in bits. This book counts in nats, with the natural logarithm.",
            _way(lambda logits, targets: _nats(logits, targets) / math.log(2)),
        ),
        Mistake(
            "exp overflows",
            "Small logits are right. `exp(1000)` is more than a float can hold, and `log(0)` is "
            "no number. Subtract the largest logit from all of them first: what changes in the "
            "probabilities?",
            detect=_overflown,
        ),
    ),
    shape_hint="One number: the mean over all symbols that are no padding.",
    value_hint="Take one position with logits 0, 0, 0, 0: each symbol has probability 1/4. What "
    "must come out?",
    closing="log-sum-exp minus one logit: no probability is ever computed, so none can become 0.",
)
