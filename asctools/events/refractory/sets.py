"""Which picks of one bell to keep: the first, the surest, or the set that is worth most."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from asctools.bells.strikes import Picks
from asctools.errors import InputError, ShapeError, explain

__all__ = ["PERIOD", "best_of_each_bell", "best_set", "first_come", "greedy_by_score"]

PERIOD = 4000.0  # 2 s at 2000 Hz

Rule = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.int64]]
Worth = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def best_set(times: ArrayLike, scores: ArrayLike, period: float = PERIOD) -> NDArray[np.int64]:
    """Return the picks of one bell that are worth most together and keep the period.

    Dynamic programme: either the best set of the first ``k`` picks leaves the last of them out, or
    it takes it, together with the best set of those that come a period before it.

    Implements :eq:`eq-best-set`.

    Parameters
    ----------
    times
        In samples, in any order, shape (n,).
    scores
        What each is worth, (n,). One that is worth 0 or less is never kept. Of two sets that are
        worth the same, the one that ends earlier is kept.
    period
        The least distance of two strikes of one bell, in samples.

    Returns
    -------
    numpy.ndarray
        Indices of the kept picks, in order of their times.

    Raises
    ------
    ShapeError, InputError
        If times and scores do not belong together, or a number is not finite.

    Notes
    -----
    Weighted interval scheduling; Kleinberg and Tardos (2005), *Algorithm design*, section 6.1.
    O(n log n).
    """
    order, t, w = in_order(times, scores, period)
    p = np.minimum(np.searchsorted(t, t - period, side="right"), np.arange(len(t)))
    best = [0.0]
    for w_k, p_k in zip(w.tolist(), p.tolist(), strict=True):
        # best[k] = max(best[k−1], w_k + best[p(k)])
        best.append(max(best[-1], w_k + best[p_k]))
    kept: list[int] = []
    legal = len(t)  # so many of the first picks are a period before the last that was kept
    for k in reversed(range(len(t))):
        if k < legal and best[k + 1] > best[k]:
            kept.append(k)
            legal = p[k]
    return order[kept[::-1]]


def first_come(times: ArrayLike, period: float = PERIOD) -> NDArray[np.int64]:
    """Return the picks that remain if each silences its bell for a period, in order of time.

    The rule of a stream that may not wait: a weak false alarm deletes the sure strike behind it.

    Parameters
    ----------
    times, period
        As for :func:`best_set`.
    """
    order, t, _ = in_order(times, np.zeros(np.shape(times)), period)
    kept: list[int] = []
    for k, time in enumerate(t - period):
        if not kept or time >= t[kept[-1]]:
            kept.append(k)
    return order[kept]


def greedy_by_score(
    times: ArrayLike, scores: ArrayLike, period: float = PERIOD
) -> NDArray[np.int64]:
    """Return the picks that remain if the surest silences its bell before and after, and so on.

    It can lose: a sure pick between two that are nearly as sure costs both of them.

    Parameters
    ----------
    times, scores, period
        As for :func:`best_set`; among equal scores the earlier comes first.
    """
    order, t, w = in_order(times, scores, period)
    free = np.ones(len(t), dtype=bool)
    kept = []
    for k in np.argsort(-w, kind="stable"):
        if free[k]:
            kept.append(k)
            free &= (t <= t[k] - period) | (t - period >= t[k])
            free[k] = False
    return order[np.sort(np.array(kept, dtype=np.int64))]


def best_of_each_bell(picks: Picks, period: float = PERIOD, worth: Worth | None = None) -> Picks:
    """Return the picks of :func:`best_set` for each bell, in order of time.

    Parameters
    ----------
    picks
        Of one recording or window.
    period
        In samples.
    worth
        What scores are worth, for probabilities usually
        ``lambda p: log_odds(p, threshold)``; None: the scores themselves.
    """
    value = picks.scores if worth is None else worth(picks.scores)
    valued = picks._replace(scores=value)
    return picks.kept(of_each_bell(valued, lambda times, w: best_set(times, w, period)))


def of_each_bell(picks: Picks, rule: Rule) -> NDArray[np.int64]:
    """Return which picks a rule for one bell keeps if it is applied to each, ascending."""
    order = np.argsort(picks.bells, kind="stable")
    places = np.split(order, 1 + np.flatnonzero(np.diff(picks.bells[order])))
    return np.sort(np.concatenate([at[rule(picks.times[at], picks.scores[at])] for at in places]))


def in_order(
    times: ArrayLike, scores: ArrayLike, period: float
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the order of the times, and times and scores in it, if they can be used."""
    t, w = (np.asarray(each, dtype=np.float64) for each in (times, scores))
    if t.ndim != 1 or t.shape != w.shape:
        came = f"times of shape {t.shape} and scores of shape {w.shape}"
        raise ShapeError(explain(came, "one shape (n,) for both", "give one score for each time"))
    if not (np.isfinite(t).all() and np.isfinite(w).all()):
        raise InputError(explain("NaN or inf", "finite times and scores", "leave such a pick out"))
    if not (period >= 0.0 and math.isfinite(period)):
        raise InputError(explain(f"period={period!r}", "0 or more samples", "try 4000"))
    order = np.argsort(t, kind="stable")
    return order, t[order], w[order]
