"""Runs are compared on the same windows, and the interval is as wide as the windows are unlike."""

import numpy as np
import pytest

from asctools.bells import Picks, Strikes
from asctools.course.compared import gain, mean_f1
from asctools.course.stored import KeptRun
from asctools.errors import InputError
from asctools.events.metrics import bootstrap_difference, bootstrap_f1

WINDOWS = 40
TRUTH = [Strikes.make([0, 1], [100.0, 200.0])] * WINDOWS


def run(shares: float, seed: int) -> KeptRun:
    """A detector that finds each strike with this chance, and sometimes one that is none."""
    rng = np.random.default_rng(seed)
    picks = []
    for true in TRUTH:
        kept = true.kept(rng.uniform(size=2) < shares)
        wrong = [(2, 300.0)] * int(rng.uniform() < 0.2)
        bells, times = [*kept.bells, *(b for b, _ in wrong)], [*kept.times, *(t for _, t in wrong)]
        picks.append(Picks.make(bells, times, np.ones(len(bells))))
    return KeptRun("any", 50, seed, 1.0, tuple(picks))


def rng() -> np.random.Generator:
    return np.random.default_rng(7)


def test_with_one_run_they_are_the_bootstrap_of_the_metrics() -> None:
    one, two = run(0.8, 0), run(0.6, 1)
    assert mean_f1([one], TRUTH, rng()) == pytest.approx(bootstrap_f1(one.picks, TRUTH, rng()))
    expected = bootstrap_difference(one.picks, two.picks, TRUTH, rng())
    assert gain([one], [two], TRUTH, rng()) == pytest.approx(expected)


def test_several_seeds_count_by_their_mean() -> None:
    runs = [run(0.8, seed) for seed in range(3)]
    alone = [mean_f1([each], TRUTH, rng()).value for each in runs]
    together = mean_f1(runs, TRUTH, rng())
    assert together.value == pytest.approx(np.mean(alone))
    assert together.low < together.value < together.high


def test_a_window_that_is_hard_for_all_seeds_counts_as_one_window() -> None:
    """Three copies of a run are no more evidence than one."""
    one = run(0.8, 0)
    assert mean_f1([one] * 3, TRUTH, rng()) == pytest.approx(mean_f1([one], TRUTH, rng()))


def test_a_difference_against_itself_is_none() -> None:
    runs = [run(0.8, seed) for seed in range(2)]
    assert gain(runs, runs, TRUTH, rng()) == (0.0, 0.0, 0.0)
    found = gain([run(0.9, 0)], [run(0.4, 0)], TRUTH, rng())
    assert 0 < found.low < found.value < found.high


def test_other_windows_are_refused() -> None:
    with pytest.raises(InputError, match="39 truths"):
        mean_f1([run(0.8, 0)], TRUTH[:-1], rng())
    with pytest.raises(InputError, match="at least one run"):
        gain([run(0.8, 0)], [], TRUTH, rng())
