"""Back from ``pos_weight`` to probabilities, and Platt's line."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from asctools.errors import InputError
from asctools.training.scores import (
    auc_roc,
    brier,
    calibration,
    platt,
    prior_correction,
    weighted_probability,
)

WEIGHT = st.floats(0.01, 100.0)


def minimum(p: float, w: float) -> float:
    """What the weighted cross-entropy asks a model to say where the truth is p, by search."""
    q = np.linspace(1e-6, 1 - 1e-6, 2_000_001)
    return float(q[np.argmin(-w * p * np.log(q) - (1 - p) * np.log(1 - q))])


@pytest.mark.equation("eq-prior-correction")
@pytest.mark.parametrize(("p", "w"), [(0.08, 12.0), (0.5, 3.0), (0.9, 0.2)])
def test_it_undoes_what_a_weighted_loss_does(p, w) -> None:
    learnt = minimum(p, w)
    assert abs(learnt - p) > 0.05
    assert prior_correction(learnt, w) == pytest.approx(p, abs=2e-6)
    assert weighted_probability(p, w) == pytest.approx(learnt, abs=2e-6)


@pytest.mark.equation("eq-prior-correction")
@settings(deadline=None, derandomize=True)
@given(st.floats(0.001, 0.999), WEIGHT)
def test_the_logit_loses_the_logarithm_of_the_weight(q, w) -> None:
    p = prior_correction(q, w)
    assert math.log(p / (1 - p)) == pytest.approx(math.log(q / (1 - q)) - math.log(w), abs=1e-9)


@settings(deadline=None, derandomize=True)
@given(st.lists(st.floats(0.0, 1.0), min_size=1), WEIGHT)
def test_there_and_back_again_and_the_order_stays(values, w) -> None:
    q = np.sort(values)
    p = prior_correction(q, w)
    assert p.shape == q.shape and (np.diff(p) >= 0.0).all()
    np.testing.assert_allclose(weighted_probability(p, w), q, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(prior_correction([0.0, 1.0], w), [0.0, 1.0])


def test_a_weight_for_each_class() -> None:
    q = np.full((4, 2), 0.5)
    np.testing.assert_allclose(prior_correction(q, [1.0, 4.0]), [[0.5, 0.2]] * 4)
    assert isinstance(prior_correction(0.5, 4.0), float)


@pytest.mark.parametrize("weight", [0.0, -1.0, float("nan"), float("inf"), [1.0, 0.0]])
def test_a_weight_that_is_none_is_refused(weight) -> None:
    for function in (prior_correction, weighted_probability):
        with pytest.raises(InputError, match="pos_weight="):
            function(0.5, weight)


@pytest.mark.parametrize("q", [1.5, -0.1, float("nan"), [0.5, 2.0]])
def test_a_probability_that_is_none_is_refused(q) -> None:
    with pytest.raises(InputError, match="as a probability"):
        prior_correction(q, 2.0)


def drawn(n: int = 4000, weighted: bool = False):
    """Logits that are three times too bold and off by one, and what came."""
    rng = np.random.default_rng(0)
    z = rng.normal(-2.0, 1.5, n)
    y = rng.random(n) < 1 / (1 + np.exp(-z))
    return y, 3.0 * z + 1.0, rng.uniform(0.5, 2.0, n) if weighted else None


def test_platt_finds_the_line_and_calibrates() -> None:
    y, s, _ = drawn()
    line = platt(y, s)
    assert line.slope == pytest.approx(1 / 3, abs=0.03)
    assert line.offset == pytest.approx(-1 / 3, abs=0.12)
    bold = 1 / (1 + np.exp(-s))
    assert calibration(y, line(s)).expected_error < 0.015 < calibration(y, bold).expected_error
    assert brier(y, line(s)) < brier(y, bold) and auc_roc(y, line(s)) == auc_roc(y, s)


@pytest.mark.parametrize("weighted", [False, True])
def test_platt_is_logistic_regression_but_for_his_targets(weighted) -> None:
    y, s, w = drawn(weighted=weighted)
    line = platt(y, s, w)
    model = LogisticRegression(C=np.inf, tol=1e-10).fit(s[:, None], y, sample_weight=w)
    assert line.slope == pytest.approx(model.coef_[0, 0], rel=0.01)
    assert line.offset == pytest.approx(model.intercept_[0], rel=0.02)


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_platt_is_at_a_minimum_whatever_the_scale(scale) -> None:
    y, s, _ = drawn(500)
    line = platt(y, scale * s)
    n = {True: y.sum(), False: (~y).sum()}
    aim = np.where(y, (n[True] + 1) / (n[True] + 2), 1 / (n[False] + 2))
    p = line(scale * s)
    assert abs(np.mean(p - aim)) < 1e-7 and abs(np.mean((p - aim) * s)) < 1e-6


def test_platt_stays_finite_for_a_perfect_order_and_for_one_score() -> None:
    line = platt([0, 0, 1, 1], [-2.0, -1.0, 1.0, 2.0])
    assert math.isfinite(line.slope) and 0.6 < line(1.0) < 1.0
    flat = platt([0, 0, 0, 1], [1.0, 1.0, 1.0, 1.0])
    assert float(flat(1.0)) == pytest.approx((3 / 5 * 0 + 3 * 0.2 + 2 / 3) / 4)
    far = platt([0, 1], [-1e3, 1e3])(np.array([-1e9, 1e9]))
    assert (far >= 0.0).all() and (far <= 1.0).all()


def test_platt_needs_both_classes() -> None:
    with pytest.raises(InputError, match="only 0 among the targets"):
        platt([0, 0], [0.1, 0.2])
    with pytest.raises(InputError, match="only 1 among the targets"):
        platt([1, 1], [0.1, 0.2])
