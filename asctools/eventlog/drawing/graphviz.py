"""Asking Graphviz where boxes and arrows should stand: sizes go in, positions come out.

Its ``dot`` ranks the boxes, keeps heavy arcs straight and leads the others around. Texts stay with
us. Source of the method: Gansner, Koutsofios, North & Vo 1993.
"""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from asctools.errors import AscError, explain

Point = tuple[float, float]

PROGRAMS = ("graphviz-pure", "dot")
POINTS = 72.0  # an inch
BETWEEN_ROWS = 0.17  # inches; more where labels stand between them


class Wanted(NamedTuple):
    """An arc between two boxes, by their numbers: how straight it wants to be, room for a label."""

    tail: int
    head: int
    weight: int
    room: Point | None


class Placed(NamedTuple):
    """Positions in points, y down: the centre of each box, and the curve of each arc in its order.

    A curve is its Bézier points from tail to head and the centre of its label.
    """

    centres: list[Point]
    curves: list[tuple[tuple[Point, ...], Point | None]]
    width: float
    height: float


def program() -> str:
    """Return the Graphviz that is installed: the one beside this Python first.

    Raises
    ------
    AscError
        If there is none.
    """
    beside = str(Path(sys.executable).parent)
    for name in PROGRAMS:
        found = shutil.which(name, path=beside) or shutil.which(name)
        if found:
            return found
    came = "neither graphviz-pure nor dot on this machine"
    todo = 'type: pip install "asctools[mining]"'
    raise AscError(explain(came, "a Graphviz that places the boxes of a graph", todo))


def placed(sizes: Sequence[Point], arcs: Sequence[Wanted], direction: str, gap: float) -> Placed:
    """Place boxes that are numbered in the order in which they are read.

    Parameters
    ----------
    sizes
        Width and height of each box, in points. The first is the start, the last the end.
    arcs
        An arc to a box with a smaller number leads back, and does not decide where boxes stand.
    direction
        ``"TB"`` or ``"LR"``.
    gap
        Between two boxes side by side, in points.
    """
    rows = [
        f"digraph {{ rankdir={direction}; nodesep={gap / POINTS:.3f}; ranksep={BETWEEN_ROWS};",
        'node [shape=box, fixedsize=true, label=""]; edge [arrowhead=none];',
    ]
    for at, (width, height) in enumerate(sizes):
        rows.append(f"{at} [width={width / POINTS:.4f}, height={height / POINTS:.4f}];")
    for number, arc in enumerate(arcs):
        # One that leads back is handed over reversed: so there are no circles to be broken. Its
        # number comes back as its colour.
        low, high = sorted((arc.tail, arc.head))
        look = f'weight={arc.weight}, color="#{number:06x}"{_room(arc.room)}'
        rows.append(f"{low} -> {high} [{look}];")
    answer = _run("\n".join([*rows, *_outermost(len(sizes), arcs), "}"]))
    return _read(answer, len(sizes), arcs)


def _outermost(boxes: int, arcs: Sequence[Wanted]) -> list[str]:
    """Ask that the start stand above all and the end below, by arcs that are not drawn."""
    onwards = [arc for arc in arcs if arc.tail < arc.head]
    inner = range(1, boxes - 1)
    above = sorted(set(inner) - {arc.head for arc in onwards})
    below = sorted(set(inner) - {arc.tail for arc in onwards})
    unseen = "[style=invis, weight=0]"
    return [f"0 -> {at} {unseen};" for at in above] + [
        f"{at} -> {boxes - 1} {unseen};" for at in below
    ]


def _room(room: Point | None) -> str:
    """Return an empty label of a given size."""
    if room is None:
        return ""
    fixed = f'FIXEDSIZE="TRUE" WIDTH="{room[0]:.0f}" HEIGHT="{room[1]:.0f}"'
    bare = 'BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0"'
    return f", label=<<TABLE {bare} {fixed}><TR><TD></TD></TR></TABLE>>"


def _run(text: str) -> str:
    command = [program(), "-Tplain"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, encoding="utf-8")
    if done.returncode or not done.stdout.rstrip().endswith("stop"):
        said = (done.stderr.strip().splitlines() or ["nothing"])[-1]
        came = f"{said!r} from {Path(command[0]).name}"
        raise AscError(explain(came, "the positions of a graph", "draw fewer arcs"))
    return done.stdout


def _read(plain: str, boxes: int, arcs: Sequence[Wanted]) -> Placed:
    """Read the plain answer: inches from the lower left corner."""
    (_, _, width, height), *rows = (row.split() for row in plain.splitlines())
    top = float(height)
    centres: list[Point] = [(0.0, 0.0)] * boxes
    curves: list = [None] * len(arcs)
    for kind, *row in rows:
        if kind == "node":
            centres[int(row[0])] = _point(row[1], row[2], top)
        elif kind == "edge" and row[-2] != "invis":
            number = int(row[-1].lstrip("#"), 16)
            arc, many = arcs[number], int(row[2])
            points = [_point(row[at], row[at + 1], top) for at in range(3, 3 + 2 * many, 2)]
            label = _point(row[-4], row[-3], top) if len(row) > 5 + 2 * many else None
            curves[number] = tuple(points if arc.tail <= arc.head else points[::-1]), label
    return Placed(centres, curves, float(width) * POINTS, top * POINTS)


def _point(x: str, y: str, top: float) -> Point:
    return float(x) * POINTS, (top - float(y)) * POINTS
