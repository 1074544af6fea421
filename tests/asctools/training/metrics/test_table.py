"""The table that grows, is cut back, and says the same afterwards."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asctools.errors import CheckpointError, InputError
from asctools.training.metrics import read_csv
from asctools.training.metrics.table import Table

NAMES = st.sampled_from(["loss", "accuracy", 'odd, "name"', "val_loss"])
NUMBER = st.one_of(st.none(), st.floats(), st.integers(-(10**6), 10**6))
ROWS = st.lists(st.dictionaries(NAMES, NUMBER, min_size=1), min_size=1, max_size=12)


def table(path, rows, every: int = 3) -> Table:
    found = Table(path)
    found.begin()
    for k, row in enumerate(rows, 1):
        found.add(row)
        if not k % every:
            found.flush()
    found.flush()
    return found


@settings(deadline=None, max_examples=60, derandomize=True)
@given(ROWS)
def test_every_number_reads_back_as_it_was(tmp_path_factory, rows) -> None:
    path = tmp_path_factory.mktemp("table") / "t.csv"
    table(path, rows)
    columns = read_csv(path)
    assert set(columns) == {name for row in rows for name in row}
    for name, column in columns.items():
        given_numbers = [row.get(name) for row in rows]
        wanted = [math.nan if x is None else float(x) for x in given_numbers]
        np.testing.assert_array_equal(column.astype(float), wanted)
        whole = all(isinstance(x, int) for x in given_numbers)
        assert column.dtype == (np.int64 if whole else np.float64)


@settings(deadline=None, max_examples=50, derandomize=True)
@given(ROWS, ROWS, ROWS, st.integers(1, 4))
def test_cut_back_and_gone_on_is_as_if_nothing_had_been(
    tmp_path_factory, before, lost, after, every
) -> None:
    """Also where columns have come up in what is lost, and where the crash cut a line in two."""
    folder = tmp_path_factory.mktemp("table")
    straight = table(folder / "a.csv", before, every)
    state = straight.state()
    for row in after:
        straight.add(row)
    straight.flush()
    table(folder / "b.csv", [*before, *lost], every)
    with (folder / "b.csv").open("a") as file:
        file.write("0.25,0.1")
    resumed = Table(folder / "b.csv")
    resumed.cut(state, step=0)
    for row in after:
        resumed.add(row)
    resumed.flush()
    assert (folder / "b.csv").read_bytes() == (folder / "a.csv").read_bytes()
    assert resumed.state() == straight.state()
    assert sorted(path.name for path in folder.iterdir()) == ["a.csv", "b.csv"]


def test_rows_wait_until_they_are_flushed(tmp_path) -> None:
    found = Table(tmp_path / "t.csv")
    found.begin()
    found.add({"loss": 0.5})
    assert not found.path.exists()
    assert found.state() == {"columns": ["loss"], "rows": 1}
    assert found.path.read_text() == "loss\n0.5\n"


def test_a_state_of_nothing_empties_the_file(tmp_path) -> None:
    state = table(tmp_path / "t.csv", []).state()
    again = table(tmp_path / "t.csv", [{"loss": 1.0}])
    again.cut(state, step=0)
    assert not again.path.exists()


def test_a_file_that_holds_less_than_the_state_is_refused_and_left_alone(tmp_path) -> None:
    path = tmp_path / "t.csv"
    state = table(path, [{"loss": 1.0}, {"loss": 2.0}]).state()
    for text in ("loss\n1.0\n", "loss\n1.0\n2", "gain\n1.0\n2.0\n", ""):
        path.write_text(text)
        with pytest.raises(CheckpointError, match=r"t\.csv without the 2 rows"):
            Table(path).cut(state, step=0)
        assert path.read_text() == text
    path.unlink()
    with pytest.raises(CheckpointError, match=r"t\.csv without the 2 rows"):
        Table(path).cut(state, step=0)
    assert list(tmp_path.iterdir()) == []


def test_a_half_written_line_does_not_count(tmp_path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("loss,norm\n1.0,2.0\n3.0,4")
    columns = read_csv(path)
    assert list(columns["loss"]) == [1.0] and list(columns["norm"]) == [2.0]


@pytest.mark.parametrize("text", ["", "loss\nhigh\n", "loss,norm\n1.0\n", "no end of line"])
def test_what_is_no_table_of_numbers_is_refused(tmp_path, text) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=r"t\.csv that is no table of numbers"):
        read_csv(path)


def test_a_whole_number_that_is_too_long_becomes_a_float(tmp_path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"count\n{10**25}\n")
    np.testing.assert_array_equal(read_csv(path)["count"], [1e25])


def test_a_missing_file_is_refused() -> None:
    with pytest.raises(InputError, match=r"nothing\.csv that is no table.*steps\.csv"):
        read_csv("nothing.csv")
