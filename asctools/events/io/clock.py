"""Times of readings, as a file's clock gives them, and the places of the readings among samples."""

from typing import NamedTuple

import numpy as np

from asctools.errors import InputError, explain

__all__ = ["Places", "places", "rises_evenly"]

LATE = 0.75  # of a step: so far may a stamp be off without any reading missing
BACK = 0.9  # of a step: so far may jitter take a stamp back behind the one before
EVEN = 0.05  # of a step: stamps that are no more off than that can be judged one by one
WIDTH = 32  # readings on both sides, over which stamps that jitter are averaged
ROUND = 1.05  # readings a stamp: from so many on, stamps are rounded
LONGEST = 10  # times as many samples as there are readings: beyond it the clock is wrong
NEAR = 1e-4  # a rate so near to a whole number is that number
FEWEST = 20  # rows that rise evenly are a clock and no readings


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


def places(times: np.ndarray, stated: float | None = None) -> Places:
    """Find the rate and the gaps in the times of readings.

    Stamps may be rounded, so that several readings in a row have the same one, and they may jitter.
    A late stamp is no gap: where a reading is missing, all the stamps behind it are late.

    Parameters
    ----------
    times
        Seconds, ``(n,)``.
    stated
        Samples a second, if somebody says so. It is taken where the clock cannot tell it from its
        own: they are not one sample apart over all of the times.

    Raises
    ------
    InputError
        If a time is missing or goes back, if the clock stands still, or if far more samples are
        missing than are there.
    """
    if wrong := _first(~np.isfinite(times)):
        raise InputError(explain(f"no time in row {wrong}", "a time in each", "fill it in"))
    steps = np.diff(times)
    typical = float(np.median(steps)) if len(steps) else 0.0
    if wrong := _first(steps < -BACK * max(typical, 0.0)):
        came = f"a time in row {wrong + 1} that is earlier than the one before"
        raise InputError(explain(came, "times that never go back", "sort the rows, or cut there"))
    if not (len(steps) and steps.sum() > 0):
        came = "times that stand still"
        raise InputError(explain(came, "times that go on", "check the column of times"))
    even = typical > 0 and float(np.median(np.abs(steps - typical))) <= EVEN * typical
    missing = _missing_one_by_one(steps, typical) if even else _missing_on_average(times)
    if missing.sum() > LONGEST * len(times):
        came = f"{len(times)} readings over {times[-1] - times[0]:.6g} s, most of it empty"
        todo = "cut it at the longest gap, or check the column of times"
        raise InputError(explain(came, "a recording with few gaps", todo))
    at = np.concatenate([[0], np.cumsum(1 + missing)]).astype(np.int64)
    return Places(at, _rate(at, times, stated))


def rises_evenly(values: np.ndarray) -> bool:
    """Whether a column looks like a clock: each value is larger than the last, by about as much."""
    steps = np.diff(values)
    if len(values) < FEWEST or not (steps > 0).all():
        return False
    typical = np.median(steps)
    return float(np.mean(np.abs(steps - typical) <= LATE * typical)) > 0.9


def _missing_one_by_one(steps: np.ndarray, typical: float) -> np.ndarray:
    """Return how many readings are missing in each step of a clock without jitter."""
    regular = steps <= (1 + LATE) * typical
    period = float(steps[regular].mean())
    return np.where(regular, 0, np.maximum(np.rint(steps / period) - 1, 0))


def _missing_on_average(times: np.ndarray) -> np.ndarray:
    """Return how many are missing in each step of a clock that jitters, or whose stamps are round.

    How late the stamps are is compared before and behind each step: by medians, so that a few that
    were held up do not count, and the step where the means differ most has the gap. Of several gaps
    within so few readings, only the sum is found, and none that is far shorter than the rounding.
    """
    from scipy.ndimage import maximum_filter1d, median_filter

    n = len(times)
    alike = n / len(np.unique(times))  # readings that have the same stamp
    width = max(1, min(max(WIDTH, round(10 * alike) if alike > ROUND else 0), n // 2))
    period = _period(times, width, alike)
    late = (times - times[0]) / period - np.arange(n)
    edge = np.arange(1, n)
    start, stop = np.maximum(edge - width, 0), np.minimum(edge + width, n)
    total = np.concatenate([[0.0], np.cumsum(late)])
    before = (total[edge] - total[start]) / (edge - start)
    behind = (total[stop] - total[edge]) / (stop - edge)
    middle = np.pad(median_filter(late, width, mode="reflect"), width // 2, mode="edge")
    missing = np.rint(middle[2 * (width // 2) :][1:n] - middle[1:n])
    # In so short a step nothing can be missing; what rounding does to a median is no gap either
    may = (missing >= max(1.0, alike / 4)) & (np.diff(times) > LATE * period)
    more = np.where(may, behind - before, 0.0)
    return np.where(may & (more >= maximum_filter1d(more, 2 * width + 1)), missing, 0)


def _period(times: np.ndarray, width: int, alike: float) -> float:
    """Return the usual step, from the time that so many readings take."""
    spans = times[width:] - times[:-width]
    usual = float(np.median(spans))
    if alike > ROUND:  # the spans are round, too, and their median is one of two values
        usual = float(spans[np.abs(spans - usual) <= 1.2 * alike * usual / width].mean())
    if not usual > 0:
        came = "times most of which stand still"
        raise InputError(explain(came, "times that go on", "check the column of times"))
    return usual / width


def _rate(at: np.ndarray, times: np.ndarray, stated: float | None) -> float:
    """Return the slope of the line through the times, which jitter and rounding hardly move."""
    x, y = at - at.mean(), times - times.mean()
    rate = float(x @ x) / float(x @ y)
    if stated and abs(rate / stated - 1) * at[-1] < 1:
        return float(stated)
    return float(round(rate)) if abs(rate / max(round(rate), 1) - 1) < NEAR else rate


def _first(wrong: np.ndarray) -> int | None:
    """Return the number of the first row that is wrong, from 1."""
    found = np.flatnonzero(wrong)
    return int(found[0]) + 1 if len(found) else None
