"""First weights that a seed decides, without a trace in PyTorch's own generator."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from torch import nn

    from asctools.training.config import Config

__all__ = ["drawn"]

M = TypeVar("M", bound="nn.Module")


def drawn(make: Callable[[], M], config: Config) -> M:
    """Make a model with the generator seeded by ``training.seed``, and put the generator back."""
    import torch

    seed = config.training.seed
    if seed is None:
        return make()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return make()
