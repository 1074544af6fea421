"""The exercise on windows of a long text whose rows go on from batch to batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake, Tolerance
from asctools.numpy_lstm.batches import character_batches

Batches = list[tuple[np.ndarray, np.ndarray]]
Way = Callable[[np.ndarray, int, int], Batches]


def _right(text: np.ndarray, batch_size: int, time_steps: int) -> Batches:
    return character_batches(text, batch_size, time_steps)


def _windows(x: np.ndarray, y: np.ndarray, T: int, stride: int) -> Batches:
    starts = range(0, x.shape[1] - T + 1, stride)
    return [(x[:, t : t + T], y[:, t : t + T]) for t in starts]


def _rows(text: np.ndarray, B: int) -> tuple[np.ndarray, np.ndarray]:
    length = (len(text) - 1) // B
    return text[: B * length].reshape(B, length), text[1 : B * length + 1].reshape(B, length)


def _targets(targets: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Way:
    """Make other targets of the table of characters, and of that of their successors."""

    def batches(text: np.ndarray, B: int, T: int) -> Batches:
        x, y = _rows(text, B)
        return _windows(x, targets(x, y), T, T)

    return batches


def _rolled_in_window(text: np.ndarray, B: int, T: int) -> Batches:
    return [(x, np.roll(x, -1, axis=1)) for x, _ in _right(text, B, T)]


def _one_after_the_other(text: np.ndarray, B: int, T: int) -> Batches:
    """Fill each batch with B windows that follow each other in the text."""
    n = (len(text) - 1) // (B * T)
    x = text[: n * B * T].reshape(n, B, T)
    return list(zip(x, text[1 : n * B * T + 1].reshape(n, B, T), strict=True))


def _every_bth(text: np.ndarray, B: int, T: int) -> Batches:
    """Deal the characters out to the rows, one each."""
    length = (len(text) - 1) // B
    x, y = (text[s : B * length + s].reshape(length, B).T for s in (0, 1))
    return _windows(x, y, T, T)


def _successors_in_the_row(text: np.ndarray, B: int, T: int) -> Batches:
    rows = text[: len(text) // B * B].reshape(B, -1)
    return _windows(rows[:, :-1], rows[:, 1:], T, T)


def _overlapping(text: np.ndarray, B: int, T: int) -> Batches:
    return _windows(*_rows(text, B), T, 1)


def _with_the_rest(text: np.ndarray, B: int, T: int) -> Batches:
    x, y = _rows(text, B)
    return [(x[:, t : t + T], y[:, t : t + T]) for t in range(0, x.shape[1], T)]


def _time_first(text: np.ndarray, B: int, T: int) -> Any:
    return [(x.T, y.T) for x, y in _right(text, B, T)]


def _cases(rng: np.random.Generator) -> list[Case]:
    kinds = [
        ("for a single row", 1, 4, 3, 0),
        ("for several rows", 3, 5, 4, 0),
        ("when something is left over", 4, 6, 3, 11),
        ("for a batch of its own size", 2, 3, 5, 5),
    ]
    return [
        Case(when, (rng.permutation(B * T * batches + 1 + rest), B, T))
        for when, B, T, batches, rest in kinds
    ]


BATCHES = Exercise(
    id="known-entropy/batches",
    kind="Code",
    level=2,
    minutes=15,
    task="a function my_batches(text, batch_size, time_steps) that returns a list of pairs (x, y)",
    parameters=("text", "batch_size", "time_steps"),
    cases=_cases,
    reference=_right,
    tolerance=Tolerance(relative=0.0, absolute=0.0),
    mistakes=(
        Mistake(
            "rows do not go on",
            "Each of your batches is filled with windows that stand one behind the other in the "
            "text. Then row b of the next batch does not go on where row b of this one ended, and "
            "the state that is carried belongs to another place.",
            _one_after_the_other,
        ),
        Mistake(
            "characters dealt out",
            "Your rows take every batch_size-th character, like cards dealt out. Neighbours in a "
            "row should be neighbours in the text: cut it into stretches. Look at the order of "
            "`reshape`'s arguments.",
            _every_bth,
        ),
        Mistake(
            "targets not shifted",
            "y is x. Such a network is shown the answer: it learns to copy, and its loss falls to "
            "nothing.",
            _targets(lambda x, y: x),
        ),
        Mistake(
            "targets from the past",
            "Your targets are the characters before. The network has read those already: what is "
            "asked for is the one that comes.",
            (
                _targets(lambda x, y: np.roll(x, 1, axis=1)),
                lambda text, B, T: [(x, np.roll(x, 1, axis=1)) for x, _ in _right(text, B, T)],
                lambda text, B, T: [(y, x) for x, y in _right(text, B, T)],
            ),
        ),
        Mistake(
            "targets go round",
            "All targets are right but the last of a row, which is the row's own first character: "
            "`np.roll` goes round. The character after a window stands in the text, not in the "
            "window.",
            (_rolled_in_window, _targets(lambda x, y: np.roll(x, -1, axis=1))),
        ),
        Mistake(
            "windows overlap",
            "Your windows move on by one character. A carried state would read most characters "
            "many times over. The next window begins where the last one ended.",
            _overlapping,
        ),
        Mistake(
            "rest kept",
            "What does not fill a window at the end of the rows is to be left out; your last batch "
            "is narrower than the others.",
            _with_the_rest,
        ),
        Mistake(
            "time first",
            "Your arrays have the time as their first axis. Here a row is a stretch of text: "
            "(batch_size, time_steps).",
            _time_first,
        ),
        Mistake(
            "a character of each row lost",
            "You take the targets from the row itself, so each row loses its last character. But "
            "what follows it stands in the text, at the start of the next row.",
            _successors_in_the_row,
        ),
    ),
    shape_hint="A list of pairs (x, y), each of the shape (batch_size, time_steps).",
    value_hint="Take np.arange(25) for a text, two rows and windows of three. Write the first two "
    "batches down before you run anything.",
    closing="The state carries the memory over the cut. The slopes stop there.",
)
