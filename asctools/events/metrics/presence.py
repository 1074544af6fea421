"""Whether a bell strikes in a window at all, and whether the probability of it can be believed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from asctools.errors import ShapeError, explain

if TYPE_CHECKING:
    from asctools.training.scores import Calibration

__all__ = ["presence_average_precision", "presence_calibration"]


def presence_average_precision(
    labels: ArrayLike, probs: ArrayLike
) -> tuple[float, NDArray[np.float64]]:
    """Return the mean average precision over the bells, and that of each, (E,).

    Parameters
    ----------
    labels
        1 where the bell strikes in the window, shape (N, E).
    probs
        What the model says, more for surer, (N, E).

    Returns
    -------
    mean, each
        A bell that never strikes has NaN and is left out of the mean.
    """
    from asctools.training.scores import average_precision  # which brings PyTorch

    y, p = _both(labels, probs)
    each = np.array([average_precision(y[:, e], p[:, e]) for e in range(y.shape[1])])
    known = each[~np.isnan(each)]
    return float(known.mean()) if len(known) else float("nan"), each


def presence_calibration(labels: ArrayLike, probs: ArrayLike, bins: int = 10) -> Calibration:
    """Return the table of a reliability diagram over all windows and bells.

    Parameters
    ----------
    labels, probs
        As for :func:`presence_average_precision`, probs from 0 to 1.
    bins
        How many, with about as many windows and bells in each.
    """
    from asctools.training.scores import calibration

    y, p = _both(labels, probs)
    return calibration(y.ravel(), p.ravel(), bins, strategy="quantile")


def _both(labels: ArrayLike, probs: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    y, p = (np.asarray(each, dtype=np.float64) for each in (labels, probs))
    if y.ndim != 2 or y.shape != p.shape:
        came = f"labels of shape {y.shape} and probs {p.shape}"
        raise ShapeError(explain(came, "the same (N, E)", "give a row for each window"))
    return y, p
