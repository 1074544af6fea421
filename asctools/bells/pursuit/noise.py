"""The noise: what is left when the strikes are taken out, and its cross-spectrum."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from asctools.errors import InputError, explain

__all__ = ["cross_spectrum", "inverse_spectrum", "white"]

SEGMENT = 512  # samples; 4 Hz apart
FLOOR = 1e-3  # of the mean power: no frequency is trusted without limit


def cross_spectrum(
    signals: Iterable[NDArray[np.floating]], segment: int = SEGMENT
) -> NDArray[np.complex128]:
    """Return the mean cross-spectrum of noise over overlapping segments.

    Parameters
    ----------
    signals
        Noise, each (T, C); those shorter than a segment are left out.
    segment
        Samples of a segment; the next one begins half a segment later.

    Returns
    -------
    ndarray
        (segment // 2 + 1, C, C), Hermitian at each frequency; white noise of variance σ² in every
        channel gives σ² I.

    Raises
    ------
    InputError
        If every signal is shorter than a segment.

    Notes
    -----
    Welch (1967), *The use of fast Fourier transform for the estimation of power spectra*.
    """
    window = np.sin(np.pi * (np.arange(segment) + 0.5) / segment) ** 2
    total, number = np.zeros((1, 1, 1), dtype=np.complex128), 0
    for signal in signals:
        if len(signal) >= segment:
            cut = np.lib.stride_tricks.sliding_window_view(signal, segment, axis=0)[:: segment // 2]
            spectra = np.fft.rfft(cut * window, axis=-1).transpose(2, 1, 0)  # (F, C, segments)
            total = total + spectra @ spectra.conj().transpose(0, 2, 1)
            number += len(cut)
    if not number:
        came = "no signal of a segment's length"
        raise InputError(explain(came, f"{segment} samples or more", "give longer recordings"))
    return total / (number * np.sum(window**2))


def inverse_spectrum(spectrum: NDArray[np.complex128], bins: int) -> NDArray[np.complex128]:
    """Return the inverse of a cross-spectrum at ``bins`` frequencies from 0 to rate / 2.

    Parameters
    ----------
    spectrum
        As :func:`cross_spectrum` returns it, (F, C, C).
    bins
        How many frequencies are wanted; between known ones the spectrum is a straight line.

    Returns
    -------
    ndarray
        (bins, C, C), Hermitian and positive.
    """
    at = np.linspace(0, len(spectrum) - 1, bins)
    below = np.minimum(at.astype(int), len(spectrum) - 2)
    share = (at - below)[:, None, None]
    between = (1 - share) * spectrum[below] + share * spectrum[below + 1]
    channels = spectrum.shape[1]
    power = np.mean(np.trace(spectrum, axis1=1, axis2=2).real) / channels
    return np.linalg.inv(between + FLOOR * power * np.eye(channels))


def white(spectrum: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """Return the spectrum of white noise, alike in all channels, of the same power, (F, C, C)."""
    channels = spectrum.shape[1]
    power = np.mean(np.trace(spectrum, axis1=1, axis2=2).real) / channels
    return np.broadcast_to(power * np.eye(channels), spectrum.shape).astype(np.complex128)
