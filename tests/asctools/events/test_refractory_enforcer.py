"""The refractory rule over calls: state is kept, and what was returned stays."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asctools.bells.strikes import Picks
from asctools.errors import InputError, ShapeError
from asctools.events import RefractoryPeriodEnforcer
from asctools.events.refractory import best_of_each_bell
from tests.asctools.events.drawn import BELLS, picks

CHECKED = settings(deadline=None, max_examples=80, derandomize=True)
ONE = np.eye(16, dtype=np.int64)[3]


def test_flags_over_three_calls() -> None:
    """A strike at 1000; one 3999 later goes, one 4000 later stays."""
    enforcer = RefractoryPeriodEnforcer(num_events=16, refractory_period_samples=4000)
    events, timings = enforcer.enforce(ONE, ONE * 1000.0)
    assert (events == ONE).all() and timings[3] == 1000.0
    events, timings = enforcer.enforce(ONE, ONE * 999.0, global_offset=4000)
    assert not events.any() and not timings.any()
    events, timings = enforcer.enforce(ONE, ONE * 1000.0, global_offset=4000)
    assert (events == ONE).all() and timings[3] == 1000.0
    other = np.eye(16, dtype=np.int64)[4]
    assert enforcer.enforce(other, other * 1100.0, global_offset=4000)[0][4] == 1
    assert not enforcer.enforce(ONE, ONE * 1000.0, global_offset=5000)[0].any()
    enforcer.reset()
    assert enforcer.enforce(ONE, ONE * 1000.0, global_offset=5000)[0][3] == 1


def test_the_input_is_left_alone_and_types_stay() -> None:
    enforcer = RefractoryPeriodEnforcer()
    events, timings = ONE.astype(bool), (ONE * 5).astype(np.float32)
    enforcer.enforce(events, timings)
    gone, when = enforcer.enforce(events, timings, global_offset=10)
    assert events[3] and timings[3] == 5.0
    assert gone.dtype == bool and not gone.any() and when.dtype == np.float64


def test_times_of_what_is_not_there_may_be_anything() -> None:
    timings = np.where(ONE == 1, 7.0, np.nan)
    events, when = RefractoryPeriodEnforcer().enforce(ONE, timings)
    assert events[3] == 1 and when[3] == 7.0 and when.sum() == 7.0


def test_several_candidates_of_each_bell_keep_the_best_set() -> None:
    enforcer = RefractoryPeriodEnforcer(num_events=2)
    events = np.ones((3, 2), dtype=np.int64)
    timings = np.array([[0.0, 0.0], [3000.0, 3000.0], [6000.0, 6000.0]])
    probs = np.array([[0.6, 0.2], [0.9, 0.9], [0.6, 0.2]])
    kept, when = enforcer.enforce(events, timings, probs)
    assert kept.tolist() == [[1, 0], [0, 1], [1, 0]]
    assert when.tolist() == [[0.0, 0.0], [0.0, 3000.0], [6000.0, 0.0]]
    # Without probabilities the most are kept
    enforcer.reset()
    assert enforcer.enforce(events, timings)[0].tolist() == [[1, 1], [0, 0], [1, 1]]


@CHECKED
@given(picks(), st.integers(1, 160).map(lambda k: k / 4.0))
def test_one_call_is_the_best_set_of_each_bell(found, period) -> None:
    kept = RefractoryPeriodEnforcer(BELLS, period).enforce_picks(found)
    for ours, best in zip(kept, best_of_each_bell(found, period), strict=True):
        np.testing.assert_array_equal(ours, best)


@CHECKED
@given(st.lists(picks(6, 30), min_size=1, max_size=4), st.integers(1, 160).map(lambda k: k / 4.0))
def test_over_calls_all_stay_legal_and_none_is_dropped_without_a_reason(calls, period) -> None:
    enforcer = RefractoryPeriodEnforcer(BELLS, period)
    returned: dict[int, list[float]] = {bell: [] for bell in range(BELLS)}
    for number, found in enumerate(calls):
        kept = enforcer.enforce_picks(found, global_offset=30.0 * number)
        for bell, time in zip(kept.bells, kept.times, strict=True):
            returned[bell].append(time + 30.0 * number)
        absolute = found.times + 30.0 * number
        for bell, time in zip(found.bells, absolute, strict=True):
            assert any(abs(time - other) < period or time == other for other in returned[bell])
    for times in returned.values():
        assert (np.diff(times) >= period).all()


def test_both_forms_agree() -> None:
    rng = np.random.default_rng(0)
    flags, lists = RefractoryPeriodEnforcer(), RefractoryPeriodEnforcer()
    for call in range(20):
        events = (rng.random(16) < 0.5).astype(int)
        timings = rng.uniform(0.0, 1000.0, 16)
        at = np.flatnonzero(events)
        kept = lists.enforce_picks(Picks.make(at, timings[at], np.ones(len(at))), 1000.0 * call)
        again, when = flags.enforce(events, timings, global_offset=1000.0 * call)
        assert sorted(kept.bells) == np.flatnonzero(again).tolist()
        np.testing.assert_array_equal(np.sort(kept.times), np.sort(when[again == 1]))


def test_a_forgotten_offset_is_noticed() -> None:
    """Windows of 2 s, each with its own times: the second begins before the first did."""
    enforcer = RefractoryPeriodEnforcer()
    enforcer.enforce(ONE, ONE * 1000.0)
    with pytest.raises(InputError, match=r"global_offset=0.*from 900"):
        enforcer.enforce(ONE, ONE * 900.0)
    other = np.eye(16, dtype=np.int64)[4]
    assert enforcer.enforce(other, other * 1000.0)[0][4] == 1  # what was refused left no trace
    assert enforcer.enforce(ONE, ONE * 900.0, global_offset=8000)[0][3] == 1
    with pytest.raises(InputError, match="call reset"):
        enforcer.enforce(ONE, ONE * 3900.0, global_offset=4000)
    enforcer.reset()
    assert enforcer.enforce(ONE, ONE * 3900.0, global_offset=4000)[0][3] == 1


def test_windows_that_overlap_may_begin_with_an_earlier_pick() -> None:
    enforcer = RefractoryPeriodEnforcer()
    enforcer.enforce(ONE, ONE * 3900.0)
    other = np.eye(16, dtype=np.int64)[4]
    assert enforcer.enforce(other, other * 500.0, global_offset=2000)[0][4] == 1


def test_a_flag_of_no_probability_still_counts() -> None:
    assert RefractoryPeriodEnforcer().enforce(ONE, ONE * 5.0, ONE * 0.0)[0][3] == 1


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda e: e.enforce([1, 0], [1.0, 2.0]), ShapeError, "enforce_picks"),
        (lambda e: e.enforce(ONE, np.zeros(15)), ShapeError, "timings"),
        (lambda e: e.enforce(ONE * 0.7, np.zeros(16)), InputError, "neither 0 nor 1"),
        (lambda e: e.enforce(ONE, np.full(16, np.nan)), InputError, "not finite"),
        (lambda e: e.enforce_picks(Picks.make([16], [1.0], [1.0])), InputError, "index 16"),
        (lambda e: RefractoryPeriodEnforcer(0), InputError, "num_events=0"),
        (lambda e: RefractoryPeriodEnforcer(2.5), InputError, "num_events=2.5"),
        (lambda e: RefractoryPeriodEnforcer(16, -1), InputError, "period_samples=-1"),
        (lambda e: RefractoryPeriodEnforcer(16, None), InputError, "period_samples=None"),
        (lambda e: RefractoryPeriodEnforcer(16, "a"), InputError, "period_samples='a'"),
        (lambda e: e.enforce(ONE, ONE, ONE * 1.5), InputError, "not within 0 … 1"),
        (lambda e: e.enforce(ONE, ONE, ONE * -0.1), InputError, "not within 0 … 1"),
        (lambda e: e.enforce(ONE, ONE, global_offset=np.nan), InputError, "global_offset=nan"),
        (lambda e: e.enforce(ONE, ONE, global_offset=None), InputError, "global_offset=None"),
    ],
)
def test_bad_input_is_named(call, error, says) -> None:
    with pytest.raises(error, match=says):
        call(RefractoryPeriodEnforcer())
