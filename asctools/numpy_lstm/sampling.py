"""Draw the next symbol from the scores of a model."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from asctools.errors import InputError, explain
from asctools.numpy_lstm import inputs

Array = NDArray[Any]


def probabilities(logits: Array, temperature: float = 1.0, top_k: int | None = None) -> Array:
    """Return how likely each symbol is to be drawn.

    Implements :eq:`eq-temperature`.

    Parameters
    ----------
    logits
        The scores of the symbols, (V,).
    temperature
        1 leaves the model's probabilities, less sharpens them, more flattens them; 0 gives all to
        the likeliest.
    top_k
        How many of the likeliest stay in play; all if None. Where two are equally likely, the one
        that stands first in the vocabulary comes first.

    Returns
    -------
    numpy.ndarray
        (V,), float64, sums to 1.
    """
    logits = np.asarray(logits, np.float64)
    cold = inputs.temperature(temperature) == 0.0
    kept = _likeliest(logits, 1 if cold else top_k)
    # p_k ∝ exp(z_k / temperature); the largest score is taken off first, which changes nothing
    z = (logits[kept] - logits.max()) / (1.0 if cold else temperature)
    p = np.zeros_like(logits)
    p[kept] = np.exp(z)
    return p / p.sum()


def draw_symbol(
    logits: Array, temperature: float, top_k: int | None, rng: np.random.Generator
) -> int:
    """Draw one symbol with :func:`probabilities`."""
    p = probabilities(logits, temperature, top_k)
    return int(rng.choice(len(p), p=p))


def _likeliest(logits: Array, top_k: int | None) -> Array:
    """Return the places of the k highest scores."""
    count = len(logits) if top_k is None else inputs.size(top_k, "top_k")
    if count > len(logits):
        todo = "use None for all"
        raise InputError(explain(f"top_k={top_k}", f"at most {len(logits)} symbols", todo))
    ranking = np.argsort(-logits, kind="stable")
    return ranking[:count]
