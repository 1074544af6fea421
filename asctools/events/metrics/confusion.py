"""Which bell was taken for which."""

import numpy as np
from numpy.typing import NDArray

from asctools.bells.recording import RATE
from asctools.bells.strikes import NUM_BELLS
from asctools.events.metrics.matching import PicksOf, StrikesOf, paired, pool, samples

__all__ = ["bell_confusion"]


def bell_confusion(
    picks: PicksOf,
    truth: StrikesOf,
    tolerance_ms: float = 5.0,
    *,
    rate: float = RATE,
    num_events: int = NUM_BELLS,
) -> NDArray[np.int64]:
    """Count what was picked for what struck, shape (E + 1, E + 1).

    First each bell is matched with itself. What then remains is matched whatever the bell: a pick
    at the time of another bell's strike took that bell for its own.

    Parameters
    ----------
    picks, truth, tolerance_ms, rate, num_events
        As for :func:`~asctools.events.metrics.evaluate`.

    Returns
    -------
    numpy.ndarray
        Rows: the bell that struck; the last row: none did. Columns: the bell that was picked; the
        last column: none was. The last of both is 0.
    """
    pooled = pool(picks, truth)
    tolerance = samples(tolerance_ms, rate)
    own = pooled.matches(tolerance)
    p = np.setdiff1d(np.arange(pooled.picks.number), own.picks)
    s = np.setdiff1d(np.arange(pooled.strikes.number), own.strikes)
    other = paired(
        pooled.pick_window[p],
        pooled.picks.times[p],
        pooled.strike_window[s],
        pooled.strikes.times[s],
        tolerance,
    )
    struck = np.full(pooled.picks.number, num_events)  # for each pick, the bell that struck
    struck[own.picks] = pooled.strikes.bells[own.strikes]
    struck[p[other.picks]] = pooled.strikes.bells[s[other.strikes]]
    missed = np.delete(pooled.strikes.bells[s], other.strikes)
    table = np.zeros((num_events + 1, num_events + 1), dtype=np.int64)
    np.add.at(table, (struck, pooled.picks.bells), 1)
    table[:num_events, num_events] = np.bincount(missed, minlength=num_events)
    return table
