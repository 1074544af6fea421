"""Labelled windows to learn events from: of the simulated bell frame, or of your own recordings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from asctools.bells import RATE, Recording, Strikes, Windows, cut
from asctools.errors import InputError, explain

if TYPE_CHECKING:
    from asctools.bells.frame import BellFrame

__all__ = ["Sources", "from_files", "from_simulator", "scores_of"]

HELD_BACK = 0.15  # of each recording, for validation, and as much for the test
TOLERANCES_MS = (2.5, 5.0, 10.0)


class Sources(NamedTuple):
    """Windows to train on, to validate with and to test with.

    Attributes
    ----------
    train, val, test
        Of different stretches of time, or of different recordings.
    rate
        Samples a second.
    frame
        The bell frame, where it is simulated.
    """

    train: Windows
    val: Windows
    test: Windows
    rate: float
    frame: BellFrame | None = None


def from_simulator(
    frame: int, level: str, sizes: tuple[int, int, int], seconds: float, seed: int
) -> Sources:
    """Let a bell frame be rung for training, for validation and for the test."""
    from asctools.bells.frame import BellFrame

    bells = BellFrame(frame, level)
    train, val, test = (
        bells.windows(size, seconds, 3 * seed + n + 1) for n, size in enumerate(sizes)
    )
    return Sources(train, val, test, float(RATE), bells)


def from_files(
    recordings: Sequence[str],
    labels: Sequence[str] | None,
    rate: float | None,
    gaps: str,
    seconds: float,
) -> Sources:
    """Cut recordings into windows; without ``labels`` the windows have no strikes.

    The first part of each recording is for training, the next for validation, the last for the
    test: windows that are neighbours in time do not tell on each other.

    Raises
    ------
    AscError
        If a file cannot be used, or all of them are too short.
    """
    listed: Sequence[str | None] = [None] * len(recordings) if labels is None else labels
    if not recordings or len(recordings) != len(listed):
        came = f"{len(recordings)} recordings and {len(listed)} files of labels"
        todo = "list them in data.recordings and data.labels, in the same order"
        raise InputError(explain(came, "as many of one as of the other", todo))
    read = [_read(*pair, rate, gaps) for pair in zip(recordings, listed, strict=True)]
    if len(rates := {recording.rate for recording, _ in read}) > 1:
        came = (
            f"recordings of {' and '.join(f'{each:g}' for each in sorted(rates))} samples a second"
        )
        raise InputError(explain(came, "one rate", "resample them to one rate first"))
    length = round(seconds * read[0][0].rate)
    parts = [_parts(recording, valid, length) for recording, valid in read]
    train, val, test = (Windows.together(part) for part in zip(*parts, strict=True))
    if not (train.number and val.number and test.number):
        came = f"{train.number + val.number + test.number} whole windows of {seconds:g} s"
        todo = "record more, or set a shorter data.seconds"
        raise InputError(explain(came, "at least one to train, validate and test with", todo))
    return Sources(train, val, test, read[0][0].rate)


def scores_of(
    picks: Sequence[Any], strikes: Sequence[Strikes], rate: float = RATE, num_events: int = 16
) -> dict[str, float]:
    """Return the columns of the last table: F1 at three tolerances, and the mean error."""
    from asctools.events.metrics import evaluate

    how: dict[str, Any] = {"rate": rate, "num_events": num_events}
    at = {tolerance: evaluate(picks, strikes, tolerance, **how) for tolerance in TOLERANCES_MS}
    found = {f"F1@{tolerance:g}": scores.f1 for tolerance, scores in at.items()}
    five = at[5.0]
    return found | {
        "precision": five.precision,
        "recall": five.recall,
        "error/ms": five.mean_error_ms,
    }


def _read(
    path: str, labels: str | None, rate: float | None, gaps: str
) -> tuple[Recording, np.ndarray]:
    from asctools.events.io import read_recording, read_strikes

    read = read_recording(path, rate, gaps=gaps)
    if labels is None:
        return Recording(np.asarray(read.signal), read.rate), read.valid
    strikes = read_strikes(labels, read.rate, read.start_s)
    if strikes.within(0, len(read.signal)).number != strikes.number:
        came = f"{labels} with a strike outside of {path}, which lasts {read.seconds:g} s"
        todo = "check which labels belong to which recording"
        raise InputError(explain(came, "times within the recording", todo))
    return Recording(np.asarray(read.signal), read.rate, strikes), read.valid


def _parts(recording: Recording, valid: np.ndarray, length: int) -> list[Windows]:
    """Return the windows of a recording that have no gap, for training, validation and test."""
    windows = cut(recording, length)
    whole = valid[: windows.number * length].reshape(-1, length).all(axis=1)
    windows = windows.part(np.flatnonzero(whole))
    held = max(1, round(HELD_BACK * windows.number)) if windows.number > 2 else 0
    train = windows.number - 2 * held
    return [
        windows.part(slice(*ends))
        for ends in ((0, train), (train, train + held), (train + held, windows.number))
    ]
