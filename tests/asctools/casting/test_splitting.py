"""Splits by heats share no heat; splits by windows do, and that is what leaks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asctools.casting import CastingData, simulate, split
from asctools.errors import InputError, UnknownNameError


@pytest.fixture(scope="module")
def data() -> CastingData:
    return simulate(800, seed=0)


@pytest.mark.parametrize("by", ["heat", "window"])
def test_every_window_is_in_one_part(data: CastingData, by: str) -> None:
    parts = split(data, by=by, seed=0)
    rows = np.concatenate([part.x[:, 0, 0] for part in parts])
    np.testing.assert_array_equal(np.sort(rows), np.sort(data.x[:, 0, 0]))
    assert [len(part) for part in parts] == [480, 120, 200]


@settings(deadline=None, database=None, max_examples=25)
@given(first=st.floats(0, 1), seed=st.integers(0, 1000))
def test_no_heat_is_on_two_sides(data: CastingData, first: float, seed: int) -> None:
    one, two = split(data, (first, 1 - first), seed=seed)
    assert not set(one.heat) & set(two.heat)
    assert len(one) + len(two) == len(data)
    assert abs(len(one) - 800 * first) <= 4  # half a heat


def test_by_windows_most_heats_are_on_both_sides(data: CastingData) -> None:
    train, _, test = split(data, by="window", seed=0)
    assert np.isin(test.heat, train.heat).mean() > 0.9


def test_a_seed_fixes_the_split(data: CastingData) -> None:
    one, same, other = (split(data, seed=seed)[0].heat for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert set(one) != set(other)


@pytest.mark.parametrize("fractions", [(0.5, 0.4), (1.5, -0.5), (), (float("nan"), 1.0)])
def test_fractions_that_do_not_add_up(data: CastingData, fractions: tuple[float, ...]) -> None:
    with pytest.raises(InputError, match="add up to 1"):
        split(data, fractions)


def test_an_unknown_way_to_split(data: CastingData) -> None:
    with pytest.raises(UnknownNameError, match="id you mean 'heat'"):
        split(data, by="heats")
