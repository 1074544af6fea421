"""Painting a placed graph with Matplotlib: rounded boxes, Bézier arrows, texts beside them."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from asctools.eventlog.drawing.graphviz import Point
from asctools.eventlog.drawing.node_text import LINE, NAME_SIZE, NOTE_SIZE, drawable, measured
from asctools.eventlog.layout import ENDS, START, Arc, Box, Layout, Path
from asctools.plots import colour, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MARGIN = 5.0  # points around the graph, for the width of its lines
TITLE_SIZE = 12.0
_RADIUS = 7.0
_POINT = 72.0


class NodeLook(NamedTuple):
    """How a box looks: its role, how strongly it is tinted, its note, and the line around it."""

    role: str
    tint: float
    note: str
    line: Any = "-"


class ArcLook(NamedTuple):
    """How an arrow looks: its role, its width in points, its label, and its line."""

    role: str
    width: float
    label: str
    line: Any = "-"


@styled
def painted(
    place: Layout,
    nodes: Mapping[str, NodeLook],
    arcs: Mapping[Arc, ArcLook],
    *,
    title: str = "",
    below: Sequence[tuple[str, str]] = (),
) -> "Figure":
    """Paint a graph.

    Parameters
    ----------
    place
        Where everything stands.
    nodes, arcs
        How each activity and each arc looks.
    title
        Stands above the graph.
    below
        Lines of text under it, each with its role.
    """
    top = 26.0 if title else 0.0
    foot = 16.0 * len(below) + (6.0 if below else 0.0)
    texts = [(title, TITLE_SIZE), *((text, NAME_SIZE) for text, _ in below)]
    width = max(place.width, *(_text_width(text, size) for text, size in texts)) + 2 * MARGIN
    figure, axes = _sheet(width, place.height + top + foot + 2 * MARGIN)
    left, upper = (width - place.width) / 2, MARGIN + top
    if title:
        _write(axes, MARGIN, MARGIN + 8, title, "ink", TITLE_SIZE, ha="left")
    for row, (text, role) in enumerate(below):
        y = upper + place.height + 16 + 16.0 * row
        _write(axes, MARGIN, y, text, role, NAME_SIZE, ha="left")
    moved = {arc: _moved(place.arcs[arc], left, upper) for arc in arcs}
    for arc in sorted(arcs, key=lambda each: arcs[each].width):
        _arrow(axes, moved[arc], arcs[arc])
    for arc, look in arcs.items():
        _label(axes, moved[arc], look)
    for name, box in place.nodes.items():
        here = box._replace(x=box.x + left, y=box.y + upper)
        if name in ENDS:
            _disc(axes, here, name)
        else:
            _box(axes, here, nodes[name])
    return figure


def _sheet(width: float, height: float) -> "tuple[Figure, Axes]":
    """Return a figure, and axes that fill it: their unit is the point, y down."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width / _POINT, height / _POINT))
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0), frameon=False)
    axes.set(xlim=(0.0, width), ylim=(height, 0.0), xticks=(), yticks=())
    axes.grid(visible=False)
    return figure, axes


def _moved(path: Path, x: float, y: float) -> Path:
    label = path.label and (path.label[0] + x, path.label[1] + y)
    return Path(tuple((px + x, py + y) for px, py in path.points), label, path.back)


def _box(axes: "Axes", box: Box, look: NodeLook) -> None:
    """Draw a tinted box with a name in bold and a note below it."""
    from matplotlib.patches import FancyBboxPatch

    corner = box.x - box.width / 2, box.y - box.height / 2
    shape = f"round,pad=0,rounding_size={_RADIUS}"
    tinted = {"facecolor": (colour(look.role), look.tint), "edgecolor": "none"}
    edge = {"edgecolor": colour(look.role), "linewidth": 1.3, "linestyle": look.line}
    for drawn in (tinted, {"facecolor": "none", **edge}):
        axes.add_patch(FancyBboxPatch(corner, box.width, box.height, boxstyle=shape, **drawn))
    steps = [NAME_SIZE * LINE] * len(box.lines) + ([NOTE_SIZE * LINE] if look.note else [])
    y = box.y - sum(steps) / 2
    for line, step in zip(box.lines, steps, strict=False):
        _write(axes, box.x, y + step / 2, line, "ink", NAME_SIZE, weight="bold")
        y += step
    if look.note:
        _write(axes, box.x, y + steps[-1] / 2, look.note, "ink", NOTE_SIZE)


def _disc(axes: "Axes", box: Box, name: str) -> None:
    """Draw where cases begin, a disc, or where they end, a disc in a ring."""
    from matplotlib.patches import Circle

    radius = box.width / 2
    centre = box.x, box.y
    filled = {"facecolor": colour("event"), "edgecolor": "none"}
    axes.add_patch(Circle(centre, radius if name == START else 0.5 * radius, **filled))
    if name != START:
        ring = {"facecolor": "none", "edgecolor": colour("event"), "linewidth": 1.4}
        axes.add_patch(Circle(centre, radius - 0.7, **ring))


def _arrow(axes: "Axes", path: Path, look: ArcLook) -> None:
    """Draw an arc with its head."""
    from matplotlib.patches import PathPatch, Polygon
    from matplotlib.path import Path as Curve

    length, half = 5.0 + 1.6 * look.width, 2.2 + 0.95 * look.width
    points = shortened(path.points, length - 0.5)
    tip, back = path.points[-1], points[-1]
    reach = math.dist(tip, back) or 1.0
    dx, dy = (tip[0] - back[0]) / reach, (tip[1] - back[1]) / reach
    base = tip[0] - length * dx, tip[1] - length * dy
    left, right = ((base[0] - side * half * dy, base[1] + side * half * dx) for side in (1.0, -1.0))
    codes = [Curve.MOVETO] + [Curve.CURVE4] * (len(points) - 1)
    line = {"edgecolor": colour(look.role), "linewidth": look.width, "linestyle": look.line}
    axes.add_patch(PathPatch(Curve(points, codes), facecolor="none", capstyle="butt", **line))
    head = {"facecolor": colour(look.role), "edgecolor": "none"}
    axes.add_patch(Polygon([tip, left, right], closed=True, **head))


def _label(axes: "Axes", path: Path, look: ArcLook) -> None:
    """Write beside an arc, over whatever other arc passes there."""
    if path.label and look.label:
        role = "ink" if look.role == "event" else look.role
        ground = {"facecolor": colour("paper"), "edgecolor": "none", "pad": 0.4}
        _write(axes, *path.label, look.label, role, NOTE_SIZE, bbox=ground)


def shortened(points: Sequence[Point], length: float) -> list[Point]:
    """Cut the end off a chain of Bézier curves, so that it ends ``length`` before its tip."""
    tip = points[-1]
    whole = list(points)
    while len(whole) > 4 and math.dist(whole[-4], tip) <= length:
        whole = whole[:-3]
    low, high = 0.0, 1.0  # where on the last curve; halving, since the distance falls towards 1
    for _ in range(30):
        middle = (low + high) / 2
        if math.dist(_split(whole[-4:], middle)[-1], tip) > length:
            low = middle
        else:
            high = middle
    return [*whole[:-4], *_split(whole[-4:], low)]


def _split(curve: Sequence[Point], t: float) -> list[Point]:
    """Return the first part of a cubic Bézier curve, until t (de Casteljau)."""
    rows = [list(curve)]
    while len(rows[-1]) > 1:
        pairs = zip(rows[-1], rows[-1][1:], strict=False)
        rows.append([((1 - t) * a + t * c, (1 - t) * b + t * d) for (a, b), (c, d) in pairs])
    return [row[0] for row in rows]


def _write(
    axes: "Axes", x: float, y: float, text: str, role: str, size: float, **options: Any
) -> None:
    """Write a text as it is: no dollar sign begins mathematics, no sign is without a glyph."""
    look = {"ha": "center", "va": "center_baseline", "fontsize": size, **options}
    axes.text(x, y, drawable(text), color=colour(role), parse_math=False, **look)


def _text_width(text: str, size: float) -> float:
    return measured((text,), size).width if text else 0.0
