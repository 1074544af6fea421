"""The step of a binary classification: from a batch of any usual form to a weighted loss."""

from collections.abc import Iterable, Mapping, Sized
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from asctools.errors import InputError, ShapeError, explain
from asctools.training.trainer import StepResult

__all__ = ["BinaryStep", "Parts", "all_targets", "parts"]

INPUTS, TARGETS = ("inputs", "input", "x"), ("targets", "target", "labels", "label", "y")


class Parts(NamedTuple):
    """A batch: inputs ``(N, …)``, targets ``(N,)`` or ``(N, C)``, lengths ``(N,)`` or None."""

    inputs: Any
    targets: Tensor
    lengths: Tensor | None = None


class BinaryStep:
    """``BCEWithLogitsLoss`` on what a model says of each row of a batch.

    A batch is ``(x, y)``, ``(x, y, lengths)``, or a mapping with ``inputs``, ``targets`` and
    perhaps ``lengths`` (or ``x`` and ``y``). The model is called as ``model(x)``, or with
    ``lengths=`` where there are some, and returns logits ``(N,)``, ``(N, 1)`` or ``(N, C)``. Of
    outputs ``(N, T, C)``, alone or with a state behind them, the last step of each row counts.

    Parameters
    ----------
    pos_weight
        What a positive counts for, ``()`` or ``(C,)``; None: as much as a negative.
    threshold
        A probability from here on is a positive.
    """

    def __init__(self, pos_weight: Tensor | None = None, threshold: float = 0.5) -> None:
        self.pos_weight, self.threshold = pos_weight, threshold

    def __call__(self, model: nn.Module, batch: Any) -> StepResult:
        """Return the loss and the accuracy; in validation also each row's probability."""
        inputs, targets, lengths = parts(batch)
        said = model(inputs) if lengths is None else model(inputs, lengths=lengths)
        logits = _logits(said, targets, lengths)
        y = targets.to(logits)
        weight = None if self.pos_weight is None else self.pos_weight.to(logits)
        loss = F.binary_cross_entropy_with_logits(logits, y, pos_weight=weight)
        with torch.no_grad():
            probability = logits.float().sigmoid()
            right = ((probability >= self.threshold) == (y > 0.5)).double().mean()
        kept = {} if model.training else {"target": y, "probability": probability}
        return StepResult(loss, len(y), {"accuracy": right.item()}, kept)


def parts(batch: Any) -> Parts:
    """Return the parts of a batch, or of one example of a data set.

    Raises
    ------
    InputError
        If it has none of the usual forms.
    """
    if isinstance(batch, Mapping):
        x = next((batch[name] for name in INPUTS if name in batch), None)
        y = next((batch[name] for name in TARGETS if name in batch), None)
        if x is not None and y is not None:
            return Parts(x, y, batch.get("lengths"))
        came = f"a batch with {', '.join(map(str, batch)) or 'nothing'}"
        raise InputError(explain(came, "inputs and targets", "name them so, or x and y"))
    if isinstance(batch, tuple | list) and len(batch) in (2, 3):
        return Parts(*batch)
    size = f" of {len(batch)}" if isinstance(batch, tuple | list) else ""
    came = f"a batch that is a {type(batch).__name__}{size}"
    raise InputError(explain(came, "(x, y), (x, y, lengths) or a mapping", "change the loader"))


def all_targets(loader: Iterable[Any]) -> Tensor:
    """Return the targets of all examples behind a loader, without drawing a batch from it.

    A loader that shuffles would go on with another order if it were walked through.

    Raises
    ------
    InputError
        If they cannot be had that way.
    """
    dataset: Any = getattr(loader, "dataset", None)
    held = loader if isinstance(loader, list | tuple) else dataset
    if isinstance(held, Sized) and not len(held):
        todo = "check the data: were all rows filtered out?"
        raise InputError(explain("training data without an example", "one or more", todo))
    for data in (getattr(loader, "data", None), dataset):
        targets, tensors = getattr(data, "targets", None), getattr(data, "tensors", ())
        if isinstance(targets, Tensor):
            return targets
        if isinstance(tensors, tuple) and len(tensors) > 1:
            found: Tensor = tensors[1]
            return found
    if hasattr(dataset, "__getitem__") and hasattr(dataset, "__len__"):
        return torch.stack(
            [torch.as_tensor(parts(dataset[at]).targets) for at in range(len(dataset))]
        )
    if isinstance(loader, list | tuple):
        return torch.cat([torch.as_tensor(parts(batch).targets) for batch in loader])
    came = f"{type(loader).__name__}, whose targets cannot be counted beforehand"
    todo = "set loss.pos_weight to negatives over positives of the training data"
    raise InputError(explain(came, "a loader over a data set", todo))


def _logits(said: Any, targets: Tensor, lengths: Tensor | None) -> Tensor:
    """Return logits in the shape of the targets."""
    logits = said[0] if isinstance(said, tuple) else said
    if logits.ndim == 3:
        rows = torch.arange(len(logits), device=logits.device)
        logits = logits[:, -1] if lengths is None else logits[rows, lengths.to(logits.device) - 1]
    if logits.ndim == 2 and targets.ndim == 1 and logits.shape[1] == 1:
        logits = logits[:, 0]
    if logits.shape != targets.shape:
        came = f"logits of shape {tuple(logits.shape)} for targets {tuple(targets.shape)}"
        todo = "let the model say one number for each target, before the sigmoid"
        raise ShapeError(explain(came, "the same shape", todo))
    return logits
