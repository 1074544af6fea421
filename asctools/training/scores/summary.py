"""All scores of a validation at once, as columns of a history."""

import logging
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from asctools.errors import ShapeError, explain
from asctools.training.scores.arrays import Array
from asctools.training.scores.calibration import brier
from asctools.training.scores.counts import Confusion, accuracy, confusion, f1, precision, recall
from asctools.training.scores.ranking import auc_roc, average_precision

__all__ = ["binary_scores"]

log = logging.getLogger(__name__)

QUANTILES = (5, 25, 50, 75, 95)


def binary_scores(
    target: ArrayLike,
    probability: ArrayLike,
    threshold: float = 0.5,
    *,
    names: Sequence[str] | None = None,
    details: bool = True,
) -> dict[str, float]:
    """Return the scores of probabilities of a 1, each under its name.

    Made for ``Trainer(scores=lambda kept: binary_scores(**kept))`` with a step that keeps
    ``{"target": y, "probability": p}``.

    Parameters
    ----------
    target
        0 or 1: (N,), or (N, C) for C yes-or-no questions at once.
    probability
        In the same shape; (N, 1) and (N,) are the same.
    threshold
        From which probability on a row is flagged.
    names
        Of the C columns; None: ``"0"``, ``"1"``, ….
    details
        Whether to add each class, and how the probabilities are spread.

    Returns
    -------
    dict
        ``auc_roc``, ``auc_pr``, ``f1``, ``precision``, ``recall``, ``accuracy``, ``brier``; of
        several columns their mean, those left out in which a score is not defined. In detail also
        ``probability_q05``, ``_q25``, ``_q50``, ``_q75``, ``_q95``, and for (N,) ``f1_0``,
        ``precision_0``, ``recall_0``, those of finding the zeros; for (N, C) each score of each
        column, ``auc_roc_<name>``, ….

    Notes
    -----
    Where a class is missing, ``auc_roc`` is NaN, and so is ``auc_pr`` without a positive; a warning
    in the log says so. Precision, recall and F1 are then 0, as is the precision where nothing is
    flagged.
    """
    y, p = _columns(target), _columns(probability)
    if y.shape != p.shape:
        came = f"targets of shape {np.shape(target)} and probabilities {np.shape(probability)}"
        raise ShapeError(explain(came, "the same (N,) or (N, C)", "give both for each row"))
    names = list(names) if names is not None else [str(c) for c in range(y.shape[1])]
    if len(names) != y.shape[1] or len(set(names)) < len(names):
        came, right = f"names={names!r}", f"{y.shape[1]} different names"
        raise ShapeError(explain(came, right, "name each column once"))
    each = [_scores(y[:, c], p[:, c], threshold) for c in range(y.shape[1])]
    scores = {name: _mean([one[name] for one in each]) for name in each[0]}
    if details:
        one_column = len(each) == 1
        scores |= _of_zeros(y[:, 0], p[:, 0], threshold) if one_column else _named(names, each)
        spread = np.percentile(p, QUANTILES)
        scores |= {
            f"probability_q{q:02d}": float(v) for q, v in zip(QUANTILES, spread, strict=True)
        }
    return scores


def _columns(values: ArrayLike) -> Array:
    array = np.asarray(values, dtype=np.float64)
    array = array[:, None] if array.ndim == 1 else array
    if array.ndim != 2 or not array.size:
        raise ShapeError(explain(f"shape {array.shape}", "(N,) or (N, C)", "one row an example"))
    return array


def _scores(y: Array, p: Array, threshold: float) -> dict[str, float]:
    counts = confusion(y, p, threshold)
    if not 0.0 < y.mean() < 1.0:
        log.warning("all %d targets are %g: not every score is defined", len(y), y[0])
    return {
        "auc_roc": auc_roc(y, p),
        "auc_pr": average_precision(y, p),
        "f1": f1(counts),
        "precision": precision(counts),
        "recall": recall(counts),
        "accuracy": accuracy(counts),
        "brier": brier(y, p),
    }


def _of_zeros(y: Array, p: Array, threshold: float) -> dict[str, float]:
    """Return the scores of finding the zeros: the same table, read from the other side."""
    hits, alarms, misses, rest = confusion(y, p, threshold)
    other = Confusion(rest, misses, alarms, hits)
    return {"f1_0": f1(other), "precision_0": precision(other), "recall_0": recall(other)}


def _named(names: Sequence[str], each: Sequence[dict[str, float]]) -> dict[str, float]:
    return {
        f"{score}_{name}": value
        for name, scores in zip(names, each, strict=True)
        for score, value in scores.items()
    }


def _mean(values: Sequence[float]) -> float:
    known = [value for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else float("nan")
