"""What a fit is given: checked with the row named, and divided without losing a strike."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asctools.bells.pursuit.labelled import Labels, checked, set_aside
from asctools.bells.pursuit.threshold import best_threshold
from asctools.bells.recording import Windows
from asctools.bells.strikes import Picks, Strikes
from asctools.errors import AscError

ONE = Strikes.make([1], [30.0])


def test_windows_bring_their_strikes() -> None:
    windows = Windows(np.zeros((2, 100, 6), dtype=np.float32), (ONE, Strikes.none()))
    labels = checked(windows, None, 16, 100)
    assert [signal.shape for signal in labels.signals] == [(100, 6)] * 2
    assert labels.strikes == [ONE, windows.strikes[1]]


@pytest.mark.parametrize(
    ("data", "strikes", "words"),
    [
        ([], [], "0 signals"),
        ([np.zeros((50, 2))], None, "Pass strikes"),
        ([np.zeros((50, 2))], [ONE, ONE], "1 signals and strikes of 2"),
        ([np.zeros((50, 2)), np.zeros((50, 3))], [ONE, ONE], r"data\[1\] of shape \(50, 3\)"),
        ([np.zeros((50, 2)), np.zeros(50)], [ONE, ONE], r"data\[1\] of shape \(50,\)"),
        ([np.zeros((50, 2)), np.zeros((0, 2))], [ONE, ONE], r"data\[1\] of 0 samples, expected 20"),
        ([np.zeros((50, 2)), np.full((50, 2), np.nan)], [ONE, ONE], r"in data\[1\], at 0"),
        ([np.zeros((50, 2)), np.zeros((30, 2))], [ONE, ONE], r"time of 30 in strikes\[1\]"),
        ([np.zeros((50, 2))], [Strikes.make([0], [-0.5])], r"time of -0.5 in strikes\[0\]"),
        ([np.zeros((50, 2))], [Strikes.make([3], [1.0])], r"bell 3 in strikes\[0\]"),
        ([np.zeros((50, 2))], [Strikes.none()], "without any strike"),
    ],
)
def test_what_does_not_go_together_is_named(data: list, strikes: list, words: str) -> None:
    with pytest.raises(AscError, match=words):
        checked(data, strikes, 3, length=20)


def ends_in(lengths: list[int], strikes: list[Strikes]) -> int:
    """Strikes in signals that end in the last tenth of all samples and begin in it."""
    begins = np.cumsum([0, *lengths[:-1]])
    last = begins >= 0.9 * sum(lengths)
    return sum(of_it.number for of_it, late in zip(strikes, last, strict=True) if late)


@given(st.lists(st.integers(1, 400), min_size=1, max_size=12), st.data())
def test_nothing_is_lost_and_nothing_is_in_both_parts(lengths: list[int], data) -> None:
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    signals = [rng.normal(size=(length, 1)) for length in lengths]
    strikes = [Strikes.make([0], [rng.uniform(0, length)]) for length in lengths]
    first, rest = set_aside(Labels(signals, strikes), 0.1, least=50)
    assert first.signals and rest.signals
    if rest.signals is signals:  # too little to set aside
        assert first.signals is signals and ends_in(lengths, strikes) == 0
        return
    together = np.concatenate(first.signals + rest.signals)
    np.testing.assert_array_equal(together, np.concatenate(signals))
    times, begun = [], 0
    for signal, of_it in zip(
        *(one + other for one, other in zip(first, rest, strict=True)), strict=True
    ):
        times += list(of_it.times + begun)
        begun += len(signal)
    ends = np.cumsum([0, *lengths[:-1]])
    expected = [of_it.times[0] + end for of_it, end in zip(strikes, ends, strict=True)]
    np.testing.assert_allclose(times, expected)


def test_a_tenth_is_set_aside() -> None:
    many = Labels([np.zeros((100, 1))] * 30, [ONE] * 30)
    first, rest = set_aside(many, 0.1, least=60)
    assert (len(first.signals), len(rest.signals)) == (27, 3)
    single = Labels([np.zeros((3000, 1))], [Strikes.make([0, 0], [2000.0, 2900.0])])
    first, rest = set_aside(single, 0.1, least=60)
    assert (len(first.signals[0]), len(rest.signals[0])) == (2700, 300)
    assert rest.strikes[0].times.tolist() == [200.0]


@pytest.mark.parametrize("samples", [60, 64, 119])
def test_a_signal_too_short_to_divide_serves_twice(samples: int) -> None:
    labels = Labels([np.zeros((samples, 1))], [ONE])
    assert set_aside(labels, 0.1, least=60) == (labels, labels)


def test_a_part_without_a_strike_sets_no_threshold() -> None:
    labels = Labels([np.zeros((3000, 1))], [Strikes.make([0], [2000.0])])
    assert set_aside(labels, 0.1, least=60) == (labels, labels)


def test_the_best_threshold_lies_below_the_last_score_that_pays() -> None:
    truth = [Strikes.make([0, 1, 0], [10.0, 50.0, 90.0])]
    picks = [Picks.make([0, 1, 0, 1], [11.0, 50.0, 70.0, 20.0], [9.0, 7.0, 4.0, 3.0])]
    assert best_threshold(picks, truth, tolerance=5.0) == pytest.approx(5.5)


def test_a_pick_of_another_bell_is_no_hit() -> None:
    truth = [Strikes.make([0, 1], [10.0, 50.0])]
    picks = [Picks.make([0, 0], [10.0, 50.0], [5.0, 8.0])]
    assert best_threshold(picks, truth, tolerance=5.0) == pytest.approx(5.0)
    assert best_threshold(picks, truth, tolerance=5.0, least=3.0) == pytest.approx(4.0)
    assert best_threshold([Picks.none()], truth, tolerance=5.0) == np.inf
