"""Brier's score and the table of calibration: by hand, and scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics
from sklearn.calibration import calibration_curve

from asctools.errors import InputError, UnknownNameError
from asctools.training.scores import brier, calibration
from tests.asctools.training.scores.data import rows

CLOSE = {"rel": 0.0, "abs": 1e-12}


@pytest.mark.equation("eq-brier")
def test_brier_by_hand_and_of_those_who_know_only_the_share() -> None:
    assert brier([1, 0], [0.75, 0.5]) == (0.25**2 + 0.5**2) / 2
    y = np.arange(100) < 8
    assert brier(y, np.full(100, 0.08)) == pytest.approx(0.08 * 0.92, **CLOSE)
    assert brier(y, y) == 0.0 and brier(y, ~y) == 1.0


@settings(deadline=None, max_examples=40, derandomize=True)
@given(rows())
def test_brier_equals_scikit_learn(drawn) -> None:
    y, p, w = drawn
    theirs = metrics.brier_score_loss(y, p, sample_weight=w, labels=[0, 1])
    assert brier(y, p, w) == pytest.approx(theirs, **CLOSE)


@settings(deadline=None, max_examples=40, derandomize=True)
@given(rows(both=True), st.integers(1, 12), st.sampled_from(["uniform", "quantile"]))
def test_the_table_equals_scikit_learn(drawn, bins, strategy) -> None:
    y, p, _ = drawn
    table = calibration(y, p, bins, strategy=strategy)
    filled = table.weight > 0
    observed, predicted = calibration_curve(y, p, n_bins=bins, strategy=strategy)
    np.testing.assert_allclose(table.observed[filled], observed, rtol=0, atol=1e-12)
    np.testing.assert_allclose(table.predicted[filled], predicted, rtol=0, atol=1e-12)
    assert np.isnan(table.observed[~filled]).all() and np.isnan(table.low[~filled]).all()
    assert table.weight.sum() == len(y) and (np.diff(table.edges) >= 0).all()


@settings(deadline=None, max_examples=40, derandomize=True)
@given(rows(), st.integers(1, 12))
def test_what_holds_for_every_table(drawn, bins) -> None:
    y, p, w = drawn
    table = calibration(y, p, bins, weight=w)
    filled = table.weight > 0
    gaps = table.weight[filled] * abs(table.observed - table.predicted)[filled]
    assert table.expected_error == pytest.approx(gaps.sum() / table.weight.sum(), **CLOSE)
    assert 0.0 <= table.expected_error <= 1.0
    rounding = 1e-12
    assert (table.low <= table.observed + rounding)[filled].all()
    assert (table.high >= table.observed - rounding)[filled].all()
    assert (table.low >= 0.0)[filled].all() and (table.high <= 1.0)[filled].all()
    assert (table.predicted >= table.edges[:-1] - rounding)[filled].all()
    assert (table.predicted <= table.edges[1:] + rounding)[filled].all()


def test_the_error_of_two_bins_by_hand() -> None:
    y = [0, 0, 0, 1, 1, 0]
    p = [0.2, 0.2, 0.2, 0.2, 0.9, 0.9]
    table = calibration(y, p, 2)
    np.testing.assert_allclose(table.observed, [0.25, 0.5])
    np.testing.assert_allclose(table.predicted, [0.2, 0.9])
    assert table.expected_error == pytest.approx((4 * 0.05 + 2 * 0.4) / 6)


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    p = np.full(40, 0.3)
    inside = 0
    for _ in range(500):
        table = calibration(rng.random(40) < p, p, 1)
        inside += table.low[0] <= 0.3 <= table.high[0]
    assert 0.92 <= inside / 500 <= 0.98


def test_probabilities_that_are_true_have_a_small_error_and_bold_ones_a_large() -> None:
    rng = np.random.default_rng(0)
    true = rng.beta(1, 4, 20_000)
    y = rng.random(20_000) < true
    assert calibration(y, true).expected_error < 0.015
    bold = true**0.5
    assert calibration(y, bold).expected_error > 0.15


@pytest.mark.parametrize("score", [brier, calibration])
@pytest.mark.parametrize("wrong", [1.5, -0.1])
def test_a_logit_is_refused(score, wrong) -> None:
    with pytest.raises(InputError, match=rf"{wrong} as probability\[1\].*sigmoid"):
        score([0, 1], [0.1, wrong])


def test_what_makes_no_table_is_refused() -> None:
    for bins in (0, -1, 2.5, True, "10"):
        with pytest.raises(InputError, match="bins="):
            calibration([0, 1], [0.1, 0.2], bins)
    with pytest.raises(UnknownNameError, match="'quantile'"):
        calibration([0, 1], [0.1, 0.2], strategy="quantiles")
