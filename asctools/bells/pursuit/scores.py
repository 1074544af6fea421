"""How much a piece of signal speaks for a strike: scores against noise that is not white."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from asctools.bells.pursuit.noise import inverse_spectrum
from asctools.bells.pursuit.templates import Templates

__all__ = [
    "EIGHTHS",
    "FilterBank",
    "amplitude_score",
    "likely_amplitude",
    "make_bank",
    "make_filters",
    "score_traces",
]

EIGHTHS = 4  # of a sample: a strike is at most so many away from a start


class FilterBank(NamedTuple):
    """What the pursuit knows of K templates and the noise.

    Attributes
    ----------
    filters
        Σ⁻¹ S, (K, C, F) complex64: templates, divided by the noise, at F frequencies.
    energies
        The score of a template on itself, without noise, (K,) float32: its SNR.
    responses
        What a strike with template a, ``d`` eighths of a sample late, adds to the score of
        template b that begins ``lag`` samples after it, ``responses[4 + d, a, b, L + lag]``,
        (9, K, K, 2 L + 1) float32.
    """

    filters: NDArray[np.complex64]
    energies: NDArray[np.float32]
    responses: NDArray[np.float32]

    @property
    def length(self) -> int:
        """Samples of a template, L."""
        return self.responses.shape[3] // 2


def make_bank(templates: Templates, spectrum: NDArray[np.complex128], size: int) -> FilterBank:
    """Prepare the scores of these templates in this noise.

    Parameters
    ----------
    templates
        K waveforms.
    spectrum
        The cross-spectrum of the noise, (any number of frequencies, C, C).
    size
        Samples of the Fourier transform of the signals, a power of 2.
    """
    reach = templates.length
    small = 1 << (4 * reach - 1).bit_length()  # room for all lags, and for what whitening smears
    at = _transformed(templates, small)
    filters = make_filters(templates, spectrum, small).astype(np.complex128)
    pairs = at.transpose(2, 0, 1) @ filters.conj().transpose(2, 1, 0)  # (F, a, b)
    delays = np.arange(-EIGHTHS, EIGHTHS + 1) / (2 * EIGHTHS)
    responses = np.empty((len(delays), *pairs.shape[1:], 2 * reach + 1), dtype=np.float32)
    for each, delay in zip(responses, delays, strict=True):
        turn = np.exp(-2j * np.pi * np.fft.rfftfreq(small) * delay)
        lags = np.fft.irfft(pairs.transpose(1, 2, 0) * turn, small)
        each[..., :reach], each[..., reach:] = lags[..., -reach:], lags[..., : reach + 1]
    energies = np.diagonal(responses[EIGHTHS, :, :, reach])
    return FilterBank(make_filters(templates, spectrum, size), energies, responses)


def make_filters(
    templates: Templates, spectrum: NDArray[np.complex128], size: int
) -> NDArray[np.complex64]:
    """Return Σ⁻¹ S for Fourier transforms of ``size`` samples, (K, C, size // 2 + 1)."""
    at = _transformed(templates, size).transpose(2, 1, 0)
    filters = inverse_spectrum(spectrum, len(at)) @ at
    return np.ascontiguousarray(filters.transpose(2, 1, 0), dtype=np.complex64)


def _transformed(templates: Templates, size: int) -> NDArray[np.complex128]:
    return np.fft.rfft(templates.waveforms.astype(np.float64), size)


def score_traces(
    filters: NDArray[np.complexfloating], signal: NDArray[np.floating], before: int
) -> NDArray[np.floating]:
    r"""Return how well each template fits at each start, with the noise divided out.

    .. math:: c_k[n] = \frac{1}{N} \sum_f S_k(f)^*\, \Sigma(f)^{-1}\, X(f)\, e^{2 \pi i f n}

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

    A strike is a times its template, a from a normal distribution around 1. All possible a are
    weighed, so weak and loud bells stand on one scale, and one threshold serves all.

    .. math::

       \ell = \frac{(c + 1/v)^2}{2 (E + 1/v)} - \frac{1}{2 v} - \frac{1}{2} \log(1 + v E)

    Implements :eq:`eq-amplitude-score`.

    Parameters
    ----------
    c
        The score of the template at a place.
    E
        The score of the template on itself; broadcast against c.
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
    """Return the mean of the amplitude, given the score c and the energy E of the template."""
    return (np.asarray(c) + 1 / variance) / (np.asarray(E) + 1 / variance)
