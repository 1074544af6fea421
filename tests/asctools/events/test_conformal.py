"""Intervals that cover what they promise, exactly so and on finitely many errors."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asctools.bells.strikes import Picks
from asctools.errors import InputError, ShapeError
from asctools.events.conformal import abstention, conformal_quantile, fit_intervals
from asctools.events.metrics import Counts

CHECKED = settings(deadline=None, max_examples=80, derandomize=True)


@pytest.mark.equation("eq-conformal-quantile")
@pytest.mark.parametrize(
    ("n", "coverage", "rank"),
    [(9, 0.9, 9), (10, 0.9, 10), (18, 0.9, 18), (19, 0.9, 18), (99, 0.9, 90), (99, 0.55, 55)],
)
def test_the_quantile_is_the_right_one_of_the_sorted_errors(n, coverage, rank) -> None:
    errors = np.random.default_rng(0).permutation(n) + 1.0
    signs = np.where(np.arange(n) % 2, 1.0, -1.0)
    assert conformal_quantile(signs * errors, coverage) == rank


@pytest.mark.equation("eq-conformal-quantile")
def test_too_few_errors_promise_nothing() -> None:
    assert conformal_quantile(np.ones(8), 0.9) == math.inf
    assert conformal_quantile(np.ones(9), 0.9) == 1.0
    assert conformal_quantile([], 0.5) == math.inf


@CHECKED
@given(st.integers(1, 60), st.sampled_from([0.5, 0.8, 0.9, 0.95]))
@pytest.mark.equation("eq-conformal-quantile")
def test_each_of_n_plus_one_errors_is_as_likely_to_be_the_new_one(n, coverage) -> None:
    """Leave each out in turn: the share that is covered is the promise, exactly counted."""
    errors = np.arange(n + 1.0)
    covered = [
        errors[k] <= conformal_quantile(np.delete(errors, k), coverage) for k in range(n + 1)
    ]
    share = np.mean(covered)
    assert share >= coverage - 1e-12
    assert share < coverage + 1.0 / (n + 1) + 1e-12


def test_new_picks_are_covered_in_each_group_of_scores() -> None:
    """400 times fitted on 200 picks; unsure picks have ten times the error of sure ones."""
    rng = np.random.default_rng(0)
    covered = np.zeros((400, 2))
    for trial in range(400):
        scores = rng.uniform(0.0, 1.0, 200)
        intervals = fit_intervals(rng.laplace(0.0, 1.0 - 0.9 * scores), scores, 0.9, groups=2)
        new = rng.uniform(0.0, 1.0, 100)
        inside = np.abs(rng.laplace(0.0, 1.0 - 0.9 * new)) <= intervals.plus_minus(new)
        sure = new >= intervals.edges[0]
        covered[trial] = inside[~sure].mean(), inside[sure].mean()
    # Standard error .0025: one share of .3/√50 in each trial
    np.testing.assert_allclose(covered.mean(0), [0.905, 0.905], atol=0.01)


def test_surer_picks_get_narrower_intervals() -> None:
    rng = np.random.default_rng(1)
    scores = rng.uniform(0.0, 1.0, 4000)
    errors = rng.normal(0.0, 3.0 - 2.5 * scores)
    intervals = fit_intervals(errors, scores, 0.9, groups=4)
    assert (np.diff(intervals.half_widths) < 0.0).all()
    assert intervals.numbers.tolist() == [1000] * 4
    picks = Picks.make([0, 1], [10.0, 20.0], [0.1, 0.99])
    widths = intervals.of(picks).plus_minus
    assert widths.tolist() == [intervals.half_widths[0], intervals.half_widths[3]]
    assert np.isnan(picks.plus_minus).all()
    assert intervals.plus_minus([[0.1]]).shape == (1, 1)


def test_equal_scores_stay_together_and_no_group_is_empty() -> None:
    intervals = fit_intervals(np.arange(40.0), np.repeat([0.2, 1.0], [10, 30]), 0.5, groups=8)
    assert intervals.numbers.tolist() == [10, 30]
    assert fit_intervals(np.arange(5.0), np.ones(5), 0.5).numbers.tolist() == [5]
    nothing = fit_intervals([], [])
    assert nothing.plus_minus([0.3]).tolist() == [math.inf]


def test_abstaining_from_the_least_sure_windows_first() -> None:
    counts = Counts(np.array([2, 0, 4]), np.array([0, 2, 0]), np.array([0, 2, 0]))
    curve = abstention(counts, [0.5, 0.1, 0.9])
    np.testing.assert_allclose(curve.coverage, [1 / 3, 2 / 3, 1.0])
    np.testing.assert_allclose(curve.f1, [1.0, 1.0, 12 / 16])
    np.testing.assert_allclose(curve.precision, [1.0, 1.0, 6 / 8])
    np.testing.assert_allclose(curve.recall, [1.0, 1.0, 6 / 8])
    assert curve.confidence.tolist() == [0.9, 0.5, 0.1]
    assert len(abstention(Counts(*np.zeros((3, 0), dtype=int)), []).f1) == 0


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: conformal_quantile([1.0], 1.0), InputError, "coverage=1.0"),
        (lambda: conformal_quantile([np.nan]), InputError, "finite errors"),
        (lambda: fit_intervals([1.0], [1.0, 2.0]), ShapeError, "one shape"),
        (lambda: fit_intervals([1.0], [1.0], groups=0), InputError, "groups=0"),
        (lambda: abstention(Counts(*np.zeros((3, 2))), [0.5]), ShapeError, "2 windows"),
    ],
)
def test_bad_input_is_named(call, error, says) -> None:
    with pytest.raises(error, match=says):
        call()
