"""Scores: against dense linear algebra, and against the integral that they stand for."""

from __future__ import annotations

import numpy as np
import pytest

from asctools.bells.pursuit.noise import inverse_spectrum
from asctools.bells.pursuit.scores import (
    EIGHTHS,
    amplitude_score,
    likely_amplitude,
    make_bank,
    score_traces,
)
from asctools.bells.pursuit.templates import Templates

SIZE, LENGTH = 256, 32


def templates() -> Templates:
    waves = np.random.default_rng(0).normal(size=(3, 2, LENGTH)) * np.hanning(LENGTH)
    return Templates(waves.astype(np.float32), np.arange(3))


def spectrum(coloured: bool) -> np.ndarray:
    """Two channels that share a part of a noise which falls with frequency, or white ones."""
    fall = 1 + coloured * 3 * np.cos(np.linspace(0, np.pi / 2, 129))[:, None, None]
    mixed = np.array([[1.0, 0.6j], [-0.6j, 2.0]]) if coloured else np.eye(2)
    return fall * mixed


def dense_covariance(inverse: np.ndarray) -> np.ndarray:
    """The inverse covariance of SIZE samples of two channels, (2 SIZE, 2 SIZE), entry by entry."""
    full = np.concatenate([inverse, inverse[-2:0:-1].conj()])
    lags = np.fft.ifft(full, axis=0).real  # (SIZE, 2, 2)
    lag = np.subtract.outer(np.arange(SIZE), np.arange(SIZE)) % SIZE
    return lags[lag].transpose(2, 0, 3, 1).reshape(2 * SIZE, 2 * SIZE)


@pytest.mark.equation("eq-whitened-score")
@pytest.mark.parametrize("coloured", [False, True])
def test_a_score_is_template_times_inverse_covariance_times_signal(coloured: bool) -> None:
    bank = make_bank(templates(), spectrum(coloured), SIZE)
    signal = np.random.default_rng(1).normal(size=(150, 2))
    traces = score_traces(bank.filters, signal, before=LENGTH)
    assert traces.shape == (3, LENGTH + 150)
    precision = dense_covariance(inverse_spectrum(spectrum(coloured), SIZE // 2 + 1))
    x = np.zeros((2, SIZE))
    x[:, LENGTH : LENGTH + 150] = signal.T
    for kind in range(3):
        for start in (-LENGTH, -5, 0, 77, 149):
            s = np.zeros((2, SIZE))
            columns = (np.arange(LENGTH) + start + LENGTH) % SIZE
            s[:, columns] = templates().waveforms[kind]
            expected = s.ravel() @ precision @ x.ravel()
            assert traces[kind, start + LENGTH] == pytest.approx(expected, rel=1e-4, abs=1e-4)


@pytest.mark.equation("eq-whitened-score")
def test_in_white_noise_it_is_the_matched_filter() -> None:
    variance = 4.0
    bank = make_bank(templates(), variance * np.ones((5, 1, 1)) * np.eye(2), SIZE)
    signal = np.random.default_rng(2).normal(size=(100, 2))
    trace = score_traces(bank.filters, signal, before=0)[1]
    shape = templates().waveforms[1].T
    expected = [np.sum(signal[t : t + LENGTH] * shape) for t in range(60)]
    np.testing.assert_allclose(trace[:60], np.array(expected) / variance, rtol=2e-3, atol=1e-3)


def test_responses_are_the_scores_of_the_templates_on_each_other() -> None:
    bank = make_bank(templates(), spectrum(True), SIZE)
    assert bank.length == LENGTH
    signal = np.zeros((120, 2))
    signal[50 : 50 + LENGTH] = templates().waveforms[2].T
    traces = score_traces(bank.filters, signal, before=LENGTH)
    around = traces[:, LENGTH + 50 - LENGTH : LENGTH + 50 + LENGTH + 1]
    np.testing.assert_allclose(bank.responses[EIGHTHS, 2], around, atol=0.01)
    assert bank.energies[2] == pytest.approx(around[2, LENGTH], rel=1e-3)


@pytest.mark.parametrize("late", [-4, -1, 3, 4])
def test_responses_know_strikes_between_samples(world, late: int) -> None:
    time = np.arange(world.length) - 20.0
    bank = make_bank(Templates(world.templates(), np.arange(3)), spectrum(True), 512)
    signal = np.zeros((300, 2))
    signal[100 : 100 + world.length] = world.wave(1, time - late / 8)
    traces = score_traces(bank.filters, signal, before=world.length)
    around = traces[:, 100 : 100 + 2 * world.length + 1]
    np.testing.assert_allclose(bank.responses[EIGHTHS + late, 1], around, atol=0.01)


def prior(a: np.ndarray, variance: float) -> np.ndarray:
    return np.exp(-((a - 1) ** 2) / (2 * variance)) / np.sqrt(2 * np.pi * variance)


@pytest.mark.equation("eq-amplitude-score")
@pytest.mark.parametrize("E", [0.0, 0.5, 20.0, 300.0])
@pytest.mark.parametrize("share", [-0.2, 0.0, 0.4, 1.0, 2.2])
def test_the_score_is_the_likelihood_averaged_over_all_amplitudes(E: float, share: float) -> None:
    a, c, variance = np.linspace(-9, 11, 400_001), share * E, 0.3
    exponent = a * c - a**2 * E / 2
    weight = np.exp(exponent - exponent.max()) * prior(a, variance)
    expected = exponent.max() + np.log(weight.sum() * (a[1] - a[0]))
    if c + 1 / variance > 0:
        assert amplitude_score(c, E, variance) == pytest.approx(expected, abs=1e-6)
        mean = (a * weight).sum() / weight.sum()
        assert likely_amplitude(c, E, variance) == pytest.approx(mean, abs=1e-6)


@pytest.mark.equation("eq-amplitude-score")
def test_a_strike_upside_down_is_none() -> None:
    assert amplitude_score(-40.0, 20.0) == -np.inf
    assert np.isfinite(amplitude_score(-3.0, 20.0))


def test_one_threshold_serves_weak_and_loud_bells() -> None:
    """A usual strike of a louder bell is surer; nothing at all speaks against both."""
    usual, nothing = (amplitude_score([E * a for E in (15, 400)], [15, 400]) for a in (1, 0))
    assert 4 < usual[0] < usual[1]
    assert nothing.max() < -1
