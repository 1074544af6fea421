"""Networks for the cases. PyTorch is loaded when one is made, not before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from torch import Tensor, nn


def lstm_of(rng: np.random.Generator, input_size: int, hidden_size: int, **options: Any) -> nn.LSTM:
    """Make an ``nn.LSTM`` of numbers from ``rng``; PyTorch's own generator stays put."""
    import torch
    from torch import nn

    lstm = nn.LSTM(input_size, hidden_size, device="meta", **options).to_empty(device="cpu")
    with torch.no_grad():
        for parameter in lstm.parameters():
            parameter.copy_(torch.from_numpy(rng.normal(0.0, 0.7, parameter.shape)))
    return lstm


def inputs_of(rng: np.random.Generator, *shape: int) -> Tensor:
    """Draw inputs of a shape, in the precision in which networks are made."""
    import torch

    return torch.from_numpy(rng.normal(0.0, 1.0, shape)).to(torch.get_default_dtype())


def array(tensor: Tensor) -> np.ndarray:
    """Return the numbers of a tensor as an array of floats."""
    return np.asarray(tensor.detach().tolist(), dtype=float)
