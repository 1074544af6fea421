"""Strikes and picks: sorted, checked, cut, and with counts that mean what they say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asctools.bells import BACKSTROKE, HANDSTROKE, Picks, Strikes
from asctools.errors import InputError, ShapeError

TIMES = st.floats(-1e6, 1e6, allow_nan=False)
ROWS = st.lists(st.tuples(st.integers(0, 15), TIMES, st.sampled_from((-1, 0, 1))), max_size=40)


@given(rows=ROWS)
def test_strikes_are_the_same_ones_in_order_of_time(rows: list[tuple[int, float, int]]) -> None:
    bells, times, strokes = zip(*rows, strict=True) if rows else ((), (), ())
    strikes = Strikes.make(bells, times, strokes)
    assert (np.diff(strikes.times) >= 0).all()
    columns = zip(strikes.bells, strikes.times, strikes.strokes, strict=True)
    assert sorted(columns) == sorted(rows)
    assert strikes.number == len(rows)


@given(rows=ROWS, start=TIMES, length=st.floats(0, 1e6))
def test_a_part_holds_what_lies_in_it_and_starts_at_zero(
    rows: list[tuple[int, float, int]], start: float, length: float
) -> None:
    strikes = Strikes.make([row[0] for row in rows], [row[1] for row in rows])
    part = strikes.within(start, start + length)
    assert part.number == sum(start <= row[1] < start + length for row in rows)
    assert ((part.times >= 0) & (part.times <= length)).all()


def test_a_strike_at_the_cut_belongs_to_the_later_part() -> None:
    strikes = Strikes.make([3, 1, 2], [30.0, 10.0, 20.0], [1, 0, 1])
    assert strikes.within(0, 20).bells.tolist() == [1]
    late = strikes.within(20, 31)
    assert late.bells.tolist() == [2, 3] and late.times.tolist() == [0, 10]
    assert late.strokes.tolist() == [BACKSTROKE, BACKSTROKE] and HANDSTROKE == 0


def test_types_are_stated_and_unknown_strokes_say_so() -> None:
    strikes = Strikes.make([1, 0], [2, 1])
    assert [column.dtype for column in strikes] == [np.int64, np.float64, np.int64]
    assert strikes.strokes.tolist() == [-1, -1] and Strikes.none().number == 0


def test_one_bell_s_times_and_a_choice() -> None:
    strikes = Strikes.make([1, 0, 1], [5, 2, 1])
    assert strikes.of_bell(1).tolist() == [1, 5] and strikes.of_bell(7).tolist() == []
    assert strikes.kept(strikes.bells == 1).times.tolist() == [1, 5]


@pytest.mark.parametrize(
    ("bells", "times", "strokes", "error", "says"),
    [
        ([0, -1], [1, 2], None, InputError, r"-1.* as bells\[1\].*from 0"),
        ([0.5], [1], None, InputError, r"0\.5 as bells\[0\].*whole"),
        ([0], [np.nan], None, InputError, r"nan as times\[0\]"),
        ([0], [1], [2], InputError, r"2 as strokes\[0\]"),
        ([0, 1], [1], None, ShapeError, r"bells of shape \(2,\), times of shape \(1,\)"),
        ([[0]], [[1]], None, ShapeError, r"one shape \(n,\)"),
    ],
)
def test_wrong_strikes_are_named(
    bells: list, times: list, strokes: list | None, error: type, says: str
) -> None:
    with pytest.raises(error, match=says):
        Strikes.make(bells, times, strokes)


def test_picks_are_sorted_chosen_and_joined() -> None:
    picks = Picks.make([3, 1, 2], [30, 10, 20], [0.9, 0.2, 0.5], [4, np.nan, 6])
    assert picks.number == 3 and picks.bells.tolist() == [1, 2, 3]
    assert picks.above(0.5).times.tolist() == [20, 30]
    assert picks.above(0.5).plus_minus.tolist() == [6, 4]
    assert picks.within(15, 30).times.tolist() == [5]
    both = Picks.together([picks.within(20, 31), Picks.make([9], [2], [1])])
    assert both.bells.tolist() == [2, 9, 3] and np.isnan(both.plus_minus[1])
    assert Picks.together([]).number == Picks.none().number == 0
    claimed = picks.strikes()
    assert isinstance(claimed, Strikes) and claimed.times.tolist() == [10, 20, 30]
    assert claimed.bells.tolist() == [1, 2, 3] and claimed.strokes.tolist() == [-1] * 3


def test_picks_need_a_finite_score_each() -> None:
    with pytest.raises(InputError, match=r"nan as scores\[0\]"):
        Picks.make([1], [2], [np.nan])
    with pytest.raises(ShapeError, match=r"scores of shape \(2,\)"):
        Picks.make([1], [2], [3, 4])
