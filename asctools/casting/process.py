"""The caster that is simulated: its six channels, what happens in it, and what that leaves behind.

Liquid steel runs into a water-cooled copper mould, and a strand with a solid skin is pulled out
below. Where the steel's level in the mould fluctuates, the new skin comes out thin and dented. The
dent travels down with the strand; 10 to 25 seconds later it passes the row of thermocouples, and
where it lifts off the copper the mould's temperature drops. A dent that has lifted off becomes a
crack. Either alone is harmless, and so is a drop before the fluctuation or long after it. So only
the order of the two, and the time between them, tell a defect. All numbers here are invented.
"""

from typing import NamedTuple

import numpy as np

__all__ = [
    "CHANNELS",
    "GAPS",
    "KINDS",
    "LEVEL",
    "SENSORS",
    "TEMPERATURE",
    "UNITS",
    "Channel",
    "drop",
    "fluctuation",
    "gaps",
    "kind_of",
]


class Channel(NamedTuple):
    """A sensor: its name and unit, its usual value, and how it strays from it.

    ``spread`` is that of the readings within a heat, and ``memory`` the share of a deviation that
    is left one second later, the φ of an AR(1) process. ``between`` is the spread of the heats'
    usual values, as a multiple of ``spread``: the level is held, the speed is chosen for each heat.
    """

    name: str
    unit: str
    usual: float
    spread: float
    memory: float
    between: float


SENSORS = (
    Channel("mould_temperature", "°C", 135.0, 2.5, 0.9, 0.7),
    Channel("casting_speed", "m/min", 1.2, 0.03, 0.95, 2.0),
    Channel("mould_level", "mm", 800.0, 2.0, 0.8, 0.3),
    Channel("cooling_flow", "l/min", 2600.0, 25.0, 0.9, 2.0),
    Channel("superheat", "K", 28.0, 2.0, 0.97, 1.5),
    Channel("friction", "kN", 12.0, 0.6, 0.8, 1.0),
)
CHANNELS = tuple(sensor.name for sensor in SENSORS)
UNITS = tuple(sensor.unit for sensor in SENSORS)
TEMPERATURE, LEVEL = CHANNELS.index("mould_temperature"), CHANNELS.index("mould_level")

# What may happen in a window. Only the last makes a defect; the four before it are decoys.
KINDS = ("quiet", "level only", "drop only", "reversed", "too late", "defect")

# Seconds from the level's fluctuation to the temperature's drop, first and last that may be drawn.
GAPS = {"defect": (10, 25), "too late": (35, 60), "reversed": (-25, -10)}


def fluctuation(since: np.ndarray) -> np.ndarray:
    """Return the level's swing: two waves in 8 seconds that swell and die away, ±0.8 at most.

    Parameters
    ----------
    since
        Seconds since it began, of any shape; negative before.
    """
    inside = (since >= 0) & (since <= 8)
    return np.where(inside, np.sin(np.pi * since / 8) * np.sin(np.pi * since / 2 + 0.5), 0.0)


def drop(since: np.ndarray) -> np.ndarray:
    """Return the temperature's drop: −1 after 2 seconds, and slowly back; arguments as above."""
    after = np.maximum(since, 0.0)
    return -np.minimum(after / 2, np.exp(-(after - 2) / 5)) * (since >= 0)


def gaps(level: np.ndarray, cold: np.ndarray) -> np.ndarray:
    """Return the seconds from every fluctuation to every drop of a window.

    Parameters
    ----------
    level, cold
        Their times, ``(N, A)`` and ``(N, B)``; −1 for none.

    Returns
    -------
    ndarray
        ``(N, A · B)``, float; NaN where one of the two is missing.
    """
    both = (level[:, :, None] >= 0) & (cold[:, None, :] >= 0)
    apart = np.where(both, cold[:, None, :] - level[:, :, None], np.nan)
    return apart.reshape(len(level), -1)


def kind_of(level: np.ndarray, cold: np.ndarray) -> np.ndarray:
    """Tell from the times of the events what kind of window it is: the rule behind all labels.

    Parameters
    ----------
    level, cold
        As for :func:`gaps`.

    Returns
    -------
    ndarray
        ``(N,)``, indices into ``KINDS``.
    """
    first, last = GAPS["defect"]
    apart = gaps(level, cold)
    rules = {
        "defect": ((apart >= first) & (apart <= last)).any(axis=1),
        "too late": (apart > last).any(axis=1),
        "reversed": np.isfinite(apart).any(axis=1),
        "level only": (level >= 0).any(axis=1),
        "drop only": (cold >= 0).any(axis=1),
    }
    return np.select(list(rules.values()), [KINDS.index(name) for name in rules], 0)
