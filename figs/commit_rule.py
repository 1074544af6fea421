"""Overlapping windows, and when a pick of a stream is told: at once, or after a delay."""

from typing import Any, NamedTuple

from asctools.bells import Picks
from asctools.events.refractory import OnlineRefractory
from asctools.plots import style
from figs._draw import Drawing, Sheet

SCALE, LEFT = 61.0, 10.0  # points per second, and where the time 0 stands
END = 6.75  # seconds
LENGTH, HOP, MARGIN = 2.4, 1.6, 0.4  # a window, the step to the next one, and what is context only
WINDOWS = 3
PERIOD, DELAY = 2.0, 1.5  # seconds
PICKS = {"A": (1.0, 0.45), "B": (2.15, 0.95), "C": (3.3, 0.55), "D": (4.6, 0.7)}  # time, score
STEM = 44.0  # points for a score of 1

ALT = (
    "Three rows above one time line of nearly seven seconds. First row: three windows, each a "
    "little lower than the one before and overlapping it. The ends of each are pale, its middle is "
    "dark, and the dark parts lie end to end. A dashed line at a strike runs through the pale end "
    "of the first window and the dark part of the second. Second row, no delay: four picks A, B, "
    "C, D, the first low and the second high. A and C are told at once, B and D are crossed out, "
    "each within two seconds after one that was told. Third row, a delay of 1.5 s: an arrow leads "
    "from B to a diamond 1.5 s later, where B is told, and another from D; A and C are crossed out."
)


class Fate(NamedTuple):
    """What becomes of a pick: when it is told, in seconds, or None if it never is."""

    name: str
    told: float | None


def fates(delay: float) -> list[Fate]:
    """Return what the library does with the picks, if it waits for ``delay`` seconds."""
    times, scores = zip(*PICKS.values(), strict=True)
    online = OnlineRefractory(num_events=1, period=PERIOD, delay_samples=delay)
    kept = online.push(Picks.make([0] * len(times), times, scores), now=END + delay)
    told = [at + delay if at in kept.times else None for at in times]
    return [Fate(*each) for each in zip(PICKS, told, strict=True)]


def cores() -> list[tuple[float, float]]:
    """Return the part of each window whose picks are kept, in seconds; the first begins at 0."""
    starts = [HOP * k for k in range(WINDOWS)]
    return [(s + MARGIN if s else 0.0, s + LENGTH - MARGIN) for s in starts]


def draw() -> Sheet:
    """Draw the windows, and the same four picks without and with a delay."""
    sheet = Sheet(432.0, 372.0)
    _windows(sheet, 334.0)
    _row(sheet, 162.0, 0.0, "no delay: what comes first is told")
    _row(sheet, 46.0, DELAY, "a delay of 1.5 s: what is best is told")
    sheet.wire((LEFT, 12), (x(END) - 32, 12), role="muted", arrow=True, width=1.2)
    sheet.text(x(END), 12, "time", ha="right", fontsize=11)
    return sheet


def x(seconds: float) -> float:
    """Return where a time stands on the sheet, in points."""
    return LEFT + SCALE * seconds


def _windows(sheet: Sheet, top: float) -> None:
    sheet.text(8, 362, "overlapping windows", ha="left", weight="bold")
    for k, (start, stop) in enumerate(cores()):
        y, middle = top - 26 * k, x(HOP * k + LENGTH / 2)
        sheet.box(middle, y, SCALE * LENGTH, 20, "lstm", tint=0.1, edge=1.1, radius=3)
        kept = (x(start) + x(stop)) / 2
        sheet.box(kept, y, SCALE * (stop - start), 20, "lstm", tint=0.34, edge=0.0, radius=3)
        sheet.text(kept, y, "kept", fontsize=11)
    time = PICKS["B"][0]
    line: dict[str, Any] = {"linestyle": (0, (4, 3)), "width": 1.4}
    sheet.wire((x(time), top + 16), (x(time), top - 72), role="loss", **line)
    sheet.text(x(time) - 6, top - 64, "a strike", "loss", fontsize=11, ha="right")


def _row(sheet: Sheet, y: float, delay: float, title: str) -> None:
    sheet.text(8, y + 84, title, ha="left", weight="bold")
    for name, told in fates(delay):
        if told is not None:
            _silence(sheet, PICKS[name][0], y, label=name in "AB")
    sheet.wire((LEFT, y), (x(END), y), role="muted", width=1.0)
    for name, told in fates(delay):
        time, score = PICKS[name]
        role, top = ("loss" if told is None else "lstm"), y + STEM * score
        broken: dict[str, Any] = {"linestyle": (0, (2, 2))} if told is None else {}
        sheet.wire((x(time), y), (x(time), top), role=role, width=2.2, **broken)
        sheet.text(x(time), top + 12, name, role, weight="bold")
        if told is None:
            sheet.operator(x(time), y, "×", role, radius=7.0)
        elif delay:
            corner = y - 16
            sheet.wire(
                (x(time), y), (x(time), corner), (x(told) - 8, corner), role=role, arrow=True
            )
            _diamond(sheet, x(told), corner)
            sheet.text(x(told) - 14, corner - 12, f"{name} is told", role, fontsize=11, ha="right")
        else:
            _diamond(sheet, x(time), y)


def _silence(sheet: Sheet, start: float, y: float, label: bool) -> None:
    """Shade the two seconds after a pick that is told."""
    stop = min(start + PERIOD, END)
    middle, width = (x(start) + x(stop)) / 2, SCALE * (stop - start)
    sheet.box(middle, y + 13, width, 26, "lstm", tint=0.12, edge=0.0, radius=0.0)
    if label:
        sheet.text(x(start) + 6, y + 13, "2 s", "lstm", fontsize=11, ha="left")


def _diamond(sheet: Sheet, x: float, y: float, size: float = 6.5) -> None:
    sheet.shape([(x - size, y), (x, y + size), (x + size, y), (x, y - size)], "lstm")


def drawings() -> list[Drawing]:
    """Draw the figure."""
    with style():
        title = "Overlapping windows, and when a pick is told"
        return [Drawing("commit-rule", title, ALT, draw().figure)]
