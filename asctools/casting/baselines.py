"""The rivals: methods without a recurrent network, by scikit-learn, which this module needs.

scikit-learn is imported when a rival is fitted. It would use every core; here it uses one, so that
processor times can be compared.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from asctools.casting.simulator import CastingData
from asctools.errors import InputError, explain, unknown_name

__all__ = ["MODELS", "Features", "fit"]

Features = Callable[[np.ndarray], np.ndarray]


def fit(
    model: str, features: Features, train: CastingData, *, seed: int = 0
) -> Callable[[np.ndarray], np.ndarray]:
    """Fit a rival to training windows.

    Parameters
    ----------
    model
        ``"logistic"``: logistic regression on standardised features. ``"boosting"``: gradient
        boosting of 100 small trees on histograms. ``"neighbours"``: the share of defects among
        the 9 nearest training windows, a method that does nothing but remember.
    features
        What it sees of windows ``(N, T, C)``: one of :mod:`asctools.casting.features`, or your own.
    train
        What it learns from.
    seed
        Of whatever it draws.

    Returns
    -------
    callable
        From windows ``(N, T, C)`` to probabilities ``(N,)``.

    Raises
    ------
    UnknownNameError
        If there is no such model.
    InputError
        If the training windows are all of one class, or scikit-learn is missing.
    """
    if model not in MODELS:
        raise unknown_name("model", model, MODELS)
    if len(np.unique(train.y)) < 2:
        came = f"{int(train.y.sum())} defects in {len(train)} training windows"
        raise InputError(explain(came, "some with and some without", "simulate more of them"))
    one_thread = _one_thread()
    with one_thread():
        fitted = MODELS[model](seed).fit(features(train.x), train.y)

    def probability(x: np.ndarray) -> np.ndarray:
        with one_thread():
            said: np.ndarray = fitted.predict_proba(features(x))[:, 1]
        return said

    return probability


def _logistic(seed: int) -> Any:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000, random_state=seed))


def _boosting(seed: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(early_stopping=False, random_state=seed)


def _neighbours(seed: int) -> Any:
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), KNeighborsClassifier(n_neighbors=9))


MODELS: dict[str, Callable[[int], Any]] = {
    "logistic": _logistic,
    "boosting": _boosting,
    "neighbours": _neighbours,
}


def _one_thread() -> Callable[[], Any]:
    """Return a context in which BLAS and OpenMP have one thread."""
    try:
        import sklearn  # noqa: F401
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]
    except ImportError:
        todo = "type: pip install scikit-learn"
        raise InputError(explain("no scikit-learn", "an installed one", todo)) from None
    return lambda: threadpool_limits(limits=1)
