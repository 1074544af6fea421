"""The exercise with a pencil on networks of equal size."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from asctools.course.checks.spec import Exercise, Mistake, Tolerance, once

SYMBOLS, UNITS = 28, 32


class Sizes(NamedTuple):
    """Numbers in our LSTM and in PyTorch's, and the units of the RNN of the same size."""

    ours: int
    torch: int
    units: int


def _layer(units: int, gates: int, biases: int = 1, reads: int = SYMBOLS) -> int:
    return gates * units * (units + reads + biases)


def _widest(budget: int, head: bool = True) -> int:
    """Find the widest RNN that has no more numbers than the budget."""
    return max(u for u in range(1, 200) if _layer(u, 1) + head * (u + 1) <= budget)


HEAD = UNITS + 1
OURS, TORCH = _layer(UNITS, 4) + HEAD, _layer(UNITS, 4, biases=2) + HEAD


def _answer(ours: int = OURS, torch: int = TORCH, units: int | None = None) -> Callable[[], Sizes]:
    return lambda: Sizes(ours, torch, _widest(ours) if units is None else units)


EQUAL_SIZE = Exercise(
    id="gates-and-memory/equal-size",
    kind="Pencil",
    level=2,
    minutes=10,
    task="three whole numbers: ours, torch, units",
    cases=once,
    reference=_answer(),
    tolerance=Tolerance(relative=0.0, absolute=0.0),
    mistakes=(
        Mistake(
            "head forgotten",
            "You counted the layers alone. The head that turns h into one number has weights and a "
            "bias, too.",
            (
                _answer(OURS - HEAD, TORCH - HEAD, _widest(OURS - HEAD, head=False)),
                _answer(OURS - HEAD, TORCH - HEAD, _widest(OURS - HEAD)),
            ),
        ),
        Mistake(
            "no biases",
            "A linear layer adds a number to each of its outputs. Your first count lacks them.",
            tuple(
                _answer(_layer(UNITS, 4, biases=0) + head, TORCH, units)
                for head in (HEAD, UNITS)
                for units in (None, _widest(OURS))
            ),
        ),
        Mistake(
            "same number of biases",
            "`ours` is right. PyTorch keeps each bias twice: see the last chapter.",
            _answer(torch=OURS),
        ),
        Mistake(
            "one gate",
            "That is one gate of the four. The candidate has weights as the gates do.",
            tuple(
                _answer(_layer(UNITS, 1) + HEAD, torch, units)
                for torch in (TORCH, _layer(UNITS, 1, biases=2) + HEAD)
                for units in (None, UNITS)
            ),
        ),
        Mistake(
            "four times the units",
            "Both counts are right. An RNN of four times the width has far more numbers: its "
            "matrix grows in both directions.",
            _answer(units=4 * UNITS),
        ),
        Mistake(
            "twice the units",
            "Both counts are right. Twice the units would make four times the numbers if h alone "
            "were read. But x is read too, and its part grows more slowly.",
            _answer(units=2 * UNITS),
        ),
        Mistake(
            "one unit too many",
            "Both counts are right. Your RNN is a little larger than our LSTM; it should be the "
            "widest that is not.",
            _answer(units=_widest(OURS) + 1),
        ),
    ),
    value_hint="A linear layer from n numbers to m has m · n weights and m biases. Which n and m "
    "have the four gates, the RNN's layer and the two heads?",
    closing="So an RNN may be more than twice as wide. Compare networks at equal size, or say that "
    "you don't.",
)
