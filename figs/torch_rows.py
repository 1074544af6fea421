"""Where the twelve numbers stand in nn.LSTM(1, 1): four tensors, the same four rows in each."""

from typing import Any

from asctools.plots import style
from figs._draw import Drawing, Sheet

ROWS = (  # PyTorch's letter, our letter, role; from top to bottom
    ("i", "i", "input"),
    ("f", "f", "forget"),
    ("g", "c", "candidate"),
    ("o", "o", "output"),
)
COLUMNS = (  # middle, name, what is in a row, what it meets
    (104.0, "weight_ih_l0", "$w_{{{}x}}$", r"$\times\ x_t$"),
    (196.0, "weight_hh_l0", "$w_{{{}h}}$", r"$\times\ h_{t-1}$"),
    (288.0, "bias_ih_l0", "$b_{}$", "added"),
    (380.0, "bias_hh_l0", "$0$", "added too"),
)
TOP, PITCH, WIDTH, HEIGHT = 196.0, 38.0, 62.0, 30.0
LETTERS = 36.0  # middle of the column of letters

ALT = (
    "Four columns, one for each tensor of nn.LSTM, and in each column four boxes from top to "
    "bottom, in the colours of the input gate, the forget gate, the candidate and the output gate. "
    "PyTorch calls the rows i, f, g, o. weight ih holds the weights from x, weight hh the weights "
    "from h, bias ih the four biases, and bias hh, drawn dashed, four zeros."
)


def draw() -> Sheet:
    """Draw the four tensors side by side."""
    sheet = Sheet(432.0, 232.0, bottom=22.0)
    sheet.text(LETTERS, TOP + 38, "row", "muted", fontsize=11)
    for number, (torchs, _, role) in enumerate(ROWS):
        sheet.text(LETTERS, _height(number), torchs, role, fontsize=16, weight="bold")
    for x, name, inside, meets in COLUMNS:
        sheet.text(x, TOP + 38, name, fontsize=11)
        second = name == "bias_hh_l0"
        for number, (_, ours, role) in enumerate(ROWS):
            line: dict[str, Any] = {"linestyle": (0, (3, 2.5))} if second else {}
            tint = 0.0 if second else 0.14
            sheet.box(x, _height(number), WIDTH, HEIGHT, role, tint=tint, **line)
            sheet.text(x, _height(number), inside.format(ours), role, fontsize=15)
        sheet.text(x, 42, meets, "ink", fontsize=12)
    sheet.text(LETTERS, 42, "sum:", "muted", fontsize=11)
    return sheet


def _height(number: int) -> float:
    return TOP - PITCH * number


def drawings() -> list[Drawing]:
    """Draw the figure."""
    with style():
        return [Drawing("torch-rows", "Twelve numbers in nn.LSTM", ALT, draw().figure)]
