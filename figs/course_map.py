"""The road of the course, itself a σ-curve: from one cell to sixteen bells in five parts."""

import math
from itertools import pairwise

from matplotlib.path import Path as Curve

from asctools.plots import style
from asctools.plots.palette import GATES
from figs._bell import bell
from figs._draw import Drawing, Sheet, sigmoid

WIDTH, HEIGHT = 432.0, 296.0
LOW, HIGH, MIDDLE, STRETCH = 98.0, 204.0, 206.0, 42.0  # of the road
RADIUS = 25.0  # of a station
RING = 44.0  # of the sixteen bells

ALT = (
    "A road shaped like the sigmoid curve rises from the lower left to the upper right past five "
    "stations. One: one cell, by hand and in PyTorch. Two: from scratch, in NumPy, its training "
    "mined as an event log. Three: training that stops, resumes and scales. Four: events in time, "
    "which bell and when. Five: the whole, the line of a ringing method in a ring of sixteen bells."
)

# where, numeral, name, what for; above (+1) or below (−1) the road
PARTS = (
    (44.0, "I", "One cell", "by hand, then\nin PyTorch", -1),
    (126.0, "II", "From scratch", "in NumPy, mined\nas an event log", +1),
    (206.0, "III", "Training", "stop, resume,\nscale out", -1),
    (288.0, "IV", "Events in time", "which bell,\nand when", +1),
    (376.0, "V", "The whole", "from sound to\nstriking report", -1),
)


def height(x: float) -> float:
    """Return the height of the road at ``x``."""
    return LOW + (HIGH - LOW) * sigmoid((x - MIDDLE) / STRETCH)


def draw() -> Sheet:
    """Draw the road, the stations and what is learned at each."""
    sheet = Sheet(WIDTH, HEIGHT)
    for (start, *_), (end, *_) in pairwise(PARTS):
        sheet.curve(_road(start, end), role="cell", width=9.0, alpha=0.28)
    for (x, numeral, name, purpose, side), icon in zip(PARTS, ICONS, strict=True):
        y = height(x)
        sheet.disc(x, y, RADIUS, "cell", alpha=0.11)
        icon(sheet, x, y)
        away = (RING + 7.0 if numeral == "V" else RADIUS) + 13.0
        _words(sheet, x, y + side * away, f"{numeral}  {name}", purpose, side)
    return sheet


def _road(start: float, end: float) -> Curve:
    """Return the road between two stations, from the edge of one disc to that of the other."""
    points = [(start + k, height(start + k)) for k in range(int(end - start) + 1)]
    ends = (points[0], points[-1])
    return Curve([p for p in points if all(math.dist(p, e) >= RADIUS + 1.5 for e in ends)])


def _words(sheet: Sheet, x: float, y: float, name: str, purpose: str, side: int) -> None:
    """Write the part's name and, in two lines below it, what it is for; y is next to the disc."""
    top = y + 34.0 if side > 0 else y
    sheet.text(x, top, name, weight="bold", fontsize=12)
    sheet.text(x, top - 22.0, purpose, "muted", fontsize=11)


def _one_cell(sheet: Sheet, x: float, y: float) -> None:
    sheet.box(x, y, 30, 30, "cell", tint=0.0, edge=2.0, radius=7)
    sheet.wire((x - 23, y + 6), (x + 23, y + 6), role="cell", width=2.4)
    for place, gate in enumerate(GATES):
        sheet.box(x - 9.6 + 6.4 * place, y - 5.5, 4.4, 9, gate, tint=1.0, edge=0.0, radius=1.4)


def _numbers(sheet: Sheet, x: float, y: float) -> None:
    for row in range(3):
        for col in range(4):
            tint = (0.25, 0.95, 0.5, 0.7, 0.3)[(3 * row + 2 * col) % 5]
            place = (x - 13.5 + 9 * col, y - 9 + 9 * row)
            sheet.box(*place, 7, 7, "cell", tint=tint, edge=0.0, radius=1.5)


def _descent(sheet: Sheet, x: float, y: float) -> None:
    sheet.wire(
        (x - 13, y + 13), (x - 13, y - 11), (x + 14, y - 11), role="muted", width=1.4, bend=1
    )
    points = [(x - 9 + 2 * k, y - 7 + 19 * math.exp(-k / 3.2)) for k in range(12)]
    sheet.curve(Curve(points), role="cell", width=2.6, capstyle="round")


def _strikes(sheet: Sheet, x: float, y: float) -> None:
    def wave(t: float) -> float:
        after = t - 3.0 if t < 19.0 else t - 19.0
        loud = 10.5 if t < 19.0 else 7.0
        return 0.0 if t < 3.0 else loud * math.exp(-after / 5.0) * math.sin(1.5 * after)

    points = [(x - 18 + 0.5 * k, y - 2 + wave(0.5 * k)) for k in range(73)]
    sheet.curve(Curve(points), role="cell", width=1.6, capstyle="round")
    for strike in (3.0, 19.0):
        tip = (x - 18 + strike, y + 10)
        sheet.shape([tip, (tip[0] - 3, tip[1] + 6), (tip[0] + 3, tip[1] + 6)], "candidate")


def _sixteen_bells(sheet: Sheet, x: float, y: float) -> None:
    hunt = (0, 1, 2, 3, 3, 2, 1, 0)  # the places of one bell in plain hunt on four
    for bell_number in (2, 4, 6, 0):
        line = [
            (x - 12.0 + 8.0 * hunt[(row + bell_number) % 8], y + 14.0 - 4.0 * row)
            for row in range(8)
        ]
        role, width = ("cell", 2.4) if bell_number == 0 else ("muted", 1.0)
        sheet.wire(*line, role=role, width=width, bend=1.0)
    for number in range(16):
        # Half a step turned, so that the road comes in between two bells.
        turn = 2.0 * math.pi * (number + 0.5) / 16.0
        place = (x + RING * math.cos(turn), y + RING * math.sin(turn) - 5.0)
        bell(sheet, *place, 12.0, "candidate", None)


ICONS = (_one_cell, _numbers, _descent, _strikes, _sixteen_bells)


def drawings() -> list[Drawing]:
    """Draw the figure."""
    with style():
        return [Drawing("course-map", "From One Cell to Sixteen Bells", ALT, draw().figure)]
