"""How well scores put the positives above the negatives, without any threshold."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from asctools.training.scores.arrays import Array, ranked

__all__ = [
    "ROC",
    "PrecisionRecall",
    "auc_roc",
    "average_precision",
    "precision_recall_curve",
    "roc_curve",
]


class ROC(NamedTuple):
    """A point for each threshold, from none flagged to all, shapes (K + 1,)."""

    false_positive_rate: Array
    true_positive_rate: Array
    threshold: Array


class PrecisionRecall(NamedTuple):
    """A point for each threshold, from none flagged to all, shapes (K + 1,)."""

    recall: Array
    precision: Array
    threshold: Array


def auc_roc(target: ArrayLike, score: ArrayLike, weight: ArrayLike | None = None) -> float:
    """Return the chance that a positive has a higher score than a negative; level counts half.

    Every pair is compared, at the price of one sort: for each positive it is enough to know the
    weight of the negatives that rank below it. It is the area under :func:`roc_curve`.

    Implements :eq:`eq-auc-roc`.

    Parameters
    ----------
    target
        0 or 1, shape (N,).
    score
        More for what looks more like a 1; its scale does not matter, (N,).
    weight
        What each row counts for, (N,); None: 1 each.

    Returns
    -------
    float
        0.5 for chance, 1 for a perfect order; NaN where a class is missing: there is no pair.

    Notes
    -----
    Fawcett (2006), *An introduction to ROC analysis*, section 7.
    """
    _, positive, negative = ranked(target, score, weight)
    pairs = positive.sum() * negative.sum()
    if not pairs:
        return math.nan
    below = negative.sum() - np.cumsum(negative)
    # Σ_i Σ_j ([s_i > s_j] + ½ [s_i = s_j]) / (n₊ n₋)
    return float(positive @ (below + negative / 2.0) / pairs)


def average_precision(
    target: ArrayLike, score: ArrayLike, weight: ArrayLike | None = None
) -> float:
    """Return the mean precision over the recall, also called AUC-PR.

    Each threshold counts by the recall that it adds. Nothing is drawn in between: a straight line
    between two points of :func:`precision_recall_curve` would promise too much.

    Implements :eq:`eq-average-precision`.

    Parameters
    ----------
    target, score, weight
        As for :func:`auc_roc`.

    Returns
    -------
    float
        1 for a perfect order; the share of the positives for chance; NaN without a positive.

    Notes
    -----
    Davis and Goadrich (2006), *The relationship between precision-recall and ROC curves*.
    """
    _, positive, negative = ranked(target, score, weight)
    hits, alarms = np.cumsum(positive), np.cumsum(negative)
    if not hits[-1]:
        return math.nan
    precision = hits / (hits + alarms)
    # Σ_k (R_k − R_{k−1}) P_k
    return float(positive @ precision / hits[-1])


def roc_curve(target: ArrayLike, score: ArrayLike, weight: ArrayLike | None = None) -> ROC:
    """Return both rates at every threshold, from (0, 0) at infinity to (1, 1) at the lowest score.

    Rates of a class that is missing are NaN.
    """
    threshold, positive, negative = ranked(target, score, weight)
    return ROC(_reached(negative), _reached(positive), np.append(np.inf, threshold))


def precision_recall_curve(
    target: ArrayLike, score: ArrayLike, weight: ArrayLike | None = None
) -> PrecisionRecall:
    """Return recall and precision at every threshold; where nothing is flagged they are 0 and 1.

    Without a positive the recall is NaN.
    """
    threshold, positive, negative = ranked(target, score, weight)
    hits, alarms = np.cumsum(positive), np.cumsum(negative)
    precision = np.append(1.0, hits / (hits + alarms))
    return PrecisionRecall(_reached(positive), precision, np.append(np.inf, threshold))


def _reached(weights: Array) -> Array:
    """Return the share of all that each threshold reaches, from none to all."""
    reached = np.append(0.0, np.cumsum(weights))
    return reached / (reached[-1] or math.nan)
