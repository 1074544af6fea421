"""A forward pass that waits to be told until its loss is known."""

from dataclasses import dataclass, field
from typing import Any

from torch import Tensor


@dataclass
class Reading:
    """A forward pass that has not been told yet; it may be several calls of the model."""

    mode: str
    grad_enabled: bool
    calls: int = 0
    grad_norm: float | None = None  # what the gradients held, if somebody has cleared them since
    losses: list[float] = field(default_factory=list)  # what the criterion said of it
    cleared: list[dict[str, Any]] = field(default_factory=list)  # every ZeroGrad since

    @property
    def learns(self) -> bool:
        """Whether it looks like one that a backward pass follows."""
        return self.grad_enabled and self.mode == "train"

    def goes_on(self, mode: str, grad_enabled: bool) -> bool:
        """Whether a further call of the model belongs to it."""
        return (self.mode, self.grad_enabled, self.cleared) == (mode, grad_enabled, [])


def loss_of(tensors: Any) -> float | None:
    """Return the loss that slopes are asked of; None where it is no single number."""
    losses = (tensors,) if isinstance(tensors, Tensor) else tensors
    values = [loss.item() for loss in losses if loss.numel() == 1]
    return sum(values) if len(values) == len(losses) else None
