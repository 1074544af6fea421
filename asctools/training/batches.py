"""A batch on its way through a step: onto the device, through the model, and weighed."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from asctools.errors import InputError, explain
from asctools.training.sharding import Part

__all__ = ["BatchStep", "StepResult", "to_device", "weighed"]


class StepResult(NamedTuple):
    """What a step returns if it has more to say than a loss.

    Attributes
    ----------
    loss
        The mean over what counts in the batch, of shape ().
    weight
        What the loss was divided by, usually the number of examples: so much the batch counts for,
        in the epoch's means and where gradients add up. None: every batch counts alike.
    metrics
        Further numbers to be averaged, such as ``{"accuracy": 0.9}``.
    kept
        Rows (B, …) of this batch, such as ``{"probability": p, "target": y}``: validation puts
        those of all batches together for the trainer's ``scores``. Training ignores them.
    """

    loss: Tensor
    weight: float | None = None
    metrics: Mapping[str, float] = {}  # never changed
    kept: Mapping[str, Tensor] = {}


BatchStep = Callable[[nn.Module, Any], Tensor | StepResult]


class Weighed(NamedTuple):
    """A step's result whose weight is a number; ``numbers`` are its loss and its metrics."""

    loss: Tensor
    weight: float
    said: bool  # whether the step gave that weight
    numbers: dict[str, float]
    kept: Mapping[str, Tensor]


def weighed(returned: Tensor | StepResult, part: Part) -> Weighed:
    """Look at what a step has returned, and say what it counts for.

    Raises
    ------
    InputError
        If it is no loss.
    """
    result = returned if isinstance(returned, StepResult) else StepResult(returned)
    if not isinstance(result.loss, Tensor) or result.loss.ndim:
        came = f"{result.loss!r} from the step"
        raise InputError(explain(came, "a loss of shape () or a StepResult", "return loss.mean()"))
    weight = part.fraction if result.weight is None else float(result.weight)
    kept = result.kept
    if not part.rows:  # they are another process's
        kept = {name: rows[:0] for name, rows in kept.items()}
    numbers = {"loss": result.loss.item()} | {k: float(v) for k, v in result.metrics.items()}
    weight = weight if part.rows else 0.0
    return Weighed(result.loss, weight, result.weight is not None, numbers, kept)


def to_device(batch: Any, device: torch.device) -> Any:
    """Return a batch with its tensors on the device: tuples, lists and mappings are looked into."""
    if isinstance(batch, Mapping):
        return {name: to_device(part, device) for name, part in batch.items()}
    if isinstance(batch, tuple) and hasattr(batch, "_fields") and not hasattr(batch, "to"):
        return type(batch)(*(to_device(part, device) for part in batch))
    if isinstance(batch, list | tuple) and not hasattr(batch, "to"):
        return type(batch)(to_device(part, device) for part in batch)
    return batch.to(device) if hasattr(batch, "to") else batch
