"""From the rows of ``nn.LSTM`` to the order of gates in which the fast layer computes, and back.

Parameters have the rows i, f, g, o (g is the candidate c̃). The fast layer has o, i, f, g: so all
sigmoids are adjacent, and i and f stand next to g and c_prev, which they are multiplied with.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

NAMES = ("output", "input", "forget", "candidate")  # of our gates 0 to 3
ROWS = (3, 0, 1, 2)  # where each of them stands in nn.LSTM
# σ(z) = ½ + ½ tanh(z/2): with the sums of the sigmoids halved, one tanh serves all four gates.
INSIDE = (0.5, 0.5, 0.5, 1.0)


def to_columns(weight: Array, out: Array) -> Array:
    """Arrange a weight to stand right of a product, x @ W, with the sums of the sigmoids halved.

    Parameters
    ----------
    weight
        (4H, n).
    out
        Memory for the result: (4, n, H), a matrix for each gate; or (4H, n), which is returned
        turned over as (n, 4H), one matrix for all gates.
    """
    H, n = len(weight) // 4, weight.shape[1]
    rows = weight.reshape(4, H, n)
    together = out.ndim == 2
    for gate in range(4):
        of_gate = out[gate * H : (gate + 1) * H] if together else out[gate].T
        np.multiply(rows[ROWS[gate]], INSIDE[gate], out=of_gate)
    return out.T if together else out


def to_rows(weight: Array, out: Array) -> Array:
    """Arrange a weight (4H, n) to stand right of the way back, δ @ W: in our order, as it is.

    ``out`` has as many numbers in any shape, and is returned.
    """
    H, n = len(weight) // 4, weight.shape[1]
    rows, ours = weight.reshape(4, H, n), out.reshape(4, H, n)
    for gate in range(4):
        ours[gate] = rows[ROWS[gate]]
    return out


def sum_of_products(delta: Array, inputs: Array) -> Array:
    """Return Σ δᵀ x over all steps and sequences: (4, T·B, H) and (T·B, n) give (4H, n).

    The result is a new array with the rows of ``nn.LSTM``.
    """
    H = delta.shape[2]
    out = np.empty((4, H, inputs.shape[1]), delta.dtype)
    for gate in range(4):
        np.matmul(delta[gate].T, inputs, out=out[ROWS[gate]])
    return out.reshape(4 * H, -1)


def sum_of(delta: Array) -> Array:
    """Return Σ δ over all steps and sequences, (4H,), with the rows of ``nn.LSTM``."""
    ones = np.ones(delta.shape[1], delta.dtype)  # a product is twice as fast as a sum
    return np.concatenate([ones @ delta[gate] for gate in np.argsort(ROWS)])
