"""The exercise on where a model's excess loss is: the share of each kind of character."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake
from asctools.dataset.automaton import FAR, KINDS
from asctools.dataset.grammar import GRAMMAR

Losses = np.ndarray
Excess = dict[str, float]


def _of_kinds(excess: Losses, kinds: np.ndarray, count: Callable[[np.ndarray], float]) -> Excess:
    return {
        kind: float(excess[kinds == kind].sum() / max(1, count(kinds == kind))) for kind in KINDS
    }


def _way(
    truth: Callable[[str], Losses] = lambda text: GRAMMAR.losses(text)[1:],
    kinds: Callable[[str], np.ndarray] = lambda text: GRAMMAR.kinds(text)[1:],
    count: Callable[[np.ndarray], float] = len,
) -> Callable[[Losses, str], Excess]:
    """Take something from the losses, sort by kind, divide by a count."""
    return lambda losses, text: _of_kinds(losses - truth(text), kinds(text), count)


_right = _way()


def _shares(losses: Losses, text: str) -> Excess:
    parts = _right(losses, text)
    return {kind: part / sum(parts.values()) for kind, part in parts.items()}


def _expected(text: str) -> Losses:
    return np.asarray(GRAMMAR.state_entropies()[GRAMMAR.walk(text)][1:])


def _early_truth(text: str) -> Losses:
    return GRAMMAR.losses(text)[:-1]


def _early_kinds(text: str) -> np.ndarray:
    return GRAMMAR.kinds(text)[:-1]


def _cases(rng: np.random.Generator) -> list[Case]:
    cases = []
    direct = "the bells swing.\nthe rope waits.\nthe frames move.\n"
    clauses = GRAMMAR.sample(600, rng), GRAMMAR.sample(1500, rng)
    kinds = [
        ("for a text without a clause", direct),
        ("for a text with clauses", clauses[0]),
        ("for a longer text", clauses[1]),
    ]
    for when, text in kinds:
        noise = rng.exponential(0.02, len(text)) * np.where(GRAMMAR.kinds(text) == FAR, 20.0, 1.0)
        losses = np.maximum(0.0, GRAMMAR.losses(text) + noise - 0.005)
        cases.append(Case(when, (losses[1:], text)))
    return cases


EXCESS = Exercise(
    id="known-entropy/excess",
    kind="Code",
    level=2,
    minutes=15,
    task="a function my_excess(losses, text) that returns a dict: kind of character → nats",
    parameters=("losses", "text"),
    cases=_cases,
    reference=_right,
    mistakes=(
        Mistake(
            "mean of each kind",
            "You divide by the number of characters of each kind. These means do not add up to the "
            "excess of the text: a rare kind counts as much as a frequent one. Divide by the "
            "number of *all* characters.",
            _way(count=np.count_nonzero),
        ),
        Mistake(
            "entropy rate taken off",
            "You take the entropy rate off every character. It is a mean over endless text: a "
            "fixed character has an entropy of 0, a choice one of a nat. Compare with the true "
            "model on the same characters.",
            _way(truth=lambda text: np.full(len(text) - 1, GRAMMAR.entropy_rate())),
        ),
        Mistake(
            "mean loss taken off",
            "The parts add up rightly, but each is wrong: you take the true model's *mean* loss "
            "off every character. It has a loss for each.",
            _way(truth=lambda text: np.full(len(text) - 1, GRAMMAR.losses(text)[1:].mean())),
        ),
        Mistake(
            "entropy instead of loss",
            "You take off the entropy of each state: what the true model loses there on the "
            "average. On this very character it lost more or less. That difference is luck, and "
            "often larger than the excess.",
            _way(truth=_expected),
        ),
        Mistake(
            "one character off",
            "The first character has nothing before it and is not predicted: `losses[0]` belongs "
            "to `text[1]`. Something of yours begins at `text[0]`.",
            (
                _way(_early_truth, _early_kinds),
                _way(truth=_early_truth),
                _way(kinds=_early_kinds),
            ),
        ),
        Mistake(
            "nothing taken off",
            "These are the parts of the whole loss. The true model has a loss, too: take it off.",
            _way(truth=lambda text: np.zeros(len(text) - 1)),
        ),
        Mistake(
            "shares of the excess",
            "Your parts add up to 1: shares of the excess. In nats, they add up to the excess.",
            _shares,
        ),
        Mistake(
            "sums",
            "You add up the excess of all characters of a kind. Asked for is what it adds to the "
            "mean loss, so one division is missing.",
            _way(count=lambda chosen: 1),
        ),
        Mistake(
            "sign",
            "The size is right. An excess is what the model loses more than the true one.",
            lambda losses, text: {kind: -part for kind, part in _right(losses, text).items()},
        ),
    ),
    shape_hint="A dict with one number for each of the five KINDS, 0 where the text has none.",
    value_hint="The five numbers add up to the model's mean loss less the true model's mean loss, "
    "on the same characters. Do yours?",
    closing="Five numbers that add up: now you know which mistake is worth mending.",
)
