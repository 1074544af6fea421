"""Write a training as an event log in XES, while it runs."""

import logging
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

from asctools.errors import InputError, explain, unknown_name
from asctools.eventlog.errors import LogError
from asctools.eventlog.null import NullLogger
from asctools.eventlog.registry import LEVELS, level_of
from asctools.eventlog.writing import header
from asctools.eventlog.writing.clock import Stamps
from asctools.eventlog.writing.encode import checked_name
from asctools.eventlog.writing.journal import Journal
from asctools.eventlog.writing.logfile import create, cut
from asctools.eventlog.writing.packing import pack, unpack
from asctools.eventlog.writing.resume import place
from asctools.eventlog.writing.scribe import Scribe

__all__ = ["NullLogger", "XESLogger"]

MOST_NAMES = 4096  # of which the level is kept

logger = logging.getLogger(__name__)


class XESLogger:
    """Write an event log that is a valid file from the first moment on.

    It serves as the ``observer`` of :func:`asctools.numpy_lstm.train.train`. Several threads may
    tell at once; each process needs a log of its own.

    Parameters
    ----------
    path
        The file; an older one is replaced. ``run.xes.gz`` is written as ``run.xes``, and packed
        when it is closed.
    level
        The finest of :data:`~asctools.eventlog.registry.LEVELS` that is written.
    every
        Level → k: of this level only iterations that k divides, but those whole.
    metadata
        Attributes of the whole log: the settings of the run. What ``every`` asks for is added as
        ``every_gate`` ….
    clock
        Returns nanoseconds since 1970 in UTC, as ``time.time_ns``; the system's if None.
    strict
        Whether an event without one of its required attributes is refused. Else it is written, and
        a warning says so once for each type.
    on_error
        When the disk is full, or must not be written to: ``"raise"`` a
        :class:`~asctools.eventlog.errors.LogError`, or ``"warn"`` and write no further. The file
        stays valid as far as it goes.
    resume
        True: go on at the end of the log that is there. The number of an event: cut away what came
        after it, and go on. A trace that is opened again under the name of the last one goes on.

    Attributes
    ----------
    path
        Where the log is, or will be when it is closed.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        level: str = "step",
        every: Mapping[str, int] | None = None,
        metadata: Mapping[str, Any] | None = None,
        clock: Callable[[], int] | None = None,
        strict: bool = False,
        on_error: str = "raise",
        resume: bool | int = False,
    ) -> None:
        if on_error not in ("raise", "warn"):
            raise unknown_name("on_error", on_error, ("raise", "warn"))
        self.path = Path(path)
        self._plain = self.path.with_suffix("") if self.path.suffix == ".gz" else self.path
        self._every = _every(level, every or {})
        self._scribe = Scribe(Stamps(clock), strict)
        self._levels: dict[str, str] = {}  # name → level, of the names that came
        self._last_trace: str | None = None  # of the log that goes on
        self._journal = Journal(warns=on_error == "warn")
        try:
            self._open(header.head(self._left_out() | dict(metadata or {})).encode(), resume)
        except LogError as error:
            self._journal.fail(error)
        # What waits is not lost when a program ends that never closed its log
        weakref.finalize(self, self._journal.flush)

    @property
    def position(self) -> int:
        """``seq`` of the last event; all up to it are in the file when you know it."""
        self.flush()
        return self._journal.written

    def trace(self, name: str, /, **attributes: Any) -> "Trace":
        """Begin a trace, and end the one before; as a ``with`` it ends with its block."""
        with self._journal.lock:
            if self._open_still() and (self._last_trace is None or name != self._last_trace):
                self._journal.begin_trace(header.trace_head(name, attributes))
            self._last_trace = None
            return Trace(self._journal)

    def event(self, name: str, /, **attributes: Any) -> None:
        """Write that something has just been done.

        Parameters
        ----------
        name
            One of :data:`~asctools.eventlog.registry.REGISTRY`, or a name of your own.
        **attributes
            Booleans, integers, floats and texts, of Python or NumPy. None is left out.

        Raises
        ------
        InputError
            If a value is of another type, or a key no XML name.
        LogError
            If the log cannot be written, and is to say so.
        """
        if self.enabled(self._level_of(name), attributes.get("iteration")):
            with self._journal.lock:
                if self._open_still():
                    self._add(self._scribe.one(name, self._journal.seq + 1, attributes), 1)

    def events(self, names: Sequence[str], /, **attributes: Any) -> None:
        """Write many events at once, in their order, a microsecond apart.

        Parameters
        ----------
        names
            What each event is called; all of one level.
        **attributes
            A list has one value for each event; anything else is the same for all of them.
        """
        if names and self.enabled(self._level_of(names[0]), attributes.get("iteration")):
            with self._journal.lock:
                if self._open_still():
                    text = self._scribe.many(names, self._journal.seq + 1, attributes)
                    self._add(text, len(names))

    @contextmanager
    def span(self, name: str, /, **attributes: Any) -> Iterator[dict[str, Any]]:
        """Write one event when the block has ended, with its ``duration_s``.

        What is put into the dictionary that the block is given becomes attributes too. A block that
        raises is no event.
        """
        started = self._scribe.stamps.clock()
        yield attributes
        seconds = (self._scribe.stamps.clock() - started) / 1e9
        self.event(name, **attributes, duration_s=seconds)

    def enabled(self, level: str, iteration: int | None = None) -> bool:
        """Whether events of a level are written, in this iteration or in any."""
        every = self._every.get(level)
        if every is None:
            if level not in LEVELS:
                raise unknown_name("level", level, LEVELS)
            return False
        return every == 1 or iteration is None or iteration % every == 0

    def flush(self) -> None:
        """Bring everything that was told into the file."""
        with self._journal.lock:
            self._journal.flush()

    def close(self) -> None:
        """End the log."""
        with self._journal.lock:
            if self._journal.close() and self._plain != self.path:
                try:
                    pack(self._plain, self.path)
                except LogError as error:
                    self._journal.fail(error)

    def cut_back(self, position: int) -> None:
        """Cut away what was told after an event, and go on there.

        Parameters
        ----------
        position
            The number of the event: a :attr:`position` of before.

        Raises
        ------
        LogError
            If the log has no such event; it stays as it is then.
        """
        with self._journal.lock:
            if self._open_still():
                self._journal.flush()
                place(self._plain, position)  # refuses before anything is changed
                self._journal.close()
                self._open(b"", position)

    def restart_clock(self) -> None:
        """Let the next event be earlier than the last; for a trace that runs beside another."""
        self._scribe.stamps.last = 0

    def __enter__(self) -> "XESLogger":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        try:
            self.close()
        except LogError as failed:
            if error is None:
                raise
            logger.warning("The log is not complete. %s", failed)  # and the error goes on its way

    def _open(self, head: bytes, resume: bool | int) -> None:
        """Begin the log, or go on with the one that is there."""
        if resume is not False and not self._plain.exists() and self.path.exists():
            unpack(self.path, self._plain)
        if resume is False or (resume is True and not self._plain.exists()):
            self._journal.start(create(self._plain, head, header.END_OF_LOG))
            return
        found = place(self._plain, None if resume is True else resume)
        tail = header.END_OF_LOG if found.trace is None else header.END_OF_TRACE + header.END_OF_LOG
        file = cut(self._plain, found.end, tail)
        self._journal.start(file, found.seq, in_trace=found.trace is not None)
        self._scribe.stamps.last, self._last_trace = found.stamp, found.trace

    def _level_of(self, name: str) -> str:
        level = self._levels.get(name)
        if level is None:
            level = level_of(checked_name(name))
            if len(self._levels) < MOST_NAMES:
                self._levels[name] = level
        return level

    def _left_out(self) -> dict[str, Any]:
        """Return what tells the events that were left out from those that never were."""
        return {f"every_{name}": k for name, k in self._every.items() if k > 1}

    def _open_still(self) -> bool:
        """Whether anything can be written."""
        if not self._journal.open:
            self._journal.refuse(self.path)
        return self._journal.open

    def _add(self, text: str, count: int) -> None:
        """Add events to the trace that is open, or to a first one."""
        if not self._journal.in_trace:
            self._journal.begin_trace(header.trace_head("run", {}))
        self._journal.add(text, count)


class Trace:
    """A trace that ends with the block of its ``with``, unless another has begun by then."""

    def __init__(self, journal: Journal) -> None:
        self._journal, self._number = journal, journal.traces

    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: object) -> None:
        with self._journal.lock:
            if self._number == self._journal.traces:
                self._journal.end_trace()


def _every(level: str, every: Mapping[str, int]) -> dict[str, int]:
    """Return level → k for the levels that are written."""
    if level not in LEVELS:
        raise unknown_name("level", level, LEVELS)
    for name, k in every.items():
        if name not in LEVELS:
            raise unknown_name("level", name, LEVELS)
        if not isinstance(k, int) or isinstance(k, bool) or k < 1:
            came = f"every={{{name!r}: {k!r}}}"
            raise InputError(explain(came, "a whole number, 1 or more", "write 20, say"))
    wanted = LEVELS[: LEVELS.index(level) + 1]
    return {name: every.get(name, 1) for name in wanted}
