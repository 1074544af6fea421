"""All scores of picks: by hand, by mir_eval, and by what must hold of any."""

from __future__ import annotations

import subprocess
import sys

import mir_eval
import numpy as np
import pytest
from hypothesis import given, settings

from asctools.bells.strikes import Picks, Strikes
from asctools.errors import InputError
from asctools.events.metrics import (
    bell_confusion,
    count,
    evaluate,
    event_f1,
    flattering_f1,
    timing_errors,
)
from tests.asctools.events.drawn import BELLS, picks, strikes

CHECKED = settings(deadline=None, max_examples=80, derandomize=True)

# Bell 2 twice, one of them 8 ms late; bell 3 taken for bell 4; bell 5 missed; one pick of nothing.
TRUTH = Strikes.make([2, 2, 3, 5], [100.0, 5000.0, 2000.0, 3000.0])
FOUND = Picks.make([2, 2, 4, 0], [104.0, 5016.0, 1998.0, 400.0], [0.9, 0.8, 0.7, 0.6])


@pytest.mark.equation("eq-event-f1")
@pytest.mark.parametrize(("counts", "f1"), [((3, 1, 5), 0.5), ((3, 5, 1), 0.5), ((4, 0, 0), 1.0)])
def test_f1_is_the_harmonic_mean_of_precision_and_recall(counts, f1) -> None:
    hits, alarms, misses = counts
    precision, recall = hits / (hits + alarms), hits / (hits + misses)
    assert event_f1(*counts) == pytest.approx(2 / (1 / precision + 1 / recall), abs=1e-15)
    assert event_f1(*counts) == f1


def test_f1_of_arrays_is_0_where_nothing_was_and_nothing_picked() -> None:
    f1 = event_f1(np.array([0, 0, 2]), np.array([0, 3, 0]), np.array([0, 0, 0]))
    np.testing.assert_array_equal(f1, [0.0, 0.0, 1.0])


def test_the_table_by_hand() -> None:
    scores = evaluate(FOUND, TRUTH, 5.0, seconds=30.0)
    assert scores[:6] == (0.25, 0.25, 0.25, 1, 3, 3)
    assert scores.false_alarms_per_minute == 6.0
    # Over ±50 ms: 2 ms and 8 ms late
    assert (scores.mean_error_ms, scores.median_error_ms, scores.bias_ms) == (5.0, 5.0, 5.0)
    assert scores.p95_error_ms == pytest.approx(2.0 + 0.95 * 6.0)
    assert scores.per_bell.misses.tolist()[2:6] == [1, 1, 0, 1]
    assert scores.per_bell.f1[2] == 0.5
    assert np.isnan(scores.per_bell.f1[15])
    assert evaluate(FOUND, TRUTH, 8.0).true_positives == 2


def test_bias_says_early_or_late_and_the_error_how_far() -> None:
    truth = Strikes.make([1, 1], [1000.0, 9000.0])
    early = evaluate(Picks.make([1, 1], [996.0, 9002.0], [1, 1]), truth)
    assert (early.mean_error_ms, early.bias_ms) == (1.5, -0.5)
    np.testing.assert_array_equal(
        timing_errors(Picks.make([1, 1], [996.0, 9002.0], [1, 1]), truth), [-2.0, 1.0]
    )


@CHECKED
@given(picks(), strikes())
def test_each_bell_equals_mir_eval(found, truth) -> None:
    table = evaluate(found, truth, 5.0, rate=1000.0, num_events=BELLS).per_bell
    for bell in range(BELLS):
        here, there = np.sort(found.times[found.bells == bell]), truth.of_bell(bell)
        if len(here) and len(there):
            theirs = mir_eval.onset.f_measure(there, here, window=5.0)
            ours = table.f1[bell], table.precision[bell], table.recall[bell]
            assert ours == pytest.approx(theirs, abs=1e-12)


@CHECKED
@given(picks(), strikes())
def test_nothing_appears_or_disappears(found, truth) -> None:
    scores = evaluate(found, truth, 5.0, num_events=BELLS)
    assert scores.true_positives + scores.false_alarms == found.number
    assert scores.true_positives + scores.misses == truth.number
    assert scores[3:6] == count(found, truth, 5.0)
    table = bell_confusion(found, truth, 5.0, num_events=BELLS)
    assert np.trace(table) == scores.true_positives
    np.testing.assert_array_equal(table[:, :-1].sum(0), np.bincount(found.bells, minlength=BELLS))
    np.testing.assert_array_equal(table[:-1].sum(1), np.bincount(truth.bells, minlength=BELLS))


def test_a_confused_bell_stands_in_its_row_and_column() -> None:
    table = bell_confusion(FOUND, TRUTH, 5.0)
    expected = np.zeros((17, 17), dtype=int)
    expected[2, 2] = expected[3, 4] = 1  # right; 3 taken for 4
    expected[2, 16] = expected[5, 16] = 1  # missed
    expected[16, 2] = expected[16, 0] = 1  # out of nothing
    np.testing.assert_array_equal(table, expected)


def test_confusion_does_not_cross_windows() -> None:
    one, two = Picks.make([4], [5.0], [1]), Strikes.make([3], [5.0])
    table = bell_confusion([one, Picks.none()], [Strikes.none(), two])
    assert (table[3, 4], table[3, 16], table[16, 4]) == (0, 1, 1)


@CHECKED
@given(picks(), strikes())
def test_flattery_never_scores_below_the_truth(found, truth) -> None:
    honest = event_f1(*count(found, truth, 3.0, rate=1000.0))
    assert flattering_f1(found, truth, 3.0, rate=1000.0) >= honest - 1e-12


def test_ten_picks_at_one_strike_flatter() -> None:
    truth = Strikes.make([0, 1], [50.0, 90.0])
    found = Picks.make([0] * 10, np.arange(45.0, 55.0), np.ones(10))
    assert event_f1(*count(found, truth)) == pytest.approx(2 / 12)
    assert flattering_f1(found, truth) == pytest.approx(2 * 1.0 * 0.5 / 1.5)
    assert flattering_f1([found, Picks.none()], [Strikes.none(), truth]) == 0.0


def test_silence_scores_0_and_has_no_errors() -> None:
    scores = evaluate([], [], seconds=1.0)
    assert scores[:6] == (0.0, 0.0, 0.0, 0, 0, 0)
    assert scores.false_alarms_per_minute == 0.0
    assert np.isnan(scores[7:11]).all()
    assert np.isnan(evaluate(FOUND, TRUTH).false_alarms_per_minute)


def test_a_bell_that_is_not_there_and_a_duration_that_is_none_are_refused() -> None:
    with pytest.raises(InputError, match="bell index 5"):
        evaluate(FOUND, TRUTH, num_events=5)
    with pytest.raises(InputError, match="seconds=0"):
        evaluate(FOUND, TRUTH, seconds=0)


def test_scoring_needs_no_pytorch() -> None:
    program = (
        "import sys, asctools.events.metrics, asctools.events.decode, asctools.events.conformal\n"
        "assert not {'torch', 'matplotlib', 'scipy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
