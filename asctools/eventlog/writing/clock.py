"""Times that never go back: UTC, to the microsecond, each one later than the one before."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Nanoseconds = Callable[[], int]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def steady_clock() -> Nanoseconds:
    """Return a clock like ``time.time_ns`` that nobody sets back while it runs.

    The wall clock is asked once; from then on a counter that only grows is added.
    """
    anchor = time.time_ns() - time.perf_counter_ns()
    return lambda: anchor + time.perf_counter_ns()


class Stamps:
    """Give the stamps of a log.

    Parameters
    ----------
    clock
        Returns nanoseconds since 1970 in UTC, as ``time.time_ns`` does; a steady clock if None.

    Attributes
    ----------
    last
        The last stamp given, in microseconds since 1970.
    """

    def __init__(self, clock: Nanoseconds | None = None) -> None:
        self.clock = clock or steady_clock()
        self.last = 0
        self._second, self._head = -1, ""

    def next(self, count: int = 1) -> int:
        """Return the first of as many microseconds, all of them later than any before."""
        now = self.clock() // 1000
        first = now if now > self.last else self.last + 1
        self.last = first + count - 1
        return first

    def text(self, microseconds: int) -> str:
        """Write a stamp as ISO 8601; its part up to the second is kept for the next one."""
        second, rest = divmod(microseconds, 1_000_000)
        if second != self._second:
            self._second = second
            self._head = (EPOCH + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%S.")
        return f"{self._head}{rest:06d}+00:00"

    def texts(self, first: int, count: int) -> list[str]:
        """Write as many stamps, a microsecond apart."""
        rest = first % 1_000_000
        if rest + count > 1_000_000:  # the second changes in between
            return [self.text(k) for k in range(first, first + count)]
        head = self.text(first)[: -len("000000+00:00")]
        if rest < 100_000:
            return [f"{head}{k:06d}+00:00" for k in range(rest, rest + count)]
        return [f"{head}{k}+00:00" for k in range(rest, rest + count)]


def microseconds(stamp: str) -> int:
    """Return the microseconds since 1970 of a stamp in ISO 8601 with a zone."""
    return (datetime.fromisoformat(stamp) - EPOCH) // timedelta(microseconds=1)
