"""A sheet of paper measured in points, and the few shapes that the drawn figures are made of."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch, PathPatch, Polygon
from matplotlib.path import Path as Curve

from asctools.plots import colour

Point = tuple[float, float]
WIRE = 1.9  # width of a line that carries a number, in points


class Drawing(NamedTuple):
    """One drawn figure: the file it becomes, and what it says to who cannot see it."""

    name: str
    title: str
    alt: str
    figure: Figure


class Sheet:
    """An empty drawing of ``width`` × ``height`` points; its lower edge lies at y = ``bottom``.

    Use it inside ``asctools.plots.style()``. Every shape takes the role that colours it.
    """

    def __init__(self, width: float, height: float, bottom: float = 0.0) -> None:
        self.figure = Figure(figsize=(width / 72.0, height / 72.0))
        self.axes = self.figure.add_axes((0.0, 0.0, 1.0, 1.0), frameon=False)
        self.axes.set(xlim=(0.0, width), ylim=(bottom, bottom + height), xticks=(), yticks=())
        self.axes.grid(visible=False)

    def text(self, x: float, y: float, text: str, role: str = "ink", **options: Any) -> None:
        """Write centred on (x, y), 12 points, unless told otherwise."""
        look = {"ha": "center", "va": "center", "fontsize": 12, **options}
        self.axes.text(x, y, text, color=colour(role), **look)

    def wire(
        self,
        *corners: Point,
        role: str = "ink",
        width: float = WIRE,
        arrow: bool = False,
        bend: float = 9.0,
        **options: Any,
    ) -> None:
        """Draw a line through the corners, each rounded, with an arrowhead at its end if asked."""
        points = list(corners)
        if arrow:
            self._arrowhead(points[-2], points[-1], role, width)
            points[-1] = _towards(points[-1], points[-2], 2.5 + 1.5 * width)
        self.curve(_rounded(points, bend), role=role, width=width, **options)

    def curve(self, curve: Curve, role: str = "ink", width: float = WIRE, **options: Any) -> None:
        """Draw a line along any Matplotlib path."""
        look = {"facecolor": "none", "capstyle": "butt", "joinstyle": "round", **options}
        self.axes.add_patch(PathPatch(curve, edgecolor=colour(role), linewidth=width, **look))

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        role: str,
        *,
        tint: float = 0.14,
        edge: float = 1.5,
        radius: float = 7.0,
        **options: Any,
    ) -> None:
        """Draw a rounded box centred on (x, y), tinted in its role's colour."""
        corner = (x - width / 2.0, y - height / 2.0)
        shape = f"round,pad=0,rounding_size={radius}"
        tinted = {"facecolor": (colour(role), tint), "edgecolor": "none"}
        edged = {"facecolor": "none", "edgecolor": colour(role), "linewidth": edge, **options}
        for look in (tinted, edged) if tint else (edged,):
            self.axes.add_patch(FancyBboxPatch(corner, width, height, boxstyle=shape, **look))

    def disc(self, x: float, y: float, radius: float, role: str, **options: Any) -> None:
        """Draw a filled disc."""
        look = {"facecolor": colour(role), "edgecolor": "none", **options}
        self.axes.add_patch(Circle((x, y), radius, **look))

    def operator(self, x: float, y: float, sign: str, role: str, radius: float = 9.5) -> None:
        """Draw a ring with × or + in it: two numbers meet here. Wires end at its edge."""
        self.disc(x, y, radius, role, facecolor="none", edgecolor=colour(role), linewidth=1.6)
        turn = math.pi / 4.0 if sign == "×" else 0.0
        for angle in (turn, turn + math.pi / 2.0):
            dx, dy = 0.5 * radius * math.cos(angle), 0.5 * radius * math.sin(angle)
            ends = Curve([(x - dx, y - dy), (x + dx, y + dy)])
            self.curve(ends, role=role, width=1.8)

    def shape(self, points: Sequence[Point], role: str, **options: Any) -> None:
        """Draw a filled polygon."""
        look = {"facecolor": colour(role), "edgecolor": "none", **options}
        self.axes.add_patch(Polygon(points, closed=True, **look))

    def _arrowhead(self, start: Point, tip: Point, role: str, width: float) -> None:
        length, half = 4.5 + 1.8 * width, 1.9 + 0.95 * width
        back = _towards(tip, start, length)
        dx, dy = (tip[0] - back[0]) / length, (tip[1] - back[1]) / length
        left = (back[0] - half * dy, back[1] + half * dx)
        right = (back[0] + half * dy, back[1] - half * dx)
        self.shape([tip, left, right], role)


def sigmoid(z: float) -> float:
    """Return σ(z), the curve from which bells and roads are drawn."""
    return 1.0 / (1.0 + math.exp(-z))


def _towards(start: Point, end: Point, distance: float) -> Point:
    """Return the point ``distance`` from ``start`` on the way to ``end``."""
    part = distance / math.dist(start, end)
    return start[0] + part * (end[0] - start[0]), start[1] + part * (end[1] - start[1])


def _rounded(points: Sequence[Point], bend: float) -> Curve:
    """Return the path through ``points`` with corners rounded by ``bend``."""
    vertices, codes = [points[0]], [Curve.MOVETO]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        reach = min(bend, math.dist(before, corner) / 2.0, math.dist(corner, after) / 2.0)
        vertices += [_towards(corner, before, reach), corner, _towards(corner, after, reach)]
        codes += [Curve.LINETO, Curve.CURVE3, Curve.CURVE3]
    return Curve([*vertices, points[-1]], [*codes, Curve.LINETO])
