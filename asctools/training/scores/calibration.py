"""Whether a probability of 0.3 is right three times in ten."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from asctools.errors import InputError, explain, unknown_name
from asctools.training.scores.arrays import Array, probabilities

__all__ = ["Calibration", "brier", "calibration"]

Z = 1.959963984540054  # 95 % of a normal distribution lie within ±Z standard deviations


class Calibration(NamedTuple):
    """What was said and what came, bin by bin; an empty bin has NaN.

    Attributes
    ----------
    edges
        Of the bins, shape (B + 1,). A probability on an edge belongs to the bin below it.
    weight
        The weight of the rows in each bin, without weights their number, (B,).
    predicted
        The mean probability in it, (B,).
    observed
        The share of positives in it, (B,).
    low, high
        Where that share may lie, 95 %, by Wilson's interval for as many rows, (B,).
    expected_error
        The mean distance of the two, each row counting alike: the expected calibration error.
    """

    edges: Array
    weight: Array
    predicted: Array
    observed: Array
    low: Array
    high: Array
    expected_error: float


def brier(target: ArrayLike, probability: ArrayLike, weight: ArrayLike | None = None) -> float:
    """Return the mean squared distance of the probabilities from what came.

    Implements :eq:`eq-brier`.

    Parameters
    ----------
    target
        0 or 1, shape (N,).
    probability
        Of a 1, (N,).
    weight
        What each row counts for, (N,); None: 1 each.

    Returns
    -------
    float
        0 for an oracle; π (1 − π) for whoever says the share π of the positives every time.

    Notes
    -----
    Brier (1950), *Verification of forecasts expressed in terms of probability*, for two classes.
    """
    y, p, w = probabilities(target, probability, weight)
    # Σ w (p − y)² / Σ w
    return float(w @ (p - y) ** 2 / w.sum())


def calibration(
    target: ArrayLike,
    probability: ArrayLike,
    bins: int = 10,
    *,
    strategy: str = "uniform",
    weight: ArrayLike | None = None,
) -> Calibration:
    """Return the table behind a reliability diagram.

    Parameters
    ----------
    target, probability
        0 or 1, and the probability of a 1, (N,).
    bins
        How many.
    strategy
        ``"uniform"``: of the same width; ``"quantile"``: with about the same number of rows, for
        probabilities that crowd near 0, as those of rare events do. Equal rows stay together, so
        there may be fewer bins.
    weight
        What each row counts for, (N,); None: 1 each.

    Returns
    -------
    Calibration
        A row for each bin.

    Raises
    ------
    InputError
        If ``bins`` is no whole number above 0, or a probability none.

    Notes
    -----
    Guo et al. (2017), *On calibration of modern neural networks*, section 2.
    """
    if isinstance(bins, bool) or not isinstance(bins, int | np.integer) or bins < 1:
        raise InputError(explain(f"bins={bins!r}", "a whole number above 0", "try 10"))
    y, p, w = probabilities(target, probability, weight)
    edges = _edges(p, int(bins), strategy)
    at = np.searchsorted(edges[1:-1], p)
    total, rows = (np.bincount(at, each, len(edges) - 1) for each in (w, np.ones_like(w)))
    with np.errstate(divide="ignore", invalid="ignore"):  # NaN is what an empty bin has
        predicted, observed = (np.bincount(at, w * each, len(total)) / total for each in (p, y))
        low, high = _wilson(observed, rows)
    gap = np.abs(observed - predicted)
    error = float(np.nansum(total * gap) / total.sum())
    return Calibration(edges, total, predicted, observed, low, high, error)


def _edges(p: Array, bins: int, strategy: str) -> Array:
    even = np.linspace(0.0, 1.0, bins + 1)
    if strategy == "uniform":
        return even
    if strategy == "quantile":
        inner = np.unique(np.quantile(p, even[1:-1]))
        return np.concatenate(([0.0], inner[inner < 1.0], [1.0]))
    raise unknown_name("strategy", strategy, ("uniform", "quantile"))


def _wilson(share: Array, rows: Array) -> tuple[Array, Array]:
    """Return the interval around a share of so many rows; unlike ±Z σ it stays within 0 and 1."""
    z2 = Z * Z / rows
    centre = (share + z2 / 2.0) / (1.0 + z2)
    half = np.sqrt(z2 * (share * (1.0 - share) + z2 / 4.0)) / (1.0 + z2)
    return np.maximum(centre - half, 0.0), np.minimum(centre + half, 1.0)
