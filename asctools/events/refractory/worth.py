"""What a probable strike is worth, so that the most probable legal reading is the best set."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from asctools.errors import InputError, explain

__all__ = ["log_odds"]

NEVER = 1e-9  # a float32 sigmoid says 0 or 1 where it means very nearly
AT_THE_THRESHOLD = 1e-12


def log_odds(probs: ArrayLike, threshold: float = 0.5) -> NDArray[np.float64]:
    """Return by how much the log odds of each pick are above those of the threshold.

    If picks are strikes independently, the probability of a reading that keeps some of them is a
    constant times the product of p / (1 − p) over the kept ones. So the most probable legal reading
    has the highest sum of log odds. Probabilities themselves would put two picks of 0.55 before one
    of 0.9 between them.

    Parameters
    ----------
    probs
        Of a strike, from 0 to 1, any shape.
    threshold
        From which probability on a pick is worth more than nothing; one exactly there still stays.

    Raises
    ------
    InputError
        If a number is not from 0 to 1.
    """
    p = np.asarray(probs, dtype=np.float64)
    if not (((p >= 0.0) & (p <= 1.0)).all() and 0.0 <= threshold <= 1.0):
        came = f"scores from {p.min(initial=threshold):g} to {p.max(initial=threshold):g}"
        raise InputError(explain(came, "probabilities", "use worth=None for other scores"))
    return _logit(p) - _logit(np.float64(threshold)) + AT_THE_THRESHOLD


def _logit(p: NDArray[np.float64] | np.float64) -> NDArray[np.float64]:
    p = np.clip(p, NEVER, 1.0 - NEVER)
    return np.asarray(np.log(p) - np.log1p(-p))
