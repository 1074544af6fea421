"""What a reconstruction is worth: principal components of frames, at the same price.

A frame of ten samples in six channels is 60 numbers. What a linear method without memory makes of
it needs only the variances along the frame's principal axes.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["frame_spectrum", "unexplained_by_nats", "unexplained_by_numbers"]


def frame_spectrum(
    windows: NDArray[np.floating] | Sequence[NDArray[np.floating]], resolution: int = 10
) -> NDArray[np.float64]:
    """Return the variances of frames along their principal axes, the largest first.

    Parameters
    ----------
    windows
        Normalised readings ``(N, T, C)``, or a list of ``(T_n, C)``.
    resolution
        Samples of a frame.

    Returns
    -------
    ndarray
        ``(resolution · C,)``; the sum is the mean energy of a frame.
    """
    numbers = resolution * np.shape(windows[0])[1]
    whole = [each[: len(each) // resolution * resolution] for each in windows]
    frames = np.concatenate([each.reshape(-1, numbers) for each in whole]).astype(np.float64)
    return np.linalg.eigvalsh(frames.T @ frames / len(frames))[::-1].clip(min=0.0)


def unexplained_by_numbers(spectrum: NDArray[np.float64], numbers: int) -> float:
    """Return the share of the energy that so many principal components of each frame miss."""
    return float(spectrum[numbers:].sum() / spectrum.sum())


def unexplained_by_nats(spectrum: NDArray[np.float64], nats: float) -> float:
    """Return the share of the energy that nobody can save at so many nats a frame.

    That is for frames that are normal and know nothing of each other. What is below the water is
    not told at all; of every axis above it as much is told as lowers the error to the water.

    Parameters
    ----------
    spectrum
        Of :func:`frame_spectrum`.
    nats
        What may be told of a frame; 0: nothing.

    Notes
    -----
    Reverse water-filling: Cover and Thomas (2006), *Elements of Information Theory*, 10.3.
    """
    low, high = 0.0, float(spectrum.max())
    for _ in range(60):  # halvings: the water falls as more is told
        water = 0.5 * (low + high)
        above = spectrum[spectrum > water]
        told = 0.5 * np.log(above / water).sum() if water > 0 else np.inf
        low, high = (water, high) if told > nats else (low, water)
    return float(np.minimum(spectrum, high).sum() / spectrum.sum())
