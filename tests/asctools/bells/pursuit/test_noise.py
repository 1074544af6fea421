"""The spectrum of the noise: of white, coloured and shared noise, and its inverse."""

from __future__ import annotations

import numpy as np
import pytest

from asctools.bells.pursuit.noise import FLOOR, cross_spectrum, inverse_spectrum, white
from asctools.errors import InputError


def coloured(samples: int, seed: int = 0) -> np.ndarray:
    """First-order noise with half of its power shared by both channels."""
    rng = np.random.default_rng(seed)
    shared = rng.normal(size=(samples, 1))
    drive = shared + rng.normal(size=(samples, 2))
    out = np.zeros_like(drive)
    for n in range(1, samples):
        out[n] = 0.8 * out[n - 1] + drive[n]
    return out[200:]


def test_white_noise_has_its_variance_at_every_frequency() -> None:
    signals = [np.random.default_rng(seed).normal(0, 3, (3000, 2)) for seed in range(40)]
    spectrum = cross_spectrum(signals, 64)
    assert spectrum.shape == (33, 2, 2)
    assert np.abs(spectrum - 9 * np.eye(2)).max() < 0.9
    assert np.abs(spectrum.mean(axis=0) - 9 * np.eye(2)).max() < 0.1


def test_coloured_noise_that_the_channels_share_has_its_known_spectrum() -> None:
    spectrum = cross_spectrum([coloured(12_000, seed) for seed in range(6)], 128)
    omega = np.linspace(0, np.pi, 65)
    shape = 1 / np.abs(1 - 0.8 * np.exp(-1j * omega)) ** 2
    for row, column, power in ((0, 0, 2), (1, 1, 2), (0, 1, 1), (1, 0, 1)):
        ratio = spectrum[4:, row, column] / (power * shape[4:])
        assert abs(ratio.mean() - 1) < 0.05
    np.testing.assert_allclose(spectrum, spectrum.conj().transpose(0, 2, 1), atol=1e-9)


def test_the_inverse_is_one_between_the_known_frequencies_too() -> None:
    spectrum = cross_spectrum([coloured(3000)], 64)
    power = np.trace(spectrum, axis1=1, axis2=2).real.mean() / 2
    inverse = inverse_spectrum(spectrum, 65)
    floor = FLOOR * power * np.eye(2)
    product = inverse[::2] @ (spectrum + floor)
    np.testing.assert_allclose(product, np.broadcast_to(np.eye(2), product.shape), atol=1e-9)
    middle = (spectrum[5] + spectrum[6]) / 2 + floor
    np.testing.assert_allclose(inverse[11] @ middle, np.eye(2), atol=1e-9)


def test_silence_at_some_frequencies_is_not_trusted_without_limit() -> None:
    spectrum = np.zeros((9, 1, 1), dtype=complex)
    spectrum[4:] = 1.0
    inverse = inverse_spectrum(spectrum, 9)
    assert inverse[0, 0, 0].real == pytest.approx(1 / (FLOOR * 5 / 9))


def test_noise_taken_for_white_keeps_its_power() -> None:
    spectrum = cross_spectrum([coloured(3000)], 64)
    plain = white(spectrum)
    assert plain.shape == spectrum.shape
    assert np.trace(plain.mean(axis=0)) == pytest.approx(np.trace(spectrum.mean(axis=0)))
    assert np.ptp(plain[:, 0, 0]) == 0 and not plain[:, 0, 1].any()


def test_signals_shorter_than_a_segment_are_left_out() -> None:
    long = coloured(3000)
    both = cross_spectrum([np.full((63, 2), 1e6), long], 64)
    np.testing.assert_allclose(both, cross_spectrum([long], 64))
    with pytest.raises(InputError, match="64 samples or more"):
        cross_spectrum([long[:63]], 64)
