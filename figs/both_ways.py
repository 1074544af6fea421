"""An LSTM that reads both ways, and what output[:, -1] and h_n take from it."""

from itertools import pairwise
from typing import Any

from asctools.plots import style
from figs._draw import Drawing, Sheet

DAYS = (112.0, 192.0, 272.0, 352.0)
FORWARD, VALUES, BACKWARD = 190.0, 124.0, 58.0  # heights: a reader, the days, the other reader
WIDTH, HEIGHT = 46.0, 34.0

ALT = (
    "Four days, x 1 to x 4, in a row. Above them the cells of a reader that goes from left to "
    "right, below them those of a reader that goes from right to left. A dashed frame around day "
    "four, named output of the last day, holds the upper reader's fourth cell and the lower "
    "reader's first. Two cells are filled and named h n: the upper one of day four and the lower "
    "one of day one. There each reader has seen all four days."
)


def draw() -> Sheet:
    """Draw the days, the two readers, and the two ways to take the end."""
    sheet = Sheet(432.0, 258.0, bottom=-4.0)
    for number, x in enumerate(DAYS, start=1):
        sheet.text(x, VALUES, f"$x_{number}$", "x", fontsize=15)
        sheet.wire((x, VALUES + 13), (x, FORWARD - HEIGHT / 2), role="x", arrow=True, width=1.4)
        sheet.wire((x, VALUES - 13), (x, BACKWARD + HEIGHT / 2), role="x", arrow=True, width=1.4)
        _cell(sheet, x, FORWARD, days=number)
        _cell(sheet, x, BACKWARD, days=5 - number)
    for left, right in pairwise(DAYS):
        inner = (left + WIDTH / 2, right - WIDTH / 2)
        sheet.wire((inner[0], FORWARD), (inner[1], FORWARD), role="hidden", arrow=True)
        sheet.wire((inner[1], BACKWARD), (inner[0], BACKWARD), role="hidden", arrow=True)
    sheet.text(50, FORWARD, "forward", "muted", fontsize=11)
    sheet.text(44, BACKWARD, "backward", "muted", fontsize=11)
    _names(sheet)
    return sheet


def _cell(sheet: Sheet, x: float, y: float, days: int) -> None:
    """Draw a cell that has read so many days; filled when it has read all."""
    done = days == len(DAYS)
    sheet.box(x, y, WIDTH, HEIGHT, "hidden", tint=0.34 if done else 0.0, edge=2.4 if done else 1.2)
    sheet.text(x, y, f"read {days}", "ink", fontsize=11)


def _names(sheet: Sheet) -> None:
    frame: dict[str, Any] = {"tint": 0.0, "edge": 1.3, "radius": 10.0, "linestyle": (0, (4, 3))}
    sheet.box(DAYS[-1], VALUES, WIDTH + 18, FORWARD - BACKWARD + HEIGHT + 22, "ink", **frame)
    sheet.text(DAYS[-1], FORWARD + 40, "output[:, -1]", fontsize=11)
    sheet.text(DAYS[-1] + 40, FORWARD, "h_n[-2]", "hidden", ha="left", fontsize=11)
    sheet.text(DAYS[0], BACKWARD - 31, "h_n[-1]", "hidden", fontsize=11)


def drawings() -> list[Drawing]:
    """Draw the figure."""
    with style():
        return [Drawing("both-ways", "Reading both ways", ALT, draw().figure)]
