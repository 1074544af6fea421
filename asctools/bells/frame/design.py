"""What a seed decides once: the bells, the steel that carries them, and the sensors' places."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from asctools.bells.recording import CHANNELS, RATE
from asctools.bells.strikes import NUM_BELLS

__all__ = ["Design", "Modes", "design"]

TENOR_HZ = 260.0
SCALE = (0, 2, 4, 5, 7, 9, 11)  # semitones of a major scale
PARTIALS = (0.5, 1.0, 1.2, 1.5, 2.0, 3.0, 4.0)  # hum, prime, tierce, quint, nominal and above
HIGHEST_HZ = 900.0
FRAME_MODES, LOCAL_MODES = 5, 4
STROKE_COSINE, TAIL = 0.95, 0.1
UNIT_DELAY, AXIS_DELAY = 0.0045 * RATE, 0.0005 * RATE


class Modes(NamedTuple):
    """Decaying sinusoids that make up one bell's strike.

    Attributes
    ----------
    hertz, decay_s
        Frequency and time constant of each, shape ``(K,)``.
    gains
        How strongly each arrives, with its sign, shape ``(2, K, 6)``: hand and back, channels.
    """

    hertz: NDArray[np.float64]
    decay_s: NDArray[np.float64]
    gains: NDArray[np.float64]


class Design(NamedTuple):
    """Sixteen bells in one frame.

    Attributes
    ----------
    attacks, tails
        The short and the long part of each bell's strike, 16 entries each.
    delays
        Time from the strike to its arrival, in samples, shape ``(16, 6)``, within ±10 (5 ms); the
        three axes of one unit differ by a millisecond at most.
    loudness_db
        Energy that each bell's 40 ms template should have, shape ``(16,)``, 0 dB = 1.
    frame_hertz
        Modes of the steel that every bell excites, shape ``(5,)``.
    """

    attacks: tuple[Modes, ...]
    tails: tuple[Modes, ...]
    delays: NDArray[np.float64]
    loudness_db: NDArray[np.float64]
    frame_hertz: NDArray[np.float64]


def design(rng: np.random.Generator) -> Design:
    """Draw a bell frame.

    Parameters
    ----------
    rng
        Source of everything that differs between frames.

    Returns
    -------
    Design
        Its bells, from the treble (index 0) down a major scale to the tenor (index 15).
    """
    frame_hertz, frame_decay = rng.uniform(25, 160, FRAME_MODES), rng.uniform(0.02, 0.06, 5)
    parts = [_bell(prime, frame_hertz, frame_decay, rng) for prime in primes()]
    unit = rng.uniform(-UNIT_DELAY, UNIT_DELAY, (NUM_BELLS, 2)).repeat(CHANNELS // 2, axis=1)
    axis = rng.uniform(-AXIS_DELAY, AXIS_DELAY, (NUM_BELLS, CHANNELS))
    attacks, tails = (tuple(side) for side in zip(*parts, strict=True))
    return Design(attacks, tails, unit + axis, _loudness(rng), frame_hertz)


def primes() -> NDArray[np.float64]:
    """Return the prime of each bell in Hz, highest first, shape ``(16,)``."""
    steps = np.arange(NUM_BELLS)[::-1]
    semitones = 12 * (steps // len(SCALE)) + np.array(SCALE)[steps % len(SCALE)]
    return TENOR_HZ * 2.0 ** (semitones / 12)


def _bell(
    prime: float,
    frame_hertz: NDArray[np.float64],
    frame_decay: NDArray[np.float64],
    rng: np.random.Generator,
) -> tuple[Modes, Modes]:
    """Draw the attack and the tail of one bell."""
    tuned = prime * np.array(PARTIALS) * rng.lognormal(0, 0.005, len(PARTIALS))
    tuned = tuned[tuned < HIGHEST_HZ]
    local = rng.uniform(150, 800, LOCAL_MODES)
    attack = Modes(
        np.concatenate([tuned, frame_hertz, local]),
        np.concatenate(
            [rng.uniform(0.012, 0.030, len(tuned)), frame_decay, rng.uniform(0.008, 0.025, 4)]
        ),
        _gains(len(tuned) + FRAME_MODES + LOCAL_MODES, rng),
    )
    tail = Modes(tuned, rng.uniform(0.2, 1.2, len(tuned)), TAIL * _gains(len(tuned), rng))
    return attack, tail


def _gains(count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Signed lognormal gains; the other stroke turns them by an angle of the stated cosine."""
    drawn = rng.lognormal(0, 0.5, (2, count, CHANNELS)) * rng.choice([-1, 1], (2, count, CHANNELS))
    turned = STROKE_COSINE * drawn[0] + np.sqrt(1 - STROKE_COSINE**2) * drawn[1]
    return np.stack([drawn[0], turned])


def _loudness(rng: np.random.Generator) -> NDArray[np.float64]:
    """Spread the bells between 17, 25 (median) and 36 dB, in any order: some are hard to hear."""
    place = np.linspace(-1, 1, NUM_BELLS)
    even = 25 - 8 * np.clip(-place, 0, 1) ** 4 + 11 * np.clip(place, 0, 1) ** 1.5
    return rng.permutation(even + rng.normal(0, 0.3, NUM_BELLS))
