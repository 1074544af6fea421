"""The training-log player where no scripts run: its map, with the counts of a whole run."""

from html import escape
from typing import TYPE_CHECKING

from asctools.course.widgets.training_map import BACK, STRANGE, Map, Way, written_path
from asctools.eventlog.layout import ENDS, Box, all_arcs
from asctools.plots import COLOURS, Picture

if TYPE_CHECKING:
    from asctools.eventlog.dfg import DFG

_POINTS_PER_INCH = 100.0
_LINE = 13.0  # points from line to line
_HEAD = (
    '<marker id="training-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" '
    'markerHeight="8" markerUnits="userSpaceOnUse" orient="auto">'
    '<path d="M0 0L8 4L0 8z" fill="context-stroke"/></marker>'
)


def still_picture(drawn: Map, graph: "DFG", name: str) -> Picture:
    """Draw the graph of one run where the player's map has it.

    Parameters
    ----------
    drawn
        The map; arcs that the run does not take are left out.
    graph
        The directly-follows graph of the run.
    name
        What the run is called.
    """
    counts = all_arcs(graph)
    most = max(graph.arcs.items(), key=lambda each: each[1])
    said = (
        f"The directly-follows graph of the run “{name}”: {len(graph.activities)} activities and "
        f"{len(counts)} arcs, of which {most[0][0]} to {most[0][1]} is taken most, {most[1]} times."
    )
    arcs = [_arc(way, counts[arc]) for arc, way in drawn.arcs.items() if arc in counts]
    boxes = [
        _box(box, name, graph.activities.get(name))
        for name, box in drawn.boxes.items()
        if name in graph.activities or name in ENDS
    ]
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {drawn.width:.0f} '
        f'{drawn.height:.0f}" role="img" aria-label="{escape(said)}" width="100%" '
        'font-family="Arial, Helvetica, sans-serif" font-size="12" text-anchor="middle">'
        f"<defs>{_HEAD}</defs>{''.join(arcs)}{''.join(boxes)}</svg>"
    )
    return Picture(said, svg, drawn.width / _POINTS_PER_INCH)


def _role(name: str) -> str:
    return f"var({COLOURS[name].variable},{COLOURS[name].fallback})"


def _text(x: float, y: float, words: str, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{_role("ink")}"{more}>{escape(words)}</text>'


def _arc(way: Way, count: int) -> str:
    role = {STRANGE: "deviation", BACK: "back"}.get(way.kind, "event")
    line = f'd="{written_path(way.points)}" fill="none" stroke="{_role(role)}"'
    x, y = way.label
    return f'<path {line} marker-end="url(#training-tip)"/>{_text(x, y + 4.0, f"{count}")}'


def _box(box: Box, name: str, count: int | None) -> str:
    if count is None:
        return f'<circle cx="{box.x:.1f}" cy="{box.y:.1f}" r="6" fill="{_role("event")}"/>'
    corner = f'x="{box.x - box.width / 2:.1f}" y="{box.y - box.height / 2:.1f}" rx="6"'
    size = f'width="{box.width:.1f}" height="{box.height:.1f}"'
    top = box.y - _LINE * (len(box.lines) - 1) / 2 - 2.0
    names = [
        _text(box.x, top + _LINE * n, line, ' font-weight="bold"')
        for n, line in enumerate(box.lines)
    ]
    note = _text(box.x, top + _LINE * len(box.lines), f"{count} ×")
    return f'<rect {corner} {size} fill="none" stroke="{_role("event")}"/>{"".join(names)}{note}'
