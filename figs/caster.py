"""A continuous caster, cut open: ladle, tundish, mould, strand, and where its six sensors sit."""

import math
from typing import Any, NamedTuple

from asctools.plots import style
from figs._draw import Drawing, Point, Sheet

SMALL: dict[str, Any] = {"fontsize": 11}
AXIS = 214.0  # x of the stream of steel
HALF = 21.0  # half the width of the strand
MOULD_TOP, MOULD_BOTTOM = 186.0, 112.0
LEVEL = 172.0  # y of the surface of the steel in the mould

ALT = (
    "A caster cut open, from top to bottom. A ladle pours into a flat trough, the tundish. From it "
    "a tube leads down into the mould, two hollow walls with water in them. Between the walls the "
    "steel is liquid inside and has a solid shell, which grows thicker downwards. The strand "
    "leaves the mould below, is held by rolls and bends to the right. Six labels point at it: "
    "superheat at the tundish, mould level at the surface of the steel, mould temperature in the "
    "left wall, cooling flow at the water of the right wall, friction between wall and shell, "
    "casting speed at the rolls."
)


class Sensor(NamedTuple):
    """A label, where it stands, and the point of the caster that it measures."""

    name: str
    place: Point
    at: Point
    align: str


SENSORS = (
    Sensor("superheat", (346, 266), (AXIS + 58, 243), "left"),
    Sensor("mould level", (112, 204), (AXIS - 12, LEVEL), "right"),
    Sensor("mould temperature", (112, 152), (AXIS - HALF - 6, 146), "right"),
    Sensor("friction", (112, 112), (AXIS - HALF, 122), "right"),
    Sensor("cooling flow", (346, 168), (AXIS + HALF + 15, 160), "left"),
    Sensor("casting speed", (346, 112), (AXIS + HALF + 9, 78), "left"),
)


def draw() -> Sheet:
    """Draw the caster and its sensors."""
    sheet = Sheet(432.0, 332.0, bottom=-22.0)
    _ladle(sheet)
    _tundish(sheet)
    _strand(sheet)
    _mould(sheet)
    for sensor in SENSORS:
        _sensor(sheet, sensor)
    return sheet


def _ladle(sheet: Sheet) -> None:
    outline = [(AXIS - 44, 306), (AXIS + 44, 306), (AXIS + 34, 270), (AXIS - 34, 270)]
    sheet.shape(outline, "ink", alpha=0.12)
    sheet.wire(outline[0], outline[3], outline[2], outline[1], role="ink", width=1.6, bend=4.0)
    steel = [(AXIS - 40, 297), (AXIS + 40, 297), (AXIS + 34, 273), (AXIS - 34, 273)]
    sheet.shape(steel, "candidate", alpha=0.55)
    sheet.text(AXIS, 285, "ladle", **SMALL)
    sheet.wire((AXIS - 26, 269), (AXIS - 26, 248), role="candidate", width=4.0)


def _tundish(sheet: Sheet) -> None:
    wide, deep = 72, 226
    corners = [(AXIS - wide, 257), (AXIS - wide + 6, deep), (AXIS + wide - 6, deep)]
    sheet.shape(
        [(AXIS - wide + 2, 248), (AXIS + wide - 2, 248), (AXIS + wide - 6, deep), corners[1]],
        "candidate",
        alpha=0.55,
    )
    sheet.wire(*corners, (AXIS + wide, 257), role="ink", width=1.6, bend=4.0)
    sheet.text(AXIS + 12, 237, "tundish", **SMALL)
    sheet.wire((AXIS, deep), (AXIS, LEVEL - 14), role="ink", width=9.0)
    sheet.wire((AXIS, deep), (AXIS, LEVEL - 15), role="candidate", width=6.0)


def _strand(sheet: Sheet) -> None:
    """Draw the steel: liquid in the mould, a shell that grows, and the bend to the right."""
    bottom, radius = 62.0, 44.0
    outer, inner, middle, end = AXIS - HALF, AXIS + HALF, AXIS + radius, 424.0
    hot = [(outer, LEVEL), (inner, LEVEL), (inner, bottom)]
    hot += _arc(middle, bottom, radius - HALF)
    hot += [(end, bottom - radius + HALF), (end, bottom - radius - HALF)]
    hot += _arc(middle, bottom, radius + HALF)[::-1]
    sheet.shape(hot, "candidate", alpha=0.55)
    for side in (-1, 1):
        x = AXIS + side * HALF
        shell = [(x, LEVEL), (x, bottom), (x - side * 10, bottom), (x - side * 1, LEVEL - 6)]
        sheet.shape(shell, "x", alpha=0.95)
    for reach, grown in ((radius + HALF, -1), (radius - HALF, 1)):
        line = _arc(middle, bottom, reach)
        core = _arc(middle, bottom, reach + grown * 10)
        tail = [(end, bottom - reach), (end, bottom - reach - grown * 14)]
        sheet.shape([*line, *tail, *core[::-1]], "x", alpha=0.95)
    for y in (92.0, 70.0):
        for side in (-1, 1):
            sheet.disc(AXIS + side * (HALF + 8), y, 7.0, "ink", alpha=0.75)
    for x in (286.0, 318.0, 350.0, 382.0, 414.0):
        for y in (bottom - radius + HALF + 8, bottom - radius - HALF - 8):
            sheet.disc(x, y, 7.0, "ink", alpha=0.75)
    sheet.text(336, bottom - radius, "strand", **SMALL)


def _arc(x: float, y: float, radius: float) -> list[Point]:
    """Return a quarter of a circle around (x, y), from its left to its bottom."""
    turns = [math.pi + k * math.pi / 24 for k in range(13)]
    return [(x + radius * math.cos(turn), y + radius * math.sin(turn)) for turn in turns]


def _mould(sheet: Sheet) -> None:
    middle, height = (MOULD_TOP + MOULD_BOTTOM) / 2, MOULD_TOP - MOULD_BOTTOM
    for side in (-1, 1):
        x = AXIS + side * (HALF + 12)
        sheet.box(x, middle, 20, height, "ink", tint=0.18, edge=1.3, radius=3)
        water: dict[str, Any] = {"role": "numpy", "width": 3.2, "arrow": True}
        sheet.wire((x + side * 4, MOULD_BOTTOM + 4), (x + side * 4, MOULD_TOP - 4), **water)


def _sensor(sheet: Sheet, sensor: Sensor) -> None:
    x, y = sensor.place
    away = 5 if sensor.align == "right" else -5
    sheet.wire((x + away, y), sensor.at, role="loss", width=1.1)
    sheet.disc(*sensor.at, 3.2, "loss")
    sheet.text(x, y, sensor.name, "loss", ha=sensor.align, **SMALL)


def drawings() -> list[Drawing]:
    """Draw the figure."""
    with style():
        return [Drawing("caster", "A continuous caster and its six sensors", ALT, draw().figure)]
