"""Truncated backpropagation through time: the state goes on, the gradient stops at the window."""

from itertools import pairwise
from typing import Any

from asctools.plots import style
from asctools.plots.palette import MARKS
from figs._draw import Drawing, Sheet

WINDOWS, STEPS = 3, 4  # windows, and steps in each
PITCH, GAP, LEFT = 27.5, 16.0, 36.0
ROW, LOSS, BACK = 96.0, 142.0, 52.0  # heights: the cells, their losses, the way back
SIZE = 20.0

ALT = (
    "Twelve small cells in a row, in three dashed windows of four. Above each window stands its "
    "loss. A line runs forward through all twelve cells, across the edges of the windows: h and c "
    "are carried on. Below, a dashed arrow runs back through the four cells of each window and "
    "ends at a bar at the window's left edge: there the gradient is cut."
)


def draw() -> Sheet:
    """Draw the windows."""
    sheet = Sheet(432.0, 168.0, bottom=6.0)
    places = [[_x(window, step) for step in range(STEPS)] for window in range(WINDOWS)]
    cells = [x for window in places for x in window]
    sheet.wire((8, ROW), (cells[0] - SIZE / 2, ROW), role="cell", arrow=True)
    for left, right in pairwise(cells):
        sheet.wire((left + SIZE / 2, ROW), (right - SIZE / 2, ROW), role="cell", width=1.5)
    sheet.wire((cells[-1] + SIZE / 2, ROW), (424, ROW), role="cell", arrow=True)
    for number, x in enumerate(cells, start=1):
        sheet.box(x, ROW, SIZE, SIZE, "ink", tint=0.07, edge=1.1, radius=4)
        sheet.text(x, ROW - 0.5, str(number), "ink", fontsize=11)
    for number, window in enumerate(places, start=1):
        _window(sheet, window, number)
    sheet.text(LEFT, 18, "$h$ and $c$ go on", "cell", ha="left", fontsize=11)
    sheet.text(
        LEFT + 124,
        18,
        "the gradient stops at the window's edge",
        "gradient",
        ha="left",
        fontsize=11,
    )
    return sheet


def _x(window: int, step: int) -> float:
    return LEFT + SIZE / 2 + window * (STEPS * PITCH + GAP) + step * PITCH


def _window(sheet: Sheet, cells: list[float], number: int) -> None:
    """Draw one window: its frame, its loss, and the gradient's way back to the cut."""
    left, right = cells[0] - SIZE / 2 - 6, cells[-1] + SIZE / 2 + 6
    frame: dict[str, Any] = {"tint": 0.0, "edge": 1.1, "radius": 9.0, "linestyle": (0, (4, 3))}
    middle = (left + right) / 2
    sheet.box(middle, (LOSS + BACK) / 2 + 4, right - left, LOSS - BACK + 48, "muted", **frame)
    sheet.text(middle, LOSS + 10, f"loss of window {number}", "loss", fontsize=11)
    for x in cells:
        sheet.wire((x, ROW + SIZE / 2), (x, LOSS - 8), role="loss", width=1.1, arrow=True)
    line: dict[str, Any] = {"role": "gradient", "linestyle": MARKS["gradient"].line, "width": 2.2}
    for x in cells:
        sheet.wire((x, BACK + 3), (x, ROW - SIZE / 2 - 2), role="gradient", width=1.0)
    sheet.wire((cells[-1] + 4, BACK), (left + 5, BACK), arrow=True, **line)
    sheet.wire((left + 1, BACK - 10), (left + 1, BACK + 10), role="gradient", width=3.2)


def drawings() -> list[Drawing]:
    """Draw the figure."""
    with style():
        return [Drawing("truncated", "Windows of truncated backpropagation", ALT, draw().figure)]
