"""The exercise with a pencil on nats, bits and perplexity, and on what a character costs."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from asctools.course.checks.spec import Exercise, Mistake, Tolerance, once

HEADS = 0.9  # of the loaded coin
THE, THAT = 0.75, 0.25  # the shares of the two words
LETTERS = (len("the "), len("that "))
SYMBOLS = 21


class Costs(NamedTuple):
    """A coin in nats and in bits, its perplexity, nats a character, and nats of a blind model."""

    coin: float
    bits: float
    choices: float
    rate: float
    blind: float


def _entropy(*shares: float) -> float:
    return -sum(share * math.log(share) for share in shares)


COIN = _entropy(HEADS, 1 - HEADS)
WORD = _entropy(THE, THAT)
LENGTH = THE * LETTERS[0] + THAT * LETTERS[1]


def _answer(
    coin: float = COIN,
    bits: float = COIN / math.log(2),
    choices: float = math.exp(COIN),
    rate: float = WORD / LENGTH,
    blind: float = math.log(SYMBOLS),
) -> Callable[[], Costs]:
    return lambda: Costs(coin, bits, choices, rate, blind)


def _throughout(coin: float) -> Callable[[], Costs]:
    """Go on from a wrong coin."""
    return _answer(coin, coin / math.log(2), math.exp(coin))


NATS = Exercise(
    id="known-entropy/nats",
    kind="Pencil",
    level=1,
    minutes=12,
    task="five numbers with three significant digits: coin, bits, choices, rate, blind",
    cases=once,
    reference=_answer(),
    tolerance=Tolerance(relative=4e-3, absolute=0.0),
    mistakes=(
        Mistake(
            "bits and nats",
            "The natural logarithm counts in nats, the one to the base 2 in bits. A bit is the "
            "smaller unit, so there are more of them.",
            (
                _answer(coin=COIN / math.log(2), bits=COIN),
                _answer(coin=COIN / math.log(2)),
                _answer(bits=COIN * math.log(2)),
                _answer(COIN / math.log(2), COIN, math.exp(COIN / math.log(2))),
            ),
        ),
        Mistake(
            "one side of the coin",
            "You counted one side of the coin. The other comes rarely, but surprises the more: "
            "each side counts with its share.",
            (
                _throughout(-HEADS * math.log(HEADS)),
                _throughout(-math.log(HEADS)),
                _throughout(-(1 - HEADS) * math.log(1 - HEADS)),
            ),
        ),
        Mistake(
            "two to the power of nats",
            "`coin` and `bits` are right. The perplexity undoes the logarithm: e to the power of "
            "nats, or 2 to the power of bits. Your base and your unit do not belong together.",
            (_answer(choices=2**COIN), _answer(choices=math.exp(COIN / math.log(2)))),
        ),
        Mistake(
            "nats a word",
            "The coin is right. `rate` is what a whole word costs. It has several characters, and "
            "all but one of them cost nothing.",
            _answer(rate=WORD),
        ),
        Mistake(
            "lengths averaged wrongly",
            "The coin is right. For `rate`, think of a thousand words: how many nats do they cost "
            "together, and how many characters do they have together? Divide the one by the other.",
            (
                _answer(rate=WORD / (sum(LETTERS) / 2)),
                _answer(rate=WORD * (THE / LETTERS[0] + THAT / LETTERS[1])),
                _answer(rate=_entropy(THE) / LETTERS[0] + _entropy(THAT) / LETTERS[1]),
            ),
        ),
        Mistake(
            "space forgotten",
            "The coin is right. In `rate` you divide by the letters of a word. The space is a "
            "character too.",
            _answer(rate=WORD / (LENGTH - 1)),
        ),
        Mistake(
            "number of symbols",
            "`blind` is no loss in nats. Which probability does such a model give to the right "
            "symbol, and what is minus its logarithm?",
            (
                _answer(blind=SYMBOLS),
                _answer(blind=math.log2(SYMBOLS)),
                _answer(blind=1 / SYMBOLS),
            ),
        ),
    ),
    value_hint="An entropy is a mean: each outcome's −ln p, weighted with its share p.",
    closing="A loss above `blind` is worse than knowing nothing: the model is sure, and wrong.",
)
