"""Logs of trainings to test the check with: runs that are made once, and tables made of events."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from asctools.course.planted import small_run
from asctools.eventlog import read
from asctools.numpy_lstm.history import History

Event = tuple[str, dict[str, Any]]

ITERATION = ("ZeroGrad", "ForwardPass", "BackwardPass", "WeightsUpdate")


def run(bug: str | None = None, seed: int = 0) -> tuple[pd.DataFrame, History]:
    """Return the log and the history of a small run, with or without a bug."""
    return _run(bug, seed)


@cache
def _run(bug: str | None, seed: int) -> tuple[pd.DataFrame, History]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "run.xes"
        history = small_run(path, bug, seed=seed)
        return read(path), history


class Traced:
    """Keep every event, with the trace that it belongs to."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.of_trace: dict[str, Any] = {"case:concept:name": "run"}

    def trace(self, name: str, **attributes: Any) -> None:
        """Begin a trace."""
        self.of_trace = {"case:concept:name": name}
        self.of_trace |= {f"case:{key}": value for key, value in attributes.items()}

    def event(self, name: str, **attributes: Any) -> None:
        """Keep an event."""
        self.events.append((name, self.of_trace | attributes))


@cache
def short_events() -> tuple[Event, ...]:
    """Return the events of three healthy epochs of twenty iterations, with every kind of look."""
    traced = Traced()
    settings: dict[str, Any] = {"validate_every": 5, "min_delta": 0.06}
    settings |= {
        "learning_rate": 5.0,
        "clip_grad_norm": 0.2,
        "sample_every": 10,
        "sample_length": 5,
    }
    small_run(traced, epochs=3, iterations=20, **settings)
    return tuple(traced.events)


def table(events: Iterable[Event], **settings: Any) -> pd.DataFrame:
    """Return events as a log is read, numbered and timed anew."""
    start = pd.Timestamp("2030-01-01", tz="UTC")
    rows = [
        {"concept:name": name, "time:timestamp": start + pd.Timedelta(k, "ms"), "seq": k}
        | {"case:concept:name": "run"}
        | attributes
        for k, (name, attributes) in enumerate(events)
    ]
    frame = pd.DataFrame(rows)
    frame["iteration"] = frame.get("iteration", pd.Series(dtype="Int64")).astype("Int64")
    frame.attrs["log"] = settings
    return frame
