"""A training's event log, small enough for a page: what the training-log player is sent.

Iterations repeat, so a run is a list of words: a word is what happened in one iteration, or between
two, and equal words in a row are counted. A time takes two signs, a loss four digits.
"""

import itertools
import math
import string
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from asctools.errors import InputError, explain
from asctools.eventlog.dfg import case_numbers

if TYPE_CHECKING:
    import pandas as pd

    from asctools.eventlog.report import Report

NAME, TIME = "concept:name", "time:timestamp"
SIGNS = string.digits + string.ascii_letters + "-_"  # 64 of them
MANTISSA = 8  # bits of a time; the other four say how far they are shifted
LOSS_DIGITS = 4


class Run(NamedTuple):
    """The events of a log one after another, case by case, as arrays of one entry each.

    Attributes
    ----------
    activities
        What happened.
    begins
        Whether a case begins with it.
    seconds
        Since the event before in its case; 0 for the first.
    iterations
        How many iterations have begun.
    words
        Which iteration of which epoch, or stretch between two, it belongs to: 0, 1, 2, …
    losses, validations
        Loss by iteration, and of each look.
    seqs
        Its number in the log.
    """

    activities: list[str]
    begins: np.ndarray
    seconds: np.ndarray
    iterations: np.ndarray
    words: np.ndarray
    losses: list[float]
    validations: list[float]
    seqs: np.ndarray


def run_of(log: "pd.DataFrame", name: str) -> Run:
    """Read the run out of a log.

    Parameters
    ----------
    log
        Rows as :func:`asctools.eventlog.reader.read` gives them.
    name
        What the run is called, for messages.

    Raises
    ------
    InputError
        If the log is none of a whole training: iterations 1, 2, 3, … each with a ForwardPass.
    """
    _expect(log, name)
    cases = case_numbers(log, "epoch")
    rows = np.lexsort((_microseconds(log), cases))
    rows = rows[(cases[rows] >= 0) & log[NAME].notna().to_numpy()[rows]]
    log, cases = log.iloc[rows], cases[rows]
    begins = np.diff(cases, prepend=-1) != 0
    numbers = log["iteration"].astype("Int64").to_numpy(dtype=np.int64, na_value=-1)
    turns = begins | (np.diff(numbers, prepend=-2) != 0)
    iterations = np.maximum.accumulate(np.maximum(numbers, 0))
    activities = log[NAME].astype(str).tolist()
    return Run(
        activities,
        begins,
        np.where(begins, 0.0, np.diff(_microseconds(log), prepend=0) / 1e6),
        iterations,
        np.cumsum(turns) - 1,
        _losses(log, activities, iterations, name),
        [] if "validation_loss" not in log else _floats(log, "Validation", "validation_loss"),
        log["seq"].to_numpy(dtype=np.int64),
    )


def deviations(run: Run, report: "Report") -> list[list[str]]:
    """Return what a report found: each sentence, and after how many events of the run it holds."""
    return [
        [found.sentence, steps(sorted(np.searchsorted(run.seqs, found.seqs, side="right")))]
        for found in report.deviations
    ]


def packed(
    runs: Sequence[Run], names: Sequence[str]
) -> tuple[list[list[int]], list[dict[str, Any]]]:
    """Return the words of all runs, and each run in them.

    A word is a list: whether it begins a case, whether it begins an iteration, and its activities
    as places in ``names``.
    """
    known: dict[tuple[int, ...], int] = {}
    code = {name: place for place, name in enumerate(names)}
    sent = []
    for run in runs:
        path = [known.setdefault(word, len(known)) for word in _words(run, code)]
        sent.append(
            {
                "path": " ".join(
                    _often(word, len(list(same))) for word, same in itertools.groupby(path)
                ),
                "seconds": "".join(map(two_signs, run.seconds)),
                "losses": [digits(loss) for loss in run.losses],
                "validations": [digits(loss) for loss in run.validations],
            }
        )
    return [list(word) for word in known], sent


def two_signs(seconds: float) -> str:
    """Write a time as two signs: to 0.4 %, from a microsecond to eight seconds."""
    micro = max(0, round(seconds * 1e6))
    shift = max(0, micro.bit_length() - MANTISSA)
    value = round(micro / 2**shift)
    if value >> MANTISSA:
        value, shift = value >> 1, shift + 1
    number = min((shift << MANTISSA) + value, len(SIGNS) ** 2 - 1)
    return SIGNS[number // len(SIGNS)] + SIGNS[number % len(SIGNS)]


def steps(places: Sequence[int]) -> str:
    """Write rising whole numbers as the steps between them, in base 36."""
    return " ".join(np.base_repr(int(step), 36).lower() for step in np.diff(places, prepend=0))


def digits(value: float) -> float | None:
    """Round a loss to four digits; what is not finite is None."""
    return float(f"{value:.{LOSS_DIGITS}g}") if math.isfinite(value) else None


def _words(run: Run, code: dict[str, int]) -> list[tuple[int, ...]]:
    """Return what happened between two changes of the iteration."""
    cuts = [*np.flatnonzero(np.diff(run.words, prepend=-1)), len(run.words)]
    before = np.concatenate(([0], run.iterations))
    return [
        (
            int(run.begins[start]),
            int(run.iterations[start] > before[start]),
            *(code[name] for name in run.activities[start:end]),
        )
        for start, end in itertools.pairwise(cuts)
    ]


def _often(word: int, times: int) -> str:
    return f"{word}x{times}" if times > 1 else f"{word}"


def _microseconds(log: "pd.DataFrame") -> np.ndarray:
    import pandas as pd

    times = pd.to_datetime(log[TIME], utc=True).dt.tz_localize(None)
    return times.to_numpy().astype("datetime64[us]").astype(np.int64)


def _floats(log: "pd.DataFrame", activity: str, column: str) -> list[float]:
    values = log.loc[log[NAME] == activity, column]
    return [float(value) for value in values.astype(float)]


def _losses(
    log: "pd.DataFrame", activities: list[str], iterations: np.ndarray, name: str
) -> list[float]:
    """Return the loss of the first forward pass of each iteration."""
    first: dict[int, float] = {}
    for activity, iteration, loss in zip(activities, iterations, log["loss"], strict=True):
        if activity == "ForwardPass":
            first.setdefault(int(iteration), math.nan if loss != loss else float(loss))
    if list(first) != list(range(1, int(iterations.max(initial=0)) + 1)) or not first:
        came = f"the log of {name!r}, in which some iteration has no ForwardPass"
        raise InputError(explain(came, "iterations 1, 2, 3, …", 'log with level="step"'))
    return list(first.values())


def _expect(log: "pd.DataFrame", name: str) -> None:
    """Refuse what is no log of a training."""
    missing = [column for column in (NAME, TIME, "seq", "iteration", "loss") if column not in log]
    if missing:
        came = f"the log of {name!r} without {missing[0]!r}"
        raise InputError(explain(came, "the log of a training", 'log with level="step"'))
