"""Prove a gradient: by small differences, and by a small step into the complex numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Parameters = Mapping[str, Array]


def central_differences(
    function: Callable[[dict[str, Array]], Any], parameters: Parameters, epsilon: float = 1e-5
) -> dict[str, Array]:
    """Return dL/dw for every number w: wiggle it and look at the loss.

    Implements :eq:`eq-central-difference`, for arrays.

    Parameters
    ----------
    function
        Takes parameters, returns the loss. It is given copies.
    parameters
        Name → array of float64.
    epsilon
        The step to either side. The error falls with ε² until rounding, which grows with 1/ε.
    """
    w = {name: np.array(value) for name, value in parameters.items()}
    slopes = {name: np.zeros_like(value) for name, value in w.items()}
    for name, place in _places(w):
        middle = w[name][place]
        w[name][place] = middle + epsilon
        above = function(w)
        w[name][place] = middle - epsilon
        below = function(w)
        w[name][place] = middle
        # dL/dw ≈ (L(w + ε) − L(w − ε)) / 2ε
        slopes[name][place] = (above - below) / (2.0 * epsilon)
    return slopes


def complex_step(
    function: Callable[[dict[str, Array]], Any], parameters: Parameters, epsilon: float = 1e-30
) -> dict[str, Array]:
    """Return dL/dw for every number w, without any difference: nothing cancels.

    Implements :eq:`eq-complex-step`. The function must take complex numbers and be analytic: no
    absolute value, and a maximum of real parts only. Source: Squire & Trapp 1998.

    Parameters
    ----------
    function
        Takes complex parameters, returns the complex loss. It is given copies.
    parameters
        Name → array of float64.
    epsilon
        The step. It can be as small as numbers go.
    """
    w = {name: np.array(value, np.complex128) for name, value in parameters.items()}
    slopes = {name: np.zeros(value.shape) for name, value in w.items()}
    for name, place in _places(w):
        middle = w[name][place]
        # L(w + iε) = L(w) + iε dL/dw − …, so dL/dw = Im L(w + iε) / ε
        w[name][place] = middle + 1j * epsilon
        slopes[name][place] = np.imag(function(w)) / epsilon
        w[name][place] = middle
    return slopes


def relative_error(a: Parameters | Array, b: Parameters | Array) -> float:
    """Return ‖a − b‖ / max(‖a‖, ‖b‖) over all numbers together; 0 if both are 0.

    Taking all of them at once is fair: a slope that is nearly 0 carries the rounding of the large
    ones, and its own relative error says nothing.
    """
    flat_a, flat_b = _flat(a), _flat(b)
    size = max(float(np.linalg.norm(flat_a)), float(np.linalg.norm(flat_b)))
    return float(np.linalg.norm(flat_a - flat_b)) / size if size else 0.0


def _places(parameters: Parameters) -> list[tuple[str, tuple[int, ...]]]:
    """Return the place of every number."""
    return [
        (name, place) for name, value in parameters.items() for place in np.ndindex(value.shape)
    ]


def _flat(value: Parameters | Array) -> Array:
    """Return all numbers in one row; names are sorted, so that their order does not matter."""
    if isinstance(value, Mapping):
        return np.concatenate([np.ravel(value[name]) for name in sorted(value)])
    return np.ravel(value)
