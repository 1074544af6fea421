"""The simulated bell frame: its levels, its rules, and the truth of its labels."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asctools.bells import BellFrame, superpose
from asctools.bells.frame import FULL_SCALE, LEVELS, Shapes
from asctools.bells.frame.design import primes
from asctools.errors import AscError, InputError

SILENT = {"noise": False, "sway": False, "impulses": False, "clipping": False}
SNR = {
    "quiet": (28, 36, 46),
    "light": (17, 25, 36),
    "standard": (12, 20, 31),
    "hard": (7.5, 16, 26),
}


@pytest.fixture(scope="module")
def frame() -> BellFrame:
    return BellFrame(0)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(("seed", "within"), [(0, 1.0), (1, 1.5), (2, 1.5)])
def test_levels_have_their_signal_to_noise_ratios(level: str, seed: int, within: float) -> None:
    made = BellFrame(seed, level)
    waves = made.templates().astype(np.float64)[..., : made.onset + 100]  # 40 ms and 10 of delay
    ratio = 10 * np.log10(np.square(waves).sum((2, 3)).mean(1) / made.sigma**2)
    np.testing.assert_allclose(made.snr_db(), ratio, atol=1e-3)
    assert np.abs(np.percentile(ratio, (0, 50, 100)) - SNR[level]).max() < within


def test_templates_begin_at_their_delays(frame: BellFrame) -> None:
    waves = np.abs(frame.templates())
    for bell, delays in enumerate(frame.delays):
        for channel, late in enumerate(delays):
            each = waves[bell, :, channel]
            before = each[:, : max(0, int(frame.onset + late) - 4)]
            assert before.max(initial=0) < 0.05 * each.max(), (bell, channel)
            soon = each[:, int(frame.onset + late) : int(frame.onset + late) + 30]
            assert soon.max() > 0.4 * each.max(), (bell, channel)


def test_delays_come_in_two_groups_of_three(frame: BellFrame) -> None:
    assert frame.delays.shape == (16, 6) and np.abs(frame.delays).max() <= 10
    groups = frame.delays.reshape(16, 2, 3)
    assert np.ptp(groups, axis=2).max() <= 2, "one millisecond within a unit"
    assert np.abs(groups[:, 0].mean(1) - groups[:, 1].mean(1)).mean() > 2


def test_bells_descend_a_major_scale_to_the_tenor(frame: BellFrame) -> None:
    hertz = primes()
    assert hertz[-1] == 260 and (np.diff(hertz) < 0).all()
    np.testing.assert_allclose(hertz[[1, 8]], [1040, 520])
    for prime, partials in zip(hertz, frame.partials, strict=True):
        assert len(partials) and partials.max() < 900
        assert partials[0] == pytest.approx(prime / 2, rel=0.03), "the hum"
    assert [gains.shape for gains in frame.gains] == [(2, len(p), 6) for p in frame.partials]


def test_hand_and_back_differ_a_little_and_only_if_asked(frame: BellFrame) -> None:
    waves = frame.templates().reshape(16, 2, -1)
    length = np.linalg.norm(waves, axis=2)
    cosine = (waves[:, 0] * waves[:, 1]).sum(1) / length.prod(1)
    assert cosine.min() > 0.8 and cosine.max() < 0.99
    alike = BellFrame(0, strokes=False).templates()
    assert np.array_equal(alike[:, 0], alike[:, 1])
    assert np.array_equal(alike[:, 0], frame.templates()[:, 0])
    np.testing.assert_allclose(frame.templates(strokes=False), frame.templates().mean(1))


def test_a_longer_template_goes_on_and_bad_lengths_are_refused(frame: BellFrame) -> None:
    assert np.array_equal(frame.templates(length=1000)[..., :300], frame.templates(length=300))
    assert np.abs(frame.templates(length=3000)[..., -1]).max() < 1e-3, "no click at the end"
    for length in (0, 3001):
        with pytest.raises(InputError, match=f"length {length}, expected 1 to 3000"):
            frame.templates(length=length)


def test_phases_are_the_waveform_delayed_by_eighths_of_a_sample(frame: BellFrame) -> None:
    attack = frame.parts[0].waves[3]
    delayed = Shapes.of(attack[None, :, 0]).waves[0]
    np.testing.assert_allclose(delayed, attack, atol=2e-3 * np.abs(attack).max())


def test_nothing_lies_above_the_sensor_s_reach(frame: BellFrame) -> None:
    fine = np.moveaxis(frame.parts[0].waves[5, 0], 0, -1)[..., ::-1].reshape(6, -1)
    assert fine.shape == (6, 4800)  # the eight phases, interleaved: 16 kHz
    power = np.abs(np.fft.rfft(fine)) ** 2
    hertz = np.fft.rfftfreq(4800, 1 / 16000)
    assert power[:, hertz > 1010].sum() < 1e-4 * power.sum()


def test_a_silent_recording_is_the_model_of_its_labels() -> None:
    made = BellFrame(4, **SILENT, clock_skew_ppm=0.0, label_jitter_ms=0.0)
    made.settings = made.settings._replace(amplitude_sd=0.0, part_sd=0.0)
    recording = made.record(3, seed=1)
    assert recording.strikes is not None and recording.strikes.number > 8
    model = superpose(made.templates(length=3000), recording.strikes, 1.0, 6000)
    np.testing.assert_allclose(recording.signal, model, atol=3e-3 * np.abs(model).max())


def test_one_seed_is_one_recording_and_others_are_others(frame: BellFrame) -> None:
    one, same, other = (frame.record(2, seed=seed) for seed in (5, 5, 6))
    assert np.array_equal(one.signal, same.signal)
    assert all(np.array_equal(a, b) for a, b in zip(one.strikes, same.strikes, strict=True))
    assert not np.allclose(one.signal, other.signal)
    assert not np.allclose(one.signal, BellFrame(1).record(2, seed=5).signal)
    np.random.seed(3)  # noqa: NPY002 - the library must neither read nor move the global state
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    frame.record(1, seed=5)
    assert np.array_equal(before, np.random.get_state()[1])  # noqa: NPY002


def test_a_level_changes_the_noise_and_not_the_bells() -> None:
    assert np.array_equal(BellFrame(2, "quiet").templates(), BellFrame(2, "hard").templates())
    for name, level in LEVELS.items():
        noise = BellFrame(2, name).noise(20000, np.random.default_rng(0))
        steps = np.diff(noise, axis=0).std() / np.sqrt(2)  # the coloured part moves slowly
        assert level.sigma < steps < 1.1 * level.sigma


@pytest.mark.parametrize("part", ["noise", "sway", "impulses", "clipping"])
def test_each_disturbance_can_be_left_out(part: str) -> None:
    heard = BellFrame(0, **(SILENT | {part: True})).record(4, seed=2).signal
    without = BellFrame(0, **SILENT).record(4, seed=2).signal
    assert heard.dtype == without.dtype == np.float32
    change = heard - without
    if part == "clipping":
        assert 0 < np.abs(change).max() <= 0.51 * FULL_SCALE / 2**15
    else:
        assert change.std() > 0.1


def test_a_long_recording_has_no_seams() -> None:
    swaying = BellFrame(0, **(SILENT | {"sway": True})).record(121, seed=3, lead_s=-130).signal
    assert np.abs(swaying).max() > 2
    steps = np.abs(np.diff(swaying, axis=0)).max(1)
    assert steps.max() < 0.2, "the tower never jumps"
    noisy = BellFrame(0, **(SILENT | {"noise": True})).record(121, seed=3, lead_s=-130).signal
    spread = noisy[:240000].reshape(-1, 20000, 6).std(1)
    np.testing.assert_allclose(spread, spread.mean(), rtol=0.03)


def test_the_sixteen_bits_clip(frame: BellFrame) -> None:
    loud = BellFrame(0, noise=False, sway=False)
    loud.settings = loud.settings._replace(amplitude_sd=3.0)
    signal = loud.record(20, seed=0).signal
    step = FULL_SCALE / 2**15
    assert signal.min() == -FULL_SCALE and signal.max() == np.float32(FULL_SCALE - step)
    counts = signal / step
    assert np.abs(counts - np.round(counts)).max() < 1e-2


def test_a_faster_clock_moves_the_second_unit_s_strikes() -> None:
    heard = [
        BellFrame(0, **SILENT, clock_skew_ppm=ppm).record(30, seed=4).signal for ppm in (0, 50)
    ]
    start = slice(0, 6000)  # long before the minute's middle: 1.5 ms between the units
    for channels, sign in ((slice(0, 3), 1), (slice(3, 6), -1)):
        one, two = (np.ravel(each[start, channels].T) for each in heard)
        lags = np.correlate(one, two, "same")
        assert np.sign(len(one) // 2 - lags.argmax()) == sign


def test_labels_stray_by_their_jitter_and_no_further() -> None:
    true = BellFrame(0, **SILENT, label_jitter_ms=0.0).record(120, seed=1).strikes
    told = BellFrame(0, **SILENT).record(120, seed=1).strikes
    assert true is not None and told is not None
    errors = (told.times - true.times) / 2
    assert errors.std() == pytest.approx(0.2, rel=0.15) and np.abs(errors).max() <= 0.6
    assert np.array_equal(true.times * 8, np.round(true.times * 8))


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10**6), bells=st.sampled_from((12, 14, 16)))
def test_ringing_keeps_to_its_bells_strokes_and_period(seed: int, bells: int) -> None:
    strikes = BellFrame(0, **SILENT).record(30, seed=seed, bells=bells, method=None).strikes
    assert strikes is not None
    assert set(strikes.bells) == set(range(16 - bells, 16))
    assert ((strikes.times >= 0) & (strikes.times < 60000)).all()
    for bell in range(16 - bells, 16):
        assert (np.diff(strikes.of_bell(bell)) >= 4000).all()
        hands = strikes.strokes[strikes.bells == bell]
        assert (np.abs(np.diff(hands)) == 1).all(), "hand and back take turns"


def test_the_rule_of_two_seconds_can_be_broken() -> None:
    made = BellFrame(0, **SILENT)
    free = made.record(120, seed=30, bells=12, refractory=False).strikes
    kept = made.record(120, seed=30, bells=12).strikes
    assert free is not None and kept is not None
    gaps = [
        np.concatenate([np.diff(each.of_bell(bell)) for bell in range(16)]) for each in (free, kept)
    ]
    assert (gaps[0] < 4000).sum() == 1 and gaps[0].min() > 3900
    assert gaps[1].min() >= 4000


def test_windows_follow_one_another_within_a_recording(frame: BellFrame) -> None:
    windows = frame.windows(33, seed=7)
    assert windows.data.shape == (33, 4000, 6) and windows.data.dtype == np.float32
    assert windows.data.flags.c_contiguous and windows.number == len(windows.strikes) == 33
    assert 7 < np.mean([one.number for one in windows.strikes]) < 11
    assert all(((one.times >= 0) & (one.times < 4000)).all() for one in windows.strikes)
    sway = np.abs(windows.data[1:, :20].mean(1) - windows.data[:-1, -20:].mean(1)).mean(1)
    assert np.median(np.delete(sway, 29)) < 2 < sway.max() + 2, "no jump but between recordings"
    again = frame.windows(33, seed=7)
    assert np.array_equal(windows.data, again.data)
    assert not np.allclose(windows.data, frame.windows(33, seed=8).data)
    assert np.array_equal(frame.unlabelled(2, seed=7).shape, (2, 4000, 6))
    assert frame.windows(3, seconds=0.5, seed=1).data.shape == (3, 1000, 6)


def test_a_strike_before_a_window_leaves_its_tail_in_it() -> None:
    windows = BellFrame(0, **SILENT).windows(20, seconds=0.1, seed=3)
    before_first = [
        data[: int(max(0, strikes.times.min(initial=200) - 24))]
        for data, strikes in zip(windows.data, windows.strikes, strict=True)
    ]
    assert sum(np.abs(part).max(initial=0) > 0.1 for part in before_first) > 8


def test_wrong_wishes_are_refused(frame: BellFrame) -> None:
    with pytest.raises(AscError, match="Did you mean 'quiet'"):
        BellFrame(0, "quite")
    with pytest.raises(AscError, match="method 'plain bobs'"):
        frame.record(1, method="plain bobs")
    with pytest.raises(InputError, match="13 bells, expected 12, 14 or 16"):
        frame.record(1, bells=13)
    with pytest.raises(InputError, match="0 seconds, expected more than 0"):
        frame.record(0)
    for number, seconds in ((0, 2.0), (3, 0.0)):
        with pytest.raises(InputError, match=f"{number} windows of {seconds} seconds"):
            frame.windows(number, seconds)


def test_a_frame_says_which_it_is(frame: BellFrame) -> None:
    assert repr(frame) == "BellFrame(seed=0, level='standard')"
