"""The functions around the cell: sigmoid, softmax and the cross-entropy loss, safe at any size.

They take real arrays of any precision and keep it, and complex ones too, so that a gradient can be
checked with a complex step (:func:`asctools.numpy_lstm.gradcheck.complex_step`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from asctools.numpy_lstm import inputs

Array = NDArray[Any]


def sigmoid(z: Array, out: Array | None = None) -> Array:
    """Squash any number into 0 … 1.

    The form with tanh is that of :eq:`eq-sigmoid`, rewritten: it has no exponential that could
    overflow, and needs no case distinction.

    Parameters
    ----------
    z
        Any shape.
    out
        Where to put the result, of the same shape; ``z`` itself is allowed.
    """
    # σ(z) = ½ (1 + tanh(z / 2))
    out = np.multiply(z, 0.5, out=out)
    np.tanh(out, out=out)
    out += 1.0
    out *= 0.5
    return out


def softmax(z: Array) -> Array:
    """Turn scores into probabilities, along the last axis.

    Implements :eq:`eq-softmax`. The largest score is taken off first: the result is the same, and
    no exponential is above 1.

    Parameters
    ----------
    z
        Scores, ``(..., V)``.
    """
    # p_k = exp(z_k) / Σ_j exp(z_j)
    p = np.exp(z - z.real.max(axis=-1, keepdims=True))
    p /= p.sum(axis=-1, keepdims=True)
    return p


def softmax_cross_entropy(
    logits: Array, targets: Array, mask: Array | None = None
) -> tuple[Any, Array]:
    """Return the mean cross-entropy in nats and its slope at the scores.

    Implements :eq:`eq-cross-entropy`, :eq:`eq-softmax-slope`.

    Parameters
    ----------
    logits
        Scores, ``(..., V)``.
    targets
        The right classes, integers in 0 … V − 1, ``(...)``.
    mask
        1 where a target counts and 0 where it is padding, ``(...)``; without it all count.

    Returns
    -------
    loss
        Mean over all targets that count.
    grad_logits
        dL/dlogits, ``(..., V)``.

    Raises
    ------
    InputError, ShapeError
        If targets or mask do not fit, or nothing counts.
    """
    inputs.indices(targets, logits.shape[:-1], logits.shape[-1], "targets")
    losses, slopes = cross_entropies(logits, targets)
    share = inputs.shares(mask, targets.shape).astype(losses.real.dtype)
    # L = Σ share · (−log p[target]), where the share of each target that counts is 1 / count
    return (share * losses).sum(), share[..., None] * slopes


def cross_entropies(logits: Array, targets: Array, out: Array | None = None) -> tuple[Array, Array]:
    """Return the cross-entropy of every target by itself, without checks.

    Implements :eq:`eq-cross-entropy`, :eq:`eq-softmax-slope`.

    Parameters
    ----------
    logits, targets
        As in :func:`softmax_cross_entropy`.
    out
        Where to put the slopes; ``logits`` itself is allowed.

    Returns
    -------
    losses, slopes
        ``(...)``, and each loss's slope at its scores, ``(..., V)``.
    """
    z = logits.reshape(-1, logits.shape[-1])
    out = None if out is None else out.reshape(z.shape)
    z = np.subtract(z, z.real.max(axis=1, keepdims=True), out=out)
    at_target = np.arange(len(z)), targets.reshape(-1)
    z_target = z[at_target]
    p = np.exp(z, out=z)
    total = p.sum(axis=1)
    # −log p[target] = log Σ_j exp(z_j) − z[target]
    losses = np.log(total) - z_target
    # its slope at z_k is p_k, and p_k − 1 where k is the target
    p /= total[:, None]
    p[at_target] -= 1.0
    return losses.reshape(targets.shape), p.reshape(logits.shape)
