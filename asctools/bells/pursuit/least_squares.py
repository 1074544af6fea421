"""Learn templates from labelled recordings, overlapping strikes and all.

A recording is a sum of waveforms at known times, so it depends linearly on the waveforms, and the
best ones solve a system of linear equations. Its matrix is far too large to write down. But to
multiply by it means to place waveforms, and to multiply by its transpose means to cut pieces out
and add them up: that is all that conjugate gradients need.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from asctools.bells.pursuit.templates import PHASES, Placement, delayed, gathered

__all__ = ["Labelled", "conjugate_gradients", "learn", "normal_product", "placed", "taken_out"]

Floats = NDArray[np.floating]


class Labelled(NamedTuple):
    """A high-passed signal, (T, C), and where its strikes are."""

    signal: NDArray[np.float32]
    placement: Placement


def learn(
    recordings: Sequence[Labelled], kinds: int, length: int, ridge: float = 5.0, steps: int = 6
) -> NDArray[np.float32]:
    """Return the waveforms that explain the recordings best, (K, L, C).

    Parameters
    ----------
    recordings
        Labelled signals of any lengths.
    kinds, length
        K and L.
    ridge
        How strongly waveforms are pulled to zero, counted in strikes: a bell with 5 strikes is
        halved by a ridge of 5.
    steps
        Of conjugate gradients; few are enough, and to stop early is a second, mild ridge.

    Returns
    -------
    ndarray
        float32. A kind that never strikes is all zeros.
    """
    channels = recordings[0].signal.shape[1]
    bins = np.zeros((kinds, PHASES, length, channels), dtype=np.float32)
    for signal, placement in recordings:
        taken_out(signal, placement, into=bins)
    return conjugate_gradients(
        lambda waveforms: normal_product(waveforms, recordings, ridge), gathered(bins), steps
    )


def normal_product(waveforms: Floats, recordings: Sequence[Labelled], ridge: float) -> Floats:
    r"""Return :math:`(A^\top A + \lambda I) H` without ever writing :math:`A` down.

    :math:`A` places the waveforms :math:`H` at the strikes, :math:`A^\top` cuts out what stands at
    the strikes and adds it up. The waveforms that fit best have
    :math:`(A^\top A + \lambda I) H = A^\top x`.

    Implements :eq:`eq-least-squares-templates`.

    Parameters
    ----------
    waveforms
        H, shape (K, L, C).
    recordings
        Only their lengths and placements count here.
    ridge
        :math:`\lambda`.

    Returns
    -------
    ndarray
        Shape (K, L, C).
    """
    shifted = delayed(waveforms)
    bins = np.zeros_like(shifted)
    for signal, placement in recordings:
        taken_out(placed(shifted, placement, len(signal)), placement, into=bins)
    return gathered(bins) + ridge * waveforms


def placed(shifted: Floats, placement: Placement, length: int) -> Floats:
    """Return A H for one signal, (length, C): every strike's waveform at its place, added up.

    ``shifted`` is what :func:`~asctools.bells.pursuit.templates.delayed` returns, (K, 8, L, C).
    """
    size = shifted.shape[2]
    sum_ = np.zeros((length + 2 * size, shifted.shape[3]), dtype=shifted.dtype)
    for kind, start, phase in zip(*(column.tolist() for column in placement), strict=True):
        sum_[start + size : start + 2 * size] += shifted[kind, phase]
    return sum_[size:-size]


def taken_out(signal: Floats, placement: Placement, into: Floats) -> None:
    """Add what stands at the strikes of one signal, (T, C), to ``into``, (K, 8, L, C)."""
    size = into.shape[2]
    padded = np.pad(signal, ((size, size), (0, 0)))
    for kind, start, phase in zip(*(column.tolist() for column in placement), strict=True):
        into[kind, phase] += padded[start + size : start + 2 * size]


def conjugate_gradients(product: Callable[[Floats], Floats], right: Floats, steps: int) -> Floats:
    """Solve ``product(solution) = right`` by steps, each across all those before it.

    Parameters
    ----------
    product
        Multiplies by a symmetric, positive definite matrix.
    right
        The right-hand side, of any shape.
    steps
        At most; fewer if the solution is exact before.

    Returns
    -------
    ndarray
        As ``right``.

    Notes
    -----
    Hestenes and Stiefel (1952), *Methods of conjugate gradients for solving linear systems*.
    """
    solution = np.zeros_like(right)
    residual = right.copy()
    direction = residual.copy()
    squares = np.vdot(residual, residual)
    for _ in range(steps):
        if squares == 0:
            break
        image = product(direction)
        step = squares / np.vdot(direction, image)
        solution += step * direction
        residual -= step * image
        before, squares = squares, np.vdot(residual, residual)
        direction = residual + squares / before * direction
    return solution
