"""Exercises with a pencil on sizes: shapes of the outputs, and how many numbers there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from asctools.course.checks.spec import Exercise, Mistake, Tolerance, once

EXACT = Tolerance(relative=0.0, absolute=0.0)
Shape = tuple[int, int, int]

# nn.LSTM(3, 5, num_layers=2, bidirectional=True, batch_first=True) on (7, 11, 3)
FEATURES, HIDDEN, LAYERS, DIRECTIONS, BATCH, DAYS = 3, 5, 2, 2, 7, 11


class OutputShapes(NamedTuple):
    """The shapes of the three things that nn.LSTM returns."""

    output: Shape
    h_n: Shape
    c_n: Shape


def _measured() -> OutputShapes:
    """Run the network and look."""
    import torch
    from torch import nn

    options = {"num_layers": LAYERS, "bidirectional": True, "batch_first": True}
    lstm = nn.LSTM(FEATURES, HIDDEN, device="meta", **options)
    output, (h_n, c_n) = lstm(torch.empty(BATCH, DAYS, FEATURES, device="meta"))
    return OutputShapes(*(tuple(each.shape) for each in (output, h_n, c_n)))


def _shapes(output: Shape, memory: Shape) -> Callable[[], OutputShapes]:
    return lambda: OutputShapes(output, memory, memory)


_OUTPUT: Shape = (BATCH, DAYS, DIRECTIONS * HIDDEN)
_MEMORY: Shape = (LAYERS * DIRECTIONS, BATCH, HIDDEN)

OUTPUT_SHAPES = Exercise(
    id="with-pytorch/output-shapes",
    kind="Pencil",
    level=1,
    minutes=6,
    task="the three shapes output, h_n, c_n, as a dict or in this order",
    cases=once,
    reference=_measured,
    tolerance=EXACT,
    mistakes=(
        Mistake(
            "batch_first for the memories too",
            "`output` is right. `batch_first` speaks of x and of `output` only: in h_n and c_n the "
            "layers stay in front.",
            _shapes(_OUTPUT, (BATCH, LAYERS * DIRECTIONS, HIDDEN)),
        ),
        Mistake(
            "one direction in the output",
            "The memories are right. Two readers speak on every day, one coming from the left and "
            "one from the right. Where does `output` put what the second one says?",
            _shapes((BATCH, DAYS, HIDDEN), _MEMORY),
        ),
        Mistake(
            "directions side by side in the memories",
            "`output` is right: there the two directions stand side by side. In h_n and c_n they "
            "have entries of their own on the first axis.",
            _shapes(_OUTPUT, (LAYERS, BATCH, DIRECTIONS * HIDDEN)),
        ),
        Mistake(
            "half of the memories",
            "`output` is right. In h_n and c_n half of the entries are missing: every layer has "
            "two readers, and each of them has memories of its own.",
            _shapes(_OUTPUT, (LAYERS, BATCH, HIDDEN)),
        ),
        Mistake(
            "one direction everywhere",
            "So it would be in one direction. The second reader has something to say on every day, "
            "and memories of its own in every layer.",
            _shapes((BATCH, DAYS, HIDDEN), (LAYERS, BATCH, HIDDEN)),
        ),
        Mistake(
            "days first",
            "The memories are right. With `batch_first=True`, `output` begins like x does.",
            _shapes((DAYS, BATCH, DIRECTIONS * HIDDEN), _MEMORY),
        ),
    ),
    value_hint="Say for each axis what it counts: companies, days, layers, directions or units?",
    closing="output: the last layer, every day. h_n and c_n: every layer, the last day.",
)

# The network of a later part: nn.LSTM(6, 128), then with two layers and two directions.
CHANNELS, UNITS = 6, 128


class Counts(NamedTuple):
    """How many numbers the small and the large network hold."""

    small: int
    large: int


def _counted() -> Counts:
    """Build both networks and count."""
    from torch import nn

    small = nn.LSTM(CHANNELS, UNITS, device="meta")
    large = nn.LSTM(CHANNELS, UNITS, num_layers=2, bidirectional=True, device="meta")
    return Counts(*(sum(each.numel() for each in net.parameters()) for net in (small, large)))


def _formula(
    gates: int = 4, biases: int = 2, directions: int = 2, upper: int = 2 * UNITS
) -> Callable[[], Counts]:
    """Count with the formula, or with one that has a fault in it."""

    def count() -> Counts:
        bottom = gates * UNITS * (CHANNELS + UNITS + biases)
        top = gates * UNITS * (upper + UNITS + biases)
        return Counts(bottom, directions * (bottom + top))

    return count


PARAMETER_COUNT = Exercise(
    id="with-pytorch/parameter-count",
    kind="Pencil",
    level=2,
    minutes=10,
    task="two whole numbers, for the small network and for the large one",
    cases=once,
    reference=_counted,
    tolerance=EXACT,
    mistakes=(
        Mistake(
            "one bias",
            "Every unit of every gate has a bias: you counted it once. nn.LSTM keeps it twice.",
            _formula(biases=1),
        ),
        Mistake(
            "no bias",
            "Both counts lack the biases. How many does nn.LSTM keep for each unit of each gate?",
            _formula(biases=0),
        ),
        Mistake(
            "one gate",
            "Both counts are a fraction of the right ones. You have counted a plain recurrent "
            "layer: how many gates does this cell have, the candidate included?",
            _formula(gates=1),
        ),
        Mistake(
            "upper layer reads one direction",
            "The small network is right. In the large one, the upper layer reads what the lower "
            "one says, and that is said by two readers.",
            _formula(upper=UNITS),
        ),
        Mistake(
            "upper layer reads the input",
            "The small network is right. In the large one, you let the upper layer read x. It "
            "reads the output of the lower layer: how wide is that?",
            _formula(upper=CHANNELS),
        ),
        Mistake(
            "one direction",
            "The small network is right. In the large one, two readers share nothing: each "
            "direction of each layer has numbers of its own.",
            (_formula(directions=1), _formula(directions=1, upper=UNITS)),
        ),
    ),
    value_hint="Begin with nn.LSTM(1, 1): your formula must give 16 for it. Which numbers are "
    "these?",
    closing="More than half of the large network reads not x but what other units say.",
)
