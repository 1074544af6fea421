"""The open exercise: a language whose agreement is farther away, and a small LSTM that carries it.

What is handed in is judged on new text, and only on those characters that the last sixty before
them leave in doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from asctools.course.checks.known_entropy.far import undecided
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
from asctools.dataset.grammar import Grammar
from asctools.dataset.sequences import encode_text
from asctools.numpy_lstm.model import CharLSTM

CHARACTERS, WINDOW, STAKE, SEED = 20_000, 60, 0.5, 20600
UNITS, ENOUGH, TOLERATED = 32, 20, 0.1


class Carried(NamedTuple):
    """How a model does on the far characters of a language."""

    too_few: int  # 1 if fewer than ENOUGH characters of the text are far
    units: int  # above UNITS
    excess: float  # nats per far character, over the true model; below 0 counts as 0


def _measure(answer: Any) -> Carried:
    handed_in = call(answer)
    if handed_in is None or handed_in is Ellipsis:
        raise NotImplementedError("Hand in a grammar and a trained model.")
    if not isinstance(handed_in, (tuple, list)) or len(handed_in) != 2:
        raise WrongFormError(f"A grammar and a model are needed; {kind_of(handed_in)} came.")
    grammar, model = handed_in
    if not isinstance(grammar, Grammar) or not isinstance(model, CharLSTM):
        raise WrongFormError("First a Grammar, then a CharLSTM: one of the two is something else.")
    if model.vocab_size != len(grammar.vocabulary):
        raise WrongFormError(
            f"The model knows {model.vocab_size} symbols, the language has "
            f"{len(grammar.vocabulary)}."
        )
    return _carried(grammar, model)


def _carried(grammar: Grammar, model: CharLSTM) -> Carried:
    text = grammar.sample(CHARACTERS, SEED)
    far = undecided(grammar, text, WINDOW, STAKE)
    x = encode_text(text, grammar.vocabulary)
    losses, _ = model.losses(x[None, :-1], x[None, 1:])
    excess = losses[0] - grammar.losses(text)[1:]
    found = float(excess[far - 1].mean()) if len(far) else 0.0
    return Carried(
        too_few=int(len(far) < ENOUGH),
        units=max(0, model.hidden_size * model.num_layers - UNITS),
        excess=found if np.isnan(found) else max(0.0, found),
    )


def _seen(
    test: Callable[[Carried], bool],
) -> Callable[[Sequence[Outcome], Sequence[Carried]], bool]:
    return lambda outcomes, expected: outcomes[0].error is None and test(outcomes[0].value)


OWN_LANGUAGE = Exercise(
    id="known-entropy/own-language",
    kind="Open",
    level=3,
    minutes=30,
    task="a Grammar and a trained CharLSTM of at most 32 units",
    cases=once,
    reference=lambda: Carried(0, 0, 0.0),
    tolerance=Tolerance(relative=0.0, absolute=TOLERATED),
    measure=_measure,
    mistakes=(
        Mistake(
            "not far enough",
            "In your language the last sixty characters nearly always tell how it goes on. What "
            "decides a character must stand farther back, and nothing in between may repeat it.",
            detect=_seen(lambda found: found.too_few > 0),
        ),
        Mistake(
            "too many units",
            "The language is far enough. The model has more than 32 units.",
            detect=_seen(lambda found: found.units > 0),
        ),
        Mistake(
            "no better than a coin",
            "The language is far enough, and on its far characters your model is no better than a "
            "coin. Has it met the same agreement over a short way, often? Over a long way alone "
            "there is no slope to begin with.",
            detect=_seen(lambda found: 0.4 < found.excess < 0.9),
        ),
        Mistake(
            "surely wrong",
            "On its far characters your model is worse than a coin: it is sure of itself, and "
            "wrong. It has learnt short ways only, or has just begun. Look at its loss for "
            "several distances.",
            detect=_seen(lambda found: found.excess >= 0.9),
        ),
        Mistake(
            "learnt in part",
            "Better than a coin, and not yet sure. Print the excess for several distances: does "
            "it grow with them? Then let it train longer.",
            detect=_seen(lambda found: TOLERATED < found.excess <= 0.4),
        ),
    ),
    value_hint="Print the loss on the far characters while it trains. It must be a number.",
    closing="Sixty characters and more, with 32 units. Train it for longer, and look how far it "
    "goes.",
)
