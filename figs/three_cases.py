"""The same eighteen events, cut into cases in three ways: epoch, iteration, blocks of five."""

from typing import NamedTuple

from asctools.plots import style
from figs._draw import Drawing, Sheet

ITERATIONS = ("ZFBU", "ZFBCU", "ZFBU", "ZFBCU")
EVENTS, BLOCK = "".join(ITERATIONS), 5
PITCH, LEFT, SIZE = 23.0, 20.0, 16.5

ALT = (
    "Three rows, each with the same eighteen small boxes: Z F B U, Z F B C U, Z F B U, Z F B C U. "
    "In the first row one long frame holds them all, and the first event is Z. In the second row "
    "there are four frames, one for each iteration, and each begins with Z. In the third row "
    "frames of five events cut across the iterations, and they begin with Z, F, F and B."
)


class Cut(NamedTuple):
    """One way to cut the events: what it is called, and how many events each case has."""

    name: str
    sizes: tuple[int, ...]
    role: str


CUTS = (
    Cut("the case is the epoch", (len(EVENTS),), "truth"),
    Cut("the case is the iteration", tuple(map(len, ITERATIONS)), "lstm"),
    Cut(f"blocks of {BLOCK} events", (BLOCK, BLOCK, BLOCK, len(EVENTS) - 3 * BLOCK), "rnn"),
)


def draw() -> Sheet:
    """Draw the three rows."""
    sheet = Sheet(432.0, 196.0)
    for row, cut in enumerate(CUTS):
        _row(sheet, cut, y=148.0 - 62.0 * row)
    return sheet


def _row(sheet: Sheet, cut: Cut, y: float) -> None:
    """Draw one row: its name, its frames, its events, and what its cases begin with."""
    starts = [sum(cut.sizes[:k]) for k in range(len(cut.sizes))]
    begins = " ".join(EVENTS[k] for k in starts)
    sheet.text(LEFT - SIZE / 2 - 4, y + 27, cut.name, cut.role, ha="left", fontsize=11)
    sheet.text(424, y + 27, f"cases begin with {begins}", "ink", ha="right", fontsize=11)
    for start, size in zip(starts, cut.sizes, strict=True):
        middle, width = LEFT + PITCH * (start + (size - 1) / 2), PITCH * size - 2.6
        sheet.box(middle, y, width, 27.0, cut.role, tint=0.06, edge=1.3, radius=8)
    for k, event in enumerate(EVENTS):
        first = k in starts
        role, look = (cut.role, (0.34, 1.6)) if first else ("ink", (0.05, 0.8))
        x = LEFT + PITCH * k
        sheet.box(x, y, SIZE, SIZE, role, tint=look[0], edge=look[1], radius=3.5)
        sheet.text(x, y - 0.5, event, role, fontsize=11)


def drawings() -> list[Drawing]:
    """Draw the figure."""
    with style():
        title = "The same events, cut into cases in three ways"
        return [Drawing("three-cases", title, ALT, draw().figure)]
