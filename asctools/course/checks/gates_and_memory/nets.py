"""Layers and strings for the cases. PyTorch is loaded when one is made, not before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from asctools.dataset import sequences
from asctools.dataset.parentheses import ALPHABET

if TYPE_CHECKING:
    from torch import Tensor, nn

GATES = ("forget_gate", "input_gate", "cell_gate", "output_gate")


def doubles(rng: np.random.Generator, *shape: int) -> Tensor:
    """Draw numbers of a shape in double precision."""
    import torch

    return torch.from_numpy(rng.normal(0.0, 1.0, shape))


def filled(module: nn.Module, rng: np.random.Generator) -> nn.Module:
    """Overwrite every parameter of a module with numbers from ``rng``."""
    import torch

    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(torch.from_numpy(rng.normal(0.0, 0.7, parameter.shape)))
    return module


def linear_of(rng: np.random.Generator, reads: int, writes: int) -> nn.Linear:
    """Make an ``nn.Linear`` in double precision; PyTorch's own generator stays put."""
    import torch
    from torch import nn

    layer = nn.Linear(reads, writes, device="meta", dtype=torch.float64).to_empty(device="cpu")
    filled(layer, rng)
    return layer


def four_linears(rng: np.random.Generator, input_size: int, hidden_size: int) -> nn.Module:
    """Make an LSTM cell that is nothing but its four layers on [h, x]."""
    from torch import nn

    cell = nn.Module()
    for name in GATES:
        cell.add_module(name, linear_of(rng, hidden_size + input_size, hidden_size))
    return cell


def one_hot(texts: Sequence[str]) -> Tensor:
    """Turn texts of one length into a tensor of shape (B, T, 28)."""
    import torch

    return torch.from_numpy(sequences.one_hot(np.stack(sequences.encode(texts)), len(ALPHABET)))
