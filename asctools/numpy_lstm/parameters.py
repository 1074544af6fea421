"""The parameters of stacked layers: their names and shapes, their first values, their exchange.

Names, shapes and order of the rows are those of ``nn.LSTM``, with one difference: where it has two
biases and adds them, there is one here, under the name of the first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asctools.errors import ShapeError, explain, unknown_name

Array = NDArray[Any]
Parameters = dict[str, Array]


def suffixes(num_layers: int, directions: int) -> list[str]:
    """Return what ends the names of each layer and direction: ``l0``, ``l0_reverse``, ``l1`` …"""
    ways = ("", "_reverse")[:directions]
    return [f"l{layer}{way}" for layer in range(num_layers) for way in ways]


def draw(
    input_size: int,
    hidden_size: int,
    num_layers: int,
    directions: int,
    dtype: np.dtype[Any],
    rng: np.random.Generator,
) -> Parameters:
    """Draw the first values: weights from U(−1/√H, 1/√H), biases 0, those of forget gates 1."""
    drawn = {}
    H = hidden_size
    for place, suffix in enumerate(suffixes(num_layers, directions)):
        width = input_size if place < directions else directions * H
        drawn[f"weight_ih_{suffix}"] = uniform((4 * H, width), H, dtype, rng)
        drawn[f"weight_hh_{suffix}"] = uniform((4 * H, H), H, dtype, rng)
        bias = np.zeros(4 * H, dtype)
        bias[H : 2 * H] = 1.0  # rows i, f, g, o: a cell that keeps is a good start
        drawn[f"bias_ih_{suffix}"] = bias
    return drawn


def uniform(
    shape: tuple[int, ...], hidden_size: int, dtype: np.dtype[Any], rng: np.random.Generator
) -> Array:
    """Draw from U(−1/√H, 1/√H), always in float64, so that both precisions start alike."""
    bound = hidden_size**-0.5
    return rng.uniform(-bound, bound, shape).astype(dtype)


def with_second_biases(parameters: Parameters) -> Parameters:
    """Copy the parameters, and add ``nn.LSTM``'s second biases, which are 0."""
    copied = {}
    for name, value in parameters.items():
        copied[name] = value.copy()
        if name.startswith("bias_ih_"):
            copied[name.replace("bias_ih_", "bias_hh_")] = np.zeros_like(value)
    return copied


def fitting(state_dict: Mapping[str, Any], parameters: Parameters) -> Parameters:
    """Return the values for ``parameters`` out of a state dict, each pair of biases added.

    Raises
    ------
    UnknownNameError
        If there is a name that the model has not.
    ShapeError
        If a parameter is missing, has another shape or another precision; all are listed.
    """
    given = {name: np.asarray(value) for name, value in state_dict.items()}
    seconds = {
        name.replace("bias_ih_", "bias_hh_"): name for name in parameters if "bias_ih_" in name
    }
    for name in given:
        if name not in parameters and name not in seconds:
            raise unknown_name("parameter", name, (*parameters, *seconds))
    wrong = []
    for name, own in parameters.items():
        wrong += _misfit(name, given.get(name), own)
    for second, first in seconds.items():
        wrong += _misfit(second, given[second], parameters[first]) if second in given else []
    if wrong:
        came = f"parameters that do not fit: {'; '.join(wrong)}"
        todo = "make a model of the same sizes and dtype"
        raise ShapeError(explain(came, "those of this model", todo))
    values = {name: given[name] for name in parameters}
    for second, first in seconds.items():
        if second in given:
            values[first] = values[first] + given[second]
    return values


def _misfit(name: str, value: Array | None, own: Array) -> list[str]:
    """Say in what a value does not fit; nothing if it does."""
    if value is None:
        return [f"{name} is missing"]
    if value.shape != own.shape or value.dtype != own.dtype:
        came, expected = f"{value.dtype} {value.shape}", f"{own.dtype} {own.shape}"
        return [f"{name} is {came} and should be {expected}"]
    if not np.isfinite(value).all():
        return [f"{name} holds NaN or infinity"]
    return []
