"""How much a piece of signal speaks for a strike: scores against noise that is not white."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from asctools.bells.pursuit.noise import inverse_spectrum
from asctools.bells.pursuit.templates import Templates

__all__ = ["FilterBank", "amplitude_score", "likely_amplitude", "make_filters", "score_traces"]


class FilterBank(NamedTuple):
    """What the pursuit knows of K shapes and the noise, for signals up to a length.

    Attributes
    ----------
    filters
        Σ⁻¹ S, (K, C, F) complex64: shapes, divided by the noise, at F frequencies.
    energies
        The score of a shape on itself, without noise, (K,) float32: its SNR.
    responses
        What shape a adds to the score of shape b that begins ``lag`` later,
        ``responses[a, b, L + lag]``, (K, K, 2 L + 1) float32.
    """

    filters: NDArray[np.complex64]
    energies: NDArray[np.float32]
    responses: NDArray[np.float32]

    @property
    def size(self) -> int:
        """Samples of the Fourier transform, a power of 2."""
        return 2 * (self.filters.shape[2] - 1)

    @property
    def length(self) -> int:
        """Samples of a shape, L."""
        return self.responses.shape[2] // 2


def make_filters(templates: Templates, spectrum: NDArray[np.complex128], size: int) -> FilterBank:
    """Prepare the scores of these shapes in this noise.

    Parameters
    ----------
    templates
        K waveforms.
    spectrum
        The cross-spectrum of the noise, (any number of frequencies, C, C).
    size
        Samples of the Fourier transform, a power of 2 of at least 4 L.
    """
    waves = templates.waveforms.astype(np.float64)
    at = np.fft.rfft(waves, size).transpose(2, 1, 0)  # (F, C, K)
    filters = (inverse_spectrum(spectrum, len(at)) @ at).transpose(2, 1, 0)
    pairs = at.transpose(0, 2, 1) @ filters.conj().transpose(2, 1, 0)  # (F, a, b)
    lags = np.fft.irfft(pairs.transpose(1, 2, 0), size)
    reach = templates.length
    responses = np.concatenate([lags[..., -reach:], lags[..., : reach + 1]], axis=-1)
    energies = np.diagonal(responses[..., reach])
    return FilterBank(
        filters.astype(np.complex64), energies.astype(np.float32), responses.astype(np.float32)
    )


def score_traces(
    filters: NDArray[np.complexfloating], signal: NDArray[np.floating], before: int
) -> NDArray[np.floating]:
    r"""Return how well each shape fits at each start, with the noise divided out.

    .. math:: c_k(t) = \sum_f S_k^*(f)\, \Sigma^{-1}(f)\, X(f)\, e^{i \omega t}

    For white noise of variance σ² this is the matched filter, divided by σ².

    Implements :eq:`eq-whitened-score`.

    Parameters
    ----------
    filters
        Σ⁻¹ S, (K, C, F).
    signal
        (T, C), with T + 2 · ``before`` at most 2 (F − 1); outside it counts as zero.
    before
        How many starts before the signal's first sample are wanted.

    Returns
    -------
    ndarray
        (K, before + T): column j is the start at sample j − ``before``.
    """
    size = 2 * (filters.shape[2] - 1)
    padded = np.zeros((signal.shape[1], size), dtype=signal.dtype)
    padded[:, before : before + len(signal)] = signal.T
    spectrum = np.fft.rfft(padded)
    product = np.einsum("kcf,cf->kf", filters.conj(), spectrum)
    return np.fft.irfft(product, size)[:, : before + len(signal)]


def amplitude_score(c: ArrayLike, E: ArrayLike, variance: float = 0.3) -> NDArray[np.floating]:
    r"""Return the log-likelihood ratio of a strike of unknown strength against none.

    A strike is a times its shape, a from a normal distribution around 1. All possible a are
    weighed, so weak and loud bells stand on one scale, and one threshold serves all.

    .. math::

       \ell = \frac{(c + 1/v)^2}{2 (E + 1/v)} - \frac{1}{2 v} - \frac{1}{2} \log(1 + v E)

    Implements :eq:`eq-amplitude-score`.

    Parameters
    ----------
    c
        The score of the shape at a place.
    E
        The score of the shape on itself; broadcast against c.
    variance
        v, of the amplitude.

    Returns
    -------
    ndarray
        As c. −∞ where the likeliest amplitude is not above 0: a strike upside down is none.
    """
    c, E = np.asarray(c), np.asarray(E)
    shifted = c + 1 / variance
    ratio = shifted**2 / (2 * (E + 1 / variance)) - 1 / (2 * variance) - np.log1p(variance * E) / 2
    return np.where(shifted > 0, ratio, -np.inf)


def likely_amplitude(c: ArrayLike, E: ArrayLike, variance: float = 0.3) -> NDArray[np.floating]:
    """Return the mean of the amplitude, given the score c and the energy E of the shape."""
    return (np.asarray(c) + 1 / variance) / (np.asarray(E) + 1 / variance)
