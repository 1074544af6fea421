"""From what a model says to a probability that can be believed."""

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from asctools.errors import InputError, explain
from asctools.training.scores.arrays import Array, rows

__all__ = ["Platt", "platt", "prior_correction", "weighted_probability"]


def prior_correction(probability: ArrayLike, pos_weight: ArrayLike) -> Any:
    """Return the probabilities that a model would have given without ``pos_weight``.

    A loss in which a positive counts ``pos_weight`` times is the loss of data with that many times
    more positives: the odds that it learns are that many times too high, so they are divided by it.
    The order of the rows, and with it AUC-ROC and average precision, stays.

    Implements :eq:`eq-prior-correction`.

    Parameters
    ----------
    probability
        What the model says, from 0 to 1, any shape.
    pos_weight
        What a positive counted for in its loss, above 0; or one for each class, (C,).

    Returns
    -------
    float or numpy.ndarray
        In the shape of ``probability``.

    Raises
    ------
    InputError
        If a probability is none, or a weight is not above 0 and finite.

    Notes
    -----
    King and Zeng (2001), *Logistic regression in rare events data*, section 4.1; Elkan (2001),
    theorem 2.
    """
    q, w = _probability(probability), _above_zero(pos_weight)
    # odds(p) = odds(q) / w
    p = q / (q + w * (1.0 - q))
    return p if p.ndim else float(p)


def weighted_probability(probability: ArrayLike, pos_weight: ArrayLike) -> Any:
    """Return what training with ``pos_weight`` makes of true probabilities: the way there.

    Parameters
    ----------
    probability, pos_weight
        As for :func:`prior_correction`, which is the way back.
    """
    return prior_correction(probability, 1.0 / _above_zero(pos_weight))


class Platt(NamedTuple):
    """A line through logits: ``sigmoid(slope · score + offset)`` is a probability."""

    slope: float
    offset: float

    def __call__(self, score: ArrayLike) -> Array:
        """Return the probabilities of scores, in their shape."""
        return _sigmoid(self.slope * np.asarray(score, dtype=np.float64) + self.offset)


def platt(target: ArrayLike, score: ArrayLike, weight: ArrayLike | None = None) -> Platt:
    """Fit that line to validation rows, so that the probabilities fit what came.

    Parameters
    ----------
    target
        0 or 1, shape (N,), both among them.
    score
        Logits, (N,).
    weight
        What each row counts for, (N,); None: 1 each.

    Returns
    -------
    Platt
        Call it with new scores.

    Raises
    ------
    InputError
        If a class is missing.

    Notes
    -----
    Platt (1999), *Probabilistic outputs for support vector machines*, with his targets that stay
    a little away from 0 and 1, so that a perfect order does not lead to an infinite slope.
    """
    y, s, w = rows(target, score, weight)
    positive, negative = w @ y, w @ (1.0 - y)
    if not (positive and negative):
        came = f"only {'1' if positive else '0'} among the targets"
        raise InputError(explain(came, "both 0 and 1", "fit on more rows"))
    y = np.where(y == 1.0, (positive + 1.0) / (positive + 2.0), 1.0 / (negative + 2.0))
    centre, spread = s.mean(), s.std() or 1.0  # so that both unknowns are of one size
    x = np.stack([(s - centre) / spread, np.ones_like(s)])
    slope, offset = _newton(x, y, w, np.array([0.0, math.log((positive + 1.0) / (negative + 1.0))]))
    return Platt(float(slope / spread), float(offset - slope * centre / spread))


def _newton(x: Array, y: Array, w: Array, line: Array, steps: int = 100) -> Array:
    """Minimise the cross-entropy of ``sigmoid(line @ x)``, halving a step that does not help."""
    loss = _cross_entropy(line @ x, y, w)
    for _ in range(steps):
        p = _sigmoid(line @ x)
        slope = x @ (w * (p - y))
        bend = (x * (w * p * (1.0 - p))) @ x.T + 1e-12 * np.eye(2)
        step = np.linalg.solve(bend, slope)
        size, tried = 1.0, _cross_entropy((line - step) @ x, y, w)
        while tried > loss and size > 1e-10:
            size /= 2.0
            tried = _cross_entropy((line - size * step) @ x, y, w)
        if tried >= loss:
            break
        line, loss = line - size * step, tried
    return line


def _cross_entropy(z: Array, y: Array, w: Array) -> float:
    return float(w @ (np.logaddexp(0.0, z) - y * z))


def _sigmoid(z: Array) -> Array:
    # e^−|z| is never too large, whichever side z is on
    small = np.exp(-np.abs(z))
    return np.asarray(np.where(z >= 0.0, 1.0, small) / (1.0 + small))


def _probability(values: ArrayLike) -> Array:
    q = np.asarray(values, dtype=np.float64)
    if not ((q >= 0.0) & (q <= 1.0)).all():
        worst = float(q.flat[int(np.argmin((q >= 0.0) & (q <= 1.0)))])
        todo = "give sigmoid(logit) for a logit"
        raise InputError(explain(f"{worst!r} as a probability", "a number from 0 to 1", todo))
    return q


def _above_zero(pos_weight: ArrayLike) -> Array:
    w = np.asarray(pos_weight, dtype=np.float64)
    if not ((w > 0.0) & np.isfinite(w)).all():
        came = f"pos_weight={pos_weight!r}"
        raise InputError(explain(came, "a finite number above 0", "1 weighs both classes alike"))
    return w
