"""An interval for *when* that covers what it says, and abstaining where one is not sure."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from asctools.bells.strikes import Picks
from asctools.errors import InputError, ShapeError, explain
from asctools.events.metrics.counts import Counts

__all__ = ["Abstention", "Intervals", "abstention", "conformal_quantile", "fit_intervals"]

ROUNDING = 1e-9


class Intervals(NamedTuple):
    """Half widths of intervals for a pick's time, by the pick's score.

    Attributes
    ----------
    edges
        Between the groups of scores, ascending, shape (G − 1,). A score on an edge belongs above.
    half_widths
        Of each group, in samples, (G,); infinite where there were too few errors to promise.
    coverage
        The share of the matched picks that the intervals promise to cover.
    numbers
        How many errors each group was fitted to, (G,).
    """

    edges: NDArray[np.float64]
    half_widths: NDArray[np.float64]
    coverage: float
    numbers: NDArray[np.int64]

    def plus_minus(self, scores: ArrayLike) -> NDArray[np.float64]:
        """Return the half width for each score, in samples, in the shape of ``scores``."""
        s = np.asarray(scores, dtype=np.float64)
        return self.half_widths[np.searchsorted(self.edges, s, side="right")]

    def of(self, picks: Picks) -> Picks:
        """Return the picks with their ``plus_minus`` filled in."""
        return picks._replace(plus_minus=self.plus_minus(picks.scores))


def conformal_quantile(errors: ArrayLike, coverage: float = 0.9) -> float:
    """Return the least half width that covers a new error with the promised chance.

    A new error is as likely to fall into each of the n + 1 places between the old ones. So the
    ⌈(n + 1) coverage⌉-th smallest of them is at least as large with chance ``coverage`` or more.

    Implements :eq:`eq-conformal-quantile`.

    Parameters
    ----------
    errors
        How far each time was off, either way, shape (n,), of data that chose nothing else.
    coverage
        From 0 to 1, both not.

    Returns
    -------
    float
        Infinite if n is too small for the promise: for 0.9 that is below 9.

    Raises
    ------
    InputError
        If an error or the coverage cannot be used.

    Notes
    -----
    Vovk, Gammerman and Shafer (2005); Angelopoulos and Bates (2023), *Conformal prediction: a
    gentle introduction*, section 1.
    """
    off = np.sort(np.abs(np.asarray(errors, dtype=np.float64)), axis=None)
    if not 0.0 < coverage < 1.0:
        raise InputError(explain(f"coverage={coverage!r}", "between 0 and 1", "try 0.9"))
    if not np.isfinite(off).all():
        raise InputError(explain("NaN or inf", "finite errors", "leave unmatched picks out"))
    alpha = 1.0 - coverage
    # k = ⌈(n + 1)(1 − α)⌉, where 100 · 0.55 is 55 and not the next float
    k = math.ceil((len(off) + 1) * (1.0 - alpha) - ROUNDING)
    return float(off[k - 1]) if k <= len(off) else math.inf


def fit_intervals(
    errors: ArrayLike, scores: ArrayLike, coverage: float = 0.9, groups: int = 4
) -> Intervals:
    """Fit the half widths on matched picks of validation recordings.

    The promise holds in each group of scores on its own: unsure picks get wider intervals. It is
    one for picks that are a strike within the ±50 ms of
    :func:`~asctools.events.metrics.timing_errors`, and for recordings like those of validation.

    Parameters
    ----------
    errors
        How late each matched pick is, in samples, shape (n,).
    scores
        Of the same picks, (n,).
    coverage
        The share to cover.
    groups
        How many groups of about as many picks. Equal scores stay together, so there may be fewer.
    """
    off, s = (np.asarray(each, dtype=np.float64) for each in (errors, scores))
    if off.ndim != 1 or off.shape != s.shape:
        came = f"errors of shape {off.shape} and scores {s.shape}"
        raise ShapeError(explain(came, "one shape (n,)", "give the score of each matched pick"))
    if groups < 1:
        raise InputError(explain(f"groups={groups!r}", "a whole number above 0", "try 4"))
    inner = np.linspace(0.0, 1.0, groups + 1)[1:-1]
    edges = np.unique(np.quantile(s, inner, method="higher")) if len(s) else np.zeros(0)
    edges = edges[edges > s.min(initial=np.inf)]  # nothing would lie below such an edge
    group = np.searchsorted(edges, s, side="right")
    widths = [conformal_quantile(off[group == g], coverage) for g in range(len(edges) + 1)]
    numbers = np.bincount(group, minlength=len(edges) + 1)
    return Intervals(edges, np.array(widths), float(coverage), numbers)


class Abstention(NamedTuple):
    """The scores of what is still answered, from the surest window alone to all, shape (N,).

    Attributes
    ----------
    coverage
        The share of the windows that are answered.
    f1, precision, recall
        Of those.
    confidence
        That of the least sure window among them.
    """

    coverage: NDArray[np.float64]
    f1: NDArray[np.float64]
    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    confidence: NDArray[np.float64]


def abstention(counts: Counts, confidence: ArrayLike) -> Abstention:
    """Return the scores against the share of the windows that a detector answers.

    Parameters
    ----------
    counts
        Of each window, from :func:`~asctools.events.metrics.counts_by_window`.
    confidence
        How sure the detector is of the whole window, (N,): the least distance of its scores from
        the threshold, for example. What a window holds must not enter it.

    Returns
    -------
    Abstention
        Windows of lower confidence are given up first; among equal ones the later.
    """
    sure = np.asarray(confidence, dtype=np.float64)
    if sure.ndim != 1 or sure.shape != np.shape(counts.misses):
        came = f"confidence of shape {sure.shape} for {np.size(counts.misses)} windows"
        raise ShapeError(explain(came, "one number for each window", "use counts_by_window"))
    order = np.argsort(-sure, kind="stable")
    answered = Counts(*(np.cumsum(column[order]) for column in counts))
    coverage = np.arange(1, len(sure) + 1) / max(len(sure), 1)
    return Abstention(coverage, answered.f1, answered.precision, answered.recall, sure[order])
