"""The best set against every subset; the simpler rules against what they promise."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asctools.bells.strikes import Picks
from asctools.errors import InputError, ShapeError
from asctools.events.refractory import (
    best_of_each_bell,
    best_set,
    first_come,
    greedy_by_score,
    log_odds,
    smooth,
    suppress,
)
from tests.asctools.events.drawn import picks, scores, times

CHECKED = settings(deadline=None, max_examples=100, derandomize=True)
PERIODS = st.integers(0, 160).map(lambda k: k / 4.0)


@st.composite
def of_one_bell(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Draw times in any order and their scores."""
    when = draw(times(9))
    return np.array(when), np.array(draw(scores(len(when))))


def legal(when: np.ndarray, period: float) -> bool:
    """Whether all are a period apart."""
    return bool((np.diff(np.sort(when)) >= period).all())


@CHECKED
@given(of_one_bell(), PERIODS)
@pytest.mark.equation("eq-best-set")
def test_no_legal_subset_is_worth_more(drawn, period) -> None:
    when, worth = drawn
    kept = best_set(when, worth, period)
    most = max(
        worth[list(some)].sum()
        for size in range(len(when) + 1)
        for some in itertools.combinations(range(len(when)), size)
        if legal(when[list(some)], period)
    )
    assert worth[kept].sum() == most  # eighths: exact sums
    assert legal(when[kept], period)
    assert (np.diff(when[kept]) >= 0.0).all()


@pytest.mark.equation("eq-best-set")
def test_two_fair_strikes_outweigh_a_good_one_between_them() -> None:
    """Worth 0.6 + 0.6 against 0.9; and 0.9 against 0.4 + 0.4."""
    when = np.array([0.0, 3000.0, 6000.0])
    assert best_set(when, [0.6, 0.9, 0.6]).tolist() == [0, 2]
    assert best_set(when, [0.4, 0.9, 0.4]).tolist() == [1]
    assert greedy_by_score(when, [0.6, 0.9, 0.6]).tolist() == [1]
    assert first_come(when).tolist() == [0, 2]


def test_exactly_the_period_is_legal_and_a_hair_less_is_not() -> None:
    for rule in (
        lambda when: best_set(when, [1.0, 1.0]),
        lambda when: greedy_by_score(when, [1.0, 1.0]),
        first_come,
    ):
        assert rule([10.0, 4010.0]).tolist() == [0, 1]
        assert rule([10.0, np.nextafter(4010.0, 0.0)]).tolist() == [0]


def test_what_is_worth_nothing_is_left_out_and_ties_go_to_the_earlier() -> None:
    assert best_set([0.0, 5000.0, 10000.0], [0.0, -1.0, 2.0]).tolist() == [2]
    assert best_set([50.0, 0.0], [1.0, 1.0]).tolist() == [1]
    assert best_set([0.0, 0.0], [1.0, 1.0], 0.0).tolist() == [0, 1]
    assert best_set([1e9, 2e9], [1.0, 1.0], 1e-9).tolist() == [0, 1]  # 1e9 − 1e−9 is 1e9


@CHECKED
@given(of_one_bell(), PERIODS)
def test_the_simple_rules_are_legal_never_better_and_cannot_be_extended(drawn, period) -> None:
    when, worth = drawn
    best = worth[best_set(when, worth, period)].sum()
    for kept in (first_come(when, period), greedy_by_score(when, worth, period)):
        assert legal(when[kept], period)
        assert worth[kept].sum() <= best
        for k in set(range(len(when))) - set(kept.tolist()):
            assert not legal(when[[*kept, k]], period)


@CHECKED
@given(of_one_bell(), PERIODS.filter(bool))
def test_what_greedy_deletes_had_a_surer_neighbour(drawn, period) -> None:
    when, worth = drawn
    kept = greedy_by_score(when, worth, period)
    for k in set(range(len(when))) - set(kept.tolist()):
        assert (worth[kept[np.abs(when[kept] - when[k]) < period]] >= worth[k]).any()


@CHECKED
@given(picks(), PERIODS.filter(bool))
def test_bells_do_not_silence_each_other(found, period) -> None:
    rules = (
        (best_of_each_bell(found, period), best_set),
        (suppress(found, period), greedy_by_score),
    )
    for kept, rule in rules:
        assert (np.diff(kept.times) >= 0.0).all()
        for bell in np.unique(found.bells):
            own = found.kept(found.bells == bell)
            ours = kept.kept(kept.bells == bell)
            expected = own.kept(rule(own.times, own.scores, period))
            for column, other in zip(ours, expected, strict=True):
                np.testing.assert_array_equal(column, other)


def test_no_picks_stay_no_picks() -> None:
    assert best_of_each_bell(Picks.none()).number == suppress(Picks.none(), 5.0).number == 0
    assert best_set([], []).tolist() == []


def test_log_odds_make_the_best_set_the_most_probable_legal_reading() -> None:
    """Eight readings of three picks, each with its probability; two of them are not legal."""
    rng = np.random.default_rng(0)
    when = np.array([0.0, 3000.0, 6000.0])
    readings = [np.array(each, dtype=bool) for each in itertools.product((0, 1), repeat=3)]
    for p in rng.uniform(0.05, 0.95, (50, 3)):
        chance = [
            np.where(each, p, 1.0 - p).prod() if legal(when[each], 4000.0) else 0.0
            for each in readings
        ]
        likeliest = np.flatnonzero(readings[int(np.argmax(chance))])
        np.testing.assert_array_equal(best_set(when, log_odds(p)), likeliest)


def test_log_odds_are_0_at_the_threshold_and_finite_at_the_ends() -> None:
    worth = log_odds([0.3, 0.2, 0.0, 1.0], 0.3)
    assert 0.0 < worth[0] < 1e-9
    assert worth[1] == pytest.approx(np.log(0.2 / 0.8) - np.log(0.3 / 0.7))
    assert np.isfinite(worth).all()
    with pytest.raises(InputError, match=r"from 0\.5 to 7"):
        log_odds([7.0])


def test_smoothing_is_a_mean_over_the_frames_there_are() -> None:
    trace = np.array([[3.0, 0.0], [0.0, 0.0], [6.0, 9.0], [0.0, 0.0]])
    expected = [[1.5, 0.0], [3.0, 3.0], [2.0, 3.0], [3.0, 4.5]]
    np.testing.assert_allclose(smooth(trace, 3), expected)
    np.testing.assert_array_equal(smooth(trace, 1), trace)
    assert smooth(np.zeros((0, 2)), 5).shape == (0, 2)
    assert smooth(trace, 9)[0, 0] == pytest.approx(9.0 / 4.0)


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: best_set([1.0], [1.0, 2.0]), ShapeError, "one shape"),
        (lambda: best_set([np.nan], [1.0]), InputError, "NaN"),
        (lambda: first_come([1.0], -1.0), InputError, "period=-1"),
        (lambda: smooth(np.zeros((4, 2)), 2), InputError, "odd"),
        (lambda: smooth(np.zeros(4), 3), ShapeError, "frames"),
    ],
)
def test_bad_input_is_named(call, error, says) -> None:
    with pytest.raises(error, match=says):
        call()
