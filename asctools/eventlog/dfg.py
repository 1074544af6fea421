"""Directly-follows graphs: which event comes directly after which, how often, after how long.

An event is stamped when its operation has ended, so the time of an arc a → b is the time that b
took, together with whatever nobody told of between them.
"""

from collections import Counter
from collections.abc import Hashable
from os import PathLike
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from asctools.errors import InputError, explain, unknown_name

if TYPE_CHECKING:
    import pandas as pd

Array: TypeAlias = np.ndarray
Log: TypeAlias = "pd.DataFrame | str | PathLike[str]"
Case: TypeAlias = "str | pd.Series"

TRACE, TIME, ITERATION = "case:concept:name", "time:timestamp", "iteration"
PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
LATEST = np.iinfo(np.int64).max  # an event without a time stands behind those that have one


class DFG(NamedTuple):
    """A directly-follows graph; a and b are names of activities, in order of first appearance.

    Attributes
    ----------
    activities
        a → how often it happened.
    arcs
        (a, b) → how often b came directly after a in the same case.
    starts, ends
        a → how many cases begin, or end, with it.
    seconds
        (a, b) → the time from a to b, summed over all these pairs. Empty for a log without times.
    into
        b → the same, summed over every a: where the time went.
    """

    activities: dict[str, int]
    arcs: dict[tuple[str, str], int]
    starts: dict[str, int]
    ends: dict[str, int]
    seconds: dict[tuple[str, str], float]
    into: dict[str, float]


class _Sequence(NamedTuple):
    """The events that belong to a case, case by case, each case in order of time."""

    codes: Array  # which activity, an index into names
    cases: Array  # which case
    ticks: Array | None  # when, in seconds · per_second
    per_second: int
    names: list[str]


def discover(log: Log, *, case: Case = "epoch", activity: str = "concept:name") -> DFG:
    """Count which activity directly follows which in the same case.

    Implements :eq:`eq-dfg`.

    Parameters
    ----------
    log
        The events, a row each, as :func:`asctools.eventlog.reader.read` gives them; or a path.
    case
        What holds events together: ``"epoch"`` or ``"trace"``, both a trace of the log;
        ``"iteration"``, an iteration of a trace; the name of a column; or one label for each row.
        An event without a label drops out.
    activity
        The column that names what happened. An event without a name drops out.

    Returns
    -------
    DFG
        Within a case, events stand in order of their times, and in that of the log where times are
        equal or missing.

    Raises
    ------
    asctools.errors.UnknownNameError
        For a column that the log does not have.
    asctools.errors.InputError
        For labels that are not one for each row.
    """
    events = _sequence(log, case, activity)
    names, codes, n = events.names, events.codes, len(events.names)
    if not n:
        return DFG({}, {}, {}, {}, {}, {})
    follows = events.cases[1:] == events.cases[:-1]  # is event t + 1 of the same case as event t?
    edge = np.concatenate(([True], ~follows, [True]))  # does a case begin at t, or end before it?
    number, pairs = _numbered((codes[:-1] * n + codes[1:])[follows])
    sources, targets = np.divmod(pairs, n)
    arcs = [(names[a], names[b]) for a, b in zip(sources, targets, strict=True)]
    graph = DFG(
        activities=_counted(names, codes),
        arcs=dict(zip(arcs, np.bincount(number).tolist(), strict=True)),
        starts=_counted(names, codes[edge[:-1]]),
        ends=_counted(names, codes[edge[1:]]),
        seconds={},
        into={},
    )
    if events.ticks is None:
        return graph
    took = np.diff(events.ticks)[follows] / events.per_second
    took[events.ticks[1:][follows] == LATEST] = 0.0  # no time is known
    summed = np.bincount(number, weights=took)
    into = np.bincount(targets, weights=summed, minlength=n)
    return graph._replace(
        seconds=dict(zip(arcs, summed.tolist(), strict=True)),
        into=dict(zip(names, into.tolist(), strict=True)),
    )


def variants(
    log: Log, *, case: Case = "epoch", activity: str = "concept:name"
) -> dict[tuple[str, ...], int]:
    """Count the cases that run through the same activities in the same order.

    Parameters
    ----------
    log, case, activity
        As in :func:`discover`.

    Returns
    -------
    dict
        Activities in their order → number of cases; the most frequent first, then the earliest.
    """
    events = _sequence(log, case, activity)
    ends = np.flatnonzero(np.diff(events.cases)) + 1
    runs = np.split(events.codes, ends) if events.codes.size else []
    counted = Counter(run.tobytes() for run in runs)
    return {
        tuple(events.names[code] for code in np.frombuffer(run, events.codes.dtype)): count
        for run, count in counted.most_common()
    }


def case_numbers(log: "pd.DataFrame", case: Case = "epoch") -> Array:
    """Return which case each row belongs to: 0, 1, … by first appearance; −1 for none.

    Parameters
    ----------
    log, case
        As in :func:`discover`.
    """
    if not isinstance(case, str):
        return _labels(log, case)
    if case != ITERATION:
        return _codes(log, TRACE if case in ("epoch", "trace") else case)[0]
    (traces, _), (iterations, known) = _codes(log, TRACE), _codes(log, ITERATION)
    within = (traces >= 0) & (iterations >= 0)
    numbers = np.full(len(log), -1, dtype=np.int64)
    numbers[within] = _numbered((traces * len(known) + iterations)[within])[0]
    return numbers


def as_table(log: Log) -> "pd.DataFrame":
    """Return a log as a table: the log that a path leads to is read."""
    if isinstance(log, str | PathLike):
        from asctools.eventlog.reader import read

        return read(log)
    return log


def _sequence(log: Log, case: Case, activity: str) -> _Sequence:
    """Put the events of a log into the order in which they follow each other."""
    log = as_table(log)
    cases, (codes, names) = case_numbers(log, case), _codes(log, activity)
    ticks, per_second = _ticks(log)
    belongs = (cases >= 0) & (codes >= 0)
    if not belongs.all():
        codes, cases = codes[belongs], cases[belongs]
        ticks = None if ticks is None else ticks[belongs]
        kept = np.unique(codes)
        codes, names = np.searchsorted(kept, codes), [names[code] for code in kept]
    if not _in_order(cases, ticks):
        order = np.lexsort((cases,) if ticks is None else (ticks, cases))  # stable
        codes, cases = codes[order], cases[order]
        ticks = None if ticks is None else ticks[order]
    return _Sequence(codes, cases, ticks, per_second, [str(name) for name in names])


def _in_order(cases: Array, ticks: Array | None) -> bool:
    """Whether cases stand one behind another, each in order of time: most logs do."""
    step = np.diff(cases)
    together = bool((step >= 0).all())
    return together and (ticks is None or bool((np.diff(ticks) >= 0)[step == 0].all()))


def _counted(names: list[str], codes: Array) -> dict[str, int]:
    """Count the codes: name → how often, without those that never occur."""
    counts = np.bincount(codes, minlength=len(names)).tolist()
    return {name: n for name, n in zip(names, counts, strict=True) if n}


def _codes(log: "pd.DataFrame", column: str) -> tuple[Array, list[Hashable]]:
    """Return a column as numbers by first appearance, −1 where it is empty, and its values."""
    import pandas as pd

    if column not in log.columns:
        raise unknown_name("column", column, map(str, log.columns))
    codes, values = pd.factorize(log[column])
    return codes.astype(np.int64, copy=False), list(values)


def _labels(log: "pd.DataFrame", case: Any) -> Array:
    """Return labels from outside, one for each row, as numbers."""
    import pandas as pd

    if len(case) != len(log):
        came = f"{len(case)} labels for {len(log)} events"
        todo = "make the labels from the same frame that you pass"
        raise InputError(explain(came, "one label for each row of the log", todo))
    return np.asarray(pd.factorize(pd.Series(case))[0], dtype=np.int64)


def _numbered(numbers: Array) -> tuple[Array, Array]:
    """Number the values anew, 0, 1, … by first appearance; return that and the values."""
    import pandas as pd

    codes, values = pd.factorize(numbers)
    return codes.astype(np.int64, copy=False), values


def _ticks(log: "pd.DataFrame") -> tuple[Array | None, int]:
    """Return the times as whole numbers, and how many of them are a second."""
    import pandas as pd

    if TIME not in log.columns:
        return None, 1
    # A column of objects is what read() makes of times where some are none
    mixed = {"errors": "coerce", "format": "ISO8601"} if log[TIME].dtype == object else {}
    times = pd.to_datetime(log[TIME], utc=True, **mixed).dt.tz_localize(None).to_numpy()
    per_second = PER_SECOND[np.datetime_data(times.dtype)[0]]
    return np.where(np.isnat(times), LATEST, times.astype(np.int64)), per_second
