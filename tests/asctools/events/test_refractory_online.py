"""A stream of picks: however it is cut the same strikes, and a longer delay never costs much."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asctools.bells.strikes import Picks
from asctools.errors import InputError
from asctools.events.refractory import (
    OnlineRefractory,
    best_of_each_bell,
    best_set,
    first_come,
    log_odds,
)
from tests.asctools.events.drawn import BELLS, picks

CHECKED = settings(deadline=None, max_examples=80, derandomize=True)
PERIODS = st.integers(1, 100).map(lambda k: k / 4.0)
DELAYS = st.one_of(st.integers(0, 200).map(lambda k: k / 4.0), st.just(math.inf))


def streamed(online: OnlineRefractory, found: Picks, cuts: list[float]) -> tuple[Picks, float]:
    """Push the picks up to each cut; return what was committed, and the longest wait."""
    parts, before, longest = [], -1.0, 0.0
    for now in [*sorted(set(cuts)), 100.0]:
        here = (found.times > before) & (found.times <= now)
        parts.append(online.push(found.kept(here), now))
        assert (parts[-1].times + online.delay_samples <= now).all()
        if parts[-1].number:
            longest = max(longest, now - parts[-1].times.min())
        before = now
    return Picks.together([*parts, online.finish()]), longest


def rows(found: Picks) -> list[tuple[float, ...]]:
    """Picks as a set that has an order."""
    return sorted(zip(found.bells, found.times, found.scores, strict=True))


@CHECKED
@given(picks(), PERIODS, DELAYS, st.lists(st.integers(0, 99).map(float), max_size=8))
def test_how_it_is_cut_changes_nothing(found, period, delay, cuts) -> None:
    online = OnlineRefractory(BELLS, period, delay)
    whole, _ = streamed(online, found, [])
    pieces, _ = streamed(online, found, cuts)  # the same one: finish has made it ready again
    assert rows(pieces) == rows(whole)
    assert online.pending == 0


@CHECKED
@given(picks(), PERIODS)
def test_an_endless_delay_gives_the_optimum_and_none_the_first(found, period) -> None:
    waits, _ = streamed(OnlineRefractory(BELLS, period, math.inf), found, [10.0, 40.0])
    assert rows(waits) == rows(best_of_each_bell(found, period))
    hasty, _ = streamed(OnlineRefractory(BELLS, period, 0.0), found, list(range(0, 99)))
    for bell in range(BELLS):
        own = np.sort(found.times[found.bells == bell])
        np.testing.assert_array_equal(
            hasty.times[hasty.bells == bell], own[first_come(own, period)]
        )


@CHECKED
@given(picks(), PERIODS, DELAYS)
def test_what_is_committed_is_legal_and_was_picked(found, period, delay) -> None:
    kept, _ = streamed(OnlineRefractory(BELLS, period, delay), found, [20.0, 50.0])
    assert set(rows(kept)) <= set(rows(found))
    for bell in range(BELLS):
        assert (np.diff(kept.times[kept.bells == bell]) >= period).all()


def test_a_weak_alarm_before_a_strike_is_forgiven_after_a_delay() -> None:
    found = Picks.make([7, 7], [1000.0, 1500.0], [0.4, 0.9])
    for delay, time in ((400.0, 1000.0), (500.0, 1500.0), (4000.0, 1500.0)):
        online = OnlineRefractory(16, 4000.0, delay)
        parts = [online.push(found, 1500.0), online.push(Picks.none(), 9000.0), online.finish()]
        assert Picks.together(parts).times.tolist() == [time]


def test_what_was_committed_stays_and_silences_its_bell() -> None:
    online = OnlineRefractory(16, 4000.0, 100.0)
    assert online.push(Picks.make([3], [1000.0], [0.1]), 1050.0).number == 0
    assert online.pending == 1
    assert online.push(Picks.none(), 1100.0).times.tolist() == [1000.0]
    later = Picks.make([3, 3, 4], [4999.0, 5000.0, 1200.0], [0.9, 0.2, 0.3])
    assert online.push(later, 5000.0).bells.tolist() == [4]
    assert online.push(Picks.none(), 6000.0).times.tolist() == [5000.0]


def test_the_interval_of_a_pick_travels_with_it_and_worth_decides() -> None:
    """As probabilities 0.55 + 0.55 are more than 0.9; as log odds they are less."""
    found = Picks.make([0, 0, 0], [0.0, 3000.0, 6000.0], [0.55, 0.9, 0.55], [1.0, np.nan, 3.0])
    assert OnlineRefractory(delay_samples=math.inf).push(found, 7000.0).number == 0
    for worth, widths in ((None, [1.0, 3.0]), (log_odds, [np.nan])):
        online = OnlineRefractory(16, 4000.0, 9000.0, worth=worth)
        online.push(found, 7000.0)
        np.testing.assert_array_equal(online.finish().plus_minus, widths)


def test_a_delay_of_two_periods_is_nearly_the_optimum() -> None:
    rng = np.random.default_rng(0)
    times = np.sort(rng.uniform(0.0, 200_000.0, 150))
    found = Picks.make(np.zeros(150), times, rng.random(150))
    best = found.scores[best_set(found.times, found.scores)].sum()
    worth = []
    for delay in (0.0, 1000.0, 8000.0):
        online = OnlineRefractory(1, 4000.0, delay)
        kept = Picks.together([online.push(found, times[-1]), online.finish()])
        worth.append(kept.scores.sum() / best)
    assert worth[0] < 0.85 < worth[1] < 0.95
    assert 0.99 < worth[2] <= 1.0


def test_a_late_pick_and_a_clock_that_goes_back_are_refused() -> None:
    online = OnlineRefractory()
    online.push(Picks.make([0], [10.0], [1.0]), 10.0)
    with pytest.raises(InputError, match="a pick at 10"):
        online.push(Picks.make([0], [10.0], [1.0]), 20.0)
    with pytest.raises(InputError, match="a pick at 21"):
        online.push(Picks.make([0], [21.0], [1.0]), 20.0)
    with pytest.raises(InputError, match="now=9"):
        online.push(Picks.none(), 9.0)
    with pytest.raises(InputError, match="index 16"):
        online.push(Picks.make([16], [15.0], [1.0]), 20.0)
    with pytest.raises(InputError, match="delay_samples=-1"):
        OnlineRefractory(delay_samples=-1)
