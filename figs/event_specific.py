"""The event-specific model from below: templates, scores, frames, and where the time comes from."""

import math
from typing import Any

from matplotlib.path import Path as Curve

from asctools.plots import style
from figs._draw import Drawing, Point, Sheet
from figs.event_classifier import BELLS, CHANNELS, FRAMES, SAMPLES, STRIKES, wave

SMALL: dict[str, Any] = {"fontsize": 11}
LEFT, RIGHT = 96.0, 404.0
FRAME = (RIGHT - LEFT) / FRAMES
MIDDLE = (LEFT + RIGHT) / 2
TOP, WAVES = 556.0, 56.0  # upper edge of the channels, and the height that they take
BANK, SCORES, GRID = 466.0, 428.0, 182.0  # middle of the box; upper edges of the two fields
FIELD = 80.0  # height of each of these
ASIDE = 420.0  # where the time goes past the network

ALT = (
    "A diagram, read downwards. At the top six wavy lines, the channels, in which three strikes "
    "begin. Below them a box, the template bank, in which three short waveforms stand. Under it "
    "sixteen score traces, one per bell, all flat but for a sharp peak in three of them, each at "
    "its strike. Beside an arrow stands that sure strikes are taken out and that the best of ten "
    "samples makes a frame. Then three boxes: convolutions of each bell over 3, 5 and 9 frames, "
    "an LSTM, and heads that look where the template fired. Below lies a grid of sixteen rows "
    "and thirty columns, a logit for each bell and frame, with three filled cells. An arrow "
    "leads down from it to: which, soft maximum over time. A second line leads from the score "
    "traces past the network to: when, the peak of the trace in the frame."
)


def draw() -> Sheet:
    """Draw the model."""
    sheet = Sheet(432.0, 560.0, bottom=4.0)
    _waves(sheet)
    _down(sheet, TOP - WAVES - 4, BANK + 21)
    _bank(sheet, BANK)
    _down(sheet, BANK - 20, SCORES + 2)
    _scores(sheet, SCORES)
    _down(sheet, SCORES - FIELD - 3, SCORES - FIELD - 24)
    sheet.text(MIDDLE - 10, SCORES - FIELD - 13, "sure strikes taken out", ha="right", **SMALL)
    sheet.text(MIDDLE + 10, SCORES - FIELD - 13, "best of ten samples", ha="left", **SMALL)
    _network(sheet, 292.0)
    _grid(sheet, GRID)
    _answers(sheet, 34.0)
    return sheet


def _down(sheet: Sheet, start: float, end: float) -> None:
    sheet.wire((MIDDLE, start), (MIDDLE, end), arrow=True, width=1.6)


def _name(sheet: Sheet, y: float, name: str, *more: str) -> None:
    """Write in the left margin: what it is, and below it how much of it."""
    sheet.text(4, y + 7 * len(more), name, ha="left", weight="bold")
    for number, line in enumerate(more):
        sheet.text(4, y + 7 * len(more) - 15 * (number + 1), line, "muted", ha="left", **SMALL)


def _waves(sheet: Sheet) -> None:
    step = WAVES / CHANNELS
    for channel in range(CHANNELS):
        y = TOP - (channel + 0.5) * step
        _line(sheet, wave(channel), LEFT, FRAME / SAMPLES, y, 0.55 * step, "x", 1.1)
    _name(sheet, TOP - WAVES / 2, "samples", "2000 a second,", "6 channels")


def _line(
    sheet: Sheet,
    values: list[float],
    x: float,
    dx: float,
    y: float,
    scale: float,
    role: str,
    w: float,
) -> None:
    points: list[Point] = [(x + k * dx, y + scale * value) for k, value in enumerate(values)]
    sheet.curve(Curve(points), role=role, width=w)


def _bank(sheet: Sheet, y: float) -> None:
    sheet.box(MIDDLE, y, RIGHT - LEFT, 38, "linear")
    for number, strike in enumerate(STRIKES):
        turn = 0.45 + 0.14 * (strike.bell % 5)
        ring = [math.exp(-k / 14.0) * math.sin(turn * k) for k in range(60)]
        _line(sheet, ring, LEFT + 22 + 92 * number, 1.0, y, 13.0, "linear", 1.5)
    sheet.text(RIGHT - 22, y, "…", "linear", weight="bold")
    _name(sheet, y, "bank", "16 waveforms,", "96 delays")


def score(bell: int, samples: int = FRAMES * SAMPLES) -> list[float]:
    """Return the score trace of a bell: a ripple of noise, and a peak at each of its strikes."""
    total = [0.05 * math.sin(0.23 * k * (1 + bell % 3) + bell) for k in range(samples)]
    for strike in STRIKES:
        for k in range(samples) if strike.bell == bell else ():
            off = k - SAMPLES * strike.onset
            total[k] += math.exp(-0.5 * (off / 3.5) ** 2) * math.cos(0.55 * off)
    return total


def _scores(sheet: Sheet, top: float) -> None:
    row = FIELD / BELLS
    for bell in range(1, BELLS + 1):
        struck = any(strike.bell == bell for strike in STRIKES)
        y = top - (bell - 0.5) * row
        role, width = ("linear", 1.3) if struck else ("muted", 0.7)
        _line(sheet, score(bell), LEFT, FRAME / SAMPLES, y, 2.6 * row, role, width)
    _name(sheet, top - FIELD / 2, "scores", "16 bells,", "2000 a second")


def _network(sheet: Sheet, y: float) -> None:
    half = (RIGHT - LEFT) / 2 - 8
    for x, role, name, what in (
        (LEFT + half / 2, "gru", "for each bell", "3, 5 and 9 frames"),
        (RIGHT - half / 2, "lstm", "LSTM", "over the frames"),
    ):
        sheet.box(x, y, half, 46, role)
        sheet.text(x, y + 10, name, role, weight="bold")
        sheet.text(x, y - 9, what, **SMALL)
        sheet.wire((MIDDLE, y + 29), (x, y + 29), (x, y + 24), width=1.4, bend=4.0)
        sheet.wire((x, y - 24), (x, y - 40), arrow=True, width=1.6)
    sheet.box(MIDDLE, y - 64, RIGHT - LEFT, 42, "loss", tint=0.1)
    sheet.text(MIDDLE, y - 55, "heads", "loss", weight="bold")
    sheet.text(MIDDLE, y - 73, "each looks where its template fired", **SMALL)
    sheet.wire((MIDDLE, y - 86), (MIDDLE, GRID + 2), arrow=True, width=1.6)
    _name(sheet, y, "frames", "5 ms each")
    _name(sheet, y - 64, "attention")


def _grid(sheet: Sheet, top: float) -> None:
    row = FIELD / BELLS
    sheet.box(MIDDLE, top - FIELD / 2, RIGHT - LEFT, FIELD, "muted", tint=0.05, edge=1, radius=2)
    for bell in range(1, BELLS):
        y = top - bell * row
        sheet.wire((LEFT, y), (RIGHT, y), role="grid", width=0.5, alpha=0.5)
    for strike in STRIKES:
        x, y = LEFT + (int(strike.onset) + 0.5) * FRAME, top - (strike.bell - 0.5) * row
        sheet.box(x, y, FRAME - 1, row + 3, "loss", tint=1.0, edge=0.0, radius=1.5)
    _name(sheet, top - FIELD / 2, "logits", "16 bells", "by frames")


def _answers(sheet: Sheet, y: float) -> None:
    said = ((LEFT + 70, "which", "soft maximum"), (RIGHT - 70, "when", "peak of the trace"))
    for x, word, how in said:
        sheet.wire((x, GRID - FIELD - 3), (x, y + 25), arrow=True, width=1.6)
        sheet.box(x, y, 140, 46, "loss", tint=0.1)
        sheet.text(x, y + 10, word, "loss", weight="bold")
        sheet.text(x, y - 9, how, **SMALL)
    level = SCORES - FIELD / 2
    sheet.wire(
        (RIGHT + 2, level), (ASIDE, level), (ASIDE, y), (RIGHT + 1, y), role="linear", arrow=True
    )
    _name(sheet, y, "answers")


def drawings() -> list[Drawing]:
    """Draw the figure."""
    with style():
        title = "The event-specific model, from samples to strikes"
        return [Drawing("event-specific", title, ALT, draw().figure)]
