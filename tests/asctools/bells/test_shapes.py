"""The model of a recording: waveforms at their times, scaled and added."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asctools.bells import Strikes, superpose
from asctools.bells.frame import ONSET, Shapes
from asctools.errors import InputError, ShapeError


def bumps(seed: int, bells: int = 3, strokes: int = 2, length: int = 120) -> np.ndarray:
    """Smooth waveforms, near 0 at both ends and without high frequencies."""
    rng = np.random.default_rng(seed)
    time = np.arange(length)
    hill = np.exp(-0.5 * ((time - 50) / 8) ** 2)
    turns = rng.uniform(0.05, 0.2, (bells, strokes, 6, 1))
    return hill * np.sin(2 * np.pi * turns * time + rng.uniform(0, 6, turns.shape))


@pytest.mark.equation("eq-strike-model")
@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), number=st.integers(0, 6))
def test_a_recording_is_the_sum_of_its_strikes_and_noise(seed: int, number: int) -> None:
    rng = np.random.default_rng(seed)
    templates, n = bumps(seed), 300
    times = rng.integers(-90, n + 60, number)
    strikes = Strikes.make(rng.integers(0, 3, number), times, rng.integers(0, 2, number))
    a, noise = rng.normal(1, 0.3, number), rng.normal(0, 1, (n, 6))
    expected = noise.copy()
    for k in range(number):
        for now in range(n):
            place = now - int(strikes.times[k]) + ONSET
            if 0 <= place < templates.shape[-1]:
                wave = templates[strikes.bells[k], strikes.strokes[k], :, place]
                expected[now] += a[k] * wave
    got = superpose(templates, strikes, a, n, noise)
    assert got.shape == (n, 6) and got.dtype == np.float32
    np.testing.assert_allclose(got, expected, atol=1e-5)


@pytest.mark.equation("eq-strike-model")
@pytest.mark.parametrize("eighths", range(8))
def test_a_strike_between_samples_is_the_waveform_between_samples(eighths: int) -> None:
    late = eighths / 8
    time = np.arange(200) - ONSET
    wave = np.exp(-0.5 * ((time - 60 - late) / 9) ** 2) * np.sin(0.6 * (time - 60 - late))
    on_grid = np.exp(-0.5 * ((time - 60) / 9) ** 2) * np.sin(0.6 * (time - 60))
    templates = np.tile(on_grid, (1, 6, 1))
    got = superpose(templates, Strikes.make([0], [ONSET + late]), 1.0, 200)
    np.testing.assert_allclose(got[:, 2], wave, atol=1e-6)


def test_one_amplitude_serves_all_and_silence_is_no_strike() -> None:
    templates = bumps(1, strokes=1)[:, 0]
    strikes = Strikes.make([0, 2], [30, 70])
    twice = superpose(templates, strikes, 2.0, 250)
    np.testing.assert_allclose(twice, 2 * superpose(templates, strikes, [1, 1], 250), atol=1e-6)
    assert not superpose(templates, Strikes.none(), [], 250).any()


def test_an_unknown_stroke_sounds_like_a_handstroke() -> None:
    templates = bumps(2)
    heard = [superpose(templates, Strikes.make([1], [40], [k]), 1.0, 200) for k in (-1, 0, 1)]
    assert np.array_equal(heard[0], heard[1]) and not np.allclose(heard[1], heard[2])


def test_ready_shapes_give_the_same_as_templates() -> None:
    templates, strikes = bumps(3), Strikes.make([0, 1], [33.4, 90.9])
    ready = superpose(Shapes.of(templates), strikes, 1.0, 200)
    assert np.array_equal(ready, superpose(templates, strikes, 1.0, 200))


def test_wrong_templates_and_bells_without_one_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"templates of shape \(6, 120\)"):
        superpose(np.zeros((6, 120)), Strikes.none(), [], 10)
    with pytest.raises(InputError, match="bell 3, expected an index below 3"):
        superpose(bumps(0), Strikes.make([3], [10]), 1.0, 50)
