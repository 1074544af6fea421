"""What one may measure of a window without a recurrent network, with less or more of its order.

Each function takes windows ``(N, T, C)`` and returns numbers ``(N, F)``.
"""

from itertools import combinations

import numpy as np

from asctools.casting.process import LEVEL, TEMPERATURE
from asctools.errors import ShapeError, explain

__all__ = ["means", "order_free", "raw", "told", "with_order"]


def raw(x: np.ndarray) -> np.ndarray:
    """Return all readings side by side, ``(N, T · C)``."""
    return _windows(x).reshape(len(x), -1)


def means(x: np.ndarray) -> np.ndarray:
    """Return the mean of each channel, ``(N, C)``: nothing of what happened, but whose heat it is.

    No rival, but a probe: what finds defects with these has recognised heats.
    """
    return _windows(x).mean(axis=1)


def order_free(x: np.ndarray) -> np.ndarray:
    """Return what a channel did, not when: five numbers each, ``(N, 5 · C)``.

    Mean, standard deviation, lowest, highest, and the mean size of a change.
    """
    changes = np.abs(np.diff(_windows(x), axis=1)).mean(axis=1)
    return np.hstack((x.mean(axis=1), x.std(axis=1), x.min(axis=1), x.max(axis=1), changes))


def with_order(x: np.ndarray) -> np.ndarray:
    """Return :func:`order_free`, and what came when and how long after what.

    To the five numbers come three times a channel, those of the lowest and of the highest reading
    and of the largest change, and for each two channels the time from one's largest change to the
    other's: ``(N, 8 · C + C (C − 1) / 2)``. Nobody has to know a cause to measure these.
    """
    change = np.abs(np.diff(_windows(x), axis=1)).argmax(axis=1)
    delays = [change[:, b] - change[:, a] for a, b in combinations(range(x.shape[2]), 2)]
    return np.hstack(
        (order_free(x), x.argmin(axis=1), x.argmax(axis=1), change, np.stack(delays, axis=1))
    )


def told(x: np.ndarray) -> np.ndarray:
    """Return :func:`with_order` and what someone would add who was told the cause, ``(N, … + 4)``.

    The seconds from the level's extremes and its largest change to the temperature's sharpest
    fall and lowest reading: of the largest events, one of each kind. Needs all six channels.
    """
    level, warmth = _windows(x)[:, :, LEVEL], x[:, :, TEMPERATURE]
    swing = np.abs(np.diff(level, axis=1)).argmax(axis=1)
    fall, coldest = np.diff(warmth, axis=1).argmin(axis=1), warmth.argmin(axis=1)
    starts = (swing, swing, level.argmax(axis=1), level.argmin(axis=1))
    ends = (fall, coldest, coldest, coldest)
    return np.hstack((with_order(x), np.stack(ends, axis=1) - np.stack(starts, axis=1)))


def _windows(x: np.ndarray) -> np.ndarray:
    if x.ndim != 3 or not x.size:
        right = "(windows, time, channels)"
        raise ShapeError(explain(f"readings of shape {x.shape}", right, "pass data.x"))
    return x
