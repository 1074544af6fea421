"""Peaks of score traces: by a loop in plain Python, and however the frames are cut."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asctools.bells.strikes import Picks
from asctools.errors import InputError, ShapeError
from asctools.events.decode import PeakFinder, frame_times, frames_of, picks_from_scores
from asctools.events.refractory import best_of_each_bell, log_odds

CHECKED = settings(deadline=None, max_examples=80, derandomize=True)


@st.composite
def traces(draw: st.DrawFn) -> np.ndarray:
    """Draw scores of up to three events in quarters, so that plateaus are common."""
    frames, events = draw(st.integers(0, 30)), draw(st.integers(1, 3))
    values = st.lists(st.integers(0, 4), min_size=frames * events, max_size=frames * events)
    return np.array(draw(values), dtype=np.float64).reshape(frames, events) / 4.0


def by_hand(scores: np.ndarray, threshold: float) -> set[tuple[int, int, float]]:
    """Find each first frame of a highest plateau, one event and frame after the other."""
    found = set()
    for event, trace in enumerate(scores.T.tolist()):
        for k, value in enumerate(trace):
            before = trace[k - 1] if k else -1.0
            after = next((other for other in trace[k:] if other != value), -1.0)
            if value >= threshold and before < value > after:
                found.add((event, k, value))
    return found


def as_set(picks: Picks) -> set[tuple[int, int, float]]:
    """Bells, frames and scores."""
    frames, offsets = frames_of(picks.times)
    assert not offsets.any()
    return set(zip(picks.bells.tolist(), frames.tolist(), picks.scores.tolist(), strict=True))


@CHECKED
@given(traces(), st.integers(1, 4).map(lambda k: k / 4.0))
def test_peaks_are_those_of_a_loop(scores, threshold) -> None:
    picks = picks_from_scores(scores, None, threshold, refractory_period_samples=None)
    assert as_set(picks) == by_hand(scores, threshold)
    assert len(as_set(picks)) == picks.number


@CHECKED
@given(traces(), st.lists(st.integers(0, 30), max_size=6), st.randoms(use_true_random=False))
def test_pieces_of_any_size_give_the_same_picks(scores, cuts, random) -> None:
    offsets = np.array([random.uniform(-1.5, 1.5) for _ in range(scores.size)])
    offsets = offsets.reshape(scores.shape)
    valid = np.array([random.random() < 0.8 for _ in range(len(scores))], dtype=bool)
    whole = picks_from_scores(scores, offsets, 0.5, refractory_period_samples=None, valid=valid)
    finder, parts = PeakFinder(0.5), []
    for piece in np.split(np.arange(len(scores)), sorted(cuts)):
        settled = finder.settled
        parts.append(finder.push(scores[piece], offsets[piece], valid[piece]))
        assert (parts[-1].times >= np.maximum(frame_times(settled, -1.5), 0.0)).all()
    parts.append(finder.finish())
    for ours, other in zip(Picks.together(parts), whole, strict=True):
        np.testing.assert_array_equal(np.sort(ours), np.sort(other))
    frames = frame_times(np.flatnonzero(~valid))
    for time, bell in zip(whole.times, whole.bells, strict=True):
        frame = np.flatnonzero(np.isclose(np.maximum(_times_of(offsets[:, bell]), 0.0), time))
        assert valid[frame].any(), frames


def _times_of(offsets: np.ndarray) -> np.ndarray:
    return frame_times(np.arange(len(offsets)), offsets)


def test_settled_is_the_first_frame_in_which_a_pick_can_still_come() -> None:
    finder = PeakFinder(0.5, first_frame=100)
    assert finder.settled == 100
    assert finder.push([[0.1], [0.9]]).number == 0
    assert finder.settled == 101
    assert finder.push([[0.9], [0.9]]).number == 0
    assert finder.settled == 101
    assert frames_of(finder.push([[0.2]]).times)[0].tolist() == [101]
    assert finder.settled == 105
    assert finder.push([[0.3]]).number == 0
    assert finder.settled == 106  # rising, but below the threshold so far


def test_times_and_frames_are_inverse() -> None:
    assert frame_times(0) == 4.5
    assert frame_times(3, 0.25) == 37.0
    assert frame_times(3, 0.25, 1) == 3.25
    times = np.random.default_rng(0).uniform(0.0, 4000.0, 500)
    for frame_samples in (1, 10):
        frames, offsets = frames_of(times, frame_samples)
        assert (np.abs(offsets) <= 0.5).all()
        np.testing.assert_allclose(frame_times(frames, offsets, frame_samples), times, atol=1e-9)
    frames, _ = frames_of(np.arange(40))
    np.testing.assert_array_equal(frames, np.arange(40) // 10)


def test_the_best_set_is_that_of_the_most_probable_reading() -> None:
    scores = np.full((1000, 2), 0.01)
    scores[[100, 400, 700], 0] = 0.6, 0.9, 0.6
    scores[[100, 400, 700], 1] = 0.8, 0.9, 0.8
    picks = picks_from_scores(scores, None, 0.5)
    assert as_set(picks) == {(0, 400, 0.9), (1, 100, 0.8), (1, 700, 0.8)}
    every = picks_from_scores(scores, None, 0.5, refractory_period_samples=None)
    assert every.number == 6
    best = best_of_each_bell(every, 4000.0, lambda p: log_odds(p, 0.5))
    assert as_set(best) == as_set(picks)
    # 300 frames apart is legal for a period of 3000 samples
    assert picks_from_scores(scores, None, 0.5, refractory_period_samples=3000).number == 6


def test_an_offset_moves_the_time_and_nothing_is_before_0() -> None:
    scores, offsets = np.zeros((5, 1)), np.full((5, 1), -1.0)
    scores[[0, 4]] = 0.9
    picks = picks_from_scores(scores, offsets, 0.5, refractory_period_samples=None)
    assert picks.times.tolist() == [0.0, 34.5]


def test_a_gap_holds_no_pick_even_if_its_scores_are_no_numbers() -> None:
    scores = np.array([[0.1], [0.9], [np.nan], [np.nan], [0.7], [0.1]])
    valid = np.isfinite(scores[:, 0])
    picks = picks_from_scores(scores, None, 0.5, refractory_period_samples=None, valid=valid)
    assert as_set(picks) == {(0, 1, 0.9), (0, 4, 0.7)}


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: picks_from_scores(np.zeros(5), None, 0.5), ShapeError, "one window"),
        (lambda: picks_from_scores(np.zeros((5, 2)), np.zeros((5, 1)), 0.5), ShapeError, "offsets"),
        (lambda: picks_from_scores(np.full((5, 2), np.nan), None, 0.5), InputError, "NaN among"),
        (lambda: picks_from_scores(np.zeros((5, 2)), None, np.nan), InputError, "threshold"),
        (lambda: picks_from_scores(np.full((5, 2), 3.0), None, 0.5), InputError, "to 3"),
        (lambda: _two_models(), ShapeError, "3, as before"),
    ],
)
def test_bad_input_is_named(call, error, says) -> None:
    with pytest.raises(error, match=says):
        call()


def _two_models() -> None:
    finder = PeakFinder(0.5)
    finder.push(np.zeros((4, 3)))
    finder.push(np.zeros((4, 2)))
