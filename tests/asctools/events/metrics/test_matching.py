"""Matching: as many pairs as mir_eval finds, at the least distance that there is."""

from __future__ import annotations

import itertools

import mir_eval
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from asctools.bells.strikes import Picks, Strikes
from asctools.errors import InputError, ShapeError
from asctools.events.metrics import count, counts_by_window, greedy_matches, match
from tests.asctools.events.drawn import BELLS, picks, strikes

TOLERANCES = st.integers(0, 40).map(lambda k: k / 4.0)
CHECKED = settings(deadline=None, max_examples=80, derandomize=True)


@CHECKED
@given(picks(), strikes(), TOLERANCES)
def test_there_are_as_many_pairs_as_mir_eval_finds(found, truth, tolerance) -> None:
    pairs = match(found, truth, tolerance)
    theirs = 0
    for bell in range(BELLS):
        here, there = found.times[found.bells == bell], truth.of_bell(bell)
        theirs += len(mir_eval.util.match_events(there, here, tolerance))
    assert len(pairs.picks) == theirs


@CHECKED
@given(picks(), strikes(), TOLERANCES)
def test_a_pair_is_of_one_bell_and_near_and_nothing_is_used_twice(found, truth, tol) -> None:
    pairs = match(found, truth, tol)
    assert (found.bells[pairs.picks] == truth.bells[pairs.strikes]).all()
    assert (np.abs(found.times[pairs.picks] - truth.times[pairs.strikes]) <= tol).all()
    assert len(set(pairs.picks)) == len(set(pairs.strikes)) == len(pairs.picks)
    assert (np.diff(pairs.strikes) > 0).all()


@CHECKED
@given(picks(), strikes(), TOLERANCES)
def test_the_total_distance_is_the_least_for_so_many_pairs(found, truth, tolerance) -> None:
    pairs = match(found, truth, tolerance)
    ours = np.abs(found.times[pairs.picks] - truth.times[pairs.strikes]).sum()
    distance = np.abs(found.times[:, None] - truth.times)
    wrong = (distance > tolerance) | (found.bells[:, None] != truth.bells)
    cost = np.where(wrong, 1e6, distance - 1e3)  # first many pairs, then short ones
    i, j = linear_sum_assignment(cost)
    kept = ~wrong[i, j]
    assert len(pairs.picks) == kept.sum()
    assert ours == distance[i, j][kept].sum()


def test_a_chain_needs_the_longer_way() -> None:
    """The nearest first would take (10, 11) and leave 4 and 16 alone."""
    found, truth = Picks.make([0, 0], [10.0, 16.0], [1, 1]), Strikes.make([0, 0], [4.0, 11.0])
    assert np.array_equal(match(found, truth, 6.0), [[0, 1], [0, 1]])
    assert np.array_equal(greedy_matches(found, truth, 6.0), [[0], [1]])


def test_exactly_the_tolerance_counts_and_a_hair_more_does_not() -> None:
    truth = Strikes.make([5], [100.0])
    for time, pairs in ((90.0, 1), (110.0, 1), (np.nextafter(110.0, 111.0), 0)):
        assert len(match(Picks.make([5], [time], [1]), truth, 10.0).picks) == pairs


def test_thousands_of_picks_far_from_any_strike_cost_nothing() -> None:
    """An untrained model picks every frame; in one group they would need 16 GB."""
    found = Picks.make(np.zeros(200_000), 10.0 * np.arange(200_000), np.ones(200_000))
    truth = Strikes.make(np.zeros(10_000), 200.0 * np.arange(10_000) + 3.0)
    pairs = match(found, truth, 10.0)
    assert np.array_equal(pairs.picks, 20 * np.arange(10_000))


def test_windows_are_matched_apart() -> None:
    window = Picks.make([1], [5.0], [1]), Strikes.make([1], [7.0])
    found, truth = [window[0], Picks.none(), Picks.none()], [Strikes.none(), window[1], window[1]]
    assert count(found, truth, 5.0) == (0, 1, 2)
    assert [each.tolist() for each in counts_by_window(found, truth, 5.0)] == [
        [0, 0, 0],
        [1, 0, 0],
        [0, 1, 1],
    ]
    assert count(*window, 5.0) == (1, 0, 0)


@CHECKED
@given(st.lists(st.tuples(picks(5), strikes(5)), max_size=4), TOLERANCES)
def test_many_windows_count_as_each_does_alone(windows, tolerance) -> None:
    alone = [count(found, truth, tolerance, rate=1000.0) for found, truth in windows]
    both = list(zip(*windows, strict=True)) or [(), ()]
    together = counts_by_window(*both, tolerance, rate=1000.0)
    assert list(zip(*together, strict=True)) == alone
    assert count(*both, tolerance, rate=1000.0) == tuple(map(sum, together))


@CHECKED
@given(picks(), strikes(), TOLERANCES)
def test_greedy_finds_at_least_half_and_never_more(found, truth, tolerance) -> None:
    """Each greedy pair can block two others, not more."""
    greedy, best = (len(each(found, truth, tolerance).picks) for each in (greedy_matches, match))
    assert best / 2 <= greedy <= best


@pytest.mark.parametrize("tolerance", [-1.0, float("nan"), float("inf")])
def test_a_tolerance_that_is_none_is_refused(tolerance) -> None:
    for call in (match, count):
        with pytest.raises(InputError, match="tolerance"):
            call(Picks.none(), Strikes.none(), tolerance)


def test_windows_without_partners_are_refused() -> None:
    for many, few in itertools.permutations((1, 2)):
        with pytest.raises(ShapeError, match=f"{many} windows and strikes of {few}"):
            count([Picks.none()] * many, [Strikes.none()] * few)
