"""XES as it comes off the disk: one event after another, in memory that does not grow.

What other tools write is read too. Namespaces and prefixes of elements are passed over, and so are
declarations (extensions, globals, classifiers) and elements that are not of XES. The attributes of
an attribute ``a`` are given as attributes of the event, under ``a/b``; a list or a container is one
value, the pairs that are in it. Events outside any trace are given with None as their trace.
"""

import functools
import gzip
import zlib
from collections.abc import Callable, Iterator
from os import PathLike, fspath
from pathlib import Path
from typing import TypeAlias
from xml.parsers import expat

from asctools.errors import InputError, explain

TYPES = frozenset({"string", "date", "int", "float", "boolean", "id"})
LISTS = frozenset({"list", "container"})
GZIP = b"\x1f\x8b"  # how every file of gzip begins
CHUNK = 1 << 18

# (key, type, text); of a list instead of the text: its attributes
Attribute: TypeAlias = "tuple[str, str, str | list[Attribute]]"
Attributes: TypeAlias = list[Attribute]
Found: TypeAlias = list[tuple[Attributes | None, Attributes]]


def scan(
    path: str | PathLike[str], log: Attributes
) -> Iterator[tuple[Attributes | None, Attributes]]:
    """Give each event of an XES file, with the attributes of its trace, as the file has them.

    Parameters
    ----------
    path
        A plain file or one of gzip, whatever its name ends with.
    log
        Filled with the attributes of the log while the file is read.

    Yields
    ------
    tuple
        The attributes of the trace, the same list for all of its events, and those of the event;
        each as (key, type, text).

    Raises
    ------
    asctools.errors.InputError
        For a file that is missing, empty, cut off, or not XES.
    """
    name = Path(fspath(path)).name
    found: Found = []
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = _handlers(name, log, found)
    at_end = False
    try:
        for chunk in chunks(Path(fspath(path)), name):
            parser.Parse(chunk, False)
            yield from found
            found.clear()
        at_end = True
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise _broken(name, error, at_end) from error
    yield from found


def _handlers(
    name: str, log: Attributes, found: Found
) -> tuple[Callable[[str, dict[str, str]], None], Callable[[str], None]]:
    """Return what is to be done where an element starts and where it ends."""
    # Of each open element: where attributes inside it belong, and what their keys begin with.
    inside: list[tuple[Attributes, str]] = []
    trace: Attributes | None = None

    def start(element: str, given: dict[str, str]) -> None:
        nonlocal trace
        tag = _local(element)
        if not inside:
            if tag != "log":
                raise _not_xes(name, element)
            inside.append((log, ""))
        elif tag in TYPES:
            attributes, prefix = inside[-1]
            key = prefix + given.get("key", "")
            attributes.append((key, tag, given.get("value", "")))
            inside.append((attributes, key + "/"))
        elif tag in LISTS:
            items: Attributes = []
            attributes, prefix = inside[-1]
            attributes.append((prefix + given.get("key", ""), "list", items))
            inside.append((items, ""))
        elif tag == "values":
            inside.append(inside[-1])
        else:
            inside.append(([], ""))
            if tag == "trace":
                trace = inside[-1][0]

    def end(element: str) -> None:
        nonlocal trace
        attributes, _ = inside.pop()
        tag = _local(element)
        if tag == "event":
            found.append((trace, attributes))
        elif tag == "trace":
            trace = None

    return start, end


@functools.lru_cache(maxsize=1024)
def _local(element: str) -> str:
    """Return the name of an element without the prefix of its namespace."""
    return element.rpartition(":")[2]


def chunks(path: Path, name: str) -> Iterator[bytes]:
    """Give the bytes of a file, unpacked."""
    try:
        with path.open("rb") as file:
            packed = file.read(len(GZIP)) == GZIP
            if not packed and path.stat().st_size == 0:
                raise InputError(explain(f"the empty file {name}", "an XES log", _WRITTEN))
        with gzip.open(path) if packed else path.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        came = f"{name}, which gzip cannot unpack to its end"
        raise InputError(explain(came, "a whole file of gzip", _COPIED)) from error
    except OSError as error:
        came = f"{name}, which cannot be read ({error.strerror})"
        raise InputError(
            explain(came, "an XES log", "check the path and who may read it")
        ) from error


_WRITTEN = "check whether the program that should write it has run"
_COPIED = "copy the file again, or read the plain .xes beside it if there is one"


def _broken(name: str, error: expat.ExpatError, at_end: bool) -> InputError:
    """Say what is wrong with a file that is not well-formed XML."""
    what = expat.errors.messages.get(error.code, str(error))
    if at_end:
        came = f"{name}, which breaks off in line {error.lineno}"
        todo = "cut it behind the last </event> and write </trace></log> there"
        return InputError(explain(came, "a log that is closed by </log>", todo))
    came = f"{name}, which is not XML from line {error.lineno} on ({what})"
    todo = "let the program that wrote it escape its text, or open the line and mend it"
    return InputError(explain(came, "an XES log", todo))


def _not_xes(name: str, element: str) -> InputError:
    came = f"{name}, whose first element is <{element}>"
    return InputError(explain(came, "an XES log, which begins with <log>", "choose another file"))
