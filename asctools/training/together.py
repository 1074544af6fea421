"""PyTorch's DistributedDataParallel around a whole step of a training."""

from collections.abc import Callable
from typing import Any

from torch import nn
from torch.nn.parallel import DistributedDataParallel

from asctools.errors import InputError, explain

__all__ = ["OneStep", "Together"]


class OneStep(nn.Module):
    """A step as a module, so that all it does with the model counts as one forward pass.

    Parameters
    ----------
    model
        What the step trains.
    step
        ``step(model, batch)``.
    """

    def __init__(self, model: nn.Module, step: Callable[[nn.Module, Any], Any]) -> None:
        super().__init__()
        self.model, self._step = model, [step]  # in a list, lest a module becomes a part of this

    def forward(self, batch: Any) -> Any:
        """Return what the step returns."""
        return self._step[0](self.model, batch)


class Together(DistributedDataParallel):
    """DistributedDataParallel that says in our words which weights took no part."""

    def forward(self, batch: Any) -> Any:
        """Take the step, and let the gradients be averaged after its backward pass.

        Raises
        ------
        InputError
            If the loss of the step before did not depend on all weights: their average never came.
        """
        try:
            return super().forward(batch)
        except RuntimeError as error:
            if "finished reduction in the prior iteration" not in str(error):
                raise
        named = self.module.model.named_parameters()
        idle = [name for name, weights in named if weights.requires_grad and weights.grad is None]
        came = f"a loss that does not depend on {', '.join(idle) or 'some weights'}"
        todo = "leave them out, or freeze them with requires_grad_(False)"
        raise InputError(explain(came, "all weights in it, in several processes", todo))
