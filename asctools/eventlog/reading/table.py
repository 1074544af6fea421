"""The events of a log as the columns of a table."""

from array import array
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from asctools.eventlog.reader import CONVERT, unfit, value
from asctools.eventlog.reading.scan import Attribute, Attributes

if TYPE_CHECKING:
    import pandas as pd

NAME = "concept:name"
FIRST = (NAME, "time:timestamp", "lifecycle:transition", "seq", "iteration")
COMPACT = {"int": "q", "float": "d", "boolean": "b"}  # what fits into an array of numbers
EXACT = 2**53  # beyond it, not every whole number is a float


class Part:
    """The values of one key that are declared as one type, and the rows that they stand in."""

    def __init__(self, tag: str) -> None:
        self.rows = array("q")
        self.values: Any = array(COMPACT[tag]) if tag in COMPACT else []
        self._seen: dict[str, str] = {}  # a name that comes a million times is kept once
        self._of = CONVERT[tag] if tag in COMPACT else None
        self._once = tag in ("string", "id")

    def add(self, row: int, attribute: Attribute) -> None:
        """Put a value into a row; ValueError for a text that is not of the type."""
        text: Any = attribute[2]
        if self._of is not None:
            self.values.append(self._of(text))
        elif self._once:
            self.values.append(self._seen.setdefault(text, text))
        else:
            self.values.append(text if isinstance(text, str) else value(attribute))
        self.rows.append(row)


class Columns:
    """Columns that grow row by row, of attributes of any key and type."""

    def __init__(self) -> None:
        self._parts: dict[tuple[str, str], Part] = {}

    def add(self, row: int, attributes: Attributes) -> None:
        """Put the attributes of an event, or of a trace, into a row."""
        parts = self._parts
        for attribute in attributes:
            key, tag, text = attribute
            if (key, tag) not in parts:
                parts[key, tag] = Part(tag)
            try:
                parts[key, tag].add(row, attribute)
            except ValueError:
                unfit(key, tag, str(text))
                parts.setdefault((key, "string"), Part("string")).add(row, (key, "string", text))

    def series(self, n: int) -> "dict[str, pd.Series]":
        """Return every column, n rows long, in order of first appearance."""
        by_key: dict[str, dict[str, Part]] = {}
        for (key, tag), part in self._parts.items():
            if part.rows:
                by_key.setdefault(key, {})[tag] = part
        return {key: _column(key, parts, n) for key, parts in by_key.items()}


def table(events: Iterator[tuple[Attributes | None, Attributes]]) -> "pd.DataFrame":
    """Return events as a table: a row an event, a column an attribute.

    Parameters
    ----------
    events
        As :func:`asctools.eventlog.reading.scan.scan` gives them.
    """
    import pandas as pd

    columns, traces, lengths = Columns(), list[Attributes | None](), array("q")
    trace: Any = object()  # so that the first event begins one, even outside any trace
    n = 0
    for n, (its_trace, event) in enumerate(events, start=1):
        if its_trace is not trace:
            trace = its_trace
            traces.append(trace)
            lengths.append(0)
        lengths[-1] += 1
        columns.add(n - 1, event)
    own = columns.series(n)
    found = _of_traces(traces, np.asarray(lengths))
    clash = {key: f"event:{key}" for key in own if key in found}
    names = [key for key in FIRST if key in own] + [key for key in own if key not in FIRST]
    found |= {clash.get(key, key): own[key] for key in names}
    return pd.DataFrame(found) if n else _empty()


def _of_traces(traces: Sequence[Attributes | None], lengths: np.ndarray) -> "dict[str, pd.Series]":
    """Return the columns of the traces, each value as often as its trace has events."""
    import pandas as pd

    columns = Columns()
    for row, trace in enumerate(traces):
        if trace is None:
            continue
        columns.add(row, trace)
        if not any(key == NAME for key, *_ in trace):
            columns.add(row, [(NAME, "string", f"trace {row + 1}")])
    rows = np.repeat(np.arange(lengths.size), lengths)
    short = columns.series(len(traces))
    names = [NAME, *(key for key in short if key != NAME)] if NAME in short else list(short)
    return {f"case:{key}": pd.Series(short[key].array.take(rows)) for key in names}


def _column(key: str, parts: dict[str, Part], n: int) -> "pd.Series":
    """Return one column, n rows long, from the parts of its types."""
    import pandas as pd

    if set(parts) == {"int", "float"} and _exact(parts["int"]):
        rows = np.append(parts["int"].rows, parts["float"].rows)
        return pd.Series(_spread(rows, [*parts["int"].values, *parts["float"].values], n))
    if len(parts) > 1:
        return pd.Series(_objects(key, parts, n), dtype=object)
    (tag, part), *_ = parts.items()
    if tag == "float":
        return pd.Series(_spread(np.asarray(part.rows), part.values, n))
    if tag in ("int", "boolean"):
        return _whole(tag, part, n)
    if tag == "date":
        return _dates(key, part, n)
    return pd.Series(_objects(key, parts, n), dtype="object" if tag == "list" else "str")


def _whole(tag: str, part: Part, n: int) -> "pd.Series":
    """Return a column of whole numbers, or of truth, that knows its gaps."""
    import pandas as pd

    numbers, gaps = np.zeros(n, np.int64), np.ones(n, np.bool_)
    numbers[part.rows], gaps[part.rows] = part.values, False
    if tag == "boolean":
        return pd.Series(pd.arrays.BooleanArray(numbers.astype(np.bool_), gaps))
    return pd.Series(pd.arrays.IntegerArray(numbers, gaps) if gaps.any() else numbers)


def _dates(key: str, part: Part, n: int) -> "pd.Series":
    """Return a column of times; of Python's own where one is no date, or too far away."""
    import pandas as pd

    texts = np.full(n, None, dtype=object)
    texts[part.rows] = part.values
    try:
        return pd.Series(pd.to_datetime(texts, format="ISO8601", utc=True))
    except ValueError:
        return pd.Series(_objects(key, {"date": part}, n), dtype=object)


def _spread(rows: np.ndarray, numbers: Any, n: int) -> np.ndarray:
    """Put floats into their rows, NaN into the others."""
    column = np.full(n, np.nan)
    column[rows] = numbers
    return column


def _objects(key: str, parts: dict[str, Part], n: int) -> np.ndarray:
    """Put values of any types into their rows, as Python's own, and None into the others."""
    column = np.full(n, None, dtype=object)
    own: dict[str, Any] = {"boolean": bool, "date": lambda text: value((key, "date", text))}
    for tag, part in parts.items():
        for row, each in zip(part.rows, part.values, strict=True):
            column[row] = own[tag](each) if tag in own else each
    return column


def _exact(part: Part) -> bool:
    return all(-EXACT <= number <= EXACT for number in part.values)


def _empty() -> "pd.DataFrame":
    """Return the table of a log without events: the columns that every log has."""
    import pandas as pd

    times = pd.Series([], dtype="datetime64[us, UTC]")
    return pd.DataFrame(
        {
            f"case:{NAME}": pd.Series([], dtype="str"),
            NAME: pd.Series([], dtype="str"),
            "time:timestamp": times,
        }
    )
