"""Thresholds by cost: every one tried, and the rule of Bayes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asctools.errors import InputError
from asctools.training.scores import bayes_threshold, cheapest_threshold, confusion
from tests.asctools.training.scores.data import rows

COST = st.floats(0.0, 50.0).filter(lambda c: c == 0.0 or c > 1e-3)


def mean_cost(y, p, threshold, c_miss, c_alarm, w) -> float:
    counts = confusion(y, p, threshold, w)
    return (c_miss * counts.false_negative + c_alarm * counts.false_positive) / sum(counts)


@settings(deadline=None, max_examples=50, derandomize=True)
@given(rows(largest=25), COST, COST.filter(bool))
def test_no_threshold_costs_less(drawn, c_miss, c_alarm) -> None:
    y, p, w = drawn
    best = cheapest_threshold(y, p, c_miss, c_alarm, w)
    tried = [*p, math.inf, 0.0, 0.31]
    costs = [mean_cost(y, p, t, c_miss, c_alarm, w) for t in tried]
    assert best.cost == pytest.approx(min(costs), rel=1e-9, abs=1e-9)
    assert best.cost == pytest.approx(
        mean_cost(y, p, best.threshold, c_miss, c_alarm, w), rel=1e-9, abs=1e-9
    )


def test_the_cheapest_by_hand() -> None:
    y, p = [1, 0, 1, 0, 0], [0.9, 0.7, 0.4, 0.3, 0.1]
    assert cheapest_threshold(y, p, cost_miss=10, cost_alarm=1) == (0.4, 1 / 5)
    assert cheapest_threshold(y, p, cost_miss=1, cost_alarm=10) == (0.9, 1 / 5)
    assert cheapest_threshold([0, 0], [0.9, 0.1], 1, 1) == (math.inf, 0.0)
    assert cheapest_threshold([1, 1], [0.9, 0.1], 1, 1) == (0.1, 0.0)


def test_of_equal_costs_the_fewest_alarms() -> None:
    # The miss at 0.5 costs what the alarm at 0.7 does
    assert cheapest_threshold([1, 0, 1], [0.9, 0.7, 0.5], 1, 1).threshold == 0.9


@pytest.mark.equation("eq-cost-threshold")
@pytest.mark.parametrize(("c_miss", "c_alarm"), [(20.0, 1.0), (3.0, 7.0), (1.0, 1.0)])
def test_at_bayes_threshold_both_cost_the_same(c_miss, c_alarm) -> None:
    p = bayes_threshold(c_miss, c_alarm)
    assert p * c_miss == pytest.approx((1 - p) * c_alarm, rel=1e-12)
    assert bayes_threshold(20, 1) == pytest.approx(1 / 21) and bayes_threshold(1, 1) == 0.5


@pytest.mark.equation("eq-cost-threshold")
def test_bayes_threshold_is_about_the_cheapest_for_true_probabilities() -> None:
    rng = np.random.default_rng(1)
    p = rng.beta(0.5, 3.0, 40_000)
    y = rng.random(40_000) < p
    at = bayes_threshold(9.0, 1.0)
    best = cheapest_threshold(y, p, 9.0, 1.0)
    assert mean_cost(y, p, at, 9.0, 1.0, None) < 1.01 * best.cost
    assert mean_cost(y, p, 0.5, 9.0, 1.0, None) > 1.2 * best.cost


@pytest.mark.parametrize("cost", [-1.0, float("nan"), float("inf"), "1", None])
def test_a_cost_that_is_none_is_refused(cost) -> None:
    for choose in (bayes_threshold, lambda *c: cheapest_threshold([0, 1], [0.1, 0.2], *c)):
        with pytest.raises(InputError, match="cost_miss="):
            choose(cost, 1.0)
        with pytest.raises(InputError, match="cost_alarm="):
            choose(1.0, cost)
        with pytest.raises(InputError, match="two costs of 0"):
            choose(0.0, 0)
