"""The log of a run that nobody logs."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any


class NullLogger:
    """Has the methods of an :class:`~asctools.eventlog.writer.XESLogger`, and does nothing."""

    path = None
    position = 0

    def trace(self, name: str, /, **attributes: Any) -> "nullcontext[None]":
        """Begin nothing."""
        return nullcontext()

    def event(self, name: str, /, **attributes: Any) -> None:
        """Write nothing."""

    def events(self, names: Sequence[str], /, **attributes: Any) -> None:
        """Write nothing."""

    @contextmanager
    def span(self, name: str, /, **attributes: Any) -> Iterator[dict[str, Any]]:
        """Give a dictionary, and forget it."""
        yield attributes

    def enabled(self, level: str, iteration: int | None = None) -> bool:
        """Want nothing."""
        return False

    def cut_back(self, position: int) -> None:
        """Cut nothing."""

    def flush(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""

    def __enter__(self) -> "NullLogger":
        return self

    def __exit__(self, *error: object) -> None:
        pass
