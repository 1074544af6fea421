"""Read an event log: as a table, an event a row, or one event after another.

Logs of other tools are read as :mod:`asctools.eventlog.reading.scan` says. A value that does not
fit the type that it is declared as is kept as its text, with one warning for each key. A date
without a zone is UTC.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from os import PathLike
from typing import TYPE_CHECKING, Any, TypeAlias

from asctools.eventlog.reading.scan import Attribute, Attributes, scan

if TYPE_CHECKING:
    import pandas as pd

Values: TypeAlias = dict[str, Any]

logger = logging.getLogger(__name__)
_said: set[tuple[str, str]] = set()


def read(path: str | PathLike[str]) -> "pd.DataFrame":
    """Read an event log into a table, a row an event, in the order of the file.

    Parameters
    ----------
    path
        A file ``.xes`` or ``.xes.gz``.

    Returns
    -------
    pandas.DataFrame
        Attributes of the trace are columns ``case:…``, those of the log are in
        ``.attrs["log"]``. Text is exact, and so are floats; times are UTC; whole numbers are int64,
        or Int64 where some event has none; truth is boolean. A list is a list of pairs.
        A trace without a name is called by its place: ``trace 3``. Traces without events are not
        in the table. An empty cell is an attribute that the event does not have, so a float
        column cannot tell NaN from nothing; :func:`records` can.

    Raises
    ------
    asctools.errors.InputError
        For a file that is missing, empty, cut off, or not XES.
    """
    from asctools.eventlog.reading.table import table

    log: Attributes = []
    frame = table(scan(path, log))
    frame.attrs["log"] = values(log)
    return frame


def records(path: str | PathLike[str]) -> Iterator[tuple[Values, Values]]:
    """Give one event after another, with what its trace has: memory stays flat in any log.

    Parameters
    ----------
    path
        A file ``.xes`` or ``.xes.gz``.

    Yields
    ------
    tuple
        Two dictionaries, key → value: the trace's attributes and the event's. Values are str,
        datetime with its zone, int, float, bool, or a list of (key, value).

    Raises
    ------
    asctools.errors.InputError
        For a file that is missing, empty, cut off, or not XES.
    """
    trace: Attributes | None = None
    of_trace: Values = {}
    for its_trace, event in scan(path, []):
        if its_trace is not trace:
            trace, of_trace = its_trace, values(its_trace or [])
        yield of_trace, values(event)


def values(attributes: Attributes) -> Values:
    """Return attributes as key → value; of a key that comes twice, the last."""
    return {attribute[0]: value(attribute) for attribute in attributes}


def value(attribute: Attribute) -> Any:
    """Return what an attribute says, in the type that it is declared as."""
    key, tag, text = attribute
    if not isinstance(text, str):
        return [(item[0], value(item)) for item in text]
    try:
        return CONVERT[tag](text)
    except ValueError:
        unfit(key, tag, text)
        return text


def unfit(key: str, tag: str, text: str) -> None:
    """Say that a value is not of its type: once for each key, there may be millions."""
    if (key, tag) not in _said:
        _said.add((key, tag))
        logger.warning("%s is declared as %s and says %r: it is kept as text", key, tag, text)


def _date(text: str) -> datetime:
    when = datetime.fromisoformat(text.strip())
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def whole(text: str) -> int:
    """Read a whole number of 64 bits, as XES has them."""
    number = int(text)
    if not -(2**63) <= number < 2**63:
        raise ValueError
    return number


def truth(text: str) -> bool:
    """Read true or false; 1 and 0 are legal too."""
    try:
        return {"true": True, "1": True, "false": False, "0": False}[text.strip().lower()]
    except KeyError:
        raise ValueError from None


CONVERT: dict[str, Callable[[str], Any]] = {
    "string": str,
    "id": str,
    "date": _date,
    "int": whole,
    "float": float,
    "boolean": truth,
}
