"""Where each channel of a template begins: of all possible beginnings the likeliest.

A struck body is silent, and then all its modes begin at once, each as a damped sine. So for each
possible beginning there is a family of waveforms, and how likely a waveform is as one of them can
be worked out: it is a Gaussian process. No threshold on a rising edge is needed, and the first
samples, which are small, count for what they tell.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from asctools.errors import InputError, ShapeError, explain

__all__ = ["log_likelihood", "onset_delays", "struck_modes"]

Floats = NDArray[np.float64]

STEP = 0.25  # samples between two beginnings that are compared
AFTER = 40  # samples behind the strike that are looked at: 20 ms
HERTZ = np.arange(15.0, 905.0, 15.0)
DECAY_S = np.array([0.008, 0.02, 0.1])
PASS_HZ, STOP_HZ = 800.0, 1000.0  # between them a sensor of 2000 Hz lets ever less through
SIZE = 2048  # samples: after one second a struck mode of 0.1 s is silent
NOISE = np.array([1e-3, 3e-3, 1e-2, 3e-2, 1e-1])  # share of the power that no mode explains
ROUNDS = 2  # of learning which modes a bell has
LEAST = 0.02  # of a mode's power: no mode is ruled out
APART = 1.0  # samples: so far may an axis lie from the middle of its unit
TINY = 1e-30


def onset_delays(
    templates: ArrayLike,
    lead: int = 20,
    most: float = 10.0,
    *,
    rate: float = 2000.0,
    axes: int = 3,
    blur_ms: float = 0.2,
) -> Floats:
    """Return how much later than its strike each channel of a template begins.

    First every mode is possible. Then those that the channels of an event have in common count
    for more, as they are the modes of one bell, and beginnings are compared again. At last the
    axes of a unit, which stand in one place, are heard together.

    Parameters
    ----------
    templates
        Learned waveforms, ``(E, C, L)``.
    lead
        The sample of the strike.
    most
        No channel begins more samples before or after it.
    rate
        Samples a second.
    axes
        Channels of a unit: neighbours whose delays differ by two samples at most. 1: each channel
        stands for itself. Where C is no multiple of it, so too.
    blur_ms
        Standard deviation of the labels' errors: a learned template is a mean over strikes that
        stand so far beside each other. 0 for templates that nobody had to learn.

    Returns
    -------
    ndarray
        ``(E, C)``, in samples, with fractions, within ±``most``: the mean over all beginnings,
        each as likely as it is. A channel of zeros follows its unit.

    Raises
    ------
    ShapeError
        If the templates have no three axes.
    InputError
        If they are too short to say anything, or not finite.
    """
    waves = _checked(templates, lead, most)[..., : lead + AFTER]
    waves = waves / np.sqrt(np.mean(waves**2, axis=-1, keepdims=True) + TINY)
    beginnings = np.arange(-most, most + STEP / 2, STEP)
    modes = struck_modes(lead + beginnings, waves.shape[-1], rate, blur_ms)
    together = axes if waves.shape[1] % axes == 0 else 1
    return np.array([_of_event(each, modes, beginnings, together) for each in waves])


def _of_event(waves: Floats, modes: Floats, beginnings: Floats, axes: int) -> Floats:
    """Return the delays of one event's channels, ``(C,)``."""
    powers = np.ones(modes.shape[2])
    for _ in range(ROUNDS):
        likely = _together(log_likelihood(waves, modes, powers), beginnings, axes)
        powers = _powers_of_modes(waves, modes[likely.argmax(axis=1)], powers)
    likely = _together(log_likelihood(waves, modes, powers), beginnings, axes)
    return likely @ beginnings


def struck_modes(
    beginnings: ArrayLike, length: int, rate: float = 2000.0, blur_ms: float = 0.2
) -> Floats:
    """Return what a sensor hears of damped sines that begin at a sample, or between two.

    Parameters
    ----------
    beginnings
        In samples, ``(J,)``.
    length
        Number of samples, n.
    rate
        Samples a second.
    blur_ms
        As for :func:`onset_delays`.

    Returns
    -------
    ndarray
        ``(J, n, K)``: K modes of many frequencies and three dampings, each of mean power 1.
    """
    hertz = np.fft.rfftfreq(SIZE, 1 / rate)
    s = 2j * np.pi * hertz
    ramp = np.clip((STOP_HZ - hertz) / (STOP_HZ - PASS_HZ), 0, 1)
    blur = np.exp(-0.5 * (2 * np.pi * hertz * blur_ms / 1000) ** 2)
    heard = (0.5 - 0.5 * np.cos(np.pi * ramp)) * blur
    omega, pole = (grid.reshape(-1, 1) for grid in np.meshgrid(2 * np.pi * HERTZ, 1 / DECAY_S))
    spectra = heard * omega / ((pole + s) ** 2 + omega**2)
    late = np.exp(-np.multiply.outer(np.asarray(beginnings) / rate, s))
    waves = np.array([np.fft.irfft(spectra * turn, SIZE)[:, :length].T for turn in late])
    return waves / np.sqrt(np.mean(waves**2, axis=(0, 1)))


def log_likelihood(waves: Floats, modes: Floats, powers: Floats) -> Floats:
    r"""Return how likely each waveform is if it begins at each of J places.

    A waveform y is a sum of modes with unknown gains, and noise ρ, so it is normal with covariance
    K = Σ_k v_k m_k m_kᵀ + ρ I. Its loudness is whatever fits best, and all shares ρ of noise are
    weighed alike.

    Parameters
    ----------
    waves
        y, ``(C, n)``.
    modes
        m, for each beginning, ``(J, n, K)``.
    powers
        v, of each mode, ``(K,)``.

    Returns
    -------
    ndarray
        ``(C, J)``, but for a constant of each waveform; 0 for one that is silent.
    """
    n = waves.shape[1]
    known = (modes * (powers / powers.sum())) @ modes.transpose(0, 2, 1)
    silent = ~waves.any(axis=1, keepdims=True)
    said = []
    for noise in NOISE:
        covariance = known + noise * np.eye(n)
        misfit = np.einsum("cn,jnc->jc", waves, np.linalg.solve(covariance, waves.T[None]))
        said.append(-0.5 * (n * np.log(misfit.T + TINY) + np.linalg.slogdet(covariance)[1]))
    return np.where(silent, 0.0, np.logaddexp.reduce(said))


def _powers_of_modes(waves: Floats, modes: Floats, powers: Floats) -> Floats:
    """Return how strong each mode is in the channels of an event, on average: one step of EM.

    ``modes``, (C, n, K), begin where each channel does.
    """
    share = powers / powers.sum()
    covariance = (modes * share) @ modes.transpose(0, 2, 1) + np.median(NOISE) * np.eye(
        len(modes[0])
    )
    fitted = np.linalg.solve(covariance, np.concatenate([waves[..., None], modes], axis=2))
    loudness = np.einsum("cn,cn->c", waves, fitted[..., 0]) / waves.shape[1]
    gains = share * np.einsum("cnk,cn->ck", modes, fitted[..., 0])
    unsure = share - share**2 * np.einsum("cnk,cnk->ck", modes, fitted[..., 1:])
    strong = np.mean(gains**2 / (loudness[:, None] + TINY) + unsure, axis=0)
    return strong / strong.mean() + LEAST


def _together(likely: Floats, beginnings: Floats, axes: int) -> Floats:
    """Return the probability of each beginning, ``(C, J)``, from log-likelihoods.

    The channels of a unit are near one middle, which may be anywhere; each says where it may be.
    """
    alone = np.exp(likely - likely.max(axis=1, keepdims=True)).reshape(-1, axes, len(beginnings))
    if axes == 1:
        return _shares(alone[:, 0])
    near = np.abs(beginnings[:, None] - beginnings) <= APART
    near = near / near.sum(axis=1, keepdims=True)  # (middles, beginnings)
    middles = np.log(alone @ near.T + TINY)
    others = middles.sum(axis=1, keepdims=True) - middles
    heard = np.exp(others - others.max(axis=2, keepdims=True)) @ near
    return _shares((alone * heard).reshape(likely.shape) + TINY)


def _shares(weights: Floats) -> Floats:
    return weights / weights.sum(axis=1, keepdims=True)


def _checked(templates: ArrayLike, lead: int, most: float) -> Floats:
    waves = np.asarray(templates, dtype=np.float64)
    if waves.ndim != 3:
        came = f"templates of shape {waves.shape}"
        raise ShapeError(explain(came, "(E, C, L)", "put events first and samples last"))
    if waves.shape[2] <= lead + most:
        came = f"templates of {waves.shape[2]} samples"
        raise InputError(explain(came, f"more than {lead + most:g}", "learn longer templates"))
    if not np.isfinite(waves).all():
        raise InputError(explain("a template that is not finite", "numbers", "fit it again"))
    return waves
