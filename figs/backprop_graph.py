"""The computational graph of one LSTM step: values on the way up, slopes on the way back."""

from typing import Any, NamedTuple

import numpy as np

from asctools.dataset.companies import SIX_DAYS
from asctools.numpy_lstm import cell
from asctools.plots import colour, style
from asctools.scalar.by_hand import POCKET
from figs._draw import Drawing, Sheet

DAY = 5  # of the six: slopes reach it from above and from day 6
TARGET = 0.0  # of the squared error after day 6

COLUMNS = {"f": 60.0, "i": 164.0, "c_tilde": 268.0, "o": 372.0}
MINUS = "\N{MINUS SIGN}"
# heights, from the inputs up to h
INPUTS, RAIL, SUMS, GATES, TIMES, PLUS, STATE, OUT = 34, 74, 126, 192, 240, 276, 322, 394
WIDTH, HEIGHT, LOW, RING = 80.0, 38.0, 26.0, 9.5  # of a node with a slope, of one without, of ×
WRITTEN, C, TANH = 216.0, 112.0, 256.0  # middles of i × c tilde, of c, of tanh c

ROLES = {"f": "forget", "i": "input", "c_tilde": "candidate", "o": "output"}
SYMBOLS = {
    "f": "$f$",
    "i": "$i$",
    "c_tilde": r"$\tilde{c}$",
    "o": "$o$",
}

ALT = (
    "The graph of one step of an LSTM, from the bottom to the top, each node with its value for "
    "day five of six, and most with a slope below the value. At the bottom the old h and x feed "
    "four sums z f, z i, z c, z o. Above each stands its squashed value f, i, c tilde, o. The old "
    "c times f and i times c tilde meet in a plus and give c. o times tanh of c gives h at the "
    "top. Two dashed arrows bring slopes from day six to h and to c. Numbered discs give the "
    "order of the way back: 1 at h, 2 at c, 3 at the four sums, 4 at their weights, 5 at the old "
    "h, x and the old c."
)


class Numbers(NamedTuple):
    """Every value of the step, under the names of ``cell.Step``, and the slopes at some."""

    values: dict[str, float]
    slopes: dict[str, float]  # of the loss, at h, c, the four z, h_prev, x and c_prev
    arriving: dict[str, float]  # the part of the slopes at h and c that comes from the next day


def weights() -> cell.Gates:
    """Return the twelve pocket numbers as the matrices of one cell with one input."""
    matrices = np.asarray(POCKET).reshape(4, 3)
    return cell.Gates(*(part for row in matrices for part in (row[None, :2], row[2:])))


def numbers() -> Numbers:
    """Run six days, walk back from a squared error after the last, and stop at the day drawn."""
    w = weights()
    run = cell.forward(w, np.asarray(SIX_DAYS).reshape(1, -1, 1))
    grad_h = 2.0 * (run.outputs[:, -1] - TARGET)
    grad_c = np.zeros_like(grad_h)
    for step in reversed(run.steps[DAY:]):
        back = cell.step_back(w, step, grad_h, grad_c)
        grad_h, grad_c = back.grad_h_prev, back.grad_c_prev
    step = run.steps[DAY - 1]
    back = cell.step_back(w, step, grad_h, grad_c)
    tanh_c = np.tanh(step.c)
    slopes: dict[str, Any] = {
        "h": grad_h,
        "c": grad_c + grad_h * step.o * (1.0 - tanh_c**2),
        # the slope at a bias is the slope at its z
        **{z: getattr(back.gradients, f"b_{z[-1]}") for z in ("z_f", "z_i", "z_c", "z_o")},
        "h_prev": back.grad_h_prev,
        "x": back.grad_x,
        "c_prev": back.grad_c_prev,
    }
    values = {**step._asdict(), "tanh_c": tanh_c}
    arriving = {"h": grad_h, "c": grad_c}
    return Numbers(*map(_plain, (values, slopes, arriving)))


def _plain(arrays: dict[str, Any]) -> dict[str, float]:
    return {name: np.ravel(array)[0].item() for name, array in arrays.items()}


def draw() -> Sheet:
    """Draw the graph from its inputs up to h."""
    sheet, n = Sheet(432.0, 448.0), numbers()
    _inputs(sheet, n)
    for name, x in COLUMNS.items():
        role, z = ROLES[name], f"z_{name[0]}"
        sheet.wire((x, SUMS + HEIGHT / 2), (x, GATES - LOW / 2), role=role, arrow=True)
        squash = r"$\tanh$" if name == "c_tilde" else r"$\sigma$"
        sheet.text(x + 8, (SUMS + GATES) / 2 + 4, squash, role, ha="left", fontsize=12)
        _node(sheet, x, SUMS, f"${z}$", n.values[z], role, (3, n.slopes[z]))
        _node(sheet, x, GATES, SYMBOLS[name], n.values[name], role)
    _state(sheet, n)
    _hidden(sheet, n)
    return sheet


def _node(
    sheet: Sheet,
    x: float,
    y: float,
    symbol: str,
    value: float,
    role: str,
    back: tuple[int, float] | None = None,
) -> None:
    """Draw a node: its symbol with its value and, below, its place on the way back, its slope."""
    sheet.box(x, y, WIDTH, HEIGHT if back else LOW, role, tint=0.12, edge=1.3, radius=6)
    rise = 8.5 if back else 0.0
    sheet.text(x - 35, y + rise, symbol, role, ha="left", fontsize=13)
    sheet.text(x + 36, y + rise, _say(value), "ink", ha="right", fontsize=11)
    if back:
        order, slope = back
        sheet.text(x + 36, y - 9.5, _say(slope), "gradient", ha="right", fontsize=11)
        _order(sheet, x - WIDTH / 2 + 2, y - 9.5, order)


def _order(sheet: Sheet, x: float, y: float, number: int) -> None:
    """Draw the disc that says when the way back comes by."""
    sheet.disc(x, y, 8.0, "paper")
    edge = {"facecolor": "none", "edgecolor": colour("gradient"), "linewidth": 1.3}
    sheet.disc(x, y, 8.0, "gradient", **edge)
    sheet.text(x, y - 0.3, str(number), "gradient", fontsize=11, weight="bold")


def _inputs(sheet: Sheet, n: Numbers) -> None:
    """Draw what comes in, the rail on which h_prev and x reach every sum, and the weights."""
    for name, symbol, x, role in (
        ("h_prev", "$h_{t-1}$", 196.0, "hidden"),
        ("x", "$x_t$", 296.0, "x"),
    ):
        wire = (x, INPUTS + HEIGHT / 2), (x, RAIL)
        sheet.wire(*wire, role=role)
        sheet.disc(x, RAIL, 3.4, role)
        _node(sheet, x, INPUTS, symbol, n.values[name], role, (5, n.slopes[name]))
    sheet.wire((COLUMNS["f"], RAIL), (COLUMNS["o"], RAIL), role="ink", width=2.4)
    for name, x in COLUMNS.items():
        sheet.wire((x, RAIL - 1.2), (x, SUMS - HEIGHT / 2), role="ink", arrow=True)
        sheet.text(x + 7, RAIL + 13, f"$W_{name[0]}$", "ink", ha="left", fontsize=12)
        _order(sheet, x - 13, RAIL + 14, 4)


def _state(sheet: Sheet, n: Numbers) -> None:
    """Draw what is kept, what is written, and the state that they add up to."""
    f, i, c_tilde, top = COLUMNS["f"], COLUMNS["i"], COLUMNS["c_tilde"], GATES + LOW / 2
    thick: dict[str, Any] = {"role": "cell", "width": 2.6}
    lane = 8.0
    around = (f - WIDTH / 2, INPUTS), (lane, INPUTS), (lane, TIMES), (f - RING, TIMES)
    sheet.wire(*around, arrow=True, **thick)
    _node(sheet, f, INPUTS, "$c_{t-1}$", n.values["c_prev"], "cell", (5, n.slopes["c_prev"]))
    sheet.wire((f, top), (f, TIMES - RING), role="forget", arrow=True)
    sheet.wire((i, top), (i, TIMES), (WRITTEN - RING, TIMES), role="input", arrow=True)
    corners = (c_tilde, top), (c_tilde, TIMES), (WRITTEN + RING, TIMES)
    sheet.wire(*corners, role="candidate", arrow=True)
    for x, role, way in ((f, "cell", 1), (WRITTEN, "candidate", -1)):
        sheet.operator(x, TIMES, "×", role)
        corners = (x, TIMES + RING), (x, PLUS), (C - way * RING, PLUS)
        sheet.wire(*corners, role=role, width=2.6 if role == "cell" else 1.9, arrow=True)
    sheet.operator(C, PLUS, "+", "cell")
    sheet.wire((C, PLUS + RING), (C, STATE - HEIGHT / 2), arrow=True, **thick)
    _node(sheet, C, STATE, "$c_t$", n.values["c"], "cell", (2, n.slopes["c"]))
    sheet.wire((C, STATE + HEIGHT / 2), (C, 442), arrow=True, **thick)
    _arriving(sheet, C + 16, STATE + HEIGHT / 2, n.arriving["c"], "left", 404)


def _hidden(sheet: Sheet, n: Numbers) -> None:
    """Draw the way from c to h."""
    x = COLUMNS["o"]
    sheet.wire((C + WIDTH / 2, STATE), (TANH - WIDTH / 2, STATE), role="cell", arrow=True)
    sheet.text((C + TANH) / 2 - 3, STATE + 11, r"$\tanh$", "cell", fontsize=12)
    _node(sheet, TANH, STATE, "", n.values["tanh_c"], "cell")
    sheet.wire((TANH + WIDTH / 2, STATE), (x - RING, STATE), role="cell", arrow=True)
    sheet.wire((x, GATES + LOW / 2), (x, STATE - RING), role="output", arrow=True)
    sheet.operator(x, STATE, "×", "output")
    sheet.wire((x, STATE + RING), (x, OUT - HEIGHT / 2), role="hidden", arrow=True)
    _node(sheet, x, OUT, "$h_t$", n.values["h"], "hidden", (1, n.slopes["h"]))
    sheet.wire((x, OUT + HEIGHT / 2), (x, 442), role="hidden", arrow=True)
    _arriving(sheet, x - 16, OUT + HEIGHT / 2, n.arriving["h"], "right", 434)


def _arriving(sheet: Sheet, x: float, foot: float, slope: float, side: str, y: float) -> None:
    """Draw the slope that the next day hands back."""
    dashed: dict[str, Any] = {"linestyle": (0, (4, 2.5)), "width": 1.5, "arrow": True}
    sheet.wire((x, 442), (x, foot + 2), role="gradient", **dashed)
    place = x + (8 if side == "left" else -8)
    words = f"{_say(slope)} from day {DAY + 1}"
    sheet.text(place, y, words, "gradient", ha=side, fontsize=11)


def _say(value: float) -> str:
    return f"{value:.4f}".replace("-", MINUS)


def drawings() -> list[Drawing]:
    """Draw the figure."""
    with style():
        title = "One step of an LSTM and the way back"
        return [Drawing("backprop-graph", title, ALT, draw().figure)]
