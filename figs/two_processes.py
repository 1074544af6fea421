"""One step of two processes: what each does alone, and where they meet."""

from asctools.plots import style
from figs._draw import Drawing, Sheet

ROLES = ("lstm", "rnn")  # one colour for each process
HEIGHTS = (176.0, 84.0)
FORWARD, BACKWARD, MEET, STEP = 134.0, 210.0, 284.0, 362.0
BATCH, CELL = 250.0, 20.0  # height of the batch, and the side of a row in it

ALT = (
    "Two rows of boxes from left to right, one row for process 0 and one for process 1. Above both "
    "stands one batch of six rows, 0 to 5. Rows 0, 2 and 4 lead into process 0, rows 1, 3 and 5 "
    "into process 1. Each process has the boxes forward, backward and step. Between backward and "
    "step a tall box spans both rows, the all-reduce, where two gradients become their mean. After "
    "the step both hold the same weights w. From process 0 alone an arrow leads to the files."
)


def draw() -> Sheet:
    """Draw the batch, the two rows, the meeting place and the files."""
    sheet = Sheet(432.0, 250.0, bottom=36.0)
    _batch(sheet)
    for rank, (role, y) in enumerate(zip(ROLES, HEIGHTS, strict=True)):
        sheet.text(8, y + 33, f"process {rank}", role, ha="left", weight="bold")
        for row in range(3):
            _row(sheet, 22 + row * (CELL + 2), y, 2 * row + rank, role)
        for x, name in ((FORWARD, "forward"), (BACKWARD, "backward"), (STEP, "step")):
            sheet.box(x, y, 64, 32, role)
            sheet.text(x, y, name, fontsize=11)
        ends = ((78, 100), (167, 176), (243, 260), (308, 328))
        for start, end in ends:
            sheet.wire((start, y), (end, y), role=role, arrow=True, width=1.6)
        sheet.wire((395, y), (408, y), role=role, arrow=True, width=1.6)
        sheet.text(417, y, "$w$", fontsize=14)
    _meeting_place(sheet)
    sheet.wire((STEP, 194), (STEP, 236), role=ROLES[0], arrow=True, width=1.6)
    sheet.box(STEP, 254, 112, 30, ROLES[0], tint=0.0, linestyle=(0, (4, 3)))
    sheet.text(STEP, 254, "files, once", fontsize=11)
    return sheet


def _batch(sheet: Sheet) -> None:
    sheet.text(8, BATCH + 24, "a batch", ha="left", fontsize=12)
    for row in range(6):
        _row(sheet, 22 + row * (CELL + 2), BATCH, row, ROLES[row % 2])


def _row(sheet: Sheet, x: float, y: float, number: int, role: str) -> None:
    sheet.box(x, y, CELL, CELL, role, tint=0.25, edge=1.1, radius=2.0)
    sheet.text(x, y, str(number), fontsize=11)


def _meeting_place(sheet: Sheet) -> None:
    top, low = HEIGHTS
    sheet.box(MEET, (top + low) / 2, 46, top - low + 60, "gradient")
    sheet.text(MEET, top + 12, "$g_0$", fontsize=14)
    sheet.text(MEET, low - 12, "$g_1$", fontsize=14)
    middle = (top + low) / 2
    sheet.wire((MEET, top), (MEET, middle + 20), role="gradient", arrow=True, width=1.6)
    sheet.wire((MEET, low), (MEET, middle - 20), role="gradient", arrow=True, width=1.6)
    sheet.text(MEET, middle, "mean", fontsize=12, weight="bold")
    sheet.text(MEET, low - 40, "all-reduce", fontsize=11)


def drawings() -> list[Drawing]:
    """Draw the figure."""
    with style():
        return [Drawing("two-processes", "One step of two processes", ALT, draw().figure)]
