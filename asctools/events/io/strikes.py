"""Strikes in files: labels by hand come in, picks go out, as tables and as event logs.

In files bells count from 1, as ringers count, and times are seconds.
"""

import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from asctools.bells import Picks, Strikes
from asctools.errors import InputError, explain, unknown_name
from asctools.eventlog.writer import XESLogger
from asctools.events.io.atomic import write_whole
from asctools.events.io.raw import unreadable
from asctools.events.io.table import no_text

__all__ = ["check_place", "read_strikes", "write_strikes"]

ENDINGS = (".csv", ".xes", ".xes.gz")
STROKES = {"hand": 0, "back": 1, "": -1}
UNITS = {"time_s": 1.0, "time_ms": 1e-3}
EARLY_S = 1e-3  # before the first sample: a label may be rounded
DIGITS = 6  # of a second: a microsecond is far below what any sensor can tell


def write_strikes(
    path: str | Path,
    strikes: Picks | Strikes,
    rate: float,
    start_s: float = 0.0,
    about: Mapping[str, Any] | None = None,
) -> None:
    """Write strikes; an older file stays until the new one is complete.

    Parameters
    ----------
    path
        ``.csv``: a row a strike, with ``time_s``, ``bell``, and the ``score`` and ``plus_minus_ms``
        of picks or the ``stroke`` of known strikes. ``.xes`` and ``.xes.gz``: an event a strike,
        called ``bell 7``, stamped with its time after 1970, all in one trace.
    strikes
        What to write.
    rate
        Samples a second of their times.
    start_s
        When sample 0 was taken, by the recording's clock.
    about
        What else to keep in an event log: the model, the threshold.

    Raises
    ------
    UnknownNameError, InputError
        If the ending is another one, or the folder is missing or cannot be written to.
    """
    path = Path(path)
    ending = check_place(path)
    rows = list(_rows(strikes, rate, start_s))
    if ending == ".csv":
        names = list(_columns(strikes))
        write_whole(path, lambda place: _write_table(place, names, rows))
    else:
        about = {"rate": float(rate), "start_s": float(start_s), **(about or {})}
        write_whole(path, lambda place: _write_log(place, rows, about))


def check_place(path: Path, *inputs: Path) -> str:
    """Return the ending of a file for strikes, before the work begins that is to fill it.

    Raises
    ------
    InputError
        If the ending is another one, there is no such folder, or it is one of the files that are
        read.
    """
    ending = next((each for each in ENDINGS if path.name.endswith(each)), path.suffix)
    if ending not in ENDINGS:
        raise unknown_name("kind of file for strikes", ending, ENDINGS)
    if not path.parent.is_dir():
        came = f"{path}, in a folder that is not there"
        raise InputError(explain(came, "a folder to write into", "make the folder first"))
    if path.exists() and any(each.exists() and path.samefile(each) for each in inputs):
        came = f"{path} as the file to write, which is one that is read"
        raise InputError(explain(came, "a file of its own for the strikes", "choose another name"))
    return ending


def read_strikes(path: str | Path, rate: float, start_s: float = 0.0) -> Strikes:
    """Read strikes from a table with the columns ``time_s`` and ``bell``, and maybe ``stroke``.

    As in recordings, the separator may be a semicolon or a tab, and numbers have a decimal comma
    then; ``time_ms`` in place of ``time_s`` is in milliseconds.

    Parameters
    ----------
    path
        A file ``.csv``, as :func:`write_strikes` and ``python -m asctools label`` write it. Other
        columns are ignored, and the order of the rows is free.
    rate
        Samples a second of the times that are wanted.
    start_s
        The time of sample 0, by the clock of the table.

    Returns
    -------
    Strikes
        In order of time, in samples, bells from 0.

    Raises
    ------
    InputError
        If it is missing, lacks a column, or a row is wrong, a time before sample 0 for one: the
        message names its line.
    """
    path = Path(path)
    if not path.is_file():
        came = f"{path}, which is {'no file' if path.exists() else 'not there'}"
        raise InputError(explain(came, "a table of strikes", "check the path"))
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline()
            separator = next((mark for mark in ";\t" if mark in first), ",")
            file.seek(0)
            table = csv.DictReader(file, delimiter=separator)
            clock = _clock(path, table.fieldnames or ())
            rows = [_strike(row, clock, path, table.line_num) for row in table]
    except UnicodeDecodeError as error:
        raise no_text(path, error) from error
    except csv.Error as error:
        raise unreadable(path, ".csv", error) from error
    early = [time for _, time, _ in rows if time < start_s - EARLY_S]
    if early:
        came = f"{path} with a strike at {min(early):.6g} s"
        todo = "correct it, or take the recording that these labels belong to"
        raise InputError(explain(came, f"times from {start_s:.6g} s, the first sample's, on", todo))
    bells, times, strokes = zip(*rows, strict=True) if rows else ((), (), ())
    return Strikes.make(
        [bell - 1 for bell in bells], [(time - start_s) * rate for time in times], strokes
    )


def _clock(path: Path, names: Sequence[str]) -> str:
    """Return the name of the column of times."""
    clock = next((name for name in UNITS if name in names), None)
    missing = ["bell"] * ("bell" not in names) + ["time_s"] * (clock is None)
    if clock is None or missing:
        came = f"{path} without {' and '.join(missing)}"
        todo = "name the columns in the first line: time_s,bell"
        raise InputError(explain(came, "the columns time_s and bell", todo))
    return clock


def _strike(
    row: Mapping[str, str | None], clock: str, path: Path, line: int
) -> tuple[int, float, int]:
    """Return bell, time in seconds and stroke of a row, or say what is wrong with it."""
    try:
        bell = int(row["bell"] or "")
        time = float((row[clock] or "").replace(",", ".")) * UNITS[clock]
        stroke = STROKES[(row.get("stroke") or "").strip().lower()]
    except (ValueError, KeyError) as error:
        came = f"{path} with {row[clock]!r}, {row['bell']!r} in line {line} ({error})"
        todo = "correct that line; the stroke is hand, back or left empty"
        raise InputError(
            explain(came, "a time in seconds and the number of a bell", todo)
        ) from error
    if bell < 1 or not math.isfinite(time):
        came = f"{path} with bell {bell} at {time} s in line {line}"
        raise InputError(explain(came, "bells from 1, at a time", "correct that line"))
    return bell, time, stroke


def _columns(strikes: Picks | Strikes) -> tuple[str, ...]:
    own = ("stroke",) if isinstance(strikes, Strikes) else ("score", "plus_minus_ms")
    return ("time_s", "bell", *own)


def _rows(strikes: Picks | Strikes, rate: float, start_s: float) -> Iterator[dict[str, Any]]:
    """Give one dictionary a strike; what is not known is left out."""
    for k in range(strikes.number):
        row: dict[str, Any] = {
            "time_s": round(start_s + float(strikes.times[k]) / rate, DIGITS),
            "bell": int(strikes.bells[k]) + 1,
        }
        if isinstance(strikes, Picks):
            row["score"] = round(float(strikes.scores[k]), 4)
            if math.isfinite(strikes.plus_minus[k]):
                row["plus_minus_ms"] = round(float(strikes.plus_minus[k]) / rate * 1e3, 3)
        elif strikes.strokes[k] >= 0:
            row["stroke"] = ("hand", "back")[int(strikes.strokes[k])]
        yield row


def _write_table(path: Path, names: list[str], rows: list[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, names, lineterminator="\n")
        table.writeheader()
        table.writerows({**row, "time_s": f"{row['time_s']:.{DIGITS}f}"} for row in rows)


def _write_log(path: Path, rows: list[dict[str, Any]], about: Mapping[str, Any]) -> None:
    now = 0

    def clock() -> int:
        return now

    with XESLogger(path, metadata=about, clock=clock) as log, log.trace("recording"):
        for row in rows:
            now = max(0, round(row["time_s"] * 1e9))
            log.event(f"bell {row['bell']}", **row)
