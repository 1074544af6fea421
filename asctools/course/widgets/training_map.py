"""The map that the training-log player moves on: the usual graph, and what was never in it.

The usual arcs stand where :func:`asctools.eventlog.layout.layout` puts them, so that the map of a
healthy training stays as it is. An arc that only other runs take is led across it afterwards.
"""

import itertools
import math
from collections.abc import Iterable
from typing import Any, NamedTuple

from asctools.eventlog.dfg import DFG
from asctools.eventlog.layout import Arc, Box, all_arcs, layout

Point = tuple[float, float]

STRANGE, USUAL, BACK = 0, 1, 2  # kinds of arc: not in a healthy run; in one; and against the order
MARGIN = 8.0  # points around all
_REACH = (24.0, 60.0, 110.0, 170.0)  # how far a curve goes straight on before it bends
_CLEAR = 16.0  # points between two labels
_SIDES = ((0.0, -1.0), (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0))
_SAMPLES = [n / 16 for n in range(17)]


class Way(NamedTuple):
    """The way of an arc: Bézier points, where its count stands, and what kind of arc it is."""

    points: tuple[Point, ...]
    label: Point
    kind: int


class Map(NamedTuple):
    """Boxes by activity and ways by arc; START and END are among the boxes.

    Positions are points, x to the right and y down.
    """

    boxes: dict[str, Box]
    arcs: dict[Arc, Way]
    width: float
    height: float


def drawn_map(usual: Iterable[DFG], others: Iterable[DFG]) -> Map:
    """Place every activity and arc of some graphs.

    Parameters
    ----------
    usual
        Graphs of healthy runs, one or more: their arcs are the usual ones.
    others
        Graphs of further runs.
    """
    known = together(usual)
    every = together([known, *others])
    strangers = set(every.activities) - set(known.activities)
    graph = _with(known, every, strangers)
    # a digit more: thick arcs need room
    ground = layout(graph, labels={arc: f"0{n}" for arc, n in all_arcs(graph).items()})
    arcs = {
        arc: Way(path.points, path.label or _middle(path.points), _kind(arc, path.back, known))
        for arc, path in ground.arcs.items()
    }
    for arc in all_arcs(every):
        if arc not in arcs:
            points = _led_across(arc, ground.nodes, arcs.values())
            arcs[arc] = Way(points, _label(points, arcs.values()), STRANGE)
    return _framed(ground.nodes, arcs)


def together(graphs: Iterable[DFG]) -> DFG:
    """Add up the counts of several directly-follows graphs; times are left out."""
    graphs = list(graphs)
    counts = [_sums(graph[part] for graph in graphs) for part in range(4)]
    return DFG(counts[0], counts[1], counts[2], counts[3], {}, {})


def _sums(counts: Iterable[Any]) -> dict[Any, int]:
    total: dict[Any, int] = {}
    for each in counts:
        for key, count in each.items():
            total[key] = total.get(key, 0) + count
    return total


def written_path(points: tuple[Point, ...]) -> str:
    """Write Bézier curves as SVG does, to a tenth of a point."""
    (x, y), *rest = [(round(x, 1), round(y, 1)) for x, y in points]
    return f"M{x:g} {y:g}C" + " ".join(f"{x:g} {y:g}" for x, y in rest)


def _with(known: DFG, every: DFG, strangers: set[str]) -> DFG:
    """Return the usual graph and those activities, with the arcs that touch them."""
    touch = {arc: n for arc, n in every.arcs.items() if strangers & set(arc)}
    parts = [
        {name: n for name, n in counts.items() if name in strangers}
        for counts in (every.activities, every.starts, every.ends)
    ]
    return together([known, DFG(parts[0], touch, parts[1], parts[2], {}, {})])


def _kind(arc: Arc, back: bool, known: DFG) -> int:
    if arc not in all_arcs(known):
        return STRANGE
    return BACK if back else USUAL


def _led_across(arc: Arc, boxes: dict[str, Box], ways: Iterable[Way]) -> tuple[Point, ...]:
    """Return one curve from side to side: of all that there are, the one that disturbs least."""
    ways = list(ways)
    a, b = (boxes[name] for name in arc)
    lines = [point for way in ways for point in _along(way.points)]
    labels = [Box(*way.label, 12.0, 4.0, ()) for way in ways]
    others = [box for name, box in boxes.items() if name not in arc]
    curves = [
        _curve(a, b, sides[0], sides[1], reach)
        for sides in itertools.product(_SIDES, repeat=2)
        for reach in _REACH
        if a is not b or sides in ((_SIDES[1], _SIDES[2]), (_SIDES[0], _SIDES[1]))
    ]
    return min(curves, key=lambda points: _cost(points, (a, b), others, lines, labels))


def _curve(a: Box, b: Box, out: Point, into: Point, reach: float) -> tuple[Point, ...]:
    """Return a Bézier curve that leaves a box by the middle of one side and enters another's."""

    def side(box: Box, way: Point, far: float) -> Point:
        x, y = box.width / 2 + far, box.height / 2 + far
        return box.x + way[0] * x, box.y + way[1] * y

    return side(a, out, 0.0), side(a, out, reach), side(b, into, reach), side(b, into, 0.0)


def _cost(
    points: tuple[Point, ...],
    ends: tuple[Box, Box],
    others: list[Box],
    lines: list[Point],
    labels: list[Box],
) -> float:
    """Return how much a curve disturbs: its length, what it crosses, the lines it runs along."""
    way = _along(points)
    length = sum(math.dist(*step) for step in itertools.pairwise(way))
    crossed = sum(_inside(point, box, 5.0) for point in way for box in others)
    crossed += sum(_inside(point, box, -1.0) for point in way for box in ends)
    close = sum(min((math.dist(point, line) for line in lines), default=99.0) < 9 for point in way)
    hidden = sum(_inside(point, label, 5.0) for point in way for label in labels)
    left = min(min(x, y) for x, y in way)
    return length + 120.0 * crossed + 30.0 * close + 25.0 * hidden + 20.0 * max(0.0, -left)


def _inside(point: Point, box: Box, more: float) -> bool:
    x, y = abs(point[0] - box.x), abs(point[1] - box.y)
    return x < box.width / 2 + more and y < box.height / 2 + more


def _along(points: tuple[Point, ...]) -> list[Point]:
    """Return points on Bézier curves end to end, at equal steps of their parameter."""
    found = []
    for at in range(0, len(points) - 1, 3):
        p = points[at : at + 4]
        for t in _SAMPLES:
            parts = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
            x, y = (sum(w * q[k] for w, q in zip(parts, p, strict=True)) for k in (0, 1))
            found.append((x, y))
    return found


def _label(points: tuple[Point, ...], others: Iterable[Way]) -> Point:
    """Return a place on a curve, near its middle, where no other label stands."""
    way, taken = _along(points), [other.label for other in others]
    middle = len(way) // 2
    for at in sorted(range(2, len(way) - 2), key=lambda place: abs(place - middle)):
        if all(math.dist(way[at], label) > _CLEAR for label in taken):
            return way[at]
    return way[middle]


def _middle(points: tuple[Point, ...]) -> Point:
    way = _along(points)
    return way[len(way) // 2]


def _framed(boxes: dict[str, Box], arcs: dict[Arc, Way]) -> Map:
    """Move everything so that it begins at the margin, and say how large it is."""
    corners = [
        (box.x + sign * box.width / 2, box.y + sign * box.height / 2)
        for box in boxes.values()
        for sign in (-1, 1)
    ]
    lines = [point for way in arcs.values() for point in _along(way.points)]
    xs, ys = zip(*corners, *lines, strict=True)
    left, top = min(xs) - MARGIN, min(ys) - MARGIN

    def moved(point: Point) -> Point:
        return point[0] - left, point[1] - top

    return Map(
        {name: box._replace(x=box.x - left, y=box.y - top) for name, box in boxes.items()},
        {
            arc: way._replace(points=tuple(map(moved, way.points)), label=moved(way.label))
            for arc, way in arcs.items()
        },
        max(xs) - left + MARGIN,
        max(ys) - top + MARGIN,
    )
