"""Put a log into one member of gzip, and take it out again."""

import gzip
import shutil
import zlib
from pathlib import Path

from asctools.errors import explain
from asctools.eventlog.errors import LogError
from asctools.eventlog.writing.logfile import beside, refused

LEVEL = 6  # level 1 takes a quarter more room, for half of the time
CHUNK = 1 << 20


def pack(plain: Path, packed: Path) -> None:
    """Pack a log, and remove the plain one when the packed one is in its place.

    Raises
    ------
    LogError
        If there is no room; the plain log stays.
    """
    try:
        with beside(packed) as part:
            # Neither name nor time inside: the same log is the same bytes
            with (
                plain.open("rb") as source,
                part.open("wb") as target,
                gzip.GzipFile("", "wb", LEVEL, target, mtime=0) as file,
            ):
                shutil.copyfileobj(source, file, CHUNK)
            part.replace(packed)
        plain.unlink()
    except OSError as error:
        raise refused(packed, error) from error


def unpack(packed: Path, plain: Path) -> None:
    """Unpack a log, to go on with it.

    Raises
    ------
    LogError
        If it is no gzip, is cut short, or there is no room.
    """
    try:
        with beside(plain) as part:
            with gzip.open(packed, "rb") as source, part.open("wb") as target:
                shutil.copyfileobj(source, target, CHUNK)
            part.replace(plain)
    except (OSError, EOFError, zlib.error) as error:
        came = f"{packed} ({error})"
        raise LogError(explain(came, "a whole log in gzip", "start a new log")) from error
