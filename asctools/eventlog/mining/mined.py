"""What mining one log finds: facts, graphs at some levels of detail, and the conformance report."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from asctools.errors import InputError, explain, unknown_name
from asctools.eventlog.dfg import DFG, case_numbers, discover, variants
from asctools.eventlog.draw import draw
from asctools.eventlog.drawing.graph_words import duration
from asctools.eventlog.registry import level_of
from asctools.eventlog.views import DETAILS, LEVELS, NAME, view

if TYPE_CHECKING:
    import pandas as pd

    from asctools.eventlog.report import Report
    from asctools.plots import Picture

TIME = "time:timestamp"
LEARNING = {"ForwardPass", "BackwardPass", "WeightsUpdate"}  # one of them is in every training


class Graph(NamedTuple):
    """A log at one level of detail: its graph, and the pictures of it by what they show."""

    level: str
    case: str
    dfg: DFG
    pictures: "dict[str, Picture]"


class Mined(NamedTuple):
    """What was found in a log.

    Attributes
    ----------
    source
        The name of the file.
    facts
        What the log says of itself and how large it is, as texts.
    case
        What held events together.
    graphs
        One for each level of detail; the first has the whole log, or the most of it.
    ways, ways_of
        Variants and how often each came, and the case that they are variants of: in the log of a
        training the iteration, unless another case was asked for.
    report
        The conformance report; None where nothing is learned in the log.
    verdict
        One sentence: what the report says, or why there is none.
    """

    source: str
    facts: dict[str, str]
    case: str
    graphs: list[Graph]
    ways: dict[tuple[str, ...], int]
    ways_of: str
    report: "Report | None"
    verdict: str

    @property
    def deviations(self) -> int:
        """How many kinds of deviations were found."""
        return len(self.report.deviations) if self.report else 0


def mined(
    log: "pd.DataFrame",
    source: str,
    *,
    case: str | None = None,
    level: str | None = None,
    most_arcs: int = 30,
    pictures: bool = True,
) -> Mined:
    """Mine a log.

    Parameters
    ----------
    log
        The events, as :func:`asctools.eventlog.reader.read` gives them.
    source
        What the log is called.
    case
        As in :func:`asctools.eventlog.dfg.discover`. By default the trace, and for gates and
        weights the iteration.
    level
        One of ``full``, ``main``, ``gates``, ``weights``; by default all that the log has.
    most_arcs
        How many arcs a picture shows at most.
    pictures
        Whether graphs are drawn; they need a Graphviz.

    Raises
    ------
    UnknownNameError
        For a level or a column that there is not.
    InputError
        For a log without named events.
    """
    _check(log, source, level)
    chosen = [level] if level else levels_of(log)
    graphs = [_graph(log, each, case, most_arcs, pictures) for each in chosen]
    report, verdict = _conformance(log)
    whole = case or "trace"
    ways_of = case or ("iteration" if report and "iteration" in log.columns else "trace")
    ways = variants(log, case=ways_of)
    return Mined(source, _facts(log, whole), whole, graphs, ways, ways_of, report, verdict)


def levels_of(log: "pd.DataFrame") -> list[str]:
    """Return the levels of detail that a log has; without details the loop is the whole."""
    logged = {level_of(str(name)) for name in log[NAME].dropna().unique()}
    details = [each for each, of in DETAILS.items() if of in logged]
    return ["full", *(["main"] if details and logged - set(DETAILS.values()) else []), *details]


def _check(log: "pd.DataFrame", source: str, level: str | None) -> None:
    if level is not None and level not in LEVELS:
        raise unknown_name("level", level, LEVELS)
    if log.empty:
        came = f"{source}, which holds no event"
        raise InputError(explain(came, "a log with events", "check what wrote it"))
    if NAME not in log.columns or log[NAME].isna().all():
        came = f"{source}, in which no event has a {NAME}"
        columns = ", ".join(map(repr, log.columns)) or "no column"
        todo = f"say with --activity which column names what happened: {columns}"
        raise InputError(explain(came, "events with names", todo))


def _graph(
    log: "pd.DataFrame", level: str, case: str | None, most_arcs: int, pictures: bool
) -> Graph:
    shown = view(log, level)
    iterations = level in DETAILS and "iteration" in log.columns
    chosen = case or ("iteration" if iterations else "trace")
    dfg = discover(shown, case=chosen)
    if not dfg.activities:
        came = f"the case {chosen!r}, to which no event belongs"
        raise InputError(explain(came, "a case that events belong to", "choose another case"))
    shows = ("count", "time") if any(dfg.seconds.values()) else ("count",)
    made = {show: draw(dfg, show=show, most_arcs=most_arcs) for show in shows if pictures}
    return Graph(level, chosen, dfg, made)


def _conformance(log: "pd.DataFrame") -> "tuple[Report | None, str]":
    """Compare with healthy training where something is learned, or say why not."""
    if not LEARNING & set(log[NAME]):
        return None, "Not the log of a training: no rules to compare it with."
    from asctools.eventlog.conformance import check

    try:
        report = check(log)
    except InputError as error:
        return None, f"Not compared with healthy training. {error}"
    n = len(report.deviations)
    kinds = f"{n} deviation{'s' if n > 1 else ''} from healthy training"
    return report, f"{kinds if n else 'No deviation from healthy training'}."


def _facts(log: "pd.DataFrame", case: str) -> dict[str, str]:
    """Return what the log says of itself, and how large it is."""
    facts = {
        "events": f"{len(log):,}",
        f"cases ({case})": f"{case_numbers(log, case).max() + 1:,}",
        "activities": f"{log[NAME].nunique():,}",
    }
    times = log[TIME].dropna() if TIME in log.columns else log.iloc[:0]
    if len(times):
        first, last = times.min(), times.max()
        facts["first event"], facts["last event"] = (
            f"{each:%Y-%m-%d %H:%M:%S} UTC" for each in (first, last)
        )
        facts["from first to last"] = duration((last - first).total_seconds())
    said = log.attrs.get("log", {})
    return facts | {key: str(value) for key, value in list(said.items())[:20] if key not in facts}


def stem(path: Path) -> str:
    """Return the name of a log without its endings."""
    return path.name.removesuffix(".gz").removesuffix(".xes") or path.name
