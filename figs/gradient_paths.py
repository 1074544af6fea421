"""The way back through time: an RNN's gradient through its matrix, an LSTM's along its line."""

from itertools import pairwise
from typing import Any

from asctools.plots import style
from figs._draw import Drawing, Sheet

STEPS = (62.0, 162.0, 262.0, 362.0)  # middle of each step's box
FIRST = 1  # number of the first step drawn
HALF, HEIGHT = 19.0, 32.0
RNN, LSTM = 268.0, 116.0  # heights of the two rows
SHRINK = (4.6, 2.9, 1.7)  # width of the RNN's way back, from the last link to the first

ALT = (
    "Two rows of four steps, from step 1 at the left to step 4 at the right. In both a dashed "
    "arrow runs back from the loss at the last step to the first. Above, in the RNN, it grows "
    "thinner at each link: every link multiplies it by the matrix W hh transposed and by the "
    "slopes one minus h squared. Below, in the LSTM, it keeps its width along the cell state: "
    "every link multiplies it by the forget gate alone. A thin grey line below says that other "
    "ways back lead through the gates."
)


def draw() -> Sheet:
    """Draw the two rows."""
    sheet = Sheet(432.0, 302.0, bottom=26.0)
    _row(sheet, RNN, "h", "hidden")
    _row(sheet, LSTM, "c", "cell")
    for link, width in enumerate(SHRINK):
        to = 3 - link
        _back(sheet, RNN, to, width)
        _back(sheet, LSTM, to, SHRINK[0])
        middle = (STEPS[to] + STEPS[to - 1]) / 2.0
        number = to + FIRST
        sheet.text(middle, RNN + 14, f"$\\times\\; A_{number}$", "gradient", fontsize=13)
        sheet.text(middle, LSTM + 14, f"$\\odot\\; f_{number}$", "forget", fontsize=13)
    sheet.text(STEPS[0], RNN + 42, "RNN", "rnn", weight="bold")
    sheet.text(STEPS[0], LSTM + 42, "LSTM", "lstm", weight="bold")
    _laws(sheet)
    return sheet


def _row(sheet: Sheet, y: float, letter: str, role: str) -> None:
    """Draw the steps of one network, the forward way thin between them, and the loss."""
    for number, x in enumerate(STEPS, start=FIRST):
        sheet.box(x, y, 2 * HALF, HEIGHT, role)
        sheet.text(x, y, f"${letter}_{number}$", role, fontsize=15)
    for left, right in pairwise(STEPS):
        ends = (left + HALF, y + 0.0), (right - HALF, y + 0.0)
        sheet.wire(*ends, role="muted", width=1.1, arrow=True)
    sheet.text(STEPS[-1] + 54, y - 9, "$L$", "loss", fontsize=15)
    back = (STEPS[-1] + 45, y - 9), (STEPS[-1] + HALF + 1, y - 9)
    sheet.wire(*back, role="gradient", width=SHRINK[0], arrow=True, **_dashes(SHRINK[0]))


def _back(sheet: Sheet, y: float, to: int, width: float) -> None:
    """Draw the gradient's way from step ``to`` to the one before it."""
    ends = (STEPS[to] - HALF - 1, y - 9), (STEPS[to - 1] + HALF + 1, y - 9)
    sheet.wire(*ends, role="gradient", width=width, arrow=True, **_dashes(width))


def _dashes(width: float) -> dict[str, Any]:
    """Return dashes that are as long on a thick line as on a thin one."""
    return {"linestyle": (0, (9.0 / width, 4.0 / width))}


def _laws(sheet: Sheet) -> None:
    """Write what a link multiplies by, and what the whole way amounts to."""
    look: dict[str, Any] = {"ha": "left", "fontsize": 12}
    law = r"$A_t = W_{hh}^{\top}\,\mathrm{diag}(1 - h_t^2)$"
    sheet.text(40, RNN - 42, law, "gradient", **look)
    sheet.text(216, RNN - 42, "the same matrix at each link", "muted", ha="left", fontsize=11)
    sheet.text(40, RNN - 68, r"to step 1:  $A_2\,A_3\,A_4$", "gradient", **look)
    dotted: dict[str, Any] = {"role": "muted", "width": 1.2, "linestyle": (0, (1.5, 2.5))}
    low = LSTM - 36
    corners = (STEPS[-1], LSTM - HEIGHT / 2), (STEPS[-1], low), (STEPS[0], low)
    sheet.wire(*corners, (STEPS[0], LSTM - HEIGHT / 2 - 1), arrow=True, **dotted)
    sheet.text(
        (STEPS[0] + STEPS[-1]) / 2, low - 11, "other ways: through the gates", "muted", fontsize=11
    )
    sheet.text(40, LSTM - 76, r"to step 1, directly:  $f_2 \odot f_3 \odot f_4$", "forget", **look)
    sheet.text(268, LSTM - 76, "each between 0 and 1", "muted", ha="left", fontsize=11)


def drawings() -> list[Drawing]:
    """Draw the figure."""
    with style():
        return [Drawing("gradient-paths", "Two ways back through time", ALT, draw().figure)]
