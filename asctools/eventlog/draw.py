"""Drawing directly-follows graphs in the book's visual language, for pages in light and dark."""

from typing import TYPE_CHECKING

from asctools.errors import InputError, explain
from asctools.eventlog.compare import compare
from asctools.eventlog.drawing.fewer import heaviest
from asctools.eventlog.drawing.graph_words import alt_text, arc_labels, left_out, node_notes
from asctools.eventlog.drawing.looks import DASHED, footer, pictured, role_of, tint, width
from asctools.eventlog.drawing.paint import ArcLook, NodeLook, painted
from asctools.eventlog.layout import Arc, Layout, all_arcs, layout
from asctools.plots import Picture

if TYPE_CHECKING:
    from asctools.eventlog.dfg import DFG

__all__ = ["SHOWS", "compare", "draw"]

SHOWS = ("count", "time")


def draw(
    dfg: "DFG",
    *,
    show: str = "count",
    most_arcs: int | None = 30,
    title: str | None = None,
    alt: str | None = None,
) -> Picture:
    """Draw a directly-follows graph as an inline SVG that follows the page's theme.

    Each box says how often its activity happened and which share of the time went into it. Arcs
    that lead backwards have a colour of their own. What is left out is said below the graph.

    Parameters
    ----------
    dfg
        A directly-follows graph.
    show
        ``"count"``: arcs say how often they were taken, frequent ones are thick, frequent
        activities dark. ``"time"``: arcs say how long they took on average, and thick and dark is
        where most of the time went.
    most_arcs
        How many arcs are drawn at most, the heaviest; None draws all.
    title
        Stands above the graph.
    alt
        What one sees, in 30 characters or more; made from the graph by default.

    Returns
    -------
    Picture
        End a cell with it.

    Raises
    ------
    InputError
        For an empty graph, another ``show``, or a log without times where times are asked for.
    """
    _check(dfg, show)
    few = heaviest(dfg, most_arcs, dfg.seconds if show == "time" else None)
    missing = left_out(dfg, few)
    notes, labels = node_notes(dfg), arc_labels(few, show)
    place = layout(few, notes=notes, labels=labels)
    figure = painted(
        place,
        _node_looks(few, notes, show),
        _arc_looks(few, place, labels, show),
        title=title or "",
        below=footer(missing, place.width),
    )
    back = [arc for arc, path in place.arcs.items() if path.back]
    return pictured(figure, alt or alt_text(few, back, missing), f"graph {show} {title or ''}")


def _check(dfg: "DFG", show: str) -> None:
    if show not in SHOWS:
        came = f"show={show!r}"
        raise InputError(explain(came, " or ".join(map(repr, SHOWS)), "use one of these"))
    if show == "time" and not any(dfg.seconds.values()):
        came = "a graph without times"
        raise InputError(explain(came, "a log with time:timestamp", 'draw with show="count"'))


def _node_looks(dfg: "DFG", notes: dict[str, str], show: str) -> dict[str, NodeLook]:
    weights = dfg.activities if show == "count" else dfg.into
    most = max((weights.get(name, 0.0) for name in dfg.activities), default=0.0) or 1.0
    looks = {}
    for name in dfg.activities:
        line = DASHED if name.endswith("GateGradient") else "-"
        deep = tint(weights.get(name, 0.0) / most)
        looks[name] = NodeLook(role_of(name), deep, notes[name], line)
    return looks


def _arc_looks(dfg: "DFG", place: Layout, labels: dict[Arc, str], show: str) -> dict[Arc, ArcLook]:
    weights = all_arcs(dfg) if show == "count" else dfg.seconds
    most = max(weights.values()) or 1.0
    looks = {}
    for arc, path in place.arcs.items():
        role = "back" if path.back else "event"
        looks[arc] = ArcLook(role, width(weights.get(arc, 0.0) / most), labels.get(arc, ""))
    return looks
