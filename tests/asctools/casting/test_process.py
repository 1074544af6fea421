"""The caster's rule: which order of events makes a defect, and what events leave behind."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asctools.casting.process import (
    CHANNELS,
    KINDS,
    LEVEL,
    TEMPERATURE,
    UNITS,
    drop,
    fluctuation,
    gaps,
    kind_of,
)

times = st.lists(st.integers(-1, 119), min_size=2, max_size=2)


def by_hand(level: list[int], cold: list[int]) -> str:
    """Tell the kind of one window by a second way: pair by pair."""
    pairs = [(f, d) for f in level if f >= 0 for d in cold if d >= 0]
    if any(f + 10 <= d <= f + 25 for f, d in pairs):
        return "defect"
    if any(d > f + 25 for f, d in pairs):
        return "too late"
    if pairs:
        return "reversed"
    if max(level) >= 0:
        return "level only"
    return "drop only" if max(cold) >= 0 else "quiet"


def test_channels_and_units_are_those_of_the_book() -> None:
    names = "mould_temperature casting_speed mould_level cooling_flow superheat friction"
    assert list(CHANNELS) == names.split()
    assert list(UNITS) == ["°C", "m/min", "mm", "l/min", "K", "kN"]
    assert (CHANNELS[TEMPERATURE], CHANNELS[LEVEL]) == ("mould_temperature", "mould_level")


@pytest.mark.parametrize(
    ("level", "cold", "kind"),
    [
        ((-1, -1), (-1, -1), "quiet"),
        ((30, -1), (-1, -1), "level only"),
        ((-1, -1), (-1, 30), "drop only"),
        ((30, -1), (39, -1), "reversed"),  # too soon to be its consequence
        ((30, -1), (40, -1), "defect"),
        ((30, -1), (55, -1), "defect"),
        ((30, -1), (56, -1), "too late"),
        ((30, -1), (15, -1), "reversed"),
        ((30, 80), (15, 95), "defect"),  # the second fluctuation and the second drop
        ((30, -1), (15, 70), "too late"),
    ],
)
def test_the_rule(level: tuple[int, int], cold: tuple[int, int], kind: str) -> None:
    assert KINDS[kind_of(np.array([level]), np.array([cold]))[0]] == kind


@settings(deadline=None, database=None, max_examples=200)
@given(level=times, cold=times)
def test_the_rule_agrees_with_a_look_at_every_pair(level: list[int], cold: list[int]) -> None:
    found = kind_of(np.array([level]), np.array([cold]))
    assert KINDS[found[0]] == by_hand(level, cold)


def test_gaps_are_from_every_fluctuation_to_every_drop() -> None:
    found = gaps(np.array([[10, 50], [7, -1]]), np.array([[30, -1], [5, 9]]))
    nan = np.nan
    np.testing.assert_array_equal(found, [[20, nan, -20, nan], [-2, 2, nan, nan]])


@pytest.mark.parametrize(("shape", "low", "high"), [(fluctuation, -0.85, 0.85), (drop, -1.0, 0.0)])
def test_an_event_begins_at_its_time_and_ends(shape, low: float, high: float) -> None:
    left = shape(np.arange(-60, 120))
    assert not left[:60].any()
    assert np.abs(left[-60:]).max() < 1e-4
    assert low <= left.min() < -0.8
    assert left.max() <= high
    assert np.abs(left[60:75]).max() > 0.8


def test_the_drop_is_deepest_after_two_seconds_and_the_level_swings_both_ways() -> None:
    assert np.argmin(drop(np.arange(20))) == 2
    assert drop(np.array([2.0]))[0] == -1.0
    assert fluctuation(np.arange(9)).max() > 0.8
