"""The high-pass: scipy's filter, in one piece and in any pieces."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal as dsp

from asctools.bells.highpass import BLOCK, HighPass, filter_blocks
from asctools.errors import InputError, ShapeError


def ringing(*shape: int, seed: int = 0) -> np.ndarray:
    """Noise on a slope on an offset: what a sensor on a swaying frame gives."""
    noise = np.random.default_rng(seed).normal(size=shape)
    return 1000.0 + noise + np.linspace(0, 30, shape[-2])[:, None]


def by_scipy(x: np.ndarray, cutoff_hz: float, rate: float, order: int) -> np.ndarray:
    sos = dsp.butter(order, cutoff_hz, "highpass", fs=rate, output="sos")
    zi = dsp.sosfilt_zi(sos)[:, :, None] * x[0]
    return dsp.sosfilt(sos, x, axis=0, zi=zi)[0]


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize(("cutoff_hz", "rate"), [(15.0, 2000.0), (40.0, 500.0), (900.0, 2000.0)])
def test_it_is_scipys_butterworth_filter(cutoff_hz: float, rate: float, order: int) -> None:
    x = ringing(1234, 3)
    y, _ = HighPass(cutoff_hz, rate, order)(x)
    np.testing.assert_allclose(y, by_scipy(x, cutoff_hz, rate, order), atol=1e-7)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 400), max_size=3), st.sampled_from([np.float32, np.float64]))
def test_pieces_of_any_size_give_what_the_whole_gives(cuts: list[int], kind: type) -> None:
    x = ringing(400, 6).astype(kind)
    high_pass = HighPass()
    whole, end = high_pass(x)
    bounds = [0, *sorted(max(cut, 1) for cut in cuts), len(x)]
    state, pieces = None, []
    for start, stop in itertools.pairwise(bounds):
        y, state = high_pass(x[start:stop], state)
        pieces.append(y)
    np.testing.assert_allclose(np.concatenate(pieces), whole, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(state, end, rtol=1e-9, atol=1e-9)


def test_sample_by_sample_is_the_whole_too() -> None:
    x = ringing(3 * BLOCK + 7, 2)
    high_pass = HighPass()
    state, out = None, []
    for sample in x:
        y, state = high_pass(sample[None], state)
        out.append(y[0])
    np.testing.assert_allclose(out, high_pass(x)[0], atol=1e-9)


def test_signals_side_by_side_are_filtered_alone() -> None:
    x = ringing(2, 3, 170, 6)
    y, state = HighPass()(x)
    assert y.shape == x.shape and state.shape == (2, 3, 2, 6)
    for row in range(2):
        for column in range(3):
            alone, its_state = HighPass()(x[row, column])
            np.testing.assert_allclose(y[row, column], alone, atol=1e-9)
            np.testing.assert_allclose(state[row, column], its_state, atol=1e-9)


def test_a_constant_gives_nothing_from_the_first_sample_on() -> None:
    y, _ = HighPass()(np.full((300, 2), 9.81))
    assert np.abs(y).max() < 1e-10


def test_the_power_is_halved_at_the_cutoff() -> None:
    t = np.arange(40_000) / 2000
    y, _ = HighPass(15.0)(np.sin(2 * np.pi * 15.0 * t)[:, None])
    assert np.mean(y[-20_000:] ** 2) == pytest.approx(0.25, rel=1e-3)


def test_the_kind_of_number_stays_and_the_input_too() -> None:
    x = ringing(60, 2).astype(np.float32)
    before = x.copy()
    assert HighPass()(x)[0].dtype == np.float32
    assert HighPass()(x.astype(np.int16))[0].dtype == np.float64
    np.testing.assert_array_equal(x, before)


def test_an_empty_piece_changes_nothing() -> None:
    high_pass = HighPass()
    _, state = high_pass(ringing(20, 2))
    y, after = high_pass(np.empty((0, 2)), state)
    assert y.shape == (0, 2)
    np.testing.assert_array_equal(after, state)


@pytest.mark.equation("eq-block-filter")
def test_blocks_do_what_a_loop_over_samples_does() -> None:
    high_pass = HighPass(60.0, 2000.0)
    x = np.random.default_rng(1).normal(size=(3, 8, 2))
    state = np.random.default_rng(2).normal(size=(2, 2))
    y, end = filter_blocks(high_pass.block(8), x, state)
    expected = []
    for sample in x.reshape(-1, 1, 2):
        expected.append(high_pass.C @ state + high_pass.D @ sample)
        state = high_pass.A @ state + high_pass.B @ sample
    np.testing.assert_allclose(y.reshape(-1, 2), np.concatenate(expected), atol=1e-12)
    np.testing.assert_allclose(end, state, atol=1e-12)


@pytest.mark.parametrize(
    ("settings_", "word"),
    [
        ((0.0, 2000.0, 2), "cutoff_hz 0"),
        ((1000.0, 2000.0, 2), "below 1000"),
        ((float("nan"), 2000.0, 2), "cutoff_hz nan"),
        ((15.0, 0.0, 2), "rate 0"),
        ((15.0, 2000.0, 0), "order 0"),
        ((15.0, 2000.0, 4), "1 to 3"),
    ],
)
def test_settings_out_of_range_are_refused(settings_: tuple[float, float, int], word: str) -> None:
    with pytest.raises(InputError, match=word):
        HighPass(*settings_)


@pytest.mark.parametrize("shape", [(5,), (0, 6)])
def test_samples_without_a_time_or_without_a_sample_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError, match="samples of shape"):
        HighPass()(np.zeros(shape))


def test_the_state_of_another_signal_is_refused() -> None:
    with pytest.raises(ShapeError, match="a state of shape"):
        HighPass()(np.zeros((5, 6)), np.zeros((2, 3)))
