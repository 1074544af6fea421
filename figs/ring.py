"""An all-reduce on a ring of four: how many gradients each piece holds, before, half way, after."""

from itertools import pairwise

from asctools.plots import style
from figs._draw import Drawing, Sheet

SIZE = 4
WIDE, HIGH = 25.0, 25.0  # a piece
LOW = 52.0  # middle of the lowest piece
MIDDLES = (72.0, 217.0, 362.0)
TITLES = ("at first", f"after {SIZE - 1} turns", f"after {2 * SIZE - 2}")

ALT = (
    "Three blocks, each with four columns for the processes 0 to 3, and in each column four pieces "
    "of a gradient with a number: how many gradients are added up in it. Arrows above each block "
    "lead from a column to the next, and from the last back to the first. At first all sixteen "
    "numbers are 1. After 3 turns every column has the numbers 1, 2, 3 and 4, each time shifted by "
    "one, so that each process holds one finished sum. After 6 turns all sixteen numbers are 4."
)


def counts(turns: int) -> list[list[int]]:
    """Return for each process how many gradients are in each of its pieces after some turns."""
    held = [[1] * SIZE for _ in range(SIZE)]
    for turn in range(turns):
        moving = [held[p][(p - turn) % SIZE] for p in range(SIZE)]
        for p, number in enumerate(moving):
            goal, k = held[(p + 1) % SIZE], (p - turn) % SIZE
            goal[k] = number + (goal[k] if turn < SIZE - 1 else 0)
    return held


def draw() -> Sheet:
    """Draw the three blocks."""
    sheet = Sheet(432.0, 212.0)
    for x, title, turns in zip(MIDDLES, TITLES, (0, SIZE - 1, 2 * SIZE - 2), strict=True):
        _block(sheet, x, title, counts(turns))
    return sheet


def _block(sheet: Sheet, x: float, title: str, held: list[list[int]]) -> None:
    sheet.text(x, 199, title, fontsize=12, weight="bold")
    places = [x + (p - (SIZE - 1) / 2) * (WIDE + 6) for p in range(SIZE)]
    top = LOW + SIZE * (HIGH + 2) - 8
    for p, (place, pieces) in enumerate(zip(places, held, strict=True)):
        for k, number in enumerate(pieces):
            full = number == SIZE
            look = {"tint": 0.03 + 0.07 * number, "edge": 2.0 if full else 0.9, "radius": 2.0}
            height = LOW + (SIZE - 1 - k) * (HIGH + 2)
            sheet.box(place, height, WIDE, HIGH, "gradient", **look)
            sheet.text(place, height, str(number), fontsize=12, weight="bold" if full else "normal")
        sheet.text(place, LOW - 26, str(p), "muted", fontsize=12)
    for left, right in pairwise(places):
        sheet.wire((left + 4, top), (right - 4, top), arrow=True, width=1.3)
    corners = (places[-1], top + 5), (places[-1], top + 17), (places[0], top + 17)
    sheet.wire(*corners, (places[0], top + 3), arrow=True, width=1.3)
    sheet.text(x, 10, "process", "muted", fontsize=11)


def drawings() -> list[Drawing]:
    """Draw the figure."""
    with style():
        return [Drawing("ring", "An all-reduce on a ring of four", ALT, draw().figure)]
