"""A look at a model's loss on some data, and at its scores, without training."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from asctools.errors import InputError, explain
from asctools.rnn.device import pick_device
from asctools.training import distributed, sharding
from asctools.training.batches import BatchStep, to_device, weighed
from asctools.training.history import Means
from asctools.training.precision import Precision

__all__ = ["Scores", "evaluate", "no_batch"]

Scores = Callable[[Mapping[str, np.ndarray]], Mapping[str, float]]


def evaluate(
    model: nn.Module,
    step: BatchStep,
    loader: Iterable[Any],
    device: str | torch.device = "auto",
    scores: Scores | None = None,
    precision: Precision | None = None,
) -> dict[str, float]:
    """Return the means of the loss and of a step's metrics over all batches, without training.

    Parameters
    ----------
    model, step, loader, device
        As the trainer's.
    scores
        From the rows that the steps have kept, name → array (N, …) of all batches, to further
        numbers that are no means over batches: ``{"auc_roc": …}``.
    precision
        Of the trainer; None: as the model is.

    Raises
    ------
    InputError
        If there is no batch, or ``scores`` is given and the step keeps nothing.
    """
    device = pick_device(device)
    precision = precision or Precision("float32", device)
    model.eval()
    means, kept = Means(), dict[str, list[Tensor]]()
    with torch.no_grad(), precision.autocast():
        for part in sharding.parts(loader):
            result = weighed(step(model, to_device(part.batch, device)), part)
            means.add(result.weight, result.numbers)
            for name, rows in result.kept.items():
                kept.setdefault(name, []).append(rows)
    if not means.sums:
        raise no_batch()
    found = means.of_all_processes()
    return found if scores is None else found | _scored(scores, kept)


def no_batch() -> InputError:
    """Return the error of a loader that gives nothing."""
    todo = "check the loader: a generator, for one, gives its batches only once"
    return InputError(explain("no batch at all", "one or more in every epoch", todo))


def _scored(scores: Scores, kept: Mapping[str, list[Tensor]]) -> dict[str, float]:
    if not kept:
        todo = "return StepResult(loss, weight, metrics, {'probability': p, 'target': y})"
        raise InputError(explain("scores, but no rows kept", "rows to work them out from", todo))
    rows = {name: _array(distributed.gathered(parts)) for name, parts in kept.items()}
    return {name: float(number) for name, number in scores(rows).items()}


def _array(rows: Tensor) -> np.ndarray:
    """Return a tensor as an array; NumPy has no bfloat16."""
    found: np.ndarray = (rows.float() if rows.dtype == torch.bfloat16 else rows).numpy()
    return found
