"""Two matchings that praise too much or depend on an order: for the lesson, not for scores."""

import numpy as np
from numpy.typing import NDArray

from asctools.bells.recording import RATE
from asctools.bells.strikes import Picks, Strikes
from asctools.events.metrics.counts import share
from asctools.events.metrics.matching import Matches, PicksOf, StrikesOf, pool, samples

__all__ = ["flattering_f1", "greedy_matches"]


def flattering_f1(
    picks: PicksOf,
    truth: StrikesOf,
    tolerance_ms: float = 5.0,
    *,
    rate: float = RATE,
) -> float:
    """Return an F1 score in which any pick near a strike of its bell counts as right.

    Nothing is used up: ten picks at one strike are ten right ones, and a pick between two strikes
    finds both.
    """
    pooled, tolerance = pool(picks, truth), samples(tolerance_ms, rate)
    p, s = pooled.on_a_line(2.0 * tolerance)
    precision, recall = _near(p, s, tolerance), _near(s, p, tolerance)
    return share(2.0 * precision * recall, precision + recall)


def _near(here: NDArray[np.float64], there: NDArray[np.float64], tolerance: float) -> float:
    """Return the share of the times here that have one there at most so far away."""
    edges = np.concatenate([[-np.inf], np.sort(there), [np.inf]])
    above = np.searchsorted(edges[1:-1], here) + 1
    distance = np.minimum(edges[above] - here, here - edges[above - 1])
    return share(np.count_nonzero(distance <= tolerance), len(here))


def greedy_matches(picks: Picks, truth: Strikes, tolerance: float) -> Matches:
    """Give each pick, in order of time, the nearest strike of its bell that is still free.

    An early pick can take the strike that a later one needs, so there can be too few pairs.

    Parameters
    ----------
    picks, truth, tolerance
        As for :func:`~asctools.events.metrics.match`, in samples.
    """
    free = np.ones(truth.number, dtype=bool)
    pairs = []
    for k in np.argsort(picks.times, kind="stable"):
        distance = np.abs(truth.times - picks.times[k])
        distance[~free | (truth.bells != picks.bells[k])] = np.inf
        if truth.number and distance.min() <= tolerance:
            free[distance.argmin()] = False
            pairs.append((k, distance.argmin()))
    pairs.sort(key=lambda pair: pair[1])
    return Matches(*np.array(pairs, dtype=np.int64).reshape(-1, 2).T)
