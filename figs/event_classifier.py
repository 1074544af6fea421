"""The event classifier from below: samples, frames, LSTM, and the heads that say which and when."""

import math
from typing import Any, NamedTuple

from matplotlib.path import Path as Curve

from asctools.plots import style
from figs._draw import Drawing, Point, Sheet

SMALL: dict[str, Any] = {"fontsize": 11}
CHANNELS, BELLS, FRAMES, SAMPLES = 6, 16, 30, 10  # SAMPLES of a frame
LEFT, RIGHT = 96.0, 424.0
FRAME = (RIGHT - LEFT) / FRAMES  # width of a frame on the sheet
TOP, WAVES = 478.0, 62.0  # upper edge of the channels, and the height that they take
MIDDLE = (LEFT + RIGHT) / 2

ALT = (
    "A diagram, read downwards. At the top six wavy lines, the channels, in which three strikes "
    "begin. A box, the front end, turns ten samples into one frame: below it stands a row of "
    "thirty cells. Then a box with an arrow to the right and one to the left, the LSTM, and a "
    "dashed box, attention. Below lies a grid of sixteen rows and thirty columns, a logit for each "
    "bell and frame, in which three cells are filled, each below the start of its strike. Two "
    "arrows lead down from it: soft maximum over time, which says which bells struck; and the "
    "filled frames with their offsets, which say when."
)


class Strike(NamedTuple):
    """A drawn strike: its bell, 1 to 16, and its onset in frames."""

    bell: int
    onset: float


STRIKES = (Strike(11, 4.3), Strike(3, 12.7), Strike(14, 20.5))


def draw() -> Sheet:
    """Draw the classifier."""
    sheet = Sheet(432.0, 436.0, bottom=54.0)
    _waves(sheet)
    _arrow(sheet, TOP - WAVES - 4, TOP - WAVES - 17)
    _front_end(sheet, 385.0)
    _frames(sheet, 331.0)
    _arrow(sheet, 321, 307)
    _memory(sheet, 276.0)
    _arrow(sheet, 245, 231)
    _grid(sheet, 227.0, 88.0)
    _answers(sheet, 86.0)
    return sheet


def _arrow(sheet: Sheet, start: float, end: float) -> None:
    sheet.wire((MIDDLE, start), (MIDDLE, end), arrow=True, width=1.6)


def wave(channel: int, samples: int = FRAMES * SAMPLES) -> list[float]:
    """Return what one channel shows: each strike rings on, a little later in some channels."""
    late = 0.35 * math.sin(1.0 + 2.0 * channel)  # frames
    total = [0.12 * math.sin(0.021 * k * (channel + 2) + channel) for k in range(samples)]
    for number, strike in enumerate(STRIKES):
        turn = 0.55 + 0.14 * ((strike.bell * (channel + 1)) % 5)
        gain = 1.0 - 0.13 * ((channel + 2 * number) % 4)
        for k in range(samples):
            age = k - SAMPLES * (strike.onset + late)
            if age >= 0:
                total[k] += gain * math.exp(-age / 28.0) * math.sin(turn * age)
    return total


def _waves(sheet: Sheet) -> None:
    step = WAVES / CHANNELS
    for channel in range(CHANNELS):
        y = TOP - (channel + 0.5) * step
        points: list[Point] = [
            (LEFT + k * FRAME / SAMPLES, y + 0.55 * step * value)
            for k, value in enumerate(wave(channel))
        ]
        sheet.curve(Curve(points), role="x", width=1.1)
    _name(sheet, TOP - WAVES / 2, "samples", "2000 a second,", "6 channels")


def _name(sheet: Sheet, y: float, name: str, *more: str) -> None:
    """Write in the left margin: what it is, and below it how much of it."""
    sheet.text(4, y + 7 * len(more), name, ha="left", weight="bold")
    for number, line in enumerate(more):
        sheet.text(4, y + 7 * len(more) - 15 * (number + 1), line, "muted", ha="left", **SMALL)


def _front_end(sheet: Sheet, y: float) -> None:
    upper = [(LEFT, y + 13), (RIGHT, y + 13), (RIGHT - 30, y - 13), (LEFT + 30, y - 13)]
    sheet.shape(upper, "gru", alpha=0.2)
    sheet.wire(*upper, upper[0], role="gru", width=1.5, bend=3.0)
    sheet.text(MIDDLE, y, "convolutions: ten samples → one frame", **SMALL)
    _name(sheet, y, "front end")
    _arrow(sheet, y - 14, 344)


def _frames(sheet: Sheet, y: float) -> None:
    for frame in range(FRAMES):
        sheet.box(_at(frame), y, FRAME - 2.5, 16, "gru", tint=0.3, edge=0.9, radius=2)
    _name(sheet, y, "frames", "5 ms each")


def _at(frame: int) -> float:
    return LEFT + (frame + 0.5) * FRAME


def _memory(sheet: Sheet, y: float) -> None:
    halves = (LEFT + 78, RIGHT - 78)
    sheet.box(halves[0], y, 148, 54, "lstm")
    sheet.text(halves[0], y + 12, "LSTM", "lstm", weight="bold")
    for height, ends in ((-5, (-56, 56)), (-16, (56, -56))):
        line = [(halves[0] + x, y + height) for x in ends]
        sheet.wire(*line, role="lstm", arrow=True, width=1.5)
    sheet.box(halves[1], y, 148, 54, "linear", tint=0.06, linestyle=(0, (4, 3)))
    sheet.text(halves[1], y + 12, "attention", "linear", weight="bold")
    sheet.text(halves[1], y - 9, "on frames, if at all", **SMALL)
    sheet.wire((halves[0] + 75, y), (halves[1] - 75, y), role="ink", arrow=True, width=1.5)
    _name(sheet, y, "memory")


def _grid(sheet: Sheet, top: float, height: float) -> None:
    row = height / BELLS
    sheet.box(MIDDLE, top - height / 2, RIGHT - LEFT, height, "muted", tint=0.05, edge=1, radius=2)
    for bell in range(1, BELLS):
        y = top - bell * row
        sheet.wire((LEFT, y), (RIGHT, y), role="grid", width=0.5, alpha=0.5)
    for strike in STRIKES:
        x, y = _at(int(strike.onset)), top - (strike.bell - 0.5) * row
        sheet.box(x, y, FRAME - 1, row + 3, "loss", tint=1.0, edge=0.0, radius=1.5)
    _name(sheet, top - height / 2, "logits", "16 bells", "by frames")


def _answers(sheet: Sheet, y: float) -> None:
    places = (LEFT + 78, RIGHT - 78)
    said = (
        ("which", "soft maximum over time"),
        ("when", "frame + its offset"),
    )
    for x, (word, how) in zip(places, said, strict=True):
        sheet.wire((x, 136), (x, y + 26), arrow=True, width=1.6)
        sheet.box(x, y, 156, 50, "loss", tint=0.1)
        sheet.text(x, y + 11, word, "loss", weight="bold")
        sheet.text(x, y - 9, how, **SMALL)
    _name(sheet, y, "heads")


def drawings() -> list[Drawing]:
    """Draw the figure."""
    with style():
        title = "The event classifier, from samples to strikes"
        return [Drawing("event-classifier", title, ALT, draw().figure)]
