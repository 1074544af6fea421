"""Files that are either whole or not there."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from asctools.errors import InputError, explain

__all__ = ["write_whole"]


def write_whole(path: Path, write: Callable[[Path], None]) -> None:
    """Let ``write`` make a file beside ``path``, with the same ending, and put it in its place.

    An older file at ``path`` stays until the new one is complete.

    Raises
    ------
    InputError
        If the folder is missing or cannot be written to.
    """
    try:
        with tempfile.TemporaryDirectory(prefix=".writing-", dir=path.parent) as folder:
            beside = Path(folder) / path.name
            write(beside)
            with beside.open("rb") as file:
                os.fsync(file.fileno())
            beside.replace(path)
    except OSError as error:
        came = f"{path} ({error.strerror})"
        todo = "make the folder, or choose one of your own"
        raise InputError(explain(came, "a folder to write into", todo)) from error
