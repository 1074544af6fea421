"""A file that is a whole log at every moment, whoever kills the process that writes it.

The closing tags of a log stand at its end. New text goes where they stand, followed by new closing
tags. Within a page of memory the system does that in one go, or not at all; but a ``kill -9`` can
end a longer write after any of its pages. So a longer text is first written *behind* the closing
tags, where XML allows a processing instruction and blanks, in an order in which a whole log is left
at any moment. A write within one page then turns the closing tags into the beginning of a comment
that ends where the new text begins::

    … </trace></log>   <?q  -->  new text  </trace></log><?q ?>      the instruction hides it
    … <!--             <?q  -->  new text  </trace></log><?q ?>      the comment hides the rest

What stays of this in the file is an empty comment.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO, FileIO
from pathlib import Path
from typing import BinaryIO

from asctools.errors import explain
from asctools.eventlog.errors import LogError

HAS_PWRITE = hasattr(os, "pwrite")  # not on Windows; it is one call instead of two
CHUNK = 1 << 20  # bytes copied at once
PAGE = 4096  # of memory; where pages are larger, a part of one
OPENED, CLOSED = b"<?q ", b"<?q ?>"  # a processing instruction: to be ended later, and whole
BLANKS = b" " * (1 << 16)
EVENT_END = b"  </event>\n"
COMMENT, COMMENT_END = b"<!--", b"    -->\n"  # the blanks are where OPENED stands for a while


class LogFile:
    """A log on disk, to be appended to.

    Parameters
    ----------
    path
        A file that :func:`create` has made.
    end
        The position of its closing tags, which cross no border of a page.
    tail
        The closing tags that stand there.
    """

    def __init__(self, path: Path, end: int, tail: bytes) -> None:
        self.path, self.end, self.tail = path, end, tail
        try:
            # No buffer of Python's own: what is written is with the system, and survives us
            self._file = path.open("r+b", buffering=0)
        except OSError as error:
            raise refused(path, error) from error

    def append(self, body: bytes, tail: bytes) -> None:
        """Write ``body`` and new closing tags over the old ones.

        Parameters
        ----------
        body
            Whole lines of XML without ``?>``.
        tail
            The closing tags after it.

        Raises
        ------
        LogError
            If the disk takes it no more; the file is then as it was before.
        """
        room = PAGE - self.end % PAGE
        try:
            if len(body) + len(tail) <= room:
                self._put(self.end, body + tail)
                self.end += len(body)
            else:
                self._append_pages(body, tail, room)
        except OSError as error:
            with suppress(OSError):
                self._put(self.end, self.tail)
                self._file.truncate(self.end + len(self.tail))
            raise refused(self.path, error) from error
        self.tail = tail

    def close(self) -> None:
        """Close the file, which is whole already."""
        self._file.close()

    def _append_pages(self, body: bytes, tail: bytes, room: int) -> None:
        """Write more than fits into the page of the closing tags."""
        # The comment comes between two events; where none ends on this page, blanks fill it
        found = body.rfind(EVENT_END, 0, room - len(COMMENT))
        cut = found + len(EVENT_END) if found >= 0 else 0
        here = body[:cut].ljust(room - len(COMMENT)) + COMMENT
        start = self.end + room
        there = self._from_page(start, body[cut:], tail)
        self._hide(start, there)
        self._put(self.end, here)  # now it counts
        self.end, self.tail = start + len(there) - len(tail + CLOSED), tail
        self._put(start, there[: len(OPENED)])
        self._file.truncate(self.end + len(tail))

    def _from_page(self, start: int, body: bytes, tail: bytes) -> bytes:
        """Return what goes onto new pages; its closing tags cross no border of a page either."""
        length = len(COMMENT_END) + len(body)
        blanks = padding(start + length, len(tail + CLOSED))
        return b"".join((COMMENT_END, body, blanks, tail, CLOSED))

    def _hide(self, start: int, text: bytes) -> None:
        """Write a text behind the closing tags, where it means nothing yet.

        Blanks may be torn anywhere. On them the last page makes an instruction of its own, then the
        first page opens one that runs to the end of the last: what is between does not matter.
        """
        for at in range(self.end + len(self.tail), start + len(text), len(BLANKS)):
            self._put(at, BLANKS[: start + len(text) - at])
        n, last = len(OPENED), (len(text) - 1) // PAGE * PAGE
        self._put(start + last, OPENED + text[last + n :])
        if last:
            self._put(start, OPENED)
            self._put(start + n, memoryview(text)[n:])

    def _put(self, position: int, content: bytes | memoryview) -> None:
        written = _write_at(self._file, position, content)
        while written < len(content):  # a disk that is nearly full takes less than all
            rest = content[written:]
            written += _write_at(self._file, position + written, rest)


def _write_at(file: FileIO, position: int, content: bytes | memoryview) -> int:
    """Write at a position, and return how many bytes the system has taken."""
    if HAS_PWRITE:
        return os.pwrite(file.fileno(), content, position)
    file.seek(position)
    return file.write(content)


def padding(position: int, length: int) -> bytes:
    """Return the blanks after which as many bytes cross no border of a page."""
    room = PAGE - position % PAGE
    return b"" if length <= room else b" " * room


def create(path: Path, body: bytes, tail: bytes) -> LogFile:
    """Begin a log: an older file of that name stays until the new one is whole.

    Raises
    ------
    LogError
        If the folder is missing or cannot be written to, or the name belongs to something else.
    """
    return _begin(path, BytesIO(body), len(body), tail)


def cut(path: Path, end: int, tail: bytes) -> LogFile:
    """Go on with the log that is there, after its first ``end`` bytes.

    Raises
    ------
    LogError
        If it cannot be written to.
    """
    try:
        with path.open("rb") as file:
            return _begin(path, file, end, tail)
    except OSError as error:
        raise refused(path, error) from error


def _begin(path: Path, source: BinaryIO, length: int, tail: bytes) -> LogFile:
    """Write a log beside its place, then rename it."""
    blanks = padding(length, len(tail))
    try:
        if path.exists() and not (path.is_file() and os.access(path, os.W_OK)):
            raise PermissionError(None, "it is there and cannot be written to")
        with beside(path) as part:
            with part.open("wb") as file:
                for at in range(0, length, CHUNK):
                    file.write(source.read(min(CHUNK, length - at)))
                file.write(blanks + tail)
            part.replace(path)
    except OSError as error:
        raise refused(path, error) from error
    return LogFile(path, length + len(blanks), tail)


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """Give the name under which a file is written before it takes its place."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)


def refused(path: Path, error: BaseException) -> LogError:
    """Return the error for a file that the system does not let us write."""
    why = getattr(error, "strerror", None) or str(error)
    todo = "make room, or choose a folder that is yours"
    return LogError(explain(f"{path} ({why})", "a file to write the log into", todo))
