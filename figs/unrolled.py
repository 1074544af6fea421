"""One cell over four days: the same twelve numbers, the two memories handed on."""

from asctools.plots import style
from asctools.plots.palette import GATES
from figs._draw import Drawing, Sheet

DAYS = (86.0, 170.0, 254.0, 338.0)  # middle of each day's cell
HALF = 27.0
C_LANE, H_LANE = 152.0, 112.0
FLOOR, ROOF = 90.0, 172.0  # of the cells
WEIGHTS = 216.0

ALT = (
    "The same LSTM cell drawn four times from left to right, once for each day. From below comes "
    "the day's value, x 1 to x 4. Between neighbours run two lines: the cell state c and the "
    "hidden state h, both starting from 0. A bar above says that all four use the same twelve "
    "weights. From the last cell h 4 leaves to the right: the prediction."
)


def draw() -> Sheet:
    """Draw the four days."""
    sheet = Sheet(432.0, 242.0)
    _weights(sheet)
    for number, x in enumerate(DAYS, start=1):
        _cell(sheet, x)
        sheet.wire((x, 46), (x, FLOOR), role="x", arrow=True)
        sheet.text(x, 34, f"$x_{number}$", "x", fontsize=15)
        sheet.text(x, 13, f"day {number}", "muted", fontsize=11)
    _memories(sheet)
    return sheet


def _weights(sheet: Sheet) -> None:
    left, right = DAYS[0] - HALF, DAYS[-1] + HALF
    sheet.box((left + right) / 2, WEIGHTS, right - left, 30, "muted", tint=0.10, edge=1.0)
    says = r"the same twelve numbers every day:  $w_{fh},\ \ldots,\ b_o$"
    sheet.text((left + right) / 2, WEIGHTS, says, fontsize=11)
    for x in DAYS:
        sheet.wire((x, WEIGHTS - 15), (x, ROOF), role="muted", width=1.1, linestyle=(0, (3, 2.5)))


def _cell(sheet: Sheet, x: float) -> None:
    """Draw the cell small: the state runs through, the four gates stand below it."""
    sheet.box(x, (FLOOR + ROOF) / 2, 2 * HALF, ROOF - FLOOR, "ink", tint=0.05, edge=1.3, radius=9)
    sheet.wire((x - HALF, C_LANE), (x + HALF, C_LANE), role="cell", width=3.0)
    for place, gate in enumerate(GATES):
        sheet.box(x - 16.5 + 11 * place, H_LANE, 8, 22, gate, tint=0.45, edge=1.1, radius=2.5)


def _memories(sheet: Sheet) -> None:
    edges = [8.0, *(x + HALF for x in DAYS)]
    for day, (start, x) in enumerate(zip(edges, DAYS, strict=False)):
        end, middle = x - HALF, (start + x - HALF) / 2
        for lane, letter, role, width in _lanes():
            sheet.wire((start, lane), (end, lane), role=role, width=width, arrow=True)
            name = f"${letter}_{day}$" if day else f"${letter}_0 = 0$"
            sheet.text(middle - 2, lane + 13, name, role, fontsize=13)
    for lane, letter, role, width in _lanes():
        last = role if letter == "h" else "muted"
        sheet.wire((edges[-1], lane), (408, lane), role=last, width=width, arrow=True)
        sheet.text(416, lane, f"${letter}_4$", last, ha="left", fontsize=13)
    sheet.text(edges[-1] + 6, H_LANE - 16, "prediction", "hidden", ha="left", fontsize=11)


def _lanes() -> tuple[tuple[float, str, str, float], ...]:
    return (C_LANE, "c", "cell", 3.0), (H_LANE, "h", "hidden", 1.9)


def drawings() -> list[Drawing]:
    """Draw the figure."""
    with style():
        return [Drawing("unrolled", "One cell, four days", ALT, draw().figure)]
