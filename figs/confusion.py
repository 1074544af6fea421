"""The four cells of a confusion matrix, and which of them precision and recall look at."""

from typing import Any

from asctools.plots import style
from figs._draw import Drawing, Sheet

SMALL: dict[str, Any] = {"fontsize": 11}
COLUMNS, ROWS = (170.0, 284.0), (128.0, 66.0)
WIDTH, HEIGHT = 96.0, 52.0

ALT = (
    "Four boxes in two rows and two columns. The rows are what the steel was, a defect or sound; "
    "the columns are what the model said, alarm or silence. A defect with an alarm is TP, hit. A "
    "defect with silence is FN, miss. Sound steel with an alarm is FP, false alarm. Sound steel "
    "with silence is TN, and is drawn in grey. A frame around the row of defects is marked recall; "
    "a frame around the column of alarms is marked precision."
)

CELLS = (
    ("TP", "hit", "gradient"),
    ("FN", "miss", "deviation"),
    ("FP", "false alarm", "rule"),
    ("TN", "", "muted"),
)


def draw() -> Sheet:
    """Draw the four cells and the two frames."""
    sheet = Sheet(432.0, 212.0, bottom=2.0)
    for index, (letters, words, role) in enumerate(CELLS):
        x, y = COLUMNS[index % 2], ROWS[index // 2]
        sheet.box(x, y, WIDTH, HEIGHT, role, tint=0.22, edge=1.4)
        sheet.text(x, y + (8 if words else 0), letters, role, weight="bold", fontsize=14)
        if words:
            sheet.text(x, y - 12, words, role, **SMALL)
    sheet.text(sum(COLUMNS) / 2, 200, "the model says", "muted", **SMALL)
    for x, name in zip(COLUMNS, ("alarm", "silence"), strict=True):
        sheet.text(x, 176, name)
    sheet.text(14, sum(ROWS) / 2, "the steel was", "muted", rotation=90, **SMALL)
    for y, name in zip(ROWS, ("a defect", "sound"), strict=True):
        sheet.text(98, y, name, ha="right")
    dashed: dict[str, Any] = {"tint": 0.0, "edge": 1.6, "linestyle": (0, (4, 2))}
    middle = sum(COLUMNS) / 2
    sheet.box(middle, ROWS[0], COLUMNS[1] - COLUMNS[0] + WIDTH + 12, HEIGHT + 10, "lstm", **dashed)
    sheet.text(middle + 118, ROWS[0], "recall", "lstm", ha="left", weight="bold")
    tall = ROWS[0] - ROWS[1] + HEIGHT + 22
    sheet.box(COLUMNS[0], sum(ROWS) / 2, WIDTH + 18, tall, "linear", **dashed)
    sheet.text(COLUMNS[0], 17, "precision", "linear", weight="bold")
    return sheet


def drawings() -> list[Drawing]:
    """Draw the figure."""
    with style():
        return [Drawing("confusion", "Hit, miss, false alarm", ALT, draw().figure)]
