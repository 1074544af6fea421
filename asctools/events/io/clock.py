"""Times of readings, as a file's clock gives them, and the places of the readings among samples."""

from typing import NamedTuple

import numpy as np

from asctools.errors import InputError, explain

__all__ = ["Places", "places"]

LAG = 100  # readings: stamps may be rounded, and so many of them hardly feel it
LONGEST = 10  # times as many samples as there are readings: beyond it the clock is wrong
NEAR = 1e-4  # a rate so near to a whole number is that number


class Places(NamedTuple):
    """Where readings lie on the grid of samples.

    Attributes
    ----------
    at
        Sample of each reading, ``(n,)``, ascending from 0.
    rate
        Samples a second.
    """

    at: np.ndarray
    rate: float


def places(times: np.ndarray) -> Places:
    """Find the rate and the gaps in the times of readings.

    Stamps may be rounded: several readings in a row then have the same one.

    Parameters
    ----------
    times
        Seconds, ``(n,)``.

    Raises
    ------
    InputError
        If a time is missing or goes back, if the clock stands still, or if far more samples are
        missing than are there.
    """
    steps = np.diff(times)
    if wrong := _first(~np.isfinite(times)):
        raise InputError(explain(f"no time in row {wrong}", "a time in each", "fill it in"))
    if wrong := _first(steps < 0):
        came = f"a time in row {wrong + 1} that is earlier than the one before"
        raise InputError(explain(came, "times that never go back", "sort the rows, or cut there"))
    rounded = float(steps[steps > 0].min()) if (steps == 0).any() and steps.any() else 0.0
    lag = min(LAG, len(steps)) if rounded else 1
    rough = float(np.median((times[lag:] - times[:-lag]) / lag)) if len(steps) else 0.0
    if not rough > 0:
        came = "times that stand still"
        raise InputError(explain(came, "times that go on", "check the column of times"))
    regular = steps <= 1.5 * rough + rounded
    period = float(steps[regular].mean())
    missing = np.where(regular, 0, np.maximum(np.rint(steps / period) - 1, 0))
    if missing.sum() > LONGEST * len(times):
        came = f"{len(times)} readings over {times[-1] - times[0]:.6g} s, most of it empty"
        todo = "cut it at the longest gap, or check the column of times"
        raise InputError(explain(came, "a recording with few gaps", todo))
    at = np.concatenate([[0], np.cumsum(1 + missing)]).astype(np.int64)
    rate = float(at[-1] / (times[-1] - times[0]))  # over all of it: rounding hardly matters
    return Places(at, float(round(rate)) if abs(rate / max(round(rate), 1) - 1) < NEAR else rate)


def _first(wrong: np.ndarray) -> int | None:
    """Return the number of the first row that is wrong, from 1."""
    found = np.flatnonzero(wrong)
    return int(found[0]) + 1 if len(found) else None
