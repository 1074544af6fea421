"""AUC-ROC, average precision and both curves: every pair by hand, and scikit-learn's."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from sklearn import metrics

from asctools.errors import InputError, ShapeError
from asctools.training.scores import (
    auc_roc,
    average_precision,
    precision_recall_curve,
    roc_curve,
)
from tests.asctools.training.scores.data import rows

CLOSE = {"rel": 0.0, "abs": 1e-12}


def pairs(y, s, w) -> float:
    """Who wins, pair by pair, as the definition says."""
    won = total = 0.0
    for i in np.flatnonzero(y == 1):
        for j in np.flatnonzero(y == 0):
            won += w[i] * w[j] * (1.0 if s[i] > s[j] else 0.5 if s[i] == s[j] else 0.0)
            total += w[i] * w[j]
    return won / total


def steps(y, s, w) -> float:
    """Add precision times what the recall grows by, threshold by threshold, counting anew."""
    found = before = 0.0
    for threshold in sorted(set(s), reverse=True):
        flagged = s >= threshold
        hits, alarms = w[flagged] @ y[flagged], w[flagged] @ (1 - y[flagged])
        recall = hits / (w @ y)
        found += (recall - before) * hits / (hits + alarms)
        before = recall
    return found


@pytest.mark.equation("eq-auc-roc")
@settings(deadline=None, max_examples=60, derandomize=True)
@given(rows(both=True, largest=20))
def test_auc_roc_is_the_share_of_the_pairs_in_the_right_order(drawn) -> None:
    y, s, weight = drawn
    w = np.ones(len(y)) if weight is None else weight
    assert auc_roc(y, s, weight) == pytest.approx(pairs(y, s, w), **CLOSE)


@pytest.mark.equation("eq-auc-roc")
def test_auc_roc_by_hand_with_a_tie() -> None:
    # 3 positives, 2 negatives: .9 beats both, .5 beats one and ties, .2 loses to .5, beats .1
    assert auc_roc([1, 1, 1, 0, 0], [0.9, 0.5, 0.2, 0.5, 0.1]) == (2 + 1.5 + 1) / 6


@pytest.mark.equation("eq-average-precision")
@settings(deadline=None, max_examples=60, derandomize=True)
@given(rows(both=True, largest=20))
def test_average_precision_adds_up_threshold_by_threshold(drawn) -> None:
    y, s, weight = drawn
    w = np.ones(len(y)) if weight is None else weight
    assert average_precision(y, s, weight) == pytest.approx(steps(y, s, w), **CLOSE)


@pytest.mark.equation("eq-average-precision")
def test_average_precision_by_hand() -> None:
    # 1 of 1 at recall ½, then 2 of 3 at recall 1
    assert average_precision([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.1]) == pytest.approx(0.5 + 0.5 * 2 / 3)


@settings(deadline=None, max_examples=60, derandomize=True)
@given(rows(both=True))
def test_both_equal_scikit_learn(drawn) -> None:
    y, s, w = drawn
    theirs = metrics.roc_auc_score(y, s, sample_weight=w)
    assert auc_roc(y, s, w) == pytest.approx(theirs, **CLOSE)
    theirs = metrics.average_precision_score(y, s, sample_weight=w)
    assert average_precision(y, s, w) == pytest.approx(theirs, **CLOSE)


@settings(deadline=None, max_examples=50, derandomize=True)
@given(rows(both=True))
def test_the_curves_equal_scikit_learn(drawn) -> None:
    y, s, w = drawn
    ours = roc_curve(y, s, w)
    theirs = metrics.roc_curve(y, s, sample_weight=w, drop_intermediate=False)
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-12)
    precision, recall, thresholds = metrics.precision_recall_curve(y, s, sample_weight=w)
    found = precision_recall_curve(y, s, w)
    np.testing.assert_allclose(found.precision, precision[::-1], rtol=0, atol=1e-12)
    np.testing.assert_allclose(found.recall, recall[::-1], rtol=0, atol=1e-12)
    np.testing.assert_array_equal(found.threshold, np.append(np.inf, thresholds[::-1]))


@pytest.mark.parametrize("n", [1000, 20_000])
def test_many_rows_with_rare_positives_equal_scikit_learn(n: int) -> None:
    rng = np.random.default_rng(n)
    y = rng.random(n) < 0.02
    s = np.round(rng.normal(size=n) + y, 1 if n == 1000 else 4)
    w = rng.exponential(size=n)
    for weight in (None, w):
        theirs = metrics.roc_auc_score(y, s, sample_weight=weight)
        assert auc_roc(y, s, weight) == pytest.approx(theirs, **CLOSE)
        theirs = metrics.average_precision_score(y, s, sample_weight=weight)
        assert average_precision(y, s, weight) == pytest.approx(theirs, **CLOSE)


@settings(deadline=None, max_examples=60, derandomize=True)
@given(rows(both=True))
def test_only_the_order_matters(drawn) -> None:
    y, s, w = drawn
    places = np.unique(s, return_inverse=True)[1]  # the same order, and the same ties
    assert auc_roc(y, 7.0 * places - 100.0, w) == auc_roc(y, s, w)
    assert auc_roc(y, -s, w) == pytest.approx(1.0 - auc_roc(y, s, w), **CLOSE)
    assert auc_roc(1 - y, s, w) == pytest.approx(1.0 - auc_roc(y, s, w), **CLOSE)


@settings(deadline=None, max_examples=60, derandomize=True)
@given(rows(both=True))
def test_a_whole_weight_is_so_many_rows_and_no_weight_is_no_row(drawn) -> None:
    y, s, _ = drawn
    times = np.arange(len(y)) % 3
    times[[np.argmax(y), np.argmin(y)]] = 2
    for score in (auc_roc, average_precision):
        repeated = score(np.repeat(y, times), np.repeat(s, times))
        assert score(y, s, times) == pytest.approx(repeated, **CLOSE)


def test_the_area_under_the_curve_is_the_score() -> None:
    rng = np.random.default_rng(3)
    y, s = rng.random(300) < 0.2, np.round(rng.random(300), 2)
    curve = roc_curve(y, s)
    area = np.trapezoid(curve.true_positive_rate, curve.false_positive_rate)
    assert auc_roc(y, s) == pytest.approx(area, **CLOSE)


def test_one_class_only() -> None:
    assert math.isnan(auc_roc([0, 0], [0.1, 0.2])) and math.isnan(auc_roc([1, 1], [0.1, 0.2]))
    assert math.isnan(average_precision([0, 0], [0.1, 0.2]))
    assert average_precision([1, 1], [0.1, 0.2]) == 1.0
    assert np.isnan(roc_curve([1, 1], [0.1, 0.2]).false_positive_rate[-1])
    assert math.isnan(auc_roc([0, 1], [0.1, 0.2], [1.0, 0.0]))  # the positive counts for nothing


@pytest.mark.parametrize(
    ("y", "s", "weight", "error", "named"),
    [
        ([0, 2], [0.1, 0.2], None, InputError, "2.0 as target[1]"),
        ([0, float("nan")], [0.1, 0.2], None, InputError, "nan as target[1]"),
        ([0, 1], [0.1, float("nan")], None, InputError, "nan as score[1]"),
        ([0, 1], [float("inf"), 0.2], None, InputError, "inf as score[0]"),
        ([0, 1], [0.1, 0.2], [1.0, -1.0], InputError, "-1.0 as weight[1]"),
        ([0, 1], [0.1, 0.2], [1.0, float("inf")], InputError, "inf as weight[1]"),
        ([0, 1], ["a", "b"], None, InputError, "score of type list"),
        ([0, 1], [0.1, 0.2, 0.3], None, ShapeError, "(2,), (3,)"),
        ([[0], [1]], [[0.1], [0.2]], None, ShapeError, "(2, 1)"),
        ([0, 1], [0.1, 0.2], [1.0], ShapeError, "(1,)"),
        ([], [], None, ShapeError, "no row"),
        ([0, 1], [0.1, 0.2], [0.0, 0.0], ShapeError, "no row"),
    ],
)
def test_what_cannot_be_scored_is_refused(y, s, weight, error, named) -> None:
    for score in (auc_roc, average_precision, roc_curve, precision_recall_curve):
        with pytest.raises(error) as caught:
            score(y, s, weight)
        assert named in str(caught.value)


def test_nothing_that_is_given_is_changed() -> None:
    y, s, w = np.array([1, 0, 1]), np.array([0.3, 0.2, 0.1]), np.array([1.0, 0.0, 2.0])
    for array in (y, s, w):
        array.flags.writeable = False
    assert auc_roc(y, s, w) != auc_roc(y, s, w)  # NaN: the only negative counts for nothing
