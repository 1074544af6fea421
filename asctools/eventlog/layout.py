"""Where the boxes and arrows of a directly-follows graph stand: placed by Graphviz, drawn by us."""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from asctools.errors import InputError, explain
from asctools.eventlog.drawing.graphviz import Placed, Point, Wanted, placed
from asctools.eventlog.drawing.node_text import NAME_SIZE, NOTE_SIZE, broken, measured
from asctools.eventlog.drawing.reading_order import reading_order
from asctools.eventlog.drawing.tidiness import untidiness

if TYPE_CHECKING:
    from asctools.eventlog.dfg import DFG

START, END = "⟨start⟩", "⟨end⟩"
ENDS = (START, END)
Arc = tuple[str, str]

DIRECTIONS = {"down": "TB", "right": "LR"}
DISC = 13.0  # points: the diameter of start and end
BESIDE = 5.0  # between an arc and its label
PAD = (8.0, 5.0)  # between a text and the edge of its box
CLEAR = 5.0  # kept free beside each box
LOOP = 24.0  # how far an arc onto itself reaches out
CORNER = 7.0  # of a box is round, and no place for an arrow
STRAIGHT = 100  # how straight the most frequent arc wants to be
TRIED = tuple(product((21.0, 11.0), (0, 1)))  # gaps, and how straight arcs back want to be
WIDEST = 680.0  # what a page shows with its texts in 10 pixels
TOO_WIDE = 15.0  # points beyond it that are as bad as a needless turn


class Box(NamedTuple):
    """The box of an activity: its centre, its size, and the lines in which its name is written."""

    x: float
    y: float
    width: float
    height: float
    lines: tuple[str, ...]


class Path(NamedTuple):
    """An arc: Bézier curves end to end (1 + 3·n points), where its label stands, where it leads.

    ``back`` is true where the arc leads against the reading order, and for an arc onto itself.
    """

    points: tuple[Point, ...]
    label: Point | None
    back: bool


class Layout(NamedTuple):
    """Positions in points, x to the right and y down from the upper left corner."""

    nodes: dict[str, Box]
    arcs: dict[Arc, Path]
    width: float
    height: float


def all_arcs(dfg: "DFG") -> dict[Arc, int]:
    """Return the arcs with those from START and to END among them, and their counts."""
    starts = {(START, name): count for name, count in dfg.starts.items()}
    ends = {(name, END): count for name, count in dfg.ends.items()}
    return {**starts, **dfg.arcs, **ends}


def layout(
    dfg: "DFG",
    *,
    notes: Mapping[str, str] | None = None,
    labels: Mapping[Arc, str] | None = None,
    sizes: Mapping[str, Point] | None = None,
    direction: str = "down",
) -> Layout:
    """Place the activities and arcs of a graph.

    Parameters
    ----------
    dfg
        A directly-follows graph with at least one activity.
    notes
        What stands below each name; the count of each activity by default.
    labels
        What stands beside each arc; its count by default. Arcs that are not in it have none.
    sizes
        Width and height in points of the boxes of some activities, for whoever draws them
        otherwise. By default a box fits its name, in lines of about 20 characters, and its note.
    direction
        ``"down"`` or ``"right"``.

    Returns
    -------
    Layout
        Among the nodes are ``START`` and ``END``, among the arcs those from and to them. The same
        graph and texts give the same positions.

    Raises
    ------
    InputError
        If the graph is empty, an activity has the name of START or END, or the direction is
        unknown.
    AscError
        If there is no Graphviz.
    """
    _check(dfg, direction)
    notes = {name: f"{n} ×" for name, n in dfg.activities.items()} if notes is None else notes
    labels = {arc: str(n) for arc, n in all_arcs(dfg).items()} if labels is None else labels
    order = [START, *reading_order(dfg), END]
    lines = {name: () if name in ENDS else broken(name) for name in order}
    boxes = [(sizes or {}).get(name) or _size(lines[name], notes.get(name, "")) for name in order]
    roomy = [(width + 2 * CLEAR, height) for width, height in boxes]
    tried = []
    for gap, straight_back in TRIED:
        arcs = _wanted(dfg, order, labels, straight_back)
        answer = placed(roomy, list(arcs.values()), DIRECTIONS[direction], gap)
        tried.append(_laid_out(answer, order, boxes, lines, arcs))
    return min(tried, key=_badness)


def _badness(tried: Layout) -> float:
    """Return how hard a layout is to read: bends, arrows in one place, more than a page's width."""
    beyond = max(0.0, tried.width - WIDEST) / TOO_WIDE
    return untidiness(path.points for path in tried.arcs.values()) + beyond


def _check(dfg: "DFG", direction: str) -> None:
    if direction not in DIRECTIONS:
        right = " or ".join(map(repr, DIRECTIONS))
        raise InputError(explain(f"direction {direction!r}", right, "use one of these"))
    if not dfg.activities:
        raise InputError(explain("a graph without activities", "one or more", "check the log"))
    taken = sorted(set(ENDS) & set(dfg.activities))
    if taken:
        came = f"an activity named {taken[0]}, the name of the start or the end of a case"
        raise InputError(explain(came, "another name", "rename the activity"))


def _size(lines: tuple[str, ...], note: str) -> Point:
    """Return width and height of the box around a name and its note; a disc for START and END."""
    if not lines:
        return DISC, DISC
    name = measured(lines, NAME_SIZE, "bold")
    below = measured((note,) if note else (), NOTE_SIZE)
    width = max(name.width, below.width) + 2 * PAD[0]
    return round(width, 1), round(name.height + below.height + 2 * PAD[1], 1)


def _wanted(
    dfg: "DFG", order: Sequence[str], labels: Mapping[Arc, str], straight_back: int
) -> dict[Arc, Wanted]:
    """Say of each arc how straight it wants to be and how much room its label takes."""
    place = {name: at for at, name in enumerate(order)}
    counts = all_arcs(dfg)
    most = max(counts.values())
    wanted = {}
    for (a, b), count in counts.items():
        # Arcs nearer to the start weigh a little more: no activity floats half-way between two.
        straight = 1 + round(STRAIGHT * count / most) if b != END else 1
        weight = len(order) * straight - place[a] if place[a] < place[b] else straight_back
        room = _room(labels.get((a, b), ""), onto_itself=a == b)
        wanted[a, b] = Wanted(place[a], place[b], weight, room)
    return wanted


def _room(label: str, onto_itself: bool) -> Point | None:
    """Return how much room a label takes beside its arc; with the arc, if it leads onto itself."""
    if not label:
        return (LOOP, NOTE_SIZE) if onto_itself else None
    size = measured((label,), NOTE_SIZE)
    return size.width + 2 * BESIDE + (LOOP if onto_itself else 0.0), size.height


def _laid_out(
    answer: Placed,
    order: Sequence[str],
    boxes: Sequence[Point],
    lines: Mapping[str, tuple[str, ...]],
    arcs: Mapping[Arc, Wanted],
) -> Layout:
    nodes = {
        name: Box(x, y, width, height, lines[name])
        for name, (x, y), (width, height) in zip(order, answer.centres, boxes, strict=True)
    }
    paths = {}
    for (a, b), (points, label) in zip(arcs, answer.curves, strict=True):
        back = arcs[a, b].head <= arcs[a, b].tail
        paths[a, b] = Path(_joined(points, nodes[a], nodes[b]), label, back)
        if a == b:
            paths[a, b] = _onto_itself(nodes[a], label, arcs[a, b].room)
    return Layout(nodes, paths, answer.width, answer.height)


def _onto_itself(box: Box, label: Point | None, room: Point | None) -> Path:
    """Lead an arc around the right side of its box, however little room Graphviz gives it."""
    right, high = box.x + box.width / 2, 0.28 * box.height
    out = right + LOOP / 0.75  # three quarters of the way to them is where the curve turns
    points = ((right, box.y - high), (out, box.y - 1.5 * high), (out, box.y + 1.5 * high))
    here = label and room and (right + LOOP + (room[0] - LOOP) / 2, box.y)
    return Path((*points, (right, box.y + high)), here, back=True)


def _joined(points: tuple[Point, ...], tail: Box, head: Box) -> tuple[Point, ...]:
    """Lead both ends of an arc over the clear space beside the boxes, onto their borders."""
    first, last = _onto(points[0], tail), _onto(points[-1], head)
    leaving = points[1][0] + first[0] - points[0][0], points[1][1]
    arriving = points[-2][0] + last[0] - points[-1][0], points[-2][1]
    return (first, leaving, *points[2:-2], arriving, last)


def _onto(end: Point, box: Box) -> Point:
    """Move the end of an arc sideways until it lies on the border of its box."""
    beside = abs(end[1] - box.y) < box.height / 2 - 1.0
    reach = box.width / 2 - (0.0 if beside else min(CORNER, box.width / 4))
    return min(max(end[0], box.x - reach), box.x + reach), end[1]
