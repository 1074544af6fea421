"""What physics allows: how exactly the time of a known waveform in white noise can be known.

A *template* is ``(C, L)``: the waveform of one strike on C channels, in the signal's unit, one
value per sample. A time is a number of samples from the start of what it was found in, and may
lie between two of them. ``sigma`` is the standard deviation of the noise in one sample of one
channel, in the same unit. The source of it all is Kay, *Estimation Theory*, chapter 3.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from asctools.errors import InputError, ShapeError, explain

__all__ = [
    "cramer_rao",
    "decibels",
    "locate",
    "matched_filter",
    "monte_carlo",
    "placed",
    "rms_bandwidth",
    "slope",
    "snr",
]

RATE = 2000.0  # Hz
TAPS = 24  # samples on either side that one value between two samples is made of
ROUNDNESS = 8.0  # of the Kaiser window that ends the sinc function

Array = NDArray[np.float64]


def snr(template: ArrayLike, sigma: float) -> float:
    """Return the signal-to-noise ratio: the template's energy over the noise variance.

    Implements :eq:`eq-snr`.

    Parameters
    ----------
    template
        ``(C, L)``.
    sigma
        Standard deviation of the white noise, above 0.

    Returns
    -------
    float
        A ratio, not decibels; :func:`decibels` turns it into those.
    """
    return float(np.sum(_template(template) ** 2) / _positive(sigma) ** 2)


def decibels(ratio: float) -> float:
    """Return a ratio of energies in decibels: ten for each factor of ten."""
    return float(10.0 * np.log10(ratio))


def slope(template: ArrayLike) -> Array:
    """Return the derivative by time of a template, per sample, ``(C, 4 L)``.

    It is the slope of the one smooth curve through the samples that holds no frequency above half
    the rate. The curve swings on a little where the template has ended, so room is left.
    """
    values = _template(template)
    length = 4 * values.shape[1]
    per_sample = 2j * np.pi * np.fft.fftfreq(length)
    return np.fft.ifft(per_sample * np.fft.fft(values, length), axis=-1).real


def rms_bandwidth(template: ArrayLike, rate: float = RATE) -> float:
    """Return the root-mean-square bandwidth in Hz: how quickly the template moves.

    Implements :eq:`eq-rms-bandwidth`.

    Parameters
    ----------
    template
        ``(C, L)``.
    rate
        Samples per second.
    """
    values = _template(template)
    rms = np.sqrt(np.sum(slope(values) ** 2) / np.sum(values**2))
    return float(rms * _positive(rate) / (2 * np.pi))


def cramer_rao(template: ArrayLike, sigma: float) -> float:
    """Return the smallest standard deviation that an unbiased estimate of the time can have.

    Implements :eq:`eq-cramer-rao`.

    Parameters
    ----------
    template
        ``(C, L)``.
    sigma
        Standard deviation of the white noise, above 0.

    Returns
    -------
    float
        In samples; divide by the rate for seconds. An unknown amplitude costs nothing more: a
        template that starts and ends at zero is at right angles to its own slope.
    """
    return float(_positive(sigma) / np.sqrt(np.sum(slope(template) ** 2)))


def matched_filter(signal: ArrayLike, template: ArrayLike) -> Array:
    """Slide the template along the signal and return how well it fits at every place.

    Implements :eq:`eq-matched-filter`.

    Parameters
    ----------
    signal
        ``(T, C)``, T at least L.
    template
        ``(C, L)``.

    Returns
    -------
    numpy.ndarray
        ``(T − L + 1,)``: entry n belongs to a template whose first sample is sample n.

    Raises
    ------
    asctools.errors.ShapeError
        If the channels differ, or the signal is shorter than the template.
    """
    values, x = _template(template), np.asarray(signal, dtype=float)
    if x.ndim != 2 or x.shape[1] != len(values) or len(x) < values.shape[1]:
        expected = f"(T, {len(values)}) with T ≥ {values.shape[1]}, as the template is"
        came = f"a signal of shape {x.shape}"
        raise ShapeError(explain(came, expected, "pass the channels as columns"))
    trace = np.zeros(len(x) - values.shape[1] + 1)
    for channel, s in enumerate(values):
        trace += np.correlate(x[:, channel], s, mode="valid")
    return trace


def locate(trace: ArrayLike, upsample: int = 8) -> float:
    """Return where a trace is highest, in samples and parts of a sample.

    The neighbourhood of the highest sample is computed ``upsample`` times as finely, with a sinc
    function that a Kaiser window ends; then a parabola is laid through the highest three points.
    Within 24 samples of either end of the trace it is less exact: what lies outside counts as 0.

    Parameters
    ----------
    trace
        ``(T,)``, at least 3.
    upsample
        1 lays the parabola through the samples themselves: quick, and wrong by some hundredths
        of a millisecond however little noise there is.
    """
    y = np.asarray(trace, dtype=float)
    if y.ndim != 1 or len(y) < 3 or upsample < 1:
        came = f"a trace of shape {y.shape} and upsample={upsample}"
        expected = "(T,) with T ≥ 3, upsample at least 1"
        raise ShapeError(explain(came, expected, "pass one trace"))
    top = int(np.clip(np.argmax(y), 1, len(y) - 2))
    near = np.pad(y, TAPS)[top : top + 2 * TAPS + 1]
    fine = _between(upsample) @ near  # from one sample before the top to one behind it
    best = int(np.clip(np.argmax(fine), 1, len(fine) - 2))
    before, here, after = fine[best - 1 : best + 2]
    bend = before - 2.0 * here + after
    part = 0.5 * (before - after) / bend if bend < 0.0 else 0.0
    return float(top - 1.0 + (best + np.clip(part, -1.0, 1.0)) / upsample)


def _between(upsample: int) -> Array:
    """Return the weights of the samples around one place for the points between its neighbours."""
    points = np.linspace(-1.0, 1.0, 2 * upsample + 1)
    away = np.arange(-TAPS, TAPS + 1) - points[:, None]
    inside = np.clip(1.0 - (away / (TAPS + 1.0)) ** 2, 0.0, None)
    return np.asarray(np.sinc(away) * np.i0(ROUNDNESS * np.sqrt(inside)) / np.i0(ROUNDNESS))


def placed(template: ArrayLike, at: float, length: int) -> Array:
    """Return silence of ``length`` samples with the template starting at ``at``, ``(length, C)``.

    Parameters
    ----------
    template
        ``(C, L)``.
    at
        Where its first sample stands; may lie between two samples.
    length
        At least ``at + L``.
    """
    values = _template(template)
    if not 0.0 <= at <= length - values.shape[1]:
        came = f"a start at {at:g} in {length} samples"
        expected = f"0 to {length - values.shape[1]} for a template of {values.shape[1]}"
        raise InputError(explain(came, expected, "leave room for the whole template"))
    turn = np.exp(-2j * np.pi * np.fft.rfftfreq(length) * at)
    return np.fft.irfft(turn * np.fft.rfft(values, length), length).T


def monte_carlo(
    template: ArrayLike,
    sigma: float,
    draws: int,
    rng: np.random.Generator,
    *,
    upsample: int = 8,
    search: int = 100,
) -> Array:
    """Hide a template in noise again and again, find it, and return by how much one was wrong.

    Parameters
    ----------
    template
        ``(C, L)``.
    sigma
        Standard deviation of the white noise, above 0.
    draws
        How often, at least 1.
    rng
        Draws the noise, and the place between two samples.
    upsample
        As in :func:`locate`.
    search
        How many samples to either side of the truth one looks.

    Returns
    -------
    numpy.ndarray
        ``(draws,)``: found minus true time, in samples.
    """
    values = _template(template)
    if draws < 1 or search < 2:
        came = f"draws={draws}, search={search}"
        raise InputError(explain(came, "at least 1 and at least 2", "ask for more"))
    length = values.shape[1] + 2 * search
    errors = np.empty(draws)
    for draw in range(draws):
        true = search + rng.uniform(-0.5, 0.5)
        noise = _positive(sigma) * rng.standard_normal((length, len(values)))
        trace = matched_filter(placed(values, true, length) + noise, values)
        errors[draw] = locate(trace, upsample) - true
    return errors


def _template(template: ArrayLike) -> Array:
    values = np.asarray(template, dtype=float)
    if values.ndim != 2 or values.shape[1] < 2 or not np.isfinite(values).all() or not values.any():
        came = f"a template of shape {values.shape}"
        expected = "(channels, samples), finite and not all zero"
        raise ShapeError(explain(came, expected, "pick one bell and one stroke"))
    return values


def _positive(value: float) -> float:
    if not np.isfinite(value) or value <= 0.0:
        raise InputError(explain(f"{value!r}", "a finite number above 0", "pass sigma, or a rate"))
    return float(value)
