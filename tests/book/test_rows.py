"""The notation page says which number of nn.LSTM is which weight. PyTorch is asked."""

from __future__ import annotations

import re

import torch

from asctools.scalar.by_hand import Weights
from asctools.scalar.cell import ScalarLSTM, to_torch_lstm
from tools.chapters import ROOT

# | $w_{fh}$ | `w_fh` | `wlr1` | `weight_hh_l0[1, 0]` | f |
ROW = re.compile(
    r"^\| \$(?P<kind>[wb])_\{?(?P<index>\w+)\}?\$ \| `(?P<code>\w+)` \| `\w+` \| "
    r"`(?P<tensor>\w+)\[(?P<place>[\d, ]+)\]` \| (?P<row>[ifgo]) \|$",
    re.MULTILINE,
)


def rows() -> list[re.Match[str]]:
    text = (ROOT / "book" / "reference" / "notation.md").read_text(encoding="utf-8")
    return list(ROW.finditer(text))


def test_every_weight_has_its_row() -> None:
    assert sorted(row["code"] for row in rows()) == sorted(Weights._fields)
    for row in rows():
        assert row["code"] == f"{row['kind']}_{row['index']}"


def test_the_number_is_found_where_the_page_says() -> None:
    marked = Weights(*(float(number) for number in range(1, 13)))
    lstm = to_torch_lstm(ScalarLSTM.from_weights(marked))
    held = lstm.state_dict()
    for row in rows():
        place = tuple(int(index) for index in row["place"].split(","))
        assert held[row["tensor"]][place].item() == getattr(marked, row["code"]), row[0]


def test_the_letter_of_the_row_is_the_gate_that_answers() -> None:
    """Shut or open one row at a time: i, f and o become 1 or 0, g becomes the sign."""
    quiet = Weights(*[0.0] * 12)
    for row in rows():
        lstm = to_torch_lstm(ScalarLSTM.from_weights(quiet, dtype=torch.float64))
        held = lstm.state_dict()
        place = tuple(int(index) for index in row["place"].split(","))
        held[row["tensor"]][place] = 50.0
        lstm.load_state_dict(held)
        # x, h and the constant are 1, so any of the three numbers drives its gate all the way.
        one = torch.ones(1, 1, dtype=torch.float64)
        _, (h, c) = lstm(one, (one, one))
        gates = {"i": 0.5, "f": 0.5, "g": 0.0, "o": 0.5} | {row["row"]: 1.0}
        wanted = gates["f"] + gates["i"] * gates["g"]
        assert abs(c.item() - wanted) < 1e-12, row[0]
        if row["row"] in "fgo":
            assert abs(h.item() - gates["o"] * torch.tanh(c).item()) < 1e-12, row[0]
