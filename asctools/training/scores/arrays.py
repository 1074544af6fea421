"""What every score begins with: arrays that can be trusted, and the one sort."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from asctools.errors import InputError, ShapeError, explain

__all__ = ["Array", "Ranked", "probabilities", "ranked", "rows"]

Array = np.ndarray[Any, np.dtype[Any]]


class Ranked(NamedTuple):
    """What there is of each class at each score, from the highest score down.

    Attributes
    ----------
    score
        The distinct scores, falling, shape (K,).
    positive, negative
        The weight of the positives, and of the negatives, of that score, (K,).
    """

    score: Array
    positive: Array
    negative: Array


def rows(
    target: ArrayLike, score: ArrayLike, weight: ArrayLike | None = None
) -> tuple[Array, Array, Array]:
    """Return targets, scores and weights as float64 of shape (N,), if they can be scored.

    Parameters
    ----------
    target
        0 or 1, False or True, shape (N,).
    score
        Any finite numbers, more for what looks more like a 1: probabilities or logits, (N,).
    weight
        What each row counts for, 0 or more, (N,); None: 1 each. Rows of weight 0 are left out.

    Raises
    ------
    ShapeError
        If they do not belong together, or there is no row.
    InputError
        If a target is neither 0 nor 1, or a score or a weight is not what it should be.
    """
    y, s = _floats(target, "target"), _floats(score, "score")
    w = np.ones_like(s) if weight is None else _floats(weight, "weight")
    if y.ndim != 1 or not y.shape == s.shape == w.shape:
        came = f"shapes {y.shape}, {s.shape} and {w.shape} of target, score and weight"
        raise ShapeError(explain(came, "the same (N,) for all", "give one number for each row"))
    _refuse((y != 0.0) & (y != 1.0), y, "target", "0 or 1", "say which class counts as positive")
    _refuse(~np.isfinite(s), s, "score", "a finite number", "look at the model that gave it")
    _refuse(~((w >= 0.0) & (w < np.inf)), w, "weight", "0 or more", "weigh every row")
    counts = w > 0.0
    if not counts.any():
        raise ShapeError(explain("no row", "one or more of weight above 0", "give some data"))
    return (y, s, w) if counts.all() else (y[counts], s[counts], w[counts])


def probabilities(
    target: ArrayLike, probability: ArrayLike, weight: ArrayLike | None = None
) -> tuple[Array, Array, Array]:
    """Return the same, if the scores are probabilities."""
    y, p, w = rows(target, probability, weight)
    outside = (p < 0.0) | (p > 1.0)
    _refuse(outside, p, "probability", "a number from 0 to 1", "give sigmoid(logit) for a logit")
    return y, p, w


def ranked(target: ArrayLike, score: ArrayLike, weight: ArrayLike | None = None) -> Ranked:
    """Sort once, and bring together the rows of the same score."""
    y, s, w = rows(target, score, weight)
    order = np.argsort(-s, kind="stable")
    y, s, w = y[order], s[order], w[order]
    first = np.append(0, 1 + np.flatnonzero(s[1:] != s[:-1]))  # of each run of equal scores
    return Ranked(s[first], np.add.reduceat(w * y, first), np.add.reduceat(w * (1.0 - y), first))


def _floats(values: ArrayLike, name: str) -> Array:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        came = f"{name} of type {type(values).__name__}"
        raise InputError(explain(came, "an array of numbers", "convert it first")) from None


def _refuse(wrong: Array, values: Array, name: str, expected: str, todo: str) -> None:
    if wrong.any():
        at = int(np.argmax(wrong))
        raise InputError(explain(f"{float(values[at])!r} as {name}[{at}]", expected, todo))
