"""The table of a threshold, and what is made of it: by hand, and scikit-learn's."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from asctools.errors import InputError
from asctools.training.scores import Confusion, accuracy, confusion, f1, precision, recall
from tests.asctools.training.scores.data import rows

CLOSE = {"rel": 0.0, "abs": 1e-12}
SCORES = (
    (f1, metrics.f1_score),
    (precision, metrics.precision_score),
    (recall, metrics.recall_score),
)


@settings(deadline=None, max_examples=60, derandomize=True)
@given(rows(), st.one_of(st.floats(0.0, 1.0), st.integers(0, 6).map(lambda k: k / 6)))
def test_all_equal_scikit_learn(drawn, threshold) -> None:
    y, p, w = drawn
    counts = confusion(y, p, threshold, w)
    says = p >= threshold
    theirs = metrics.confusion_matrix(y, says, labels=[0, 1], sample_weight=w).ravel()
    ours = counts.true_negative, counts.false_positive, counts.false_negative, counts.true_positive
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-9)
    theirs = metrics.accuracy_score(y, says, sample_weight=w)
    assert accuracy(counts) == pytest.approx(theirs, **CLOSE)
    for undefined in (0.0, 1.0):
        for score, other in SCORES:
            theirs = other(y, says, zero_division=undefined, sample_weight=w)
            assert score(counts, undefined) == pytest.approx(theirs, **CLOSE)


@pytest.mark.equation("eq-f1")
def test_f1_is_the_harmonic_mean_of_precision_and_recall() -> None:
    counts = confusion([1, 1, 1, 0, 0, 0, 0, 0], [0.9, 0.8, 0.1, 0.7, 0.2, 0.2, 0.2, 0.2])
    assert counts == Confusion(2.0, 1.0, 1.0, 4.0)
    assert (precision(counts), recall(counts), accuracy(counts)) == (2 / 3, 2 / 3, 6 / 8)
    lopsided = Confusion(6.0, 2.0, 14.0, 1000.0)
    both = precision(lopsided), recall(lopsided)
    assert both == (0.75, 0.3)
    assert f1(lopsided) == pytest.approx(2 / (1 / both[0] + 1 / both[1]), **CLOSE)
    assert f1(lopsided._replace(true_negative=0.0)) == f1(lopsided)


def test_a_score_that_is_level_with_the_threshold_is_flagged() -> None:
    assert confusion([1, 0], [0.5, 0.49]) == Confusion(1.0, 0.0, 0.0, 1.0)


@settings(deadline=None, max_examples=60, derandomize=True)
@given(rows())
def test_many_thresholds_at_once_are_each_alone(drawn) -> None:
    y, p, w = drawn
    thresholds = np.array([[-np.inf, 0.0, 0.25], [0.5, 1.0, np.inf]])
    together = confusion(y, p, thresholds, w)
    for at in np.ndindex(thresholds.shape):
        alone = confusion(y, p, thresholds[at], w)
        assert tuple(each[at] for each in together) == tuple(alone)
        for score in (f1, precision, recall, accuracy):
            assert score(together)[at] == score(alone)


def test_what_is_not_defined() -> None:
    nothing_flagged = confusion([1, 0], [0.1, 0.1])
    assert precision(nothing_flagged) == 0.0 and math.isnan(precision(nothing_flagged, math.nan))
    no_positive = confusion([0, 0], [0.9, 0.1])
    assert recall(no_positive) == 0.0 and recall(no_positive, 1.0) == 1.0
    nothing_at_all = confusion([0, 0], [0.1, 0.1])
    assert f1(nothing_at_all) == 0.0 and f1(nothing_at_all, 1.0) == 1.0


def test_a_threshold_that_is_no_number_is_refused() -> None:
    with pytest.raises(InputError, match="NaN as a threshold"):
        confusion([0, 1], [0.1, 0.2], [0.5, float("nan")])
