"""Detection says the same however a recording comes, and refuses what it cannot read."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from asctools.bells import Picks
from asctools.errors import InputError, ShapeError
from asctools.events import (
    Detector,
    detect_events_from_batch,
    detect_events_from_sequence,
    detect_recording,
)
from asctools.events.decode import picks_from_scores
from asctools.events.detect.certain import Certain
from asctools.events.refractory import best_of_each_bell, log_odds
from tests.asctools.events.small import classifier, model_file, readings

MODEL = classifier()
OFTEN = settings(deadline=None, max_examples=25, derandomize=True)
SMALL = {"core_samples": 2000, "margin_samples": 500, "period_samples": 1000}


def same(one: Picks, other: Picks) -> bool:
    return all(np.array_equal(a, b, equal_nan=True) for a, b in zip(one, other, strict=True))


def test_the_quick_start_reads_as_it_should() -> None:
    found = detect_events_from_sequence(
        model=MODEL, sequence=readings(2000), threshold=0.5, apply_refractory=True
    )
    for key in ("detected_events", "event_timings", "event_probs"):
        assert found[key].shape == (16,)
        np.testing.assert_array_equal(found[key], getattr(found, key))
    assert found[3] is found["picks"] is found.picks
    events, _, _, picks = found
    assert 0 < events.sum() == len(np.unique(picks.bells))


def test_a_window_is_decoded_as_in_training() -> None:
    x = readings(4000)
    with torch.no_grad():
        out = MODEL(torch.from_numpy(x)[None])
    scores = out.timing_logits[0].double().sigmoid().numpy()
    offsets = out.timing_offsets[0].clamp(-2, 2).double().numpy()
    expected = picks_from_scores(scores, offsets, 0.6, refractory_period_samples=1500)
    found = detect_events_from_sequence(MODEL, x, 0.6, period_samples=1500)
    assert expected.number > 10
    np.testing.assert_array_equal(found.picks.bells, expected.bells)
    np.testing.assert_allclose(found.picks.times, expected.times, atol=1e-4)
    np.testing.assert_allclose(found.picks.scores, expected.scores, atol=1e-6)
    np.testing.assert_allclose(found.event_probs, out.event_logits[0].sigmoid(), rtol=1e-5)


def test_the_timing_of_an_event_is_that_of_its_surest_pick() -> None:
    found = detect_events_from_sequence(MODEL, readings(), 0.6, period_samples=500)
    for event in range(16):
        own = found.picks.kept(found.picks.bells == event)
        assert found.detected_events[event] == (own.number > 0)
        surest = own.times[own.scores.argmax()] if own.number else 0.0
        assert found.event_timings[event] == surest
    assert found.picks.number > found.detected_events.sum()


def test_no_event_comes_twice_in_a_period_unless_it_may() -> None:
    kept = detect_events_from_sequence(MODEL, readings(), 0.6, period_samples=1000).picks
    free = detect_events_from_sequence(MODEL, readings(), 0.6, apply_refractory=False).picks
    for bell in range(16):
        assert (np.diff(kept.times[kept.bells == bell]) >= 1000).all()
    assert free.number > kept.number
    assert set(zip(kept.bells, kept.times, strict=True)) <= set(
        zip(free.bells, free.times, strict=True)
    )


def test_the_period_is_the_model_s_own_unless_you_say_it() -> None:
    own = classifier(refractory_period_samples=1000)
    said = detect_recording(MODEL, readings(), threshold=0.6, period_samples=1000)
    assert same(detect_recording(own, readings(), threshold=0.6), said)


def test_a_higher_threshold_finds_less() -> None:
    numbers = [
        detect_recording(MODEL, readings(), threshold=t, apply_refractory=False).number
        for t in (0.3, 0.6, 0.9)
    ]
    assert numbers[0] > numbers[1] > numbers[2] > 0


@OFTEN
@given(st.lists(st.integers(0, 6000), max_size=12))
def test_cuts_change_nothing_to_the_last_bit(cuts) -> None:
    whole = detect_recording(MODEL, readings(), threshold=0.6, **SMALL)
    detector = Detector(MODEL, threshold=0.6, **SMALL)
    pieces = np.split(readings(), sorted(cuts))
    found = [detector.push(piece) for piece in pieces]
    found.append(detector.finish())
    assert whole.number > 20
    assert same(Picks.together(found), whole)


def test_strikes_come_before_the_end() -> None:
    detector = Detector(MODEL, threshold=0.9, **SMALL)
    early = [detector.push(piece).number for piece in np.split(readings(), 12)]
    assert early[0] == 0 and sum(early) > 0
    assert detector.finish().number > 0


def test_a_detector_can_be_used_again() -> None:
    detector = Detector(MODEL, threshold=0.6, **SMALL)
    first = Picks.together([detector.push(readings()), detector.finish()])
    assert same(Picks.together([detector.push(readings()), detector.finish()]), first)


def test_a_recording_that_was_too_short_leaves_nothing_behind() -> None:
    detector = Detector(MODEL, **SMALL)
    detector.push(readings()[:153])
    with pytest.raises(InputError, match="153 samples"):
        detector.finish()
    again = Picks.together([detector.push(readings()), detector.finish()])
    assert same(again, detect_recording(MODEL, readings(), **SMALL))


@pytest.mark.parametrize("name", ["threshold", "period_samples"])
@pytest.mark.parametrize("value", ["a", True, np.nan])
def test_settings_that_are_no_number_are_refused(name, value) -> None:
    with pytest.raises(InputError, match=name):
        Detector(MODEL, **{name: value})


def test_windows_find_what_one_look_at_all_of_it_finds() -> None:
    short = Detector(MODEL, threshold=0.6, core_samples=1000, margin_samples=1000)
    found = Picks.together([short.push(readings()), short.finish()])
    whole = detect_recording(MODEL, readings(), threshold=0.6, core_samples=6000)
    common = set(zip(found.bells, found.times.round(), strict=True)) & set(
        zip(whole.bells, whole.times.round(), strict=True)
    )
    assert len(common) > 0.9 * whole.number


def test_a_recording_on_the_disk_is_read_piece_by_piece(tmp_path) -> None:
    np.save(tmp_path / "r.npy", readings())
    mapped = np.load(tmp_path / "r.npy", mmap_mode="r")
    seen: list[tuple[int, int]] = []
    found = detect_recording(MODEL, mapped, threshold=0.6, progress=lambda *at: seen.append(at))
    assert same(found, detect_recording(MODEL, readings(), threshold=0.6))
    assert seen[-1] == (6000, 6000)


def test_no_strike_is_claimed_in_a_gap() -> None:
    valid = np.ones(6000, dtype=bool)
    valid[1003:2011] = False
    free = {"threshold": 0.6, "apply_refractory": False}
    whole = detect_recording(MODEL, readings(), **free)
    found = detect_recording(MODEL, readings(), valid=valid, **free)
    inside = (whole.times >= 1030) & (whole.times < 1980)
    assert inside.any()
    assert not ((found.times >= 1030) & (found.times < 1980)).any()
    away = (whole.times < 970) | (whole.times > 2040)
    assert same(found.kept((found.times < 970) | (found.times > 2040)), whole.kept(away))


def test_intervals_of_the_file_are_put_to_each_pick() -> None:
    intervals = model_file(MODEL).intervals
    found = detect_recording(MODEL, readings(), threshold=0.6, intervals=intervals)
    expected = np.where(found.scores < 0.8, 6.0, 2.0)
    assert set(expected) == {2.0, 6.0}
    np.testing.assert_array_equal(found.plus_minus, expected)


def test_sequences_of_unequal_length_are_found_as_if_alone() -> None:
    sequences = [readings()[:n] for n in (700, 4000, 1999)]
    together = detect_events_from_batch(MODEL, sequences, 0.6)
    for sequence, found in zip(sequences, together, strict=True):
        alone = detect_events_from_sequence(MODEL, sequence, 0.6)
        assert same(found.picks, alone.picks)
        np.testing.assert_array_equal(found.event_probs, alone.event_probs)


def test_the_model_stays_in_its_mode_and_is_asked_in_evaluation() -> None:
    model = classifier().train()
    found = detect_recording(model, readings(), threshold=0.6)
    assert model.training
    assert same(found, detect_recording(MODEL, readings(), threshold=0.6))


@pytest.mark.parametrize("frame", [1, 4, 10])
def test_frames_of_any_length_keep_their_times(frame) -> None:
    model = classifier(timing_resolution_samples=frame)
    found = detect_recording(model, readings(2000), threshold=0.6, period_samples=200)
    assert found.number > 0 and found.times.min() >= 0 and found.times.max() < 2000 + 2 * frame


def with_one(value: float) -> np.ndarray:
    x = readings(2000).copy()
    x[300, 2] = value
    return x


@pytest.mark.parametrize(
    ("sequence", "error", "said"),
    [
        (np.zeros((0, 6)), InputError, "0 samples"),
        (readings(2000)[:199], InputError, "199 samples, expected at least 200"),
        (readings(2000)[:, :5], ShapeError, "6 channels"),
        (readings(2000).T, ShapeError, "6 channels"),
        (readings(2000)[None], ShapeError, r"\(1, 2000, 6\)"),
        (with_one(np.nan), InputError, "nan in sample 300, channel 3"),
        (with_one(-np.inf), InputError, "-inf in sample 300, channel 3"),
        (readings(2000).astype(np.int16), InputError, "full_scale"),
        (readings(2000).astype(np.uint8), InputError, "counts of type uint8"),
        (np.array([["a"] * 6] * 300), InputError, "floats"),
        (readings(2000).astype(complex), InputError, "floats"),
    ],
)
def test_sequences_that_cannot_be_read_are_refused(sequence, error, said) -> None:
    with pytest.raises(error, match=said):
        detect_events_from_sequence(MODEL, sequence)
    with pytest.raises(error, match=said):
        detect_recording(MODEL, sequence)
    with pytest.raises(error, match=f"Sequence 1: .*{said}"):
        detect_events_from_batch(MODEL, [readings(2000), sequence])


def test_a_refused_piece_is_not_taken() -> None:
    detector = Detector(MODEL, threshold=0.6)
    detector.push(readings()[:3000])
    with pytest.raises(InputError):
        detector.push(with_one(np.nan))
    found = Picks.together([detector.push(readings()[3000:]), detector.finish()])
    assert same(found, detect_recording(MODEL, readings(), threshold=0.6))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"threshold": 0.0}, "threshold"),
        ({"threshold": 1.0}, "threshold"),
        ({"threshold": np.nan}, "threshold"),
        ({"period_samples": -1}, "period"),
        ({"period_samples": np.inf}, "period"),
        ({"core_samples": 1005}, "multiple of 10"),
        ({"core_samples": 0}, "core_samples"),
        ({"margin_samples": -10}, "margin_samples"),
    ],
)
def test_settings_out_of_range_are_refused(options, said) -> None:
    with pytest.raises(InputError, match=said):
        Detector(MODEL, **options)


def test_masks_have_to_fit() -> None:
    with pytest.raises(ShapeError, match="one for each sample"):
        detect_events_from_sequence(MODEL, readings(2000), valid=np.ones(1999, dtype=bool))
    with pytest.raises(ShapeError, match="one for each"):
        detect_events_from_batch(MODEL, [readings(2000)], valid=[])


@OFTEN
@given(
    st.lists(
        st.tuples(st.integers(0, 1), st.integers(0, 400), st.integers(5, 9)),
        max_size=25,
        unique_by=lambda row: row[:2],
    ),
    st.integers(0, 40),
    st.lists(st.integers(0, 400), max_size=5),
)
def test_what_is_certain_is_the_best_set_of_the_whole(rows, period, cuts) -> None:
    bells, times, scores = zip(*rows, strict=True) if rows else ((), (), ())
    # no two picks are worth the same, so there is one best set
    sure = np.array(scores) / 10 + np.arange(len(rows)) * 1e-4
    picks = Picks.make(bells, times, sure)
    certain, found, before = Certain(period, 0.4), [], -1.0
    for now in [*sorted(cuts), 401]:
        new = picks.kept((picks.times >= before) & (picks.times < now))
        found.append(certain.push(new, now))
        before = max(before, now)
    found.append(certain.finish())
    expected = best_of_each_bell(picks, period, lambda p: log_odds(p, 0.4))
    got = Picks.together(found)
    assert sorted(zip(got.bells, got.times, strict=True)) == sorted(
        zip(expected.bells, expected.times, strict=True)
    )
