"""The chain rule on a small graph: values forwards, slopes backwards."""

from typing import Any, NamedTuple

from asctools.plots import style
from figs._draw import Drawing, Sheet, sigmoid

X, W, B, Y = 2.0, 0.8, -0.5, 1.0  # the numbers of the example; everything else follows

ROW, TOP, BACK = 118.0, 180.0, 62.0  # heights: the graph, its other inputs, the way back
TIMES, PLUS, SQUASH, LOSS = 86.0, 162.0, 238.0, 330.0  # where the four steps stand
RING, END = 12.0, 418.0

ALT = (
    "A chain of four steps from left to right: x times w, plus b, through a sigmoid to a, into the "
    "squared error against y. Above each line stands the value that flows to the right. Below, a "
    "dashed arrow runs back to the left: it starts with slope 1 at the loss and is multiplied at "
    "each step by that step's own slope, down to the slope of the loss with respect to x."
)


class Numbers(NamedTuple):
    """Every value of the example, and the slope of the loss with respect to some."""

    product: float
    z: float
    a: float
    loss: float
    own_loss: float  # the slope of the last step alone
    own_squash: float  # the slope of σ alone
    slope_z: float
    slope_x: float


def numbers() -> Numbers:
    """Compute the example: L = (σ(w x + b) − y)², and its slopes by the chain rule."""
    z = W * X + B
    a = sigmoid(z)
    own_loss, own_squash = 2.0 * (a - Y), a * (1.0 - a)
    slope_z = own_loss * own_squash
    return Numbers(W * X, z, a, (a - Y) ** 2, own_loss, own_squash, slope_z, slope_z * W)


def draw() -> Sheet:
    """Draw the graph, the values above its lines, and the slopes on the way back."""
    sheet, n = Sheet(432.0, 208.0), numbers()
    _steps(sheet)
    lines = (
        (24.0, TIMES - RING, "$x$", X, n.slope_x),
        (TIMES + RING, PLUS - RING, r"$w\,x$", n.product, n.slope_z),
        (PLUS + RING, SQUASH - 20.0, "$z$", n.z, n.slope_z),
        (SQUASH + 20.0, LOSS - 36.0, "$a$", n.a, n.own_loss),
        (LOSS + 36.0, END, "$L$", n.loss, 1.0),
    )
    for start, end, name, value, slope in lines:
        middle, role = (start + end) / 2.0, "loss" if name == "$L$" else "ink"
        sheet.wire((start, ROW), (end, ROW), role=role, arrow=True)
        sheet.text(middle - 2, ROW + 27, name, role, fontsize=13)
        sheet.text(middle - 2, ROW + 11, _say(value), role, fontsize=11)
        sheet.text(middle, BACK - 18, _say(slope), "gradient", fontsize=11)
    back: dict[str, Any] = {
        "role": "gradient",
        "width": 1.5,
        "arrow": True,
        "linestyle": (0, (4, 2.5)),
    }
    sheet.wire((END - 4, BACK), (30.0, BACK), **back)
    for x, own in ((LOSS, n.own_loss), (SQUASH, n.own_squash), (PLUS, 1.0), (TIMES, W)):
        sheet.text(x, BACK + 14, f"× {_say(own)}", "muted", fontsize=11)
    for x, slope in ((TIMES, n.slope_z * X), (PLUS, n.slope_z)):
        sheet.wire((x + 8, ROW + RING + 4), (x + 8, TOP - 4), **back)
        sheet.text(
            x + 15, (ROW + RING + TOP) / 2 + 6, _say(slope), "gradient", ha="left", fontsize=11
        )
    sheet.text(
        24.0,
        14.0,
        "slopes come back: each step multiplies by its own",
        "gradient",
        ha="left",
        fontsize=11,
    )
    return sheet


def _steps(sheet: Sheet) -> None:
    for x, sign, symbol, value in ((TIMES, "×", "w", W), (PLUS, "+", "b", B)):
        sheet.operator(x, ROW, sign, "ink", radius=RING)
        sheet.wire((x, TOP - 2), (x, ROW + RING), role="ink", arrow=True)
        sheet.text(x, TOP + 10, f"${symbol}$ = {_say(value)}", fontsize=12)
    sheet.box(SQUASH, ROW, 40, 32, "ink", tint=0.06)
    sheet.text(SQUASH, ROW, r"$\sigma$", fontsize=16)
    sheet.wire((LOSS, TOP - 2), (LOSS, ROW + 16), role="ink", arrow=True)
    sheet.text(LOSS, TOP + 10, f"$y$ = {_say(Y)}", fontsize=12)
    sheet.box(LOSS, ROW, 72, 32, "loss")
    sheet.text(LOSS, ROW, r"$(a - y)^2$", "loss", fontsize=13)


def _say(value: float) -> str:
    return f"{value:.3g}".replace("-", "−")


def drawings() -> list[Drawing]:
    """Draw the figure."""
    with style():
        return [Drawing("chain", "Values forwards, slopes backwards", ALT, draw().figure)]
