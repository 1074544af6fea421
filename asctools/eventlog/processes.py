"""Several processes: a log for each of them while they run, and one of all when they have ended."""

import heapq
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import chain, groupby
from pathlib import Path
from typing import Any, NamedTuple

from asctools.errors import InputError, explain
from asctools.eventlog.reader import Values, records, values
from asctools.eventlog.reading.scan import Attributes, scan
from asctools.eventlog.writer import XESLogger
from asctools.eventlog.writing.clock import EPOCH
from asctools.eventlog.writing.encode import RESERVED


class _Trace(NamedTuple):
    """A trace of one of the logs; its events are read as they are asked for."""

    start: int  # nanoseconds since 1970
    process: int
    attributes: Values
    events: Iterable[Values]


def process_path(path: str | Path, rank: int) -> Path:
    """Return the path of the log of one process: ``run.xes`` gives ``run.rank1.xes``."""
    path = Path(path)
    end = "".join(path.suffixes[-2:]) if path.suffix == ".gz" else path.suffix
    return path.with_name(f"{path.name.removesuffix(end)}.rank{rank}{end}")


def merge(paths: Sequence[str | Path], out: str | Path) -> Path:
    """Write the logs of several processes into one.

    Traces stay whole, since what one process does directly after another's step follows from
    nothing. They come in the order in which they began, with ``process`` as an attribute of each
    trace and each event, and are called ``epoch 1 of process 0``. ``seq`` counts anew. Of the
    logs' own attributes those are kept that are the same in all.

    Parameters
    ----------
    paths
        The logs, plain or in gzip. The process is the rank in a name of :func:`process_path`;
        in any other name, the place in this list.
    out
        The new log; ``.xes.gz`` packs it.

    Returns
    -------
    pathlib.Path
        ``out``.

    Raises
    ------
    InputError
        If there are no logs, two of one process, or one that cannot be read.
    LogError
        If the new log cannot be written.
    """
    ranks = [_rank(Path(path), place) for place, path in enumerate(paths)]
    if not paths or len(set(ranks)) < len(paths) or Path(out) in map(Path, paths):
        came = f"{len(paths)} logs of processes {sorted(set(ranks))} for {out}"
        todo = "give each process a log of its own: process_path(path, rank)"
        raise InputError(explain(came, "one log or more, each of another process", todo))
    out = Path(out)
    part = out.with_name(f"{os.getpid()}.{out.name}")  # an older log stays until this one is whole
    try:
        _write(part, paths, ranks)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
        part.with_suffix("").unlink(missing_ok=True)
    return out


def _write(out: Path, paths: Sequence[str | Path], ranks: Sequence[int]) -> None:
    now = 0
    settings = _shared([_settings(path) for path in paths])
    traces = [_traces(path, rank) for path, rank in zip(paths, ranks, strict=True)]
    with XESLogger(out, level="weight", metadata=settings, clock=lambda: now) as log:
        for trace in heapq.merge(*traces, key=lambda each: each[:2]):
            log.restart_clock()  # a trace may begin before the one above has ended
            own = trace.attributes | {"process": trace.process}
            log.trace(f"{own.pop('concept:name', 'run')} of process {trace.process}", **own)
            for event in trace.events:
                now = _nanoseconds(event)
                told = {key: value for key, value in event.items() if key not in RESERVED}
                told["process"] = trace.process
                log.event(event.get("concept:name", "event"), **told)


def _traces(path: str | Path, process: int) -> Iterator[_Trace]:
    for _, group in groupby(records(path), key=lambda each: id(each[0])):
        of_trace = iter(group)
        attributes, first = next(of_trace)
        events = chain([first], (event for _, event in of_trace))
        yield _Trace(_nanoseconds(first), process, attributes, events)


def _nanoseconds(event: Values) -> int:
    if "time:timestamp" not in event:
        came = f"{event.get('concept:name')} without time:timestamp"
        raise InputError(explain(came, "a time for each event", "merge logs of XESLogger"))
    return (event["time:timestamp"] - EPOCH) // timedelta(microseconds=1) * 1000


def _settings(path: str | Path) -> Values:
    log: Attributes = []
    next(scan(path, log), None)  # the attributes of a log stand before its first event
    return values(log)


def _shared(settings: list[dict[str, Any]]) -> dict[str, Any]:
    first, *others = settings
    return {
        key: value
        for key, value in first.items()
        if all(key in each and each[key] == value for each in others)
    }


def _rank(path: Path, place: int) -> int:
    found = re.search(r"\.rank(\d+)\.", path.name)
    return int(found[1]) if found else place
