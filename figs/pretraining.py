"""Three ways to learn from recordings without labels, and what they hand to the classifier."""

import math
from typing import Any

from matplotlib.path import Path as Curve

from asctools.plots import style
from figs._draw import Drawing, Sheet

SMALL: dict[str, Any] = {"fontsize": 11}
COLUMNS = (76.0, 216.0, 356.0)  # the middles of the three ways
WIDTH, CELLS = 112.0, 9  # of a signal on the sheet, and the frames below it
CELL = WIDTH / CELLS
STRUCK = 3  # the frame in which the drawn strike begins
ROLES = ("linear", "loss", "lstm")
SIGNAL, ENCODER, LATENTS, DECODER, REBUILT = 380.0, 326.0, 268.0, 210.0, 156.0

ALT = (
    "Three columns, each with a noisy wave at the top, in which a strike begins, and below it a "
    "box that narrows downwards, the encoder, and a row of nine cells, the latents. First column, "
    "reconstruct: a box that widens downwards, the decoder, and a smooth wave. Second column, with "
    "uncertainty: each cell is a small hill in place of a block, and the same decoder and wave "
    "follow. Third column, contrast: two rows of cells, of two views of the same signal; the cells "
    "of the same instant are joined by upright lines, and one cell is joined to others by dashed "
    "lines. From all three columns an arrow leads to one box at the bottom: every weight of the "
    "encoder, and then a few labels."
)


def draw() -> Sheet:
    """Draw the three ways side by side."""
    sheet = Sheet(432.0, 388.0, bottom=44.0)
    titles = ("reconstruct", "with uncertainty", "contrast")
    for number, (x, title, role) in enumerate(zip(COLUMNS, titles, ROLES, strict=True)):
        sheet.text(x, 420, title, role, weight="bold")
        _signal(sheet, x, SIGNAL, noise=1.0)
        _arrow(sheet, x, SIGNAL - 19, ENCODER + 17)
        _coder(sheet, x, ENCODER, "encoder", role, narrows=True)
        _arrow(sheet, x, ENCODER - 16, LATENTS + 15)
        (_blocks, _hills, _views)[number](sheet, x)
    for x, role in zip(COLUMNS[:2], ROLES, strict=False):
        _arrow(sheet, x, LATENTS - 14, DECODER + 16)
        _coder(sheet, x, DECODER, "decoder", role, narrows=False)
        _arrow(sheet, x, DECODER - 16, REBUILT + 17)
        _signal(sheet, x, REBUILT, noise=0.0)
    _handed_on(sheet, 72.0)
    return sheet


def _arrow(sheet: Sheet, x: float, start: float, end: float) -> None:
    sheet.wire((x, start), (x, end), arrow=True, width=1.5)


def wave(noise: float, points: int = 180) -> list[float]:
    """Return what a channel shows: a strike that rings on, and noise if there is any."""
    onset = points * (STRUCK + 0.3) / CELLS
    total = []
    for k in range(points):
        age = k - onset
        bell = math.exp(-age / 34.0) * math.sin(0.42 * age) if age > 0 else 0.0
        # Three tones that never meet again look like noise, and are the same every time.
        hiss = sum(math.sin(turn * k + turn * turn) for turn in (1.31, 2.17, 2.83)) / 3.0
        total.append(bell + 0.55 * noise * hiss)
    return total


def _signal(sheet: Sheet, x: float, y: float, noise: float) -> None:
    values = wave(noise)
    step = WIDTH / (len(values) - 1)
    points = [(x - WIDTH / 2 + k * step, y + 14 * value) for k, value in enumerate(values)]
    sheet.curve(Curve(points), role="x", width=1.2)


def _coder(sheet: Sheet, x: float, y: float, name: str, role: str, *, narrows: bool) -> None:
    upper, lower = (WIDTH / 2, WIDTH / 2 - 16) if narrows else (WIDTH / 2 - 16, WIDTH / 2)
    corners = [(x - upper, y + 14), (x + upper, y + 14), (x + lower, y - 14), (x - lower, y - 14)]
    sheet.shape(corners, role, alpha=0.16)
    sheet.wire(*corners, corners[0], role=role, width=1.5, bend=3.0)
    sheet.text(x, y, name, **SMALL)


def at(x: float, frame: int) -> float:
    """Return where the middle of a frame stands, in the column around ``x``."""
    return x - WIDTH / 2 + (frame + 0.5) * CELL


def _cells(sheet: Sheet, x: float, y: float, role: str, first: int = STRUCK) -> None:
    """Draw a row of latents; those after the strike are filled, the earlier the stronger."""
    for frame in range(CELLS):
        age = frame - first
        tint = 0.85 * math.exp(-age / 2.0) if age >= 0 else 0.0
        sheet.box(at(x, frame), y, CELL - 2.5, 18, role, tint=0.08 + tint, edge=0.9, radius=2)


def _blocks(sheet: Sheet, x: float) -> None:
    _cells(sheet, x, LATENTS, ROLES[0])


def _hills(sheet: Sheet, x: float) -> None:
    """Draw a distribution for each frame: a mean that moves, and a width that differs."""
    for frame in range(CELLS):
        age = frame - STRUCK
        loud = math.exp(-age / 2.5) if age >= 0 else 0.0
        middle, width = 4.0 * loud, 4.2 - 2.6 * loud
        points = []
        for n in range(31):
            across = (n - 15) * 0.62
            height = 2.9 / width * math.exp(-0.5 * ((across - middle) / width) ** 2)
            points.append((at(x, frame) + 0.55 * across, LATENTS - 9 + 11 * height))
        sheet.shape(points, ROLES[1], alpha=0.35)
        sheet.curve(Curve(points), role=ROLES[1], width=1.2)


def _views(sheet: Sheet, x: float) -> None:
    """Draw two views of the same signal, and which of their frames belong together."""
    upper, lower = LATENTS, LATENTS - 62
    _cells(sheet, x, upper, ROLES[2])
    _cells(sheet, x, lower, ROLES[2])
    for frame in range(CELLS):
        strong = frame == STRUCK
        ends = ((at(x, frame), upper - 10), (at(x, frame), lower + 10))
        sheet.wire(*ends, role=ROLES[2], width=2.6 if strong else 1.0)
    for frame in (STRUCK - 3, STRUCK + 4):
        ends = ((at(x, STRUCK), upper - 10), (at(x, frame), lower + 10))
        sheet.wire(*ends, role="muted", width=1.2, linestyle=(0, (3, 2)))
    lines = ("two views of one signal;", "same instant: together,", "all others: apart")
    for number, line in enumerate(lines):
        sheet.text(x, lower - 24 - 15 * number, line, "muted", **SMALL)


def _handed_on(sheet: Sheet, y: float) -> None:
    """Draw what the classifier gets of each of them."""
    for x in COLUMNS:
        sheet.wire((x, y + 54), (x, y + 26), arrow=True, width=1.5)
    middle = COLUMNS[1]
    sheet.box(middle, y, 392, 46, "rule", tint=0.1)
    sheet.text(middle, y + 10, "the classifier", "rule", weight="bold")
    sheet.text(middle, y - 9, "begins with every weight of the encoder; then a few labels", **SMALL)


def drawings() -> list[Drawing]:
    """Draw the figure."""
    with style():
        title = "Three ways to learn without labels"
        return [Drawing("pretraining", title, ALT, draw().figure)]
