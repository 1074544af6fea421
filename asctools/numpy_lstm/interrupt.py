"""Let Ctrl-C end a loop between two iterations, never in the middle of one."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any


class Interrupted:
    """True as soon as the user has asked to stop."""

    def __init__(self) -> None:
        self.asked = False

    def __bool__(self) -> bool:
        return self.asked

    def ask(self, number: int, frame: FrameType | None) -> None:
        """Note the first Ctrl-C; the second one interrupts at once, for the impatient."""
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True


@contextmanager
def interruptible() -> Iterator[Interrupted]:
    """Catch Ctrl-C for as long as the context lasts, and give the note to look at.

    Python delivers signals to its main thread only, and somebody else may have taken this one. An
    interruption that comes at any point all the same, as a ``KeyboardInterrupt``, ends the context
    there and then, and is noted too.
    """
    asked = Interrupted()
    with suppress(KeyboardInterrupt), _caught(asked):
        yield asked
        return
    asked.asked = True


@contextmanager
def _caught(asked: Interrupted) -> Iterator[None]:
    """Let Ctrl-C be noted instead of raised, where that is ours to do."""
    before: Any = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or (
        before is not signal.default_int_handler
    ):
        yield
        return
    signal.signal(signal.SIGINT, asked.ask)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
