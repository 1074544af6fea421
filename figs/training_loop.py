"""The training loop: its moments, at which callbacks are told, and what its checkpoint holds."""

from typing import NamedTuple

from asctools.plots import colour, style
from figs._draw import Drawing, Sheet

WIDTH = 432.0

# ── the moments ──────────────────────────────────────────────────────────────────────────────────


class Moment(NamedTuple):
    """A moment: where it stands, what it is called, and who makes something of it."""

    y: float
    name: str
    who: str
    depth: int


MOMENTS = (
    Moment(318, "on_fit_start", "opens files", 0),
    Moment(284, "on_epoch_start", "", 1),
    Moment(206, "on_step_end", "TrainingMetrics", 2),
    Moment(188, "on_save", "ModelCheckpoint", 2),
    Moment(132, "on_validation_end", "", 1),
    Moment(108, "on_epoch_end", "EarlyStopping", 1),
    Moment(84, "on_epoch_told", "EventLog, tables", 1),
    Moment(60, "on_save", "ModelCheckpoint", 1),
    Moment(22, "on_fit_end", "best weights", 0),
)
FRAMES = (  # left, right, top, bottom, role, what it is
    (6.0, 176.0, 334.0, 6.0, "ink", "the training"),
    (18.0, 176.0, 302.0, 42.0, "lstm", "each epoch"),
    (30.0, 176.0, 270.0, 174.0, "hidden", "each step"),
)
ROLES = ("ink", "lstm", "hidden")
CODE = ((233.0, "forward, backward"), (206.0, "clip, let weights move"), (132.0, "validation"))

MOMENTS_ALT = (
    "Three nested frames: the training, in it each epoch, in it each step with forward, backward, "
    "clip, let the weights move. Beside them, from top to bottom, the moments and who uses them. "
    "on_fit_start opens files. on_epoch_start. After a step on_step_end for TrainingMetrics and "
    "on_save for ModelCheckpoint. After the validation on_validation_end, on_epoch_end for "
    "EarlyStopping, on_epoch_told for the event log and the tables, on_save for ModelCheckpoint. "
    "At last on_fit_end, which gives back the best weights."
)


def moments() -> Sheet:
    """Draw the loop in frames, and beside it when callbacks are told."""
    sheet = Sheet(WIDTH, 342.0)
    for left, right, top, bottom, role, name in FRAMES:
        middle, size = ((left + right) / 2, (top + bottom) / 2), (right - left, top - bottom)
        sheet.box(*middle, *size, role, tint=0.06, edge=1.3, radius=8)
        sheet.text(left + 9, top - 15, name, role, ha="left", weight="bold")
    for y, text in CODE:
        sheet.text(40 if y > 174 else 28, y, text, "ink", ha="left", fontsize=11)
    for moment in MOMENTS:
        role = ROLES[moment.depth]
        sheet.wire((176, moment.y), (196, moment.y), role=role, width=1.5, arrow=True)
        sheet.text(202, moment.y, moment.name, role, ha="left", fontsize=11)
        sheet.text(320, moment.y, moment.who, "muted", ha="left", fontsize=11)
    return sheet


# ── the state ────────────────────────────────────────────────────────────────────────────────────

PIECES = {  # what a training is made of → what of it is kept
    "weights": "what the network has learned",
    "optimiser": "Adam's means, and its steps",
    "schedule": "how far the rate has fallen",
    "order": "generator, place in the epoch",
    "chance": "generator of dropout",
    "callbacks": "best weights, epochs waited",
    "records": "rows of tables, place in the log",
}
ROW, TOP = 27.0, 206.0
COLUMNS = {"state_dict": 312.0, "last.pth": 392.0}

STATE_ALT = (
    "A table of seven pieces that a training is made of: weights, optimiser with Adam's means, "
    "schedule, order of the batches with the place in the epoch, chance, which is the generator "
    "of dropout, the memory of the callbacks, and the records with the place in table and log. A "
    "file of the model's state_dict keeps the first of them alone. The checkpoint last.pth keeps "
    "all seven."
)


def state() -> Sheet:
    """Draw the pieces of a training, and which file keeps which."""
    sheet = Sheet(WIDTH, 226.0, bottom=24.0)
    for name, x in COLUMNS.items():
        whole = name == "last.pth"
        role = "lstm" if whole else "deviation"
        height = ROW * len(PIECES)
        sheet.box(x, TOP + ROW / 2 - height / 2, 66, height, role, tint=0.1, edge=1.3)
        sheet.text(x, TOP + ROW / 2 + 14, name, role, weight="bold")
        for row in range(len(PIECES)):
            kept = whole or row == 0
            ring = {"facecolor": "none", "edgecolor": colour(role), "linewidth": 1.4}
            sheet.disc(x, TOP - row * ROW, 6.0, role, **({} if kept else ring))
    for row, (name, what) in enumerate(PIECES.items()):
        y = TOP - row * ROW
        sheet.text(8, y, name, "ink", ha="left", weight="bold", fontsize=11)
        sheet.text(82, y, what, "muted", ha="left", fontsize=11)
    return sheet


def drawings() -> list[Drawing]:
    """Draw both."""
    with style():
        return [
            Drawing("loop-moments", "The moments of a training", MOMENTS_ALT, moments().figure),
            Drawing("training-state", "What a training is made of", STATE_ALT, state().figure),
        ]
