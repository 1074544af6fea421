"""Four levels of difficulty: how much noise, and how unevenly a bell speaks."""

from typing import NamedTuple

from asctools.errors import unknown_name

__all__ = ["LEVELS", "Level", "level_named"]


class Level(NamedTuple):
    """What makes a recording easy or hard.

    Attributes
    ----------
    sigma
        Standard deviation of the white noise of each channel, in the units of the signal.
    amplitude_sd
        Standard deviation of the logarithm of a strike's loudness.
    part_sd
        The same for its attack and for its tail, each drawn by itself.
    impulses_per_s
        How many knocks that are no bell come in a second.
    """

    sigma: float
    amplitude_sd: float
    part_sd: float
    impulses_per_s: float


LEVELS = {
    "quiet": Level(0.3, 0.25, 0.20, 0.7),
    "light": Level(1.0, 0.35, 0.30, 1.5),
    "standard": Level(1.8, 0.40, 0.35, 2.0),
    "hard": Level(3.0, 0.40, 0.35, 2.0),
}


def level_named(name: str) -> Level:
    """Return a level by its name.

    Raises
    ------
    UnknownNameError
        If there is no level of that name.
    """
    if name not in LEVELS:
        raise unknown_name("level", name, LEVELS)
    return LEVELS[name]
