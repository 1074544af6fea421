"""The exercise on sequences of unequal length: each is read at its own end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake
from asctools.course.checks.with_pytorch.layout import SINGLE
from asctools.course.checks.with_pytorch.nets import array, inputs_of, lstm_of

if TYPE_CHECKING:
    from torch import Tensor, nn

    Ends = Callable[[nn.LSTM, Sequence[Tensor]], np.ndarray]


def _one_by_one(lstm: nn.LSTM, sequences: Sequence[Tensor]) -> np.ndarray:
    """Let each pass alone, so that there is no padding."""
    return np.stack([array(lstm(x)[1][0]).ravel() for x in sequences])


def _padded(lstm: nn.LSTM, sequences: Sequence[Tensor]) -> tuple[np.ndarray, np.ndarray]:
    """Let all pass with zeros behind their ends, as if these were days: outputs and h_n."""
    from torch.nn.utils.rnn import pad_sequence

    output, (h_n, _) = lstm(pad_sequence(list(sequences), batch_first=True))
    return array(output), np.concatenate(list(array(h_n)), axis=1)


def _at(
    place: Callable[[int], int], run: Callable[[nn.LSTM, Sequence[Tensor]], np.ndarray]
) -> Ends:
    """Read the outputs of each sequence at a place that its length says."""
    return lambda lstm, sequences: np.stack(
        [output[place(len(x))] for output, x in zip(run(lstm, sequences), sequences, strict=True)]
    )


def _outputs(lstm: nn.LSTM, sequences: Sequence[Tensor]) -> np.ndarray:
    return _padded(lstm, sequences)[0]


def _alone(lstm: nn.LSTM, sequences: Sequence[Tensor]) -> Any:
    return [array(lstm(x)[0]) for x in sequences]


def _backward_from_the_padding(lstm: nn.LSTM, sequences: Sequence[Tensor]) -> np.ndarray:
    ends = _one_by_one(lstm, sequences)
    if lstm.bidirectional:
        ends[:, lstm.hidden_size :] = _padded(lstm, sequences)[1][:, lstm.hidden_size :]
    return ends


def _by_length(lstm: nn.LSTM, sequences: Sequence[Tensor]) -> np.ndarray:
    return _one_by_one(lstm, sorted(sequences, key=len, reverse=True))


def _one_direction(last: bool) -> Ends:
    def ends(lstm: nn.LSTM, sequences: Sequence[Tensor]) -> np.ndarray:
        both = _one_by_one(lstm, sequences)
        return both[:, -lstm.hidden_size :] if last else both[:, : lstm.hidden_size]

    return ends


def _cases(rng: np.random.Generator) -> list[Case]:
    kinds: list[tuple[str, tuple[int, ...], bool]] = [
        ("for sequences of one length", (4, 4), False),
        ("for unequal lengths", (5, 3, 1), False),
        ("when the longest does not come first", (2, 6, 4), False),
        ("in both directions", (3, 5, 2), True),
    ]
    return [
        Case(
            when,
            (
                lstm_of(rng, 2, 3, batch_first=True, bidirectional=both),
                [inputs_of(rng, days, 2) for days in lengths],
            ),
        )
        for when, lengths, both in kinds
    ]


OWN_END = Exercise(
    id="gates-and-memory/own-end",
    kind="Code",
    level=2,
    minutes=15,
    task="a function my_ends(lstm, sequences) that returns a tensor with one row per sequence",
    parameters=("lstm", "sequences"),
    cases=_cases,
    reference=_one_by_one,
    tolerance=SINGLE,
    mistakes=(
        Mistake(
            "read in the padding",
            "Equal lengths are right. A shorter sequence you read at the end of the table, where "
            "the network has been fed zeros for days. Where is its own end?",
            (
                _at(lambda days: -1, _outputs),
                lambda lstm, sequences: _padded(lstm, sequences)[1],
            ),
        ),
        Mistake(
            "length taken for an index",
            "The last of n days has the index n − 1. You read one further, in the padding or "
            "beyond the table.",
            _at(lambda days: days, _outputs),
        ),
        Mistake(
            "one day too early",
            "You read the last day but one of each sequence. Indices begin at 0: which one has "
            "the last of n?",
            (_at(lambda days: days - 2, _outputs), _at(lambda days: max(days - 2, 0), _outputs)),
        ),
        Mistake(
            "left in the order of lengths",
            "The rows are right, but in another order: longest first. Row k belongs to sequence k "
            "as it came.",
            _by_length,
        ),
        Mistake(
            "backward reader at the wrong end",
            "One direction is right. The second reader comes from the right: on the last day it "
            "has seen a single symbol. When has it seen all of them?",
            (_at(lambda days: days - 1, _outputs), _at(lambda days: days - 1, _alone)),
        ),
        Mistake(
            "backward reader starts in the padding",
            "The forward reader is right. The backward one begins at the end of the table and "
            "reads zeros before it meets the first symbol. Nothing that you pick afterwards undoes "
            "that.",
            _backward_from_the_padding,
        ),
        Mistake(
            "one direction only",
            "One direction is right. A second reader has something to say, too: its numbers belong "
            "behind those of the first.",
            (_one_direction(last=True), _one_direction(last=False)),
        ),
    ),
    shape_hint="One row per sequence: h of the forward reader, then that of the backward one, if "
    "there is one.",
    value_hint="Let the shortest sequence pass alone, `lstm(x)`, and compare with its row.",
    closing="Packing tells the network where each sequence ends, in both directions.",
)
