"""Found, wrong and missed: what every score of picks is made of."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from asctools.bells.recording import RATE
from asctools.events.metrics.matching import PicksOf, StrikesOf, pool, samples

__all__ = ["Counts", "count", "counts_by_window", "event_f1", "share"]


class Counts(NamedTuple):
    """Numbers, or arrays of one shape.

    Attributes
    ----------
    true_positives
        Picks with a strike of their own.
    false_alarms
        Picks without.
    misses
        Strikes without a pick.
    """

    true_positives: Any
    false_alarms: Any
    misses: Any

    @property
    def precision(self) -> Any:
        """The share of the picks that are right; 0 without a pick."""
        return share(self.true_positives, self.true_positives + self.false_alarms)

    @property
    def recall(self) -> Any:
        """The share of the strikes that were found; 0 without a strike."""
        return share(self.true_positives, self.true_positives + self.misses)

    @property
    def f1(self) -> Any:
        """:func:`event_f1` of them."""
        return event_f1(*self)


def event_f1(true_positives: Any, false_alarms: Any, misses: Any) -> Any:
    """Return the F1 score of picks: their harmonic mean of precision and recall.

    A strike that was left alone where there was none counts nowhere: there is no number of them.

    Implements :eq:`eq-event-f1`.

    Parameters
    ----------
    true_positives, false_alarms, misses
        Numbers, or arrays of one shape, as in :class:`Counts`.

    Returns
    -------
    float or numpy.ndarray
        From 0 to 1; 0 where nothing was and nothing was picked.

    Notes
    -----
    Mesaros, Heittola and Virtanen (2016), *Metrics for polyphonic sound event detection*, §3.
    """
    # F1 = 2 TP / (2 TP + FP + FN)
    return share(2 * true_positives, 2 * true_positives + false_alarms + misses)


def count(
    picks: PicksOf,
    truth: StrikesOf,
    tolerance_ms: float = 5.0,
    *,
    rate: float = RATE,
) -> Counts:
    """Return the counts of all windows together, as whole numbers."""
    pooled = pool(picks, truth)
    found = len(pooled.matches(samples(tolerance_ms, rate)).picks)
    return Counts(found, pooled.picks.number - found, pooled.strikes.number - found)


def counts_by_window(
    picks: PicksOf,
    truth: StrikesOf,
    tolerance_ms: float = 5.0,
    *,
    rate: float = RATE,
) -> Counts:
    """Return the counts of each window, arrays of shape (N,)."""
    pooled = pool(picks, truth)
    found = pooled.matches(samples(tolerance_ms, rate))
    return counted(
        pooled.strike_window[found.strikes], pooled.pick_window, pooled.strike_window, pooled.number
    )


def counted(hits: Any, picks: Any, strikes: Any, classes: int) -> Counts:
    """Return the counts of each class from the classes of the hits, picks and strikes."""
    found, picked, true = (np.bincount(each, minlength=classes) for each in (hits, picks, strikes))
    return Counts(found, picked - found, true - found)


def share(part: Any, whole: Any, undefined: float = 0.0) -> Any:
    """Return ``part / whole``, and ``undefined`` where there is nothing to share."""
    whole = np.asarray(whole, dtype=np.float64)
    nowhere: NDArray[np.float64] = np.full(whole.shape, undefined)
    shares = np.divide(part, whole, out=nowhere, where=whole > 0.0)
    return shares if shares.ndim else float(shares)
