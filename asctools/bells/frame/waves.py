"""From a design to waveforms: decaying sinusoids, heard through a sensor of 2000 Hz."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from asctools.bells.frame.design import Design, Modes
from asctools.bells.frame.shapes import ONSET, PHASES, Shapes
from asctools.bells.recording import RATE

__all__ = ["attack_shapes", "band_limited", "snr_db", "tail_shapes"]

ATTACK_LENGTH, TAIL_LENGTH = 600, 3000
FADE = 600
STRIDE = 160
MEASURED = ONSET + round(0.050 * RATE)  # a template of 40 ms and 10 ms for the delays
PASS_HZ, STOP_HZ = 800.0, 1000.0


def attack_shapes(frame: Design) -> Shapes:
    """Return the short part of every bell's strike, 0.3 s, shape ``(16, 2, 8, 6, 600)``."""
    return _shapes(frame.attacks, frame.delays, ATTACK_LENGTH)


def tail_shapes(frame: Design) -> Shapes:
    """Return the long part of every bell's strike, 1.5 s, shape ``(16, 2, 8, 6, 3000)``."""
    return _shapes(frame.tails, frame.delays, TAIL_LENGTH)


def snr_db(templates: NDArray[np.float32], sigma: float) -> NDArray[np.float64]:
    """Return the energy of each bell's first 40 ms over the variance of white noise, in dB.

    Parameters
    ----------
    templates
        Shape ``(16, 2, 6, L)`` with the onset at sample ``ONSET``; hand and back are averaged.
    sigma
        Standard deviation of the noise.

    Returns
    -------
    array
        Shape ``(16,)``.
    """
    energy = np.square(templates[..., :MEASURED], dtype=np.float64).sum((-2, -1)).mean(1)
    return 10 * np.log10(energy / sigma**2)


def _shapes(bells: tuple[Modes, ...], delays: NDArray[np.float64], length: int) -> Shapes:
    waves = np.empty((len(bells), 2, PHASES, delays.shape[1], length), dtype=np.float32)
    for bell, (modes, delay) in enumerate(zip(bells, delays, strict=True)):
        fine = band_limited(_oscillations(modes, delay, length * PHASES))
        for phase in range(PHASES):  # a later strike shows an earlier part of the waveform
            waves[bell, :, phase, :, :] = fine[..., PHASES - phase :: PHASES][..., :length]
    return Shapes(waves)


def _oscillations(modes: Modes, delay: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """Sum sinusoids from each channel's delay on, ``(2, 6, n + 8)`` at eight times the rate."""
    pole = (-1 / modes.decay_s + 2j * np.pi * modes.hertz) / (RATE * PHASES)
    late = (ONSET + delay + 1) * PHASES  # one coarse sample of room for the phases
    gains = modes.gains * np.exp(-np.outer(pole, late))
    ringing = _powers(pole, n + PHASES)
    total = gains.imag.swapaxes(1, 2) @ ringing.real + gains.real.swapaxes(1, 2) @ ringing.imag
    for channel, start in enumerate(np.ceil(late).astype(int)):
        total[:, channel, :start] = 0
    fade = min(FADE * PHASES, n // 2)
    total[..., -fade:] *= 0.5 + 0.5 * np.cos(np.linspace(0, np.pi, fade))
    return total


def _powers(pole: NDArray[Any], n: int) -> NDArray[np.complex128]:
    """Return ``exp(pole · k)`` for k = 0 … n − 1, shape ``(K, n)``, from few exponentials."""
    near = np.exp(np.outer(pole, np.arange(STRIDE)))
    far = np.exp(np.outer(pole, np.arange(0, n, STRIDE)))
    return (far[:, :, None] * near[:, None]).reshape(len(pole), -1)[:, :n]


def band_limited(fine: NDArray[np.float64]) -> NDArray[np.float64]:
    """Remove, at eight times the rate, what the sensor's rate could not represent (zero phase)."""
    n = fine.shape[-1]
    size = 2 ** (n - 1).bit_length()
    hertz = np.fft.rfftfreq(size, 1 / (RATE * PHASES))
    ramp = np.clip((STOP_HZ - hertz) / (STOP_HZ - PASS_HZ), 0, 1)
    spectrum = np.fft.rfft(fine, size) * (0.5 - 0.5 * np.cos(np.pi * ramp))
    return np.fft.irfft(spectrum, size)[..., :n]
