"""One step of the optimiser for several batches: the gradient of the mean over all examples."""

from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import nn

__all__ = ["Factors", "factors", "mixed", "scale_gradients"]


class Factors(NamedTuple):
    """What the gradient of the batches before is multiplied by, and that of the new one."""

    kept: float
    added: float


def factors(weight: float, before: float) -> Factors:
    """Return how the gradient of one more batch joins that of the batches before it.

    After batch j of weight w_j the gradient is g_j = (W_{j−1} / W_j) g_{j−1} + (w_j / W_j) ∇L_j,
    where W_j = w_1 + … + w_j. So it is, after each of them, that of the mean loss over the examples
    so far, as if they were one batch; and a group that ends early needs nothing more.
    Implements :eq:`eq-accumulate`.

    Parameters
    ----------
    weight
        w_j, what the new batch's mean loss was divided by: usually its number of examples.
    before
        W_{j−1}, the weights of the batches before it together; 0 for the first.

    Returns
    -------
    Factors
        ``kept`` = W_{j−1} / W_j and ``added`` = w_j / W_j; they add up to 1. As long as no batch
        has a weight, the newest stands alone.
    """
    total = before + weight
    return Factors(before / total, weight / total) if total else Factors(0.0, 1.0)


def mixed(
    numbers: Mapping[str, float], kept: float, new: Mapping[str, float], added: float
) -> dict[str, float]:
    """Return the means of some numbers over all batches so far, in the way of the gradient."""
    return {
        name: kept * numbers[name] + added * number if kept else number
        for name, number in new.items()
    }


def scale_gradients(model: nn.Module, factor: float) -> None:
    """Multiply every gradient by a factor."""
    gradients = [p.grad for p in model.parameters() if p.grad is not None]
    if gradients and factor != 1.0:
        torch._foreach_mul_(gradients, factor)
