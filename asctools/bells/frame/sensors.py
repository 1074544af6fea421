"""What the sensors make of it: strikes on two clocks, noise on top, sixteen bits."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from asctools.bells.frame.levels import Level
from asctools.bells.frame.noise import add_impulses, add_sway, coloured_noise
from asctools.bells.frame.shapes import Shapes, add_strikes
from asctools.bells.recording import CHANNELS, RATE
from asctools.bells.strikes import Strikes

__all__ = ["FULL_SCALE", "Switches", "hear"]

FULL_SCALE = 40.0
"""Where the sensors' int16 ends, in units of the signal (``light`` has noise of 1 such unit)."""
STEP = FULL_SCALE / 2**15
KNOCK = 0.5
MINUTE = 60 * RATE  # so often are the two clocks set to each other


class Switches(NamedTuple):
    """What is heard besides the bells, and how it is written down.

    Attributes
    ----------
    noise, sway, impulses, clipping
        Whether each is there.
    clock_skew_ppm
        How much faster the second unit's clock runs, in millionths.
    """

    noise: bool = True
    sway: bool = True
    impulses: bool = True
    clipping: bool = True
    clock_skew_ppm: float = 5.0


def hear(
    parts: tuple[Shapes, Shapes],
    true: Strikes,
    n: int,
    level: Level,
    switches: Switches,
    rng: np.random.Generator,
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Record strikes.

    Parameters
    ----------
    parts
        The attack and the tail of every bell.
    true
        What is struck, also before the recording starts: its tail is heard.
    n
        How many samples to record.
    level, switches
        How much of everything else, and what of it at all.
    rng
        Source of the strikes' loudness and of the noise.

    Returns
    -------
    tuple of arrays
        The signal, ``(n, 6)``, float32, C-contiguous; and how loud the attack and the tail of each
        strike were, ``(k, 2)``.
    """
    total = np.zeros((CHANNELS, n), dtype=np.float32)
    loud = loudness(true.number, level, rng)
    for shapes, amplitudes in zip(parts, loud.T, strict=True):
        _add_on_two_clocks(total, shapes, true, amplitudes, switches.clock_skew_ppm)
    _disturb(total, level, switches, rng)
    return np.ascontiguousarray(total.T), loud


def loudness(number: int, level: Level, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw how loud the attack and the tail of so many strikes are, 1 = usual, (number, 2)."""
    loud = rng.lognormal(0, level.amplitude_sd, number)
    attack = rng.lognormal(0, level.part_sd, number)
    tail = rng.lognormal(0, level.part_sd, number)
    return np.stack([loud * attack, loud * tail], axis=1)


def _add_on_two_clocks(
    total: NDArray[np.float32],
    shapes: Shapes,
    true: Strikes,
    amplitudes: NDArray[np.float64],
    skew_ppm: float,
) -> None:
    """Add the strikes; the units drift apart within each minute, half of it to either side."""
    drift = (true.times % MINUTE - MINUTE / 2) * skew_ppm * 1e-6
    for late, unit in ((-drift / 2, slice(0, 3)), (drift / 2, slice(3, 6))):
        heard = Shapes(shapes.waves[..., unit, :], shapes.onset)
        add_strikes(total[unit], heard, true._replace(times=true.times + late), amplitudes)


def _disturb(
    total: NDArray[np.float32], level: Level, switches: Switches, rng: np.random.Generator
) -> None:
    """Add what is no bell, and write all down in the steps of 16 bits, in place."""
    if switches.noise:
        for piece in _minutes(total):
            piece += coloured_noise(piece.shape[1], level.sigma, rng)
    if switches.sway:
        add_sway(total, rng)
    if switches.impulses:
        add_impulses(total, KNOCK * level.sigma, level.impulses_per_s, rng)
    if switches.clipping:
        for piece in _minutes(total):
            counts = np.clip(np.round(piece / STEP), -(2**15), 2**15 - 1)
            piece[:] = counts * np.float32(STEP)


def _minutes(total: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
    """Go through a long recording without arrays of its length besides it."""
    for start in range(0, total.shape[1], MINUTE):
        yield total[:, start : start + MINUTE]
