"""Read back what a training has written of itself."""

from __future__ import annotations

import csv
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from asctools.errors import InputError, explain
from asctools.training.metrics.table import whole_lines

__all__ = ["Scalars", "read_csv", "read_tensorboard"]

Array = np.ndarray[Any, np.dtype[Any]]


class Scalars(NamedTuple):
    """One curve: the steps, and a number for each, both of shape (N,)."""

    step: Array
    value: Array


def read_csv(path: str | Path) -> dict[str, Array]:
    """Return the columns of a table of numbers, such as ``steps.csv``.

    Parameters
    ----------
    path
        The file. A last line that a crash has cut off does not count.

    Returns
    -------
    dict
        Name → numbers (N,): int64 where all are whole, otherwise float64 with NaN for empty cells.

    Raises
    ------
    InputError
        If there is no such file, or it is no table of numbers.
    """
    path = Path(path)
    try:
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(whole_lines(file))
        return {name: _numbers(list(cells)) for name, *cells in zip(header, *rows, strict=True)}
    except (OSError, ValueError, csv.Error) as error:
        came = f"{path.name} that is no table of numbers ({error})"
        todo = "TrainingMetrics(directory) writes steps.csv and epochs.csv into its directory"
        raise InputError(
            explain(came, "a file with a header and a number in each cell", todo)
        ) from None


def read_tensorboard(directory: str | Path) -> dict[str, Scalars]:
    """Return the curves in a directory's event files, with TensorBoard's own reader.

    Parameters
    ----------
    directory
        Where the event files are.

    Returns
    -------
    dict
        Tag → curve; the numbers have the precision of float32.

    Raises
    ------
    InputError
        If there is no event file.
    """
    directory = Path(directory)
    if not any("tfevents" in path.name for path in directory.glob("*")):
        came = f"no event file in {directory.name}"
        todo = "give the directory of TrainingMetrics(directory, tensorboard=True)"
        raise InputError(explain(came, "one or more", todo))
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    with _quiet("tensorboard"):  # it tells what a resumed training has made it forget
        found = EventAccumulator(str(directory), size_guidance={"scalars": 0}).Reload()
    curves = {tag: found.Scalars(tag) for tag in found.Tags()["scalars"]}
    return {
        tag: Scalars(
            np.array([event.step for event in events], dtype=np.int64),
            np.array([event.value for event in events], dtype=np.float64),
        )
        for tag, events in curves.items()
    }


def _numbers(cells: list[str]) -> Array:
    try:
        return np.array([int(cell) for cell in cells], dtype=np.int64)
    except (ValueError, OverflowError):
        return np.array([float(cell or "nan") for cell in cells], dtype=np.float64)


@contextmanager
def _quiet(name: str) -> Iterator[None]:
    log = logging.getLogger(name)
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(level)
