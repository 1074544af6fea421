"""Lengths of weights, gradients and steps: many tensors at once, because small calls add up."""

import math
from collections.abc import Iterable, Sequence

import torch
from torch import Tensor


def norms(tensors: list[Tensor]) -> list[float]:
    """Return the Euclidean norm of each tensor; of what can learn, only under ``no_grad``."""
    return [norm.item() for norm in torch._foreach_norm(tensors)] if tensors else []


def total(lengths: Iterable[float]) -> float:
    """Return the norm of the whole from the norms of its parts."""
    return math.sqrt(sum(n * n for n in lengths))


def gradients(parameters: Sequence[Tensor]) -> list[Tensor]:
    """Return the gradients that there are; of a sparse one, its numbers."""
    held = [g for p in parameters if (g := p.grad) is not None]
    return [g.coalesce().values() if g.is_sparse else g for g in held]
