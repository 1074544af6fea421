"""Small things to test the writer with."""

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lxml import etree

from asctools.eventlog import XESLogger

START = 1_790_000_000 * 10**9  # 2026-09-21T14:13:20Z, in nanoseconds
MS = 10**6


def ticking(step: int = MS) -> Callable[[], int]:
    """Return a clock that goes on by a step each time it is looked at."""
    return itertools.count(START, step).__next__


def logger(path: Path, **settings: Any) -> XESLogger:
    """Return a logger with a ticking clock."""
    return XESLogger(path, **({"clock": ticking()} | settings))


def attributes(element: etree._Element) -> dict[str, Any]:
    """Return the attributes of an element as (type, text)."""
    found = [each for each in element if isinstance(each.tag, str) and "key" in each.attrib]
    return {each.get("key"): (etree.QName(each).localname, each.get("value")) for each in found}


def parsed(path: Path) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Return the traces of a log, as another library reads them: its attributes and its events."""
    root = etree.fromstring(path.read_bytes())
    return [
        (attributes(trace), [attributes(event) for event in trace.iterfind("{*}event")])
        for trace in root.iterfind("{*}trace")
    ]


def events(path: Path) -> list[dict[str, Any]]:
    """Return all events of a log."""
    return [event for _, of_trace in parsed(path) for event in of_trace]


def seqs(path: Path) -> list[int]:
    """Return the numbers of all events."""
    return [int(event["seq"][1]) for event in events(path)]
