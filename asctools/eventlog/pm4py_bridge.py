"""To pm4py and back: the only module that imports it, and only when it is used.

pm4py is under the AGPL, and large: nothing of the course needs it but where its answers are
compared with ours. Its readers and writers differ between releases and by what else is installed,
so the one that returns every text exactly is named here.
"""

import contextlib
import importlib
import io
import warnings
from collections.abc import Iterator, Mapping
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any

from asctools.errors import InputError, explain, unknown_name
from asctools.eventlog.dfg import DFG, TIME, TRACE, Case, Log, as_table, case_numbers

if TYPE_CHECKING:
    import pandas as pd

NAME = "concept:name"


def load() -> Any:
    """Import pm4py without its banner, and without progress bars from now on.

    Returns
    -------
    module
        pm4py itself.

    Raises
    ------
    asctools.errors.InputError
        Where it is not installed.
    """
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            pm4py = importlib.import_module("pm4py")
    except ImportError as error:
        todo = 'run  pip install "asctools[mining]"'
        raise InputError(explain("a Python without pm4py", "one that has it", todo)) from error
    pm4py.util.constants.SHOW_PROGRESS_BAR = False  # in a notebook it would be a widget
    return pm4py


def read(path: str | PathLike[str]) -> "pd.DataFrame":
    """Read a log with pm4py's ``iterparse``, the reader of its own that unescapes every text."""
    with _quiet():
        return load().read_xes(fspath(path), variant="iterparse")


def as_pm4py(log: Log, case: Case = "epoch") -> "pd.DataFrame":
    """Return a table as pm4py wants it: sorted, with a case, an activity and a time in each row.

    Parameters
    ----------
    log
        The events, as :func:`asctools.eventlog.reader.read` gives them; or a path.
    case
        As in :func:`asctools.eventlog.dfg.discover`. The case becomes ``case:concept:name``, as
        the number of its first appearance.

    Returns
    -------
    pandas.DataFrame
        A new table of three columns: pm4py adds columns to what it is given.
    """
    import pandas as pd

    frame = as_table(log)
    missing = next((name for name in (NAME, TIME) if name not in frame.columns), None)
    if missing:
        raise unknown_name("column", missing, map(str, frame.columns))
    numbers = case_numbers(frame, case)
    columns = {TRACE: pd.Series(numbers, frame.index).map("{:09d}".format)}
    columns |= {name: frame[name] for name in (NAME, TIME)}
    table = pd.DataFrame(columns)[numbers >= 0].dropna()
    return table.sort_values([TRACE, TIME], kind="stable", ignore_index=True)


def discover_dfg(log: Log, case: Case = "epoch") -> DFG:
    """Let pm4py find the directly-follows graph, and return it as a DFG of ours.

    Parameters
    ----------
    log, case
        As in :func:`asctools.eventlog.dfg.discover`.

    Returns
    -------
    DFG
        ``seconds`` are pm4py's mean times, each multiplied by the number of its pairs.
    """
    pm4py, frame = load(), as_pm4py(log, case)
    if frame.empty:
        return DFG({}, {}, {}, {}, {}, {})
    with _quiet():
        arcs, starts, ends = pm4py.discover_dfg(frame.copy())
        means, *_ = pm4py.discover_performance_dfg(frame.copy(), perf_aggregation_key="mean")
    seconds = {pair: float(means[pair]) * count for pair, count in arcs.items()}
    activities = {str(name): int(count) for name, count in frame[NAME].value_counts().items()}
    into = dict.fromkeys(activities, 0.0)
    for (_, target), took in seconds.items():
        into[target] += took
    return DFG(activities, _whole(arcs), _whole(starts), _whole(ends), seconds, into)


def process_tree(text: str) -> Any:
    """Return pm4py's process tree for its notation: ``"->('a', X('b', tau))"``."""
    return load().parse_process_tree(text)


def alignments(log: Log, tree: str, case: Case = "iteration") -> list[dict[str, Any]]:
    """Let pm4py align every case with a process tree.

    Parameters
    ----------
    log, case
        As in :func:`asctools.eventlog.dfg.discover`.
    tree
        In pm4py's notation, as :func:`process_tree` takes it.

    Returns
    -------
    list of dict
        For each case, by first appearance, what pm4py says of it: ``alignment``, ``cost``,
        ``fitness``, and more.
    """
    pm4py, frame = load(), as_pm4py(log, case)
    with _quiet():
        model = pm4py.convert_to_petri_net(process_tree(tree))
        found = pm4py.conformance_diagnostics_alignments(frame, *model)
    return list(found)


def _whole(counts: Mapping[Any, Any]) -> dict[Any, int]:
    """Return counts as Python's own numbers."""
    return {key: int(count) for key, count in counts.items()}


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep progress bars, notes and warnings of other libraries out of the page."""
    with (
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        yield
