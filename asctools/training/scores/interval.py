"""How far a score could be off by the luck of which rows were drawn."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from asctools.errors import InputError, ShapeError, explain
from asctools.training.scores.arrays import Array, rows

__all__ = ["Interval", "bootstrap"]


class Interval(NamedTuple):
    """A score on all rows, and between what it lies for most draws of as many rows."""

    value: float
    low: float
    high: float


def bootstrap(
    score_of: Callable[[Array, Array], float],
    target: ArrayLike,
    score: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    draws: int = 500,
    level: float = 0.95,
    seed: int = 0,
) -> Interval:
    """Draw rows with replacement, score them, and return what lies in the middle.

    Parameters
    ----------
    score_of
        ``score_of(target, score)`` → a number: :func:`~asctools.training.scores.auc_roc`, ….
    target, score
        0 or 1, and what the model says, (N,).
    groups
        What belongs together, such as the heat of each sequence, (N,): whole groups are drawn.
        Rows that resemble each other say less than their number promises.
    draws
        How many times. Draws without a score, such as one class only, are left out.
    level
        The share of the draws inside.
    seed
        Of a generator of its own.

    Returns
    -------
    Interval
        NaN for its ends where no draw had a score.
    """
    if isinstance(draws, bool) or not isinstance(draws, int) or draws < 1:
        raise InputError(explain(f"draws={draws!r}", "a whole number above 0", "try 500"))
    if not 0.0 < level < 1.0:
        raise InputError(explain(f"level={level!r}", "a number between 0 and 1", "try 0.95"))
    y, s, _ = rows(target, score)
    members = _members(groups, len(y))
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(draws):
        drawn = rng.integers(0, len(members), len(members))
        at = np.concatenate([members[k] for k in drawn]) if groups is not None else drawn
        value = score_of(y[at], s[at])
        found += [value] if math.isfinite(value) else []
    outside = (1.0 - level) / 2.0
    low, high = np.quantile(found, [outside, 1.0 - outside]) if found else (math.nan, math.nan)
    return Interval(float(score_of(y, s)), float(low), float(high))


def _members(groups: ArrayLike | None, n: int) -> list[Array]:
    """Return the rows of each group."""
    if groups is None:
        return [np.array([k]) for k in range(n)]
    names = np.asarray(groups)
    if names.shape != (n,):
        came = f"groups of shape {names.shape}"
        raise ShapeError(explain(came, f"({n},), one for each row", "give each row its group"))
    _, at, sizes = np.unique(names, return_inverse=True, return_counts=True)
    return np.split(np.argsort(at, kind="stable"), np.cumsum(sizes)[:-1])
