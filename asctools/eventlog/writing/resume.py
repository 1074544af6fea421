"""Find the place in a log where its writing goes on."""

import mmap
import re
from html import unescape
from pathlib import Path
from typing import NamedTuple

from asctools.errors import explain
from asctools.eventlog.errors import LogError
from asctools.eventlog.writing.clock import microseconds
from asctools.eventlog.writing.header import END_OF_LOG, END_OF_TRACE

TRACE, EVENT, EVENT_END = b" <trace>\n", b"  <event>\n", b"  </event>\n"
VALUE = {
    key: re.compile(rf'key="{key}" value="([^"]*)"'.encode())
    for key in ("concept:name", "time:timestamp", "seq")
}


class Place(NamedTuple):
    """Where a log goes on.

    Attributes
    ----------
    end
        How many bytes stay: all before its closing tags.
    trace
        The name of the trace that is open there; None if there is none.
    seq, stamp
        Of the last event, the stamp in microseconds since 1970; 0 if there is none.
    """

    end: int
    trace: str | None = None
    seq: int = 0
    stamp: int = 0


def place(path: Path, seq: int | None = None) -> Place:
    """Find the end of a log, or of its first events.

    Parameters
    ----------
    path
        A log that an :class:`~asctools.eventlog.writer.XESLogger` wrote; it may have been killed.
    seq
        The last event to keep; all of them if None.

    Raises
    ------
    LogError
        If the file is missing or something else, or has no such event.
    """
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
            end = _end(text) if seq is None else _end_of(text, seq)
            return Place(end, _trace(text, end), *_event(text, end))
    except (OSError, ValueError) as error:  # an empty file is a ValueError of mmap
        why = f"event {seq} is not in it" if seq is not None and path.is_file() else error
        came = f"{path} ({getattr(error, 'strerror', None) or why})"
        raise LogError(explain(came, "a log of an XESLogger", "start a new one")) from error


def _end(text: mmap.mmap) -> int:
    """Return where the closing tags begin: what a killed writer left behind them does not count."""
    end = _found(text.find(END_OF_LOG))
    while text[end - 1 : end] == b" ":
        end -= 1
    before = end - len(END_OF_TRACE)
    return before if text[before:end] == END_OF_TRACE else end


def _end_of(text: mmap.mmap, seq: int) -> int:
    """Return where the event of a number ends; 0 stands for the place before the first trace."""
    if seq == 0:
        first = text.find(TRACE)
        return first if first >= 0 else _end(text)
    line = f'<int key="seq" value="{seq}"/>\n'.encode()
    return _found(text.find(EVENT_END, _found(text.rfind(line, 0, _end(text))))) + len(EVENT_END)


def _trace(text: mmap.mmap, end: int) -> str | None:
    start = text.rfind(TRACE, 0, end)
    found = VALUE["concept:name"].search(text, max(start, 0), end) if start >= 0 else None
    return unescape(found[1].decode()) if found else None


def _event(text: mmap.mmap, end: int) -> tuple[int, int]:
    """Return number and stamp of the last event before ``end``."""
    start = text.rfind(EVENT, 0, end)
    if start < 0:
        return 0, 0
    seq, stamp = (VALUE[key].search(text, start, end) for key in ("seq", "time:timestamp"))
    if seq is None or stamp is None:
        raise ValueError("its events have no seq")
    return int(seq[1]), microseconds(stamp[1].decode())


def _found(position: int) -> int:
    if position < 0:
        raise ValueError("it does not end as such a log does")
    return position
