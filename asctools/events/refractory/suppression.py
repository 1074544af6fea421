"""Before the refractory period: one peak for each strike, and scores that do not flicker."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from asctools.bells.strikes import Picks
from asctools.errors import InputError, ShapeError, explain
from asctools.events.refractory.sets import greedy_by_score, of_each_bell

__all__ = ["smooth", "suppress"]


def suppress(picks: Picks, radius: float) -> Picks:
    """Return the picks that are the surest of their bell within ``radius`` samples.

    Non-maximum suppression: the rule of :func:`~asctools.events.refractory.greedy_by_score` with
    a radius of a few frames, for peaks that are one strike seen twice. Two at exactly ``radius``
    both stay.

    Notes
    -----
    Neubeck and Van Gool (2006), *Efficient non-maximum suppression*.
    """
    return picks.kept(
        of_each_bell(picks, lambda times, scores: greedy_by_score(times, scores, radius))
    )


def smooth(scores: ArrayLike, width: int) -> NDArray[np.float64]:
    """Return the mean over ``width`` frames around each frame; at the ends over those there are.

    Parameters
    ----------
    scores
        Of each frame and event, shape (frames, E).
    width
        An odd number of frames, so that a peak stays where it is.
    """
    values: NDArray[np.float64] = np.asarray(scores, dtype=np.float64)
    if values.ndim != 2:
        raise ShapeError(explain(f"shape {values.shape}", "(frames, E)", "give frames as rows"))
    if width < 1 or width % 2 == 0:
        raise InputError(explain(f"width={width!r}", "an odd number of frames", "try 3"))
    frames = np.arange(len(values))
    first = np.maximum(frames - width // 2, 0)
    after = np.minimum(frames + width // 2 + 1, len(values))
    mean = np.zeros_like(values)
    for shift in range(width):  # not a running sum: its rounding would depend on what came before
        at = first + shift
        inside = at < after
        mean[inside] += values[at[inside]]
    return mean / (after - first)[:, None]
