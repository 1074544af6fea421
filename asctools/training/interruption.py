"""Let Ctrl-C, or a system that wants the process to end, be heeded between two steps."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

__all__ = ["Interruption", "heeding"]

TERMINATED = 128 + signal.SIGTERM  # the exit code of a process that was asked to end


class Interruption:
    """True as soon as somebody has asked for an end.

    Attributes
    ----------
    asked
        The number of the signal; 0 as long as none came.
    """

    def __init__(self) -> None:
        self.asked = 0

    def __bool__(self) -> bool:
        return self.asked > 0

    def ask(self, number: int, frame: FrameType | None) -> None:
        """Note the first signal; the second one interrupts at once, for the impatient."""
        if self.asked:
            raise KeyboardInterrupt
        self.asked = number


@contextmanager
def heeding() -> Iterator[Interruption]:
    """Note SIGINT and SIGTERM for as long as the context lasts, instead of ending at once.

    Python delivers signals to its main thread only, and somebody else may have taken one: those
    stay with whoever has them.

    Raises
    ------
    SystemExit
        At the end, if SIGTERM came: the process was asked to end.
    """
    note = Interruption()
    before: dict[int, Any] = {}
    if threading.current_thread() is threading.main_thread():
        ours = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: signal.SIG_DFL}
        before = {n: ours[n] for n in ours if signal.getsignal(n) is ours[n]}
    for number in before:
        signal.signal(number, note.ask)
    try:
        yield note
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if note.asked == signal.SIGTERM:
        raise SystemExit(TERMINATED)
