"""Sixteen bells in their steel frame, one of them struck, and the two sensors that feel it."""

import math
from typing import Any

from matplotlib.path import Path as Curve

from asctools.plots import style
from figs._bell import bell
from figs._draw import Drawing, Point, Sheet

BELLS = 16
STRUCK = 5  # as ringers count
SENSORS = {"A": (92.0, "numpy", "channels 1–3"), "B": (330.0, "candidate", "channels 4–6")}
LOWER, UPPER = 150.0, 172.0  # the two chords of the girder
LEFT, RIGHT = 14.0, 418.0
SMALL: dict[str, Any] = {"fontsize": 11}

ALT = (
    "A steel girder on two legs. Sixteen bells hang under it in a row, small ones on the left and "
    "large ones on the right; the first is named treble, the last one tenor. Bell 5 is struck. "
    "From the place where it hangs an arrow runs along the girder to the left, a short way to a "
    "box named A, and another to the right, a long way to a box named B. The boxes sit on the "
    "girder. Each has three arrows, x, y and z: A gives channels 1 to 3, B gives channels 4 to 6."
)


def places() -> list[tuple[float, float]]:
    """Return for each bell where it hangs and how wide it is, the treble first."""
    sizes = [13.0 + 16.0 * (number / (BELLS - 1)) ** 1.3 for number in range(BELLS)]
    gap = (RIGHT - LEFT - 28.0 - sum(sizes)) / (BELLS - 1)
    found, left = [], LEFT + 14.0
    for size in sizes:
        found.append((left + size / 2.0, size))
        left += size + gap
    return found


def draw() -> Sheet:
    """Draw the frame, its bells and its sensors."""
    sheet = Sheet(432.0, 168.0, bottom=48.0)
    _girder(sheet)
    hanging = places()
    for number, (x, size) in enumerate(hanging, start=1):
        struck = number == STRUCK
        role = "loss" if struck else "ink"
        lip = LOWER - 10.0 - 0.92 * size
        sheet.wire((x, LOWER), (x, LOWER - 12.0), role=role, width=1.6)
        bell(sheet, x, lip, size, role, role)
        if struck:
            _ringing(sheet, x, lip)
    under = {1: ("treble", "ink"), STRUCK: ("struck", "loss"), BELLS: ("tenor", "ink")}
    for number, (word, role) in under.items():
        look = {"va": "top", "linespacing": 1.25, **SMALL}
        sheet.text(hanging[number - 1][0], 99.0, f"{number}\n{word}", role, **look)
    for name, (x, role, channels) in SENSORS.items():
        _path(sheet, hanging[STRUCK - 1][0], x, role)
        _sensor(sheet, name, x, role, channels)
    return sheet


def _girder(sheet: Sheet) -> None:
    for x in (LEFT, RIGHT):
        sheet.wire((x, UPPER), (x, 58.0), role="muted", width=5.0)
    sheet.wire((2.0, 56.0), (430.0, 56.0), role="muted", width=2.4)
    for y in (LOWER, UPPER):
        sheet.wire((LEFT - 2.5, y), (RIGHT + 2.5, y), role="muted", width=3.6)
    bays = 18
    width = (RIGHT - LEFT) / bays
    for bay in range(bays):
        low, high = (LOWER, UPPER) if bay % 2 else (UPPER, LOWER)
        x = LEFT + bay * width
        sheet.wire((x, low), (x + width, high), role="muted", width=1.2, alpha=0.8)


def _ringing(sheet: Sheet, x: float, lip: float) -> None:
    """Draw the sound that leaves the struck bell, three arcs below it."""
    for radius in (9.0, 13.0, 17.0):
        turns = [-math.pi / 2.0 + step * 0.1 for step in range(-6, 7)]
        points = [(x + radius * math.cos(t), lip + 2.0 + radius * math.sin(t)) for t in turns]
        sheet.curve(Curve(points), role="loss", width=1.2)


def _path(sheet: Sheet, start: float, sensor: float, role: str) -> None:
    """Draw the way of the shock along the girder and up to a sensor."""
    inside = (LOWER + UPPER) / 2.0
    corners: list[Point] = [(start, LOWER), (start, inside), (sensor, inside), (sensor, UPPER + 9)]
    sheet.wire(*corners, role=role, width=2.6, arrow=True, bend=7.0)


def _sensor(sheet: Sheet, name: str, x: float, role: str, channels: str) -> None:
    y = UPPER + 20.0
    sheet.box(x, y, 30.0, 20.0, role, tint=0.3, radius=4.0)
    sheet.text(x, y, name, weight="bold", **SMALL)
    base = (x - 54.0, y - 8.0)
    for label, (dx, dy), (tx, ty) in (
        ("x", (20.0, 0.0), (26.0, 0.0)),
        ("y", (12.0, 11.0), (18.0, 15.0)),
        ("z", (0.0, 18.0), (-7.0, 17.0)),
    ):
        tip = (base[0] + dx, base[1] + dy)
        sheet.wire(base, tip, role=role, width=1.3, arrow=True)
        sheet.text(base[0] + tx, base[1] + ty, label, **SMALL)
    sheet.text(x + 22.0, y, f"sensor {name}\n{channels}", ha="left", **SMALL)


def drawings() -> list[Drawing]:
    """Draw the figure."""
    title = "The bell frame with sixteen bells and two sensors"
    with style():
        return [Drawing("bell-frame", title, ALT, draw().figure)]
