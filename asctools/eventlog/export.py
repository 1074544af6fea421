"""A log as CSV, for tools that take no XES."""

import os
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from asctools.errors import InputError, explain
from asctools.eventlog.dfg import TIME, TRACE, Log, as_table

if TYPE_CHECKING:
    import pandas as pd

NEEDED = (TRACE, "concept:name", TIME)


def to_csv(log: Log, path: str | PathLike[str]) -> Path:
    """Write a log as CSV: a row an event, in the order of the log.

    Parameters
    ----------
    log
        The events, as :func:`asctools.eventlog.reader.read` gives them; or the path of a log.
    path
        The file to write. It appears when it is whole: nobody finds half of it.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    asctools.errors.InputError
        If an event has no case, no activity or no time: what reads CSV refuses such a row, or
        leaves it out and says nothing.

    Notes
    -----
    UTF-8, a comma between two cells, the names of the columns in the first row. Times are ISO 8601
    with their zone, floats have all their digits, NaN and what is not there are empty cells.
    """
    frame = as_table(log)
    for name in NEEDED:
        known = name in frame.columns
        empty = int((frame[name].isna() | frame[name].eq("")).sum()) if known else len(frame)
        if empty or not known:
            came = f"{empty} of {len(frame)} events without {name}"
            todo = f"leave them out first: log.dropna(subset=[{name!r}])"
            raise InputError(explain(came, "a case, an activity and a time in each row", todo))
    rest = [name for name in frame.columns if name not in NEEDED]
    written = frame[[*NEEDED, *rest]].copy()
    for name in written.columns[[dtype.kind == "M" for dtype in written.dtypes]]:
        written[name] = _iso(written[name])
    target = Path(fspath(path))
    half = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        written.to_csv(half, index=False, lineterminator="\n", encoding="utf-8")
        half.replace(target)
    except OSError as error:
        half.unlink(missing_ok=True)
        came = f"{target.name}, which cannot be written ({error.strerror or error})"
        todo = "make the folder, or choose one that you may write into"
        raise InputError(explain(came, "a place for the CSV", todo)) from error
    return target


def _iso(times: "pd.Series") -> np.ndarray:
    """Return times as ISO 8601 in UTC, and nothing where there is none."""
    moments = times.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy()
    finest = moments.astype("M8[ns]" if moments.dtype == "M8[ns]" else "M8[us]")
    texts = np.strings.add(np.datetime_as_string(finest), "+00:00").astype(object)
    texts[np.isnat(moments)] = None
    return texts
