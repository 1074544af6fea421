"""What counts and straight lines can do with brackets: the rivals that a network has to beat.

A linear model weighs each feature and adds up. It keeps no state, so what it gets right needs no
memory. Two sets of features are tried: the bracket at each position, and how often each two
brackets follow one another.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from asctools.dataset.inputs import text_of, whole_number
from asctools.dataset.parentheses import STEPS
from asctools.errors import InputError, ShapeError, explain

NEIGHBOURS = ("((", "()", ")(", "))")


class Linear(NamedTuple):
    """A linear model: valid where ``features @ weights + bias`` is above 0.

    Attributes
    ----------
    weights
        Shape (F,), one a feature.
    bias
        What is added to every sum.
    """

    weights: np.ndarray
    bias: float


def signed_positions(texts: Sequence[str], length: int) -> np.ndarray:
    """Write each text as one number a position: 1 for ``(``, -1 for ``)``, 0 for a letter.

    Parameters
    ----------
    texts
        N strings; shorter ones are filled with 0, longer ones cut.
    length
        Positions, 1 or more.

    Returns
    -------
    numpy.ndarray
        Shape (N, length), float64.

    Raises
    ------
    InputError
        If a text is no string or the length is below 1.
    """
    rows = np.zeros((len(texts), whole_number("length", length, 1, "positions")))
    for row, text in zip(rows, texts, strict=True):
        signs = [STEPS.get(symbol, 0) for symbol in text_of(text)[:length]]
        row[: len(signs)] = signs
    return rows


def neighbour_pairs(texts: Sequence[str]) -> np.ndarray:
    """Count, with the letters left out, how often each two brackets follow one another.

    Parameters
    ----------
    texts
        N strings.

    Returns
    -------
    numpy.ndarray
        Shape (N, 4), float64, in the order of ``NEIGHBOURS``.

    Raises
    ------
    InputError
        If a text is no string.
    """
    rows = np.zeros((len(texts), len(NEIGHBOURS)))
    for row, text in zip(rows, texts, strict=True):
        brackets = [symbol for symbol in text_of(text) if symbol in STEPS]
        for first, second in pairwise(brackets):
            row[NEIGHBOURS.index(first + second)] += 1
    return rows


def fit_linear(features: ArrayLike, labels: ArrayLike, ridge: float = 1.0) -> Linear:
    """Fit a linear model to labels by least squares, towards 1 for valid and -1 for invalid.

    Parameters
    ----------
    features
        Shape (N, F).
    labels
        Shape (N,), 0 or 1.
    ridge
        How much large weights cost, above 0; the bias is free.

    Returns
    -------
    Linear
        The weights that minimise the squared error plus ``ridge`` times their squared norm.

    Raises
    ------
    ShapeError
        If features and labels do not fit each other.
    InputError
        If a feature is not finite, a label neither 0 nor 1, or ``ridge`` not above 0.
    """
    x, y = _checked(features, labels)
    if not isinstance(ridge, int | float) or not 0 < ridge < float("inf"):
        raise InputError(explain(f"ridge={ridge!r}", "a number above 0", "pass 1.0"))
    signs = 2.0 * y - 1.0
    centred = x - x.mean(axis=0)  # the bias takes the means, free of the ridge
    weights = np.linalg.solve(
        centred.T @ centred + ridge * np.eye(x.shape[1]), centred.T @ (signs - signs.mean())
    )
    return Linear(weights, float(signs.mean() - x.mean(axis=0) @ weights))


def predict_linear(model: Linear, features: ArrayLike) -> np.ndarray:
    """Predict a label for each row of features.

    Parameters
    ----------
    model
        As ``fit_linear`` gives it.
    features
        Shape (N, F).

    Returns
    -------
    numpy.ndarray
        Shape (N,), int64, 0 or 1.

    Raises
    ------
    ShapeError
        If the features are not those of the model.
    """
    x = np.asarray(features, dtype=float)
    if x.ndim != 2 or x.shape[1] != len(model.weights):
        came = f"features of shape {x.shape}"
        expected = f"(N, {len(model.weights)}), as the model was fitted"
        raise ShapeError(explain(came, expected, "make both with the same length"))
    return (x @ model.weights + model.bias > 0).astype(np.int64)


def accuracy(predictions: ArrayLike, labels: ArrayLike) -> float:
    """Compute the share of predictions that are right.

    Raises
    ------
    ShapeError
        If there are none, or not one for each label.
    """
    found, right = np.asarray(predictions), np.asarray(labels)
    if found.shape != right.shape or found.size == 0:
        came = f"predictions of shape {found.shape} for labels of shape {right.shape}"
        raise ShapeError(explain(came, "the same shape, with at least one", "pass one for each"))
    return float((found == right).mean())


def _checked(features: ArrayLike, labels: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    x, y = np.asarray(features, dtype=float), np.asarray(labels)
    if x.ndim != 2 or y.shape != x.shape[:1] or x.size == 0:
        came = f"features of shape {x.shape} and labels of shape {y.shape}"
        raise ShapeError(explain(came, "(N, F) and (N,)", "give one row of features to each label"))
    if not np.isfinite(x).all():
        row = int(np.argmin(np.isfinite(x).all(axis=1)))
        raise InputError(explain(f"row {row} with nan or inf", "finite features", "fill the gap"))
    if not np.isin(y, (0, 1)).all():
        came = f"labels {np.unique(y).tolist()}"
        raise InputError(explain(came, "0 and 1 alone", "write 1 for valid and 0 for invalid"))
    return x, y
