"""Learn templates from labelled recordings, overlapping strikes and all.

A recording is a sum of waveforms at known times, so it depends linearly on the waveforms, and the
best ones solve a system of linear equations. Its matrix is far too large to write down. But to
multiply by it means to place waveforms, and to multiply by its transpose means to cut pieces out
and add them up: that is all that conjugate gradients need.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from asctools.bells.pursuit.templates import PHASES, Placement, delayed, gathered

__all__ = [
    "Labelled",
    "conjugate_gradients",
    "learn",
    "normal_product",
    "placed",
    "taken_out",
    "weighted_misfit",
]

Floats = NDArray[np.floating]


class Labelled(NamedTuple):
    """A signal, and where its strikes are.

    Attributes
    ----------
    signal
        High-passed, (T, C).
    placement
        Its n strikes.
    amplitudes
        How strong each is, 1 = usual, (n,); None: all are as usual.
    weight
        How much the signal counts beside others.
    """

    signal: NDArray[np.float32]
    placement: Placement
    amplitudes: NDArray[np.floating] | None = None
    weight: float = 1.0


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
    for each in recordings:
        _collect(each.signal, each, into=bins)
    return conjugate_gradients(
        lambda waveforms: normal_product(waveforms, recordings, ridge), gathered(bins), steps
    )


def normal_product(waveforms: Floats, recordings: Sequence[Labelled], ridge: float) -> Floats:
    r"""Return :math:`(A^\top A + \lambda I) H` without ever writing :math:`A` down.

    :math:`A` places the waveforms :math:`H` at the strikes, :math:`A^\top` cuts out what stands at
    the strikes and adds it up. The waveforms that fit best have
    :math:`(A^\top A + \lambda I) H = A^\top x`. Amplitudes are part of :math:`A`, and the weight of
    a signal stands between :math:`A^\top` and what is multiplied by it.

    Implements :eq:`eq-least-squares-templates`.

    Parameters
    ----------
    waveforms
        H, shape (K, L, C).
    recordings
        Everything counts here but the samples themselves.
    ridge
        :math:`\lambda`.

    Returns
    -------
    ndarray
        Shape (K, L, C).
    """
    shifted = delayed(waveforms)
    bins = np.zeros_like(shifted)
    for each in recordings:
        _collect(placed(shifted, each.placement, len(each.signal), each.amplitudes), each, bins)
    return gathered(bins) + ridge * waveforms


def weighted_misfit(waveforms: Floats, recordings: Sequence[Labelled], ridge: float = 0.0) -> float:
    r"""Return what :func:`learn` makes least: the weighted squares of what stays unexplained.

    Recording :math:`r` counts :math:`w_r`; its strike :math:`j` is of template :math:`k_j`, at time
    :math:`t_j`, and :math:`a_j` times as strong as usual.

    .. math::

       \sum_r w_r \Bigl\| x_r - \sum_{j \in r} a_j H_{k_j}(\cdot - t_j) \Bigr\|^2
       + \lambda \|H\|^2

    Implements :eq:`eq-weighted-least-squares`.

    Parameters
    ----------
    waveforms
        H, shape (K, L, C).
    recordings
        With amplitudes and weights, or without: then all are 1.
    ridge
        :math:`\lambda`.
    """
    shifted = delayed(waveforms)
    total = ridge * float(np.vdot(waveforms, waveforms))
    for signal, placement, amplitudes, weight in recordings:
        left = signal - placed(shifted, placement, len(signal), amplitudes)
        total += weight * float(np.vdot(left, left))
    return total


def placed(
    shifted: Floats, placement: Placement, length: int, amplitudes: Floats | None = None
) -> Floats:
    """Return A H for one signal, (length, C): every strike's waveform at its place, added up.

    ``shifted`` is what :func:`~asctools.bells.pursuit.templates.delayed` returns, (K, 8, L, C).
    """
    size = shifted.shape[2]
    sum_ = np.zeros((length + 2 * size, shifted.shape[3]), dtype=shifted.dtype)
    for kind, start, phase, strength in _strikes(placement, amplitudes):
        sum_[start + size : start + 2 * size] += strength * shifted[kind, phase]
    return sum_[size:-size]


def taken_out(
    signal: Floats, placement: Placement, into: Floats, amplitudes: Floats | None = None
) -> None:
    """Add what stands at the strikes of one signal, (T, C), to ``into``, (K, 8, L, C).

    With amplitudes it is multiplied by them, so that this is the transpose of :func:`placed`.
    """
    size = into.shape[2]
    padded = np.pad(signal, ((size, size), (0, 0)))
    for kind, start, phase, strength in _strikes(placement, amplitudes):
        into[kind, phase] += strength * padded[start + size : start + 2 * size]


def _collect(signal: Floats, of: Labelled, into: Floats) -> None:
    """Multiply by the transpose of A, and by the weight."""
    taken_out(of.weight * signal, of.placement, into, of.amplitudes)


def _strikes(
    placement: Placement, amplitudes: Floats | None
) -> Iterator[tuple[int, int, int, float]]:
    """Yield kind, start, phase and amplitude of each strike, as plain numbers: they are faster."""
    strengths = np.ones(len(placement.kinds)) if amplitudes is None else amplitudes
    return zip(*(column.tolist() for column in (*placement, strengths)), strict=True)


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
