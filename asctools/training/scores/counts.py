"""What a threshold does: who is flagged rightly and wrongly, and the numbers made of it."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from asctools.errors import InputError, explain
from asctools.training.scores.arrays import Array, ranked

__all__ = ["Confusion", "accuracy", "confusion", "f1", "precision", "recall"]


class Confusion(NamedTuple):
    """The weight (without weights: the number) of the rows of each kind.

    Floats for one threshold; arrays of its shape for an array of thresholds.
    """

    true_positive: Any
    false_positive: Any
    false_negative: Any
    true_negative: Any


def confusion(
    target: ArrayLike,
    score: ArrayLike,
    threshold: ArrayLike = 0.5,
    weight: ArrayLike | None = None,
) -> Confusion:
    """Return who is flagged and who is not, if a score from the threshold on is flagged.

    Parameters
    ----------
    target
        0 or 1, shape (N,).
    score
        Shape (N,).
    threshold
        A number, or several of any shape: all of them cost one sort.
    weight
        What each row counts for, (N,); None: 1 each.

    Returns
    -------
    Confusion
        Four numbers, or four arrays of the shape of ``threshold``.
    """
    at = np.asarray(threshold, dtype=np.float64)
    if np.isnan(at).any():
        raise InputError(explain("NaN as a threshold", "a number", "see what it was chosen from"))
    scores, *weights = ranked(target, score, weight)
    reach = np.searchsorted(-scores, -at, side="right")  # how many distinct scores are flagged
    flagged = [np.append(0.0, np.cumsum(each))[reach] for each in weights]
    # Summed from the bottom: a difference of sums would leave 1e-16 where nothing is left
    others = [np.append(0.0, np.cumsum(each[::-1]))[len(scores) - reach] for each in weights]
    found = [*flagged, *others]
    return Confusion(*found) if at.ndim else Confusion(*map(float, found))


def precision(counts: Confusion, undefined: float = 0.0) -> Any:
    """Return the share of the flagged that are positive; ``undefined`` where none is flagged."""
    hits, alarms, _, _ = counts
    return _share(hits, hits + alarms, undefined)


def recall(counts: Confusion, undefined: float = 0.0) -> Any:
    """Return the share of the positives that are flagged; ``undefined`` where there is none."""
    hits, _, misses, _ = counts
    return _share(hits, hits + misses, undefined)


def f1(counts: Confusion, undefined: float = 0.0) -> Any:
    """Return the harmonic mean of precision and recall.

    The rows that are rightly left alone, nearly all of them where positives are rare, do not count.

    Implements :eq:`eq-f1`.

    Parameters
    ----------
    counts
        From :func:`confusion`.
    undefined
        What to return where there is neither a positive nor a flagged row.

    Returns
    -------
    float or numpy.ndarray
        From 0 to 1.
    """
    hits, alarms, misses, _ = counts
    # 2 TP / (2 TP + FP + FN)
    return _share(2.0 * hits, 2.0 * hits + alarms + misses, undefined)


def accuracy(counts: Confusion) -> Any:
    """Return the share of the rows that are flagged, or left alone, rightly."""
    right = counts.true_positive + counts.true_negative
    return _share(right, right + counts.false_positive + counts.false_negative, np.nan)


def _share(part: Any, whole: Any, undefined: float) -> Any:
    whole = np.asarray(whole, dtype=np.float64)
    nowhere: Array = np.full(whole.shape, undefined, dtype=np.float64)
    shares = np.divide(part, whole, out=nowhere, where=whole > 0.0)
    return shares if shares.ndim else float(shares)
