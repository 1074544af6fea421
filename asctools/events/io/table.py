"""Readings in text: one row a sample, one column a channel, and often one with the time.

The text is UTF-8. The separator is a comma, a semicolon, a tab or blanks; with any but the comma,
numbers may have a decimal comma. A first row that is no row of numbers names the columns. A column
called ``time``, ``t`` or ``timestamp`` is the clock, in seconds unless its name says ``ms`` or
``us`` (``time_ms``), or as dates in ISO 8601. Without names, a first column that rises evenly is
refused, for it is a clock of an unknown unit. An empty cell is a missing reading.
"""

import csv
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np

from asctools.errors import InputError, ShapeError, explain
from asctools.events.io.clock import places, rises_evenly
from asctools.events.io.raw import Raw

__all__ = ["Layout", "cells", "layout", "no_text", "read_table"]

CLOCK = re.compile(
    r"^(?=.)(?:time|t|timestamp|datetime)?[ _\[(]*"
    r"(?P<unit>s|sec|seconds|ms|milliseconds|us|µs|microseconds)?[\])]*$"
)
LOOKED_AT = 200  # rows: in as many, a fraction begins with 0 somewhere
FRACTION = re.compile(r"0\d+")  # no whole number is written so
UNITS = {"ms": 1e-3, "milliseconds": 1e-3, "us": 1e-6, "µs": 1e-6, "microseconds": 1e-6}


class Layout(NamedTuple):
    """How a table is written.

    Attributes
    ----------
    separator
        Between cells; a blank stands for any number of blanks.
    comma
        Whether numbers have a decimal comma.
    names
        Of the columns; none where the first row is already one of numbers.
    """

    separator: str
    comma: bool
    names: tuple[str, ...]


def read_table(path: Path, rate: float | None = None) -> Raw:
    """Read a file ``.csv``, and put its readings on the grid of samples that its clock gives.

    Parameters
    ----------
    path
        The file.
    rate
        Samples a second, if somebody says so; the clock, if there is one, may know better.

    Raises
    ------
    InputError
        If it is empty, a cell is no number, the clock has no name or goes back, or numbers with a
        decimal comma stand between commas.
    ShapeError
        If a row has another number of cells than the rows before.
    """
    kind = layout(path)
    _refuse_decimal_commas(path, kind)
    values = _numbers(path, kind)
    clock = next((k for k, name in enumerate(kind.names) if CLOCK.match(name.lower())), None)
    if clock is None:
        if not kind.names and values.shape[1] > 1 and rises_evenly(values[:, 0]):
            came = f"{path} with a first column that rises evenly, and no names"
            todo = "write a first line with time_s or time_ms; if it only counts the rows, drop it"
            raise InputError(explain(came, "a name for a column of times", todo))
        return Raw(values.astype(np.float32), names=kind.names)
    unit = CLOCK.match(kind.names[clock].lower())
    times = values[:, clock] * UNITS.get(unit["unit"] if unit and unit["unit"] else "", 1.0)
    signal = np.delete(values, clock, axis=1).astype(np.float32)
    names = tuple(name for k, name in enumerate(kind.names) if k != clock)
    if len(times) < 2:
        return Raw(signal, None, float(times[0]), names)
    on_grid = places(times, rate)
    whole = np.full((on_grid.at[-1] + 1, signal.shape[1]), np.nan, np.float32)
    whole[on_grid.at] = signal
    return Raw(whole, on_grid.rate, float(times[0]), names)


def layout(path: Path) -> Layout:
    """Find out how a table is written, from its first two rows.

    Raises
    ------
    InputError
        If it is empty, or no text.
    """
    rows = [row for _, row in zip(range(2), _lines(path), strict=False)]
    if not rows:
        raise InputError(explain(f"{path}, which is empty", "rows of readings", "record again"))
    separator = next((mark for mark in (";", "\t", ",") if mark in rows[0]), " ")
    first = _split(rows[0], separator)
    comma = separator != "," and any("," in row for row in rows[1:] or rows)
    has_names = not all(_is_value(cell, comma) for cell in first)
    if has_names and len(rows) < 2:
        came = f"{path}, which has names of columns and no row"
        raise InputError(explain(came, "rows of readings", "record again"))
    return Layout(separator, comma, tuple(first) if has_names else ())


def cells(path: Path, kind: Layout) -> Iterator[tuple[int, list[str]]]:
    """Give each row below the names with its number in the file, from 1.

    Raises
    ------
    ShapeError
        If a row has another number of cells.
    """
    wanted = len(kind.names)
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip() or line.startswith("#"):
                continue
            row = _split(line, kind.separator)
            wanted = wanted or len(row)
            if len(row) != wanted:
                came = f"{path} with {len(row)} cells in line {number}"
                raise ShapeError(
                    explain(came, f"{wanted}, as before", "complete or drop that line")
                )
            if tuple(row) != kind.names:
                yield number, row


def _refuse_decimal_commas(path: Path, kind: Layout) -> None:
    """Refuse ``1,05,-2,70``: two numbers that look like four, one of which begins with a 0."""
    if kind.separator != ",":
        return
    rows = [_split(row, ",") for row, _ in zip(_lines(path), range(LOOKED_AT), strict=False)]
    numbers = [row for row in rows[bool(kind.names) :] if len(row) != len(kind.names)]
    halves = any(FRACTION.fullmatch(cell) for row in numbers for cell in row[1:])
    if halves and not any("." in cell for row in numbers for cell in row):
        came = f"{path} with commas between the cells and within the numbers"
        todo = "save it with semicolons or tabs between the cells, or with decimal points"
        raise InputError(explain(came, "commas for one of both", todo))


def _numbers(path: Path, kind: Layout) -> np.ndarray:
    """Read all cells as numbers: fast if NumPy can, else one by one, to say where it fails."""
    if not kind.comma:
        try:
            with path.open(encoding="utf-8-sig") as file:
                separator = None if kind.separator == " " else kind.separator
                rows = (line for line in file if not line.startswith("#"))
                for _ in range(bool(kind.names)):
                    next(line for line in rows if line.strip())
                return np.loadtxt(rows, delimiter=separator, ndmin=2, comments=None)
        except ValueError:
            pass  # an empty cell, a date, or a mistake
    return np.array(
        [
            [_value(cell, kind.comma, path, number, column) for column, cell in enumerate(row)]
            for number, row in cells(path, kind)
        ]
    )


def _value(cell: str, comma: bool, path: Path, line: int, column: int) -> float:
    try:
        return _parsed(cell, comma)
    except ValueError as error:
        came = f"{path} with {cell!r} in line {line}, column {column + 1}"
        todo = "correct it, or leave the cell empty where nothing was measured"
        raise InputError(explain(came, "a number", todo)) from error


def _parsed(cell: str, comma: bool) -> float:
    """Read a number, a date in ISO 8601 as seconds since 1970, or nothing as NaN."""
    if not cell:
        return float("nan")
    try:
        return float(cell.replace(",", ".") if comma else cell)
    except ValueError:
        when = datetime.fromisoformat(cell)
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def _is_value(cell: str, comma: bool) -> bool:
    try:
        _parsed(cell, comma)
    except ValueError:
        return False
    return True


def _split(line: str, separator: str) -> list[str]:
    if separator == " ":
        return line.split()
    return [cell.strip() for cell in next(csv.reader([line.strip("\r\n")], delimiter=separator))]


def _lines(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8-sig") as file:
            yield from (line for line in file if line.strip() and not line.startswith("#"))
    except UnicodeDecodeError as error:
        raise no_text(path, error) from error


def no_text(path: Path, error: UnicodeDecodeError) -> InputError:
    """Return the error for a file in another encoding, or of no text at all."""
    came = f"{path}, which cannot be read as UTF-8 ({error.reason} at byte {error.start})"
    todo = "save it as UTF-8: it is in Latin-1 or UTF-16, say, damaged, or no text"
    return InputError(explain(came, "text in UTF-8", todo))
