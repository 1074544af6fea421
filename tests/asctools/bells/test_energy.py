"""The energy detector: humble, but it must find what stands alone, and name it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asctools.bells import BellFrame, EnergyDetector, Picks, Strikes, Windows
from asctools.bells.energy import energy_rise, onsets
from asctools.errors import InputError, ShapeError


@pytest.fixture(scope="module")
def quiet() -> Windows:
    return BellFrame(0, "quiet").windows(190, seed=1)


@pytest.fixture(scope="module")
def fitted(quiet: Windows) -> EnergyDetector:
    return EnergyDetector().fit(quiet.part(slice(0, 150)))


def found(picks: Picks, strikes: Strikes, tolerance: float) -> int:
    near = np.abs(picks.times[:, None] - strikes.times) <= tolerance
    return int((near & (picks.bells[:, None] == strikes.bells)).any(0).sum())


def test_most_strikes_of_quiet_ringing_are_found_and_named(
    quiet: Windows, fitted: EnergyDetector
) -> None:
    held_out = quiet.part(slice(150, 190))
    picks = [fitted.detect(signal) for signal in held_out.data]
    pairs = list(zip(picks, held_out.strikes, strict=True))
    hits = sum(found(p, s, 10) for p, s in pairs)
    claimed, true = (sum(each[k].number for each in pairs) for k in (0, 1))
    assert hits > 0.75 * true and hits > 0.85 * claimed
    shuffled = zip(picks, held_out.part(np.roll(np.arange(40), 1)).strikes, strict=True)
    assert sum(found(p, s, 10) for p, s in shuffled) < 0.1 * hits


def test_picks_carry_the_rise_as_their_score(quiet: Windows, fitted: EnergyDetector) -> None:
    signal = quiet.data[160]
    every = fitted.detect(signal, threshold=0.0)
    few = fitted.detect(signal, threshold=float(np.median(every.scores)))
    assert 0 < few.number < every.number and (few.scores >= np.median(every.scores)).all()
    assert np.isin(few.times, every.times).all() and np.isnan(every.plus_minus).all()


@settings(max_examples=20, deadline=None)
@given(at=st.integers(150, 900), loud=st.floats(1.0, 50.0), offset=st.floats(-20, 20))
def test_a_knock_in_noise_is_an_onset_where_it_begins(at: int, loud: float, offset: float) -> None:
    noise = np.random.default_rng(at).normal(0, 0.1, (1000, 6))
    time = np.arange(1000 - at)
    noise[at:] += loud * (np.exp(-time / 20) * np.sin(0.8 * time))[:, None]
    places = onsets(energy_rise(noise + offset), 1.0)
    assert len(places) == 1 and abs(places[0] - at) <= 6


def test_silence_and_short_signals_have_no_onset(fitted: EnergyDetector) -> None:
    for length in (1, 10, 44, 300):
        assert not energy_rise(np.zeros((length, 6))).any()
        assert fitted.detect(np.zeros((length, 6), np.float32)).number == 0
    assert len(onsets(energy_rise(np.ones((500, 2)) * 7))) == 0, "an offset is no energy"


def test_onsets_are_fifty_milliseconds_apart() -> None:
    rise = np.random.default_rng(0).uniform(0, 1, 5000)
    places = onsets(rise, 0.0)
    assert len(places) > 10 and np.diff(places).min() > 100
    assert onsets(np.full(50, 0.5), 0.2).tolist() == [0], "of equal neighbours the first"


def test_bells_that_were_never_struck_are_never_named(quiet: Windows) -> None:
    some = Windows(quiet.data[:60], tuple(s.kept(s.bells > 8) for s in quiet.strikes[:60]))
    detector = EnergyDetector().fit(some)
    assert detector.bells.tolist() == list(range(9, 16))
    named = {bell for signal in quiet.data[:10] for bell in detector.detect(signal, 0.2).bells}
    assert named and named <= set(range(9, 16))


def test_units_do_not_matter(quiet: Windows, fitted: EnergyDetector) -> None:
    small = Windows(quiet.data[:150] * np.float32(1e-4), quiet.strikes[:150])
    one, other = fitted.detect(quiet.data[150]), EnergyDetector().fit(small)
    again = other.detect(quiet.data[150] * np.float32(1e-4))
    assert again.bells.tolist() == one.bells.tolist() and one.number > 3
    np.testing.assert_allclose(again.times, one.times)


def test_wrong_use_is_refused(quiet: Windows, fitted: EnergyDetector) -> None:
    with pytest.raises(InputError, match="knows no bell"):
        EnergyDetector().detect(quiet.data[0])
    with pytest.raises(ShapeError, match=r"signal of shape \(4000, 3\), expected \(samples, 6\)"):
        fitted.detect(quiet.data[0][:, :3])
    with pytest.raises(ShapeError, match=r"shape \(0, 6\)"):
        fitted.detect(quiet.data[0][:0])
    silent = Windows(np.zeros((2, 4000, 6), np.float32), quiet.strikes[:2])
    with pytest.raises(InputError, match="no strike is near a rise"):
        EnergyDetector().fit(silent)
