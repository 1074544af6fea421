"""Which shapes ``nn.LSTM`` returns for which flags: not looked up but measured.

Every network is built and run on PyTorch's device without numbers, so it costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any, NamedTuple

import torch
from torch import nn

from asctools.errors import InputError, explain
from asctools.scalar import inputs

Shape = tuple[int, ...]

# The flags of nn.LSTM, alone and in company; proj_size is filled in.
FLAGS: tuple[dict[str, Any], ...] = (
    {},
    {"batch_first": True},
    {"num_layers": 2},
    {"bidirectional": True},
    {"num_layers": 2, "bidirectional": True},
    {"num_layers": 2, "bidirectional": True, "batch_first": True},
    {"proj_size": 0},
    {"proj_size": 0, "bidirectional": True},
    {"num_layers": 2, "dropout": 0.5},
    {"bias": False},
)
UNBATCHED = "one sequence, no batch"


class Shapes(NamedTuple):
    """What goes in and comes out for one setting of the flags.

    Attributes
    ----------
    flags
        As one would type them: ``"num_layers=2, bidirectional=True"``.
    x, output, h_n, c_n
        The shapes: of the input, of what every day says, of the two memories after the last day.
    numbers
        How many parameters the network holds.
    """

    flags: str
    x: Shape
    output: Shape
    h_n: Shape
    c_n: Shape
    numbers: int


def lstm_shapes(
    *,
    days: int = 11,
    batch: int = 7,
    input_size: int = 13,
    hidden_size: int = 5,
    proj_size: int = 3,
) -> ShapeTable:
    """Run ``nn.LSTM`` once for each setting of the flags, and note all shapes.

    Parameters
    ----------
    days, batch, input_size
        The sizes of ``x``.
    hidden_size, proj_size
        The sizes of the network. When all five differ, each entry of a shape says what it counts.

    Returns
    -------
    ShapeTable
        One :class:`Shapes` for each setting; it shows itself as a table.

    Raises
    ------
    InputError
        If a size is no whole number above 0, or ``proj_size`` is not below ``hidden_size``.
    """
    sizes = {"days": days, "batch": batch, "input_size": input_size}
    sizes |= {"hidden_size": hidden_size, "proj_size": proj_size}
    for name, size in sizes.items():
        if not inputs.whole(size, name):
            raise InputError(explain(f"{name}=0", "1 or more", f"raise {name}"))
    if proj_size >= hidden_size:
        came = f"proj_size={proj_size} with hidden_size={hidden_size}"
        raise InputError(explain(came, "a projection to fewer numbers", "lower proj_size"))
    rows = []
    for flags in FLAGS:
        options = flags | ({"proj_size": proj_size} if "proj_size" in flags else {})
        front = (batch, days) if flags.get("batch_first") else (days, batch)
        name = ", ".join(f"{flag}={value}" for flag, value in options.items()) or "no flag"
        rows.append(_measured(name, (*front, input_size), hidden_size, options))
    rows.append(_measured(UNBATCHED, (days, input_size), hidden_size, {}))
    return ShapeTable(rows)


def _measured(name: str, x: Shape, hidden_size: int, options: dict[str, Any]) -> Shapes:
    lstm = nn.LSTM(x[-1], hidden_size, device="meta", **options)
    output, (h_n, c_n) = lstm(torch.empty(x, device="meta"))
    numbers = sum(parameter.numel() for parameter in lstm.parameters())
    return Shapes(name, x, tuple(output.shape), tuple(h_n.shape), tuple(c_n.shape), numbers)


class ShapeTable(tuple[Shapes, ...]):
    """Rows of shapes that show themselves as a table, in a notebook and in a terminal."""

    __slots__ = ()

    def _cells(self) -> list[list[str]]:
        return [list(Shapes._fields), *([str(value) for value in row] for row in self)]

    def __repr__(self) -> str:
        cells = self._cells()
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        return "\n".join(_line(row, widths) for row in cells)

    def _repr_html_(self) -> str:
        head, *body = self._cells()
        rows = "".join(f"<tr>{_html('td', row)}</tr>" for row in body)
        table = f"<thead><tr>{_html('th', head)}</tr></thead><tbody>{rows}</tbody>"
        # The theme of the pages makes a wide table scroll inside such a frame.
        frame = '<div class="pst-scrollable-table-container" tabindex="0">'
        return f'{frame}<table class="table">{table}</table></div>'


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()


def _html(tag: str, row: Sequence[str]) -> str:
    scope = ' scope="col"' if tag == "th" else ""
    return "".join(f"<{tag}{scope}>{escape(text)}</{tag}>" for text in row)
