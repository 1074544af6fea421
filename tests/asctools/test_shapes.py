"""The table of shapes is what nn.LSTM does, follows the documented rule, and shows itself."""

import itertools
import re

import pytest
import torch
from torch import nn

from asctools.errors import InputError
from asctools.scalar.shapes import FLAGS, ShapeTable, lstm_shapes

T, N, INPUTS, H, P = 11, 7, 13, 5, 3
TABLE = lstm_shapes()


def options_of(row) -> dict:
    """The flags of a row, as Python reads them."""
    return eval(f"dict({row.flags})") if "=" in row.flags else {}


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.flags)
def test_shapes_follow_the_rule(row) -> None:
    options = options_of(row)
    directions = 1 + options.get("bidirectional", False)
    layers = options.get("num_layers", 1)
    said = options.get("proj_size", 0) or H
    batch = () if "no batch" in row.flags else (N,)
    days = (*batch, T) if options.get("batch_first") else (T, *batch)
    assert row.x == (*days, INPUTS)
    assert row.output == (*days, directions * said)
    assert row.h_n == (layers * directions, *batch, said)
    assert row.c_n == (layers * directions, *batch, H)


@pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN")
@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.flags)
def test_a_network_with_numbers_in_it_does_the_same(row) -> None:
    lstm = nn.LSTM(INPUTS, H, **options_of(row))
    output, (h_n, c_n) = lstm(torch.zeros(row.x))
    assert (output.shape, h_n.shape, c_n.shape) == (row.output, row.h_n, row.c_n)
    assert row.numbers == sum(p.numel() for p in lstm.parameters())


def test_every_flag_of_nn_lstm_that_changes_a_shape_is_there() -> None:
    named = set(itertools.chain.from_iterable(FLAGS))
    assert named == {"batch_first", "num_layers", "bidirectional", "proj_size", "dropout", "bias"}
    assert len({row.flags for row in TABLE}) == len(TABLE) == len(FLAGS) + 1


def test_sizes_can_be_chosen() -> None:
    table = lstm_shapes(days=4, batch=2, input_size=1, hidden_size=3, proj_size=2)
    assert isinstance(table, ShapeTable)
    assert table[0][1:] == ((4, 2, 1), (4, 2, 3), (1, 2, 3), (1, 2, 3), 4 * 3 * (1 + 3 + 2))
    assert table[1].x == (2, 4, 1)


@pytest.mark.parametrize(
    ("sizes", "words"),
    [
        ({"days": 0}, "days=0"),
        ({"batch": -1}, "batch=-1"),
        ({"hidden_size": 2.0}, r"hidden_size=2\.0"),
        ({"proj_size": 5}, "proj_size=5 with hidden_size=5"),
    ],
)
def test_bad_sizes_are_refused(sizes, words) -> None:
    with pytest.raises(InputError, match=words):
        lstm_shapes(**sizes)


def test_the_table_shows_itself_as_text_and_as_html() -> None:
    lines = repr(TABLE).splitlines()
    assert len(lines) == len(TABLE) + 1
    assert lines[0].split() == ["flags", "x", "output", "h_n", "c_n", "numbers"]
    assert lines[1].split("  ")[0] == "no flag"
    column = lines[0].index("output")
    assert all(line[column - 1] == " " and line[column] in "(o" for line in lines)
    html = TABLE._repr_html_()
    assert html.count("<tr>") == len(lines)
    cells = re.findall(r"<td>(.*?)</td>", html)
    assert cells == [str(value) for row in TABLE for value in row]


def test_measuring_draws_nothing() -> None:
    before = torch.get_rng_state()
    lstm_shapes()
    assert torch.equal(torch.get_rng_state(), before)
