"""What the sensors hear besides bells: noise, the sway of the tower, and knocks."""

import numpy as np
from numpy.typing import NDArray

from asctools.bells.recording import CHANNELS, RATE

__all__ = ["add_impulses", "add_sway", "coloured_noise"]

COLOUR, COLOURED_SHARE = 0.9, 0.3
SWAYS, PIECE = 4, 60 * RATE
KNOCK_LENGTH, KNOCK_MODES = 300, 3


def coloured_noise(n: int, sigma: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """Draw white noise of standard deviation ``sigma`` and, on top, noise with a memory.

    Parameters
    ----------
    n
        How many samples.
    sigma
        Standard deviation of the white part; that of the coloured part is 0.3 of it, and half of
        its power is common to all channels.
    rng
        Source of the noise.

    Returns
    -------
    array
        Shape ``(6, n)``, float32.
    """
    from scipy.signal import lfilter

    drawn = rng.standard_normal((CHANNELS + 1, n), dtype=np.float32)
    drawn[:, 0] /= np.sqrt(1 - COLOUR**2)  # starts as if it had always been there
    slow = lfilter([np.sqrt(1 - COLOUR**2)], [1.0, -COLOUR], drawn).astype(np.float32)
    white = rng.standard_normal((CHANNELS, n), dtype=np.float32)
    return sigma * (white + COLOURED_SHARE * np.sqrt(0.5) * (slow[1:] + slow[0]))


def add_sway(total: NDArray[np.float32], rng: np.random.Generator) -> None:
    """Add the slow movement of the tower, 0.25–3 Hz, to ``total`` of shape ``(6, n)``."""
    hertz, phase = rng.uniform(0.25, 3.0, SWAYS), rng.uniform(0, 2 * np.pi, (CHANNELS, SWAYS))
    reach = rng.lognormal(0, 0.5, (CHANNELS, SWAYS)) * 2
    for start in range(0, total.shape[1], PIECE):
        piece = total[:, start : start + PIECE]
        angle = 2 * np.pi * hertz / RATE * np.arange(start, start + piece.shape[1])[:, None]
        # a sin(x + p) = a cos p sin x + a sin p cos x: two small products for all channels
        piece += ((reach * np.cos(phase)) @ np.sin(angle).T).astype(np.float32)
        piece += ((reach * np.sin(phase)) @ np.cos(angle).T).astype(np.float32)


def add_impulses(
    total: NDArray[np.float32], size: float, per_second: float, rng: np.random.Generator
) -> None:
    """Add knocks that are no bell (ropes, stays, doors) to ``total`` of shape ``(6, n)``."""
    n = total.shape[1]
    starts = rng.integers(-KNOCK_LENGTH, n, rng.poisson(per_second * (n + KNOCK_LENGTH) / RATE))
    time = np.arange(KNOCK_LENGTH) / RATE
    for start in starts.tolist():
        pole = -1 / rng.uniform(0.008, 0.03, KNOCK_MODES)
        hertz = rng.uniform(40, 800, KNOCK_MODES)
        gains = rng.normal(0, size, (CHANNELS, KNOCK_MODES)) * rng.lognormal(0, 0.5)
        ringing = np.exp(pole[:, None] * time) * np.sin(2 * np.pi * hertz[:, None] * time)
        begin, end = max(start, 0), min(start + KNOCK_LENGTH, n)
        total[:, begin:end] += (gains @ ringing)[:, begin - start : end - start]
