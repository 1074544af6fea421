"""F1 against tolerance and threshold, and the threshold that is chosen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from asctools.bells.strikes import Picks, Strikes
from asctools.errors import InputError
from asctools.events.metrics import (
    best_threshold,
    bootstrap_difference,
    bootstrap_f1,
    evaluate,
    f1_at_thresholds,
    f1_curve,
    presence_average_precision,
    presence_calibration,
)
from asctools.events.refractory import best_of_each_bell, log_odds
from tests.asctools.events.drawn import picks, strikes

CHECKED = settings(deadline=None, max_examples=40, derandomize=True)


def windows(number: int, rng: np.random.Generator, hit: float = 0.9) -> tuple[list, list]:
    """Windows of six bells; a share of the strikes is found, and false alarms score lower."""
    found, truth = [], []
    for _ in range(number):
        when = rng.uniform(0.0, 4000.0, 6)
        truth.append(Strikes.make(np.arange(6), when))
        seen = rng.random(6) < hit
        bells = np.append(np.flatnonzero(seen), rng.integers(6, 16, 4))
        times = np.append(when[seen] + rng.normal(0.0, 2.0, seen.sum()), rng.uniform(0, 4000, 4))
        scores = np.append(rng.uniform(0.4, 1.0, seen.sum()), rng.uniform(0.0, 0.6, 4))
        found.append(Picks.make(bells, times, scores))
    return found, truth


@CHECKED
@given(picks(), strikes())
def test_a_wider_tolerance_never_lowers_f1(found, truth) -> None:
    tolerances = np.arange(0.0, 12.0, 1.5)
    curve = f1_curve(found, truth, tolerances, rate=1000.0)
    assert (np.diff(curve) >= 0.0).all()
    at = [evaluate(found, truth, ms, rate=1000.0).f1 for ms in tolerances]
    np.testing.assert_array_equal(curve, at)


@CHECKED
@given(picks(), strikes())
def test_each_threshold_equals_leaving_picks_out(found, truth) -> None:
    thresholds = [0.9, 0.1, 0.5, 0.375]
    curve = f1_at_thresholds(found, truth, thresholds, refractory_period_samples=20.0)
    for k, threshold in enumerate(thresholds):
        kept = best_of_each_bell(found.above(threshold), 20.0)
        scores = evaluate(kept, truth)
        assert (curve.f1[k], curve.precision[k], curve.recall[k]) == scores[:3]


@CHECKED
@given(picks(), strikes())
def test_the_worth_of_a_score_may_depend_on_the_threshold(found, truth) -> None:
    curve = f1_at_thresholds(found, truth, [0.25], refractory_period_samples=20.0, worth=log_odds)
    kept = best_of_each_bell(found.above(0.25), 20.0, lambda p: log_odds(p, 0.25))
    assert curve.f1[0] == evaluate(kept, truth).f1


def test_the_best_threshold_lies_between_alarms_and_strikes() -> None:
    rng = np.random.default_rng(0)
    found, truth = windows(200, rng)
    threshold = best_threshold(found, truth)
    assert 0.35 < threshold < 0.65
    f1 = f1_at_thresholds(found, truth, np.linspace(0.0, 1.0, 201)).f1
    above = evaluate([each.above(threshold) for each in found], truth).f1
    assert above > f1.max() - 0.01
    assert above > evaluate(found, truth).f1 + 0.1
    assert threshold == best_threshold(found, truth)


def test_nothing_can_be_chosen_from_nothing() -> None:
    found, truth = windows(2, np.random.default_rng(1))
    with pytest.raises(InputError, match="0 picks"):
        best_threshold([Picks.none()] * 2, truth)
    with pytest.raises(InputError, match="0 strikes"):
        best_threshold(found, [Strikes.none()] * 2)


def test_the_bootstrap_covers_the_score_of_other_windows() -> None:
    """Out of 60 sets of windows, about 57 intervals hold the score of very many windows."""
    rng = np.random.default_rng(2)
    true = evaluate(*windows(4000, rng)).f1
    inside = 0
    for _ in range(60):
        found, truth = windows(40, rng)
        value, low, high = bootstrap_f1(found, truth, rng, draws=300)
        assert low <= value <= high
        assert value == evaluate(found, truth).f1
        inside += low <= true <= high
    assert 52 <= inside <= 60


def test_a_paired_difference_is_narrower_than_two_intervals() -> None:
    rng = np.random.default_rng(3)
    found, truth = windows(80, rng)
    fewer = [each.above(0.5) for each in found]
    value, low, high = bootstrap_difference(fewer, found, truth, rng)
    one, other = (bootstrap_f1(each, truth, rng) for each in (fewer, found))
    assert value == pytest.approx(one.value - other.value, abs=1e-15)
    assert 0.0 < low < value < high
    assert high - low < (one.high - one.low) + (other.high - other.low)
    assert bootstrap_difference(found, found, truth, rng) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("wrong", [{"draws": 0}, {"level": 1.0}])
def test_a_bootstrap_without_draws_is_refused(wrong) -> None:
    with pytest.raises(InputError, match="draws"):
        bootstrap_f1([Picks.none()], [Strikes.none()], np.random.default_rng(0), **wrong)


def test_presence_leaves_out_a_bell_that_never_strikes() -> None:
    labels = np.array([[1, 0, 0], [0, 1, 0], [1, 1, 0]])
    probs = np.array([[0.9, 0.8, 0.1], [0.2, 0.7, 0.2], [0.8, 0.9, 0.3]])
    mean, each = presence_average_precision(labels, probs)
    np.testing.assert_allclose(each, [1.0, (1.0 + 2 / 3) / 2, np.nan])
    assert mean == pytest.approx(np.nanmean(each))
    table = presence_calibration(labels, probs, bins=2)
    assert table.weight.sum() == 9
