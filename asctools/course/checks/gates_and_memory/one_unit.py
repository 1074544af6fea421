"""The exercise on a recurrent unit that solves the brackets with three numbers set by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from asctools.course.checks.gates_and_memory.nets import one_hot
from asctools.course.checks.spec import Exercise, Mistake, Tolerance, WrongFormError, call, once
from asctools.course.checks.words import kind_of
from asctools.dataset.parentheses import ALPHABET

LETTERS = "abcdefghijklmnopqrstuvwxyz"
DEEP, WIDE = "(" * 40 + ")" * 40, "(a)" * 60

# Strings as they occur in pairs: as many opened as closed. The value: whether something is wrong.
STRINGS = {
    "()": 0,
    ")(": 1,
    ")(ab": 1,
    "(())": 0,
    "((((()))))": 0,
    "())(()": 1,
    "(a(b)c)": 0,
    f"({LETTERS})": 0,
    f")({LETTERS}": 1,
    f"{LETTERS})(": 1,
    "()" + ")(" + "()" * 9: 1,
    DEEP + "()" + WIDE: 0,
    DEEP + ")(" + WIDE: 1,
    WIDE + ")(" + DEEP: 1,
}


def _verdicts(final: Callable[[str], float]) -> dict[str, int]:
    """Say of each string whether the last h is above a half."""
    return {_named(text): int(final(text) > 0.5) for text in STRINGS}


def _named(text: str) -> str:
    return text if len(text) < 40 else f"{text[:4]}… ({len(text)} symbols)" + text[-4:]


def _measure(answer: Any) -> dict[str, int]:
    import torch
    from torch import nn

    rnn = answer if isinstance(answer, nn.Module) else call(answer)
    if rnn is None or rnn is Ellipsis:
        raise NotImplementedError("Hand in an nn.RNN with numbers set by hand.")
    if not isinstance(rnn, nn.RNN) or (rnn.input_size, rnn.hidden_size) != (len(ALPHABET), 1):
        came = str(rnn) if isinstance(rnn, nn.Module) else kind_of(rnn)
        raise WrongFormError(f"An `nn.RNN(28, 1, nonlinearity='relu')` is needed; {came} came.")
    if rnn.nonlinearity != "relu" or rnn.num_layers > 1 or rnn.bidirectional:
        raise WrongFormError(
            "One layer, one direction and `nonlinearity='relu'` are needed. tanh has no room for a "
            "count: it would squash a depth of 3 and one of 4 into nearly the same number."
        )
    one_step = one_hot(["()"]).to(next(rnn.parameters()).dtype)
    if rnn(one_step)[0].requires_grad:
        rnn.requires_grad_(False)
    with torch.no_grad():
        return _verdicts(lambda text: float(rnn(one_hot([text])[0].to(one_step.dtype))[1]))


class Unit(NamedTuple):
    """The numbers of a unit: old h, opening, closing, a letter."""

    old: float = 1.0
    opening: float = 1.0
    closing: float = -1.0
    letter: float = 0.0

    def final(self, text: str) -> float:
        """Return h after the last symbol."""
        h = 0.0
        for symbol in text:
            read = {"(": self.opening, ")": self.closing}.get(symbol, self.letter)
            h = max(0.0, self.old * h + read)
        return h

    def verdicts(self) -> dict[str, int]:
        """Say what this unit says of each string."""
        return _verdicts(self.final)


ONE_UNIT = Exercise(
    id="gates-and-memory/one-unit",
    kind="Think",
    level=3,
    minutes=15,
    task="an nn.RNN(28, 1, nonlinearity='relu') with numbers that you set by hand",
    cases=once,
    reference=lambda: {_named(text): wrong for text, wrong in STRINGS.items()},
    tolerance=Tolerance(relative=0.0, absolute=0.0),
    measure=_measure,
    mistakes=(
        Mistake(
            "opening and closing swapped",
            "Your unit counts up at `)` and down at `(`. Look at the alphabet: which of the two "
            "comes first?",
            Unit(opening=-1.0, closing=1.0).verdicts,
        ),
        Mistake(
            "not taken back",
            "Your unit finds something wrong with every string. A closing bracket has to take back "
            "what the opening one gave, no more and no less.",
            Unit(closing=1.0).verdicts,
        ),
        Mistake(
            "no memory",
            "Your unit sees the last symbol only. Which number takes the old h along?",
            Unit(old=0.0).verdicts,
        ),
        Mistake(
            "a leak",
            "Short strings are right. On a long way your unit loses what it holds: some of h is "
            "missing on every day.",
            tuple(Unit(old=old).verdicts for old in (0.99, 0.95, 0.9, 0.8, 0.75)),
        ),
        Mistake(
            "letters count",
            "Brackets alone are right. A letter should leave h alone, and yours move it.",
            tuple(Unit(letter=letter).verdicts for letter in (1.0, -1.0)),
        ),
    ),
    value_hint="Walk through `())(` with a pencil, and write down h after every symbol. Have you "
    "set all four tensors, the biases too?",
    closing="So it is not that an RNN could not do it. It does not find it.",
)
