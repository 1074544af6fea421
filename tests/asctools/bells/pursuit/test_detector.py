"""``TemplatePursuit``: it learns, it finds, and it does not matter how a recording is given."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from scipy import signal as dsp

from asctools.bells.pursuit import TemplatePursuit
from asctools.bells.strikes import Picks, Strikes
from asctools.errors import AscError, InputError


def right(picks: Picks, strikes: Strikes, tolerance: float = 2.0) -> np.ndarray:
    """Which strikes have a pick of their bell near them."""
    near = np.abs(picks.times[:, None] - strikes.times) <= tolerance
    return np.any(near & (picks.bells[:, None] == strikes.bells), axis=0)


@pytest.fixture(scope="module")
def pursuit(fitted) -> TemplatePursuit:
    return fitted()


@pytest.fixture(scope="module")
def long(world) -> tuple[np.ndarray, Strikes]:
    strikes = world.ring(9000, seed=99)
    return world.signal(strikes, 9000, seed=99), strikes


def test_the_templates_are_those_that_made_the_signals(pursuit, world) -> None:
    learned, truth = pursuit.templates, world.templates()
    assert learned.shape == truth.shape
    for one, other in zip(learned, truth, strict=True):
        assert np.vdot(one, other) > 0.95 * np.linalg.norm(one) * np.linalg.norm(other)


def test_it_finds_the_strikes_of_another_recording(pursuit, world) -> None:
    strikes = world.ring(1500, seed=500)
    picks = pursuit.detect(world.signal(strikes, 1500, seed=500))
    inside = strikes.kept(strikes.times < 1480)
    assert right(picks, inside).all()
    assert picks.number <= strikes.number
    assert (picks.scores >= pursuit.threshold).all()
    assert (np.diff(picks.times) >= 0).all()


def test_a_long_recording_is_explained_across_its_blocks(pursuit, long) -> None:
    signal, strikes = long
    assert len(signal) > 3 * pursuit._fitted.grid.core
    picks = pursuit.detect(signal)
    assert right(picks, strikes.kept(strikes.times < 8980)).all()
    assert picks.number <= strikes.number
    errors = [np.abs(picks.times - time).min() for time in strikes.times[:-1]]
    assert np.mean(errors) < 0.2


def test_a_strike_where_two_blocks_meet_is_found_once(pursuit, world) -> None:
    core = pursuit._fitted.grid.core
    for shift in (-21, -1, -0.4, 0, 0.4, 20):
        strikes = Strikes.make([0, 1, 0], [core - 700, core + shift, core + 700])
        picks = pursuit.detect(world.signal(strikes, core + 1500))
        assert picks.bells.tolist() == [0, 1, 0]
        np.testing.assert_allclose(picks.times, strikes.times, atol=0.3)


def test_the_period_holds_across_blocks(pursuit, world) -> None:
    core = pursuit._fitted.grid.core
    strikes = Strikes.make([0, 0, 1], [core - 100, core + 200, core + 300])
    picks = pursuit.detect(world.signal(strikes, core + 1500))
    assert sorted(picks.bells.tolist()) == [0, 1]
    free = TemplatePursuit(3, world.length, 0).use(world.templates(), *world.windows(10))
    assert free.detect(world.signal(strikes, core + 1500)).bells.tolist() == [0, 0, 1]


def test_picks_of_a_bell_are_a_period_apart_even_at_a_low_threshold(pursuit, long) -> None:
    picks = pursuit.detect(long[0], threshold=-5.0)
    assert picks.number > long[1].number
    for bell in range(3):
        assert np.diff(picks.times[picks.bells == bell]).min() >= 600


def test_the_result_does_not_depend_on_where_the_samples_lie(pursuit, long, tmp_path) -> None:
    signal, _ = long
    np.save(tmp_path / "recording.npy", signal)
    mapped = np.load(tmp_path / "recording.npy", mmap_mode="r")
    turned = np.asfortranarray(signal)
    for same in (mapped, turned, signal.astype(np.float64)):
        for one, other in zip(pursuit.detect(signal), pursuit.detect(same), strict=True):
            np.testing.assert_array_equal(one, other)


def test_whole_numbers_and_other_units_give_the_same_strikes(fitted, pursuit, world) -> None:
    strikes = world.ring(1500, seed=500)
    signal = world.signal(strikes, 1500, seed=500)
    counts = TemplatePursuit(3, world.length, world.period)
    signals, labels = world.windows(40)
    counts.fit([np.round(each * 500).astype(np.int16) for each in signals], labels)
    expected = pursuit.detect(signal)
    picks = counts.detect(np.round(signal * 500).astype(np.int16))
    assert picks.bells.tolist() == expected.bells.tolist()
    np.testing.assert_allclose(picks.times, expected.times, atol=0.02)
    np.testing.assert_allclose(picks.scores, expected.scores, rtol=0.02)


def test_sound_of_a_strike_before_the_recording_is_no_strike_of_it(pursuit, world) -> None:
    strikes = Strikes.make([0, 1], [1000.0, 1400.0])
    signal = world.signal(strikes, 2500)[1012:]
    picks = pursuit.detect(signal)
    assert picks.bells.tolist() == [1]
    assert picks.times[0] == pytest.approx(1400 - 1012, abs=0.3)


def test_silence_has_no_strikes(pursuit, world) -> None:
    assert pursuit.detect(world.signal(Strikes.none(), 1500)).number == 0
    assert pursuit.detect(np.zeros((1500, 2))).number == 0


def test_candidates_go_further_down_and_know_how_strong_a_strike_is(pursuit, world) -> None:
    strikes = Strikes.make([0, 1], [400.0, 800.0])
    signal = 9.81 + (world.signal(strikes, 1500) - 9.81) * 1.0
    signal[:600] += 0.4 * (signal[:600] - 9.81)
    heard = pursuit.candidates(signal, least_score=-5.0)
    assert heard.picks.number == len(heard.amplitudes) == len(heard.kinds) > 2
    best = np.sort(np.argsort(-heard.picks.scores)[:2])
    assert heard.kinds[best].tolist() == [0, 1]
    np.testing.assert_allclose(heard.amplitudes[best], [1.4, 1.0], atol=0.1)


def test_the_threshold_comes_from_what_was_set_aside(world) -> None:
    signals, strikes = world.windows(12)
    other = world.windows(20)
    own = TemplatePursuit(3, world.length, world.period).fit(signals, strikes, other)
    assert 3 < own.threshold < 150
    deaf = TemplatePursuit(3, world.length, world.period)
    deaf.fit(signals, strikes, ([np.zeros((1500, 2))], [Strikes.make([0], [700.0])]))
    assert deaf.threshold == np.inf


def test_noise_that_both_channels_share_is_seen_through(world) -> None:
    """Most of the noise is slow and the same in both channels; white noise would be neither."""

    def heard(seed: int) -> tuple[np.ndarray, Strikes]:
        strikes, rng = world.ring(1500, seed), np.random.default_rng(seed)
        shared = dsp.lfilter([1.0], [1.0, -0.9], rng.normal(0, 6, size=1500))
        return world.signal(strikes, 1500, 0.5, seed) + shared[:, None], strikes

    signals, labels = zip(*map(heard, range(40)), strict=True)
    found = {}
    for whiten in (False, True):
        pursuit = TemplatePursuit(3, world.length, world.period, whiten=whiten)
        pursuit.fit(signals, labels)
        hits = picked = 0
        for seed in range(100, 120):
            signal, strikes = heard(seed)
            picks = pursuit.detect(signal)
            hits += right(picks, strikes).sum()
            picked += picks.number + strikes.number
        found[whiten] = 2 * hits / picked
    assert found[True] > 0.95
    assert found[False] < 0.85


def test_strokes_that_differ_get_templates_of_their_own(world) -> None:
    """Backstrokes of bell 0 sound like bell 1: one template would be neither."""
    strikes = [world.ring(1500, seed) for seed in range(30)]
    signals = [world.signal(each, 1500, seed=seed) for seed, each in enumerate(strikes)]
    one_bell = [
        Strikes.make(np.maximum(each.bells - 1, 0), each.times, each.bells == 1) for each in strikes
    ]
    pursuit = TemplatePursuit(2, world.length, 0, strokes=True, ridge=0.1).fit(signals, one_bell)
    assert pursuit.stroke_templates.shape == (2, 2, 2, world.length)
    truth = world.templates()
    for place, bell in (((0, 0), 0), ((0, 1), 1), ((1, 0), 2)):
        np.testing.assert_allclose(pursuit.stroke_templates[place], truth[bell], atol=2.0)
    np.testing.assert_array_equal(pursuit.templates, pursuit.stroke_templates.mean(axis=1))
    picks = pursuit.detect(signals[0])
    assert right(picks, one_bell[0].kept(one_bell[0].times < 1480)).all()


def test_without_a_fit_there_is_nothing_to_find() -> None:
    with pytest.raises(InputError, match="Call fit"):
        TemplatePursuit().detect(np.zeros((4000, 6)))
    with pytest.raises(InputError, match="Call fit"):
        _ = TemplatePursuit().templates


@pytest.mark.parametrize(
    ("signal", "words"),
    [
        (np.zeros((1500, 3)), r"shape \(1500, 3\), expected \(T, 2\)"),
        (np.zeros(1500), r"shape \(1500,\)"),
        (np.zeros((119, 2)), "119 samples, expected 120 or more"),
        (np.full((1500, 2), np.inf), "not finite, at 0"),
    ],
)
def test_a_signal_that_cannot_be_searched_is_refused(pursuit, signal, words: str) -> None:
    with pytest.raises(AscError, match=words):
        pursuit.detect(signal)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"num_events": 0}, "num_events 0"),
        ({"length": 99}, "length 99"),
        ({"refractory_period_samples": -1}, "refractory_period_samples -1"),
        ({"ridge": -1.0}, "ridge -1"),
        ({"ridge": float("nan")}, "ridge nan"),
        ({"steps": 0}, "steps 0"),
        ({"variance": 0.0}, "variance 0"),
        ({"highpass_hz": 1000.0}, "cutoff_hz 1000"),
        ({"rate": -1.0}, "rate -1"),
    ],
)
def test_settings_out_of_range_are_refused(settings: dict, words: str) -> None:
    with pytest.raises(InputError, match=words):
        TemplatePursuit(**settings)


def test_one_short_recording_is_enough_to_begin(world) -> None:
    strikes = world.ring(1100, seed=3)
    signal = world.signal(strikes, 1100, seed=3)
    own = TemplatePursuit(3, 600, world.period).fit([signal], [strikes])
    assert right(own.detect(signal), strikes).mean() > 0.5


def test_memory_does_not_grow_with_the_recording(pursuit, tmp_path) -> None:
    peaks = []
    for samples in (30_000, 120_000):
        path = tmp_path / f"{samples}.npy"
        np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=(samples, 2)).flush()
        mapped = np.load(path, mmap_mode="r")
        tracemalloc.start()
        assert pursuit.detect(mapped).number == 0
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.1 * peaks[0]


def test_templates_of_another_shape_are_refused(world) -> None:
    with pytest.raises(AscError, match=r"expected \(3, 2, 120\)"):
        TemplatePursuit(3, 120, 600).use(np.zeros((3, 120, 2)), *world.windows(3))
