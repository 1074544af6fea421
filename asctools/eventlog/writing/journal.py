"""What waits to be written, and the file that it goes to.

Many small texts become few writes. Whatever goes wrong with the file is dealt with here: an error
or a warning, and nothing is written after it.
"""

import logging
import os
import threading
import weakref
from pathlib import Path
from time import monotonic

from asctools.errors import explain
from asctools.eventlog.errors import LogError
from asctools.eventlog.writing.header import END_OF_LOG, END_OF_TRACE
from asctools.eventlog.writing.logfile import LogFile

MOST_EVENTS, LONGEST_WAIT = 256, 1.0  # events, seconds: the most that a crash can lose
MOST_TEXT = 1 << 16  # characters: memory of this size is used again, larger ones are given back

logger = logging.getLogger(__name__)


class Journal:
    """The body of a log, from its first trace on.

    Parameters
    ----------
    warns
        Whether a file that cannot be written is a warning, and not an error.

    Attributes
    ----------
    lock
        To be held by whoever calls a method.
    seq, written
        Number of the last event that was added, and of the last that is in the file.
    in_trace, traces
        Whether a trace is open, and how many were begun here.
    """

    def __init__(self, warns: bool) -> None:
        self.lock = threading.RLock()
        self.seq = self.written = 0
        self.in_trace, self.traces = False, 0
        self._warns = warns
        self._file: LogFile | None = None
        self._refusal = ""  # why nothing is written any more
        self._waiting: list[str] = []
        self._length = 0
        self._flushed = monotonic()
        JOURNALS.add(self)

    @property
    def open(self) -> bool:
        """Whether there is a file to write to."""
        return self._file is not None

    def start(self, file: LogFile, seq: int = 0, in_trace: bool = False) -> None:
        """Write to a file, which has so many events already."""
        self._file, self.seq, self.written, self.in_trace = file, seq, seq, in_trace

    def begin_trace(self, head: str) -> None:
        """End the trace before, and begin one."""
        self.end_trace()
        self._waiting.append(head)
        self.in_trace, self.traces = True, self.traces + 1

    def end_trace(self) -> None:
        """End the trace, if one is open."""
        if self.in_trace:
            self._waiting.append(END_OF_TRACE.decode())
            self.in_trace = False

    def add(self, text: str, count: int = 1) -> None:
        """Add as many events; bring them into the file when it is time."""
        self._waiting.append(text)
        self._length += len(text)
        self.seq += count
        if (
            self.seq - self.written >= MOST_EVENTS
            or self._length >= MOST_TEXT
            or monotonic() - self._flushed >= LONGEST_WAIT
        ):
            self.flush()

    def flush(self) -> None:
        """Bring everything into the file, which is a whole log then.

        Raises
        ------
        LogError
            If the file does not take it, and that is not to be a warning.
        """
        self._flushed = monotonic()
        if not self._waiting or self._file is None:
            return
        tail = END_OF_TRACE + END_OF_LOG if self.in_trace else END_OF_LOG
        file, end = self._file, self._file.end
        try:
            file.append("".join(self._waiting).encode(), tail)
        except LogError as error:
            self.fail(error)
        finally:  # Ctrl-C may come in the middle: what is not in the file yet waits on
            if file.end != end:
                self._waiting, self._length, self.written = [], 0, self.seq

    def close(self) -> bool:
        """End the log; return whether it is complete in its file."""
        if self._file is None:
            return False
        self.end_trace()
        self.flush()
        if self._file is None:  # the flush has failed
            return False
        self._file.close()
        self._file, self._refusal = None, "it is closed"
        return True

    def fail(self, error: LogError) -> None:
        """Write no more; warn or raise, as asked."""
        if self._file is not None:
            self._file.close()
        self._file, self._waiting, self._refusal = None, [], str(error)
        self.seq = self.written
        if not self._warns:
            raise error
        logger.warning("The log ends after event %d. %s", self.written, error)

    def refuse(self, path: Path) -> None:
        """Say that an event came which cannot be written: an error, or nothing after a warning.

        Raises
        ------
        LogError
            If that is asked for, or the log was closed before.
        """
        if self._warns and self._refusal != "it is closed":
            return
        todo = "make a new XESLogger"
        raise LogError(explain(f"an event for {path} ({self._refusal})", "an open log", todo))

    def leave_to_parent(self) -> None:
        """In a forked process: stop writing, since the file belongs to the process before."""
        self.lock = threading.RLock()  # the old one may be held by a thread that is not here
        if self._file is not None:
            path = self._file.path
            self._file, self._waiting, self._warns = None, [], True
            self._refusal = "it belongs to another process"
            logger.warning(
                "This fork of process %d writes no events into its log %s. "
                "Give each process a file of its own: process_path(path, rank)",
                os.getppid(),
                path,
            )


JOURNALS: "weakref.WeakSet[Journal]" = weakref.WeakSet()


def _after_fork() -> None:
    for each in list(JOURNALS):
        each.leave_to_parent()


if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
    os.register_at_fork(after_in_child=_after_fork)
