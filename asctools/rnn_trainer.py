"""Train a recurrent network on sequences in one call.

:class:`RNNTrainer` is :class:`~asctools.training.trainer.Trainer` with a step for sequences: the
class of a whole one is read at its own last step, and steps that only pad count for nothing.
"""

from collections.abc import Callable, Sequence
from inspect import signature
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim import Adam, Optimizer
from torch.optim.lr_scheduler import LRScheduler, ReduceLROnPlateau

from asctools.errors import InputError, ShapeError, explain, unknown_name
from asctools.rnn.device import pick_device
from asctools.training import (
    Callback,
    EarlyStopping,
    History,
    ModelCheckpoint,
    Progress,
    StepResult,
    Trainer,
    evaluate,
)
from asctools.training.sequences import SequenceBatches, Sequences, gather

__all__ = ["RNNTrainer"]

Criterion = Callable[[Tensor, Tensor], Tensor]
Scheduler = LRScheduler | ReduceLROnPlateau


class RNNTrainer:
    """Train any network that is called like :class:`asctools.rnn.LSTM`.

    Parameters
    ----------
    model
        ``model(input, lengths=...)`` returns ``(outputs, hidden)``, outputs ``(batch, time, O)``:
        ``RNN``, ``LSTM``, ``Readout``, or your own. It is changed in place.
    device
        ``"auto"``, ``"cpu"`` or ``"cuda"``.

    Attributes
    ----------
    history
        The :class:`~asctools.training.history.History` of the last training: losses, accuracy,
        learning rates, norms of the gradient.
    """

    def __init__(self, model: nn.Module, device: str | torch.device = "auto") -> None:
        self.device = pick_device(device)
        self.model = model.to(self.device)
        self.history = History()

    def train(
        self,
        input_tensors: Any,
        targets: Any,
        criterion: Criterion | None = None,
        optimizer: Optimizer | None = None,
        max_epochs: int = 1000,
        learning_rate: float = 0.01,
        batch_size: int = 32,
        patience: int = 30,
        min_delta: float = 1e-4,
        clip_grad_norm: float | None = 1.0,
        lr_scheduler: str | Scheduler | None = "reduce_on_plateau",
        lr_patience: int = 5,
        lr_factor: float = 0.5,
        validation: tuple[Any, ...] | None = None,
        lengths: Any = None,
        seed: int | None = None,
        show_progress: bool = True,
        callbacks: Sequence[Callback] = (),
        checkpoint: str | Path | None = None,
        resume_from: str | Path | None = None,
    ) -> list[float]:
        """Train until nothing gets better, and keep the best weights.

        Parameters
        ----------
        input_tensors
            ``(N, T, F)``, or a list of N sequences ``(T_n, F)`` of unequal length.
        targets
            ``(N,)``: one for a sequence, compared with what is said at its last step. Or
            ``(N, T)`` or ``(N, T, O)``, or a list of N: one for every step.
        criterion
            From outputs ``(M, O)`` and targets ``(M,)`` or ``(M, O)`` to a mean. None:
            cross-entropy for whole numbers, squared error for others. If O is 1 the outputs come
            as ``(M,)``, and whole numbers are the classes 0 and 1 of a binary cross-entropy.
        optimizer
            None: Adam with ``learning_rate``.
        max_epochs, batch_size
            Passes over the data, also those before a checkpoint, and sequences in a batch. Batches
            hold sequences of about equal length.
        patience, min_delta
            Stop after so many epochs in which the loss did not fall by more than ``min_delta``.
        clip_grad_norm
            The largest norm of the gradient; None: any.
        lr_scheduler
            ``"reduce_on_plateau"`` multiplies the learning rate by ``lr_factor`` when the loss has
            not fallen for more than ``lr_patience`` epochs; None keeps it; or one of PyTorch's,
            which steps once an epoch.
        validation
            ``(inputs, targets)`` or ``(inputs, targets, lengths)``. If given, early stopping and
            the scheduler watch its loss instead of the training's.
        lengths
            Number of steps of each sequence, if ``input_tensors`` is padded.
        seed
            Of the batches and of dropout. The weights were drawn when the model was made.
        show_progress
            Draw a bar.
        callbacks
            Further ones, such as an :class:`~asctools.training.callbacks.event_log.EventLog`.
        checkpoint
            A folder to keep the training in: see
            :class:`~asctools.training.callbacks.model_checkpoint.ModelCheckpoint`.
        resume_from
            A checkpoint to go on from to the same bits; give all other arguments as before.

        Returns
        -------
        list of float
            The training loss of each epoch.

        Raises
        ------
        ShapeError, InputError
            If data, lengths and model do not fit each other, or a number is NaN.
        CheckpointError
            If the checkpoint cannot be read or belongs to something else.
        """
        data = gather(input_tensors, targets, lengths)
        step = self._step(data, criterion)
        val_loader = None
        if validation is not None:
            held_out = gather(*validation)
            self._step(held_out, criterion)  # refuses what does not fit
            val_loader = SequenceBatches(held_out, max(batch_size, 256))
        optimizer = optimizer or Adam(self.model.parameters(), lr=learning_rate)
        watched = "loss" if val_loader is None else "val_loss"
        told = [*callbacks, EarlyStopping(watched, patience, min_delta, "min")]
        if checkpoint is not None:
            told.append(ModelCheckpoint(checkpoint, watched, mode="min"))
        trainer = Trainer(
            self.model,
            step,
            optimizer,
            callbacks=[*told, Progress()] if show_progress else told,
            scheduler=_scheduler(lr_scheduler, optimizer, lr_factor, lr_patience),
            clip_grad_norm=clip_grad_norm,
            device=self.device,
            seed=seed,
        )
        loader = SequenceBatches(data, batch_size, np.random.default_rng(seed))
        self.history = trainer.fit(loader, val_loader, max_epochs, resume_from)
        return self.history.losses

    def evaluate(
        self,
        input_tensors: Any,
        targets: Any,
        criterion: Criterion | None = None,
        lengths: Any = None,
        batch_size: int = 256,
    ) -> dict[str, float]:
        """Return ``"loss"``, and ``"accuracy"`` where targets are classes, without training."""
        data = gather(input_tensors, targets, lengths)
        step = self._step(data, criterion)
        return evaluate(self.model, step, SequenceBatches(data, batch_size), self.device)

    def _step(self, data: Sequences, criterion: Criterion | None) -> "SequenceStep":
        size = _output_size(self.model, data, self.device)
        _check_targets(data, size, criterion is None)
        return SequenceStep(criterion or _criterion(data.targets, size))


class SequenceStep:
    """The step of a batch of sequences: read, compare where there is a target, count."""

    def __init__(self, criterion: Criterion) -> None:
        self.criterion = criterion

    def __call__(self, model: nn.Module, batch: Sequences) -> StepResult:
        """Return the loss of a batch, and the accuracy where targets are whole numbers."""
        outputs, _ = model(batch.inputs, lengths=_unless_full(batch))
        if batch.every_step:
            steps = torch.arange(outputs.shape[1], device=outputs.device)
            running = steps < batch.lengths[:, None]
            said, targets = outputs[running], batch.targets[running]
        else:
            rows = torch.arange(len(outputs), device=outputs.device)
            said, targets = outputs[rows, batch.lengths - 1], batch.targets
        classes = not targets.is_floating_point()
        metrics = {"accuracy": _accuracy(said, targets)} if classes else {}
        if said.shape[1] == 1 and targets.ndim == 1:
            said, targets = said[:, 0], targets.to(said.dtype)
        if not classes:
            targets = targets.to(said.dtype)
        return StepResult(self.criterion(said, targets), len(said), metrics)


def _unless_full(batch: Sequences) -> Tensor | None:
    """Return the lengths, or None if no sequence is padded: that is faster."""
    full = int(batch.lengths.min()) == batch.inputs.shape[1]
    return None if full else batch.lengths


def _accuracy(said: Tensor, targets: Tensor) -> float:
    found = said.argmax(1) if said.shape[1] > 1 else said[:, 0] > 0
    return (found == targets).double().mean().item()


def _criterion(targets: Tensor, size: int) -> Criterion:
    if targets.is_floating_point():
        return F.mse_loss
    return F.cross_entropy if size > 1 else F.binary_cross_entropy_with_logits


def _output_size(model: nn.Module, data: Sequences, device: torch.device) -> int:
    """Let the model read one sequence, to see that it is called as it must be."""
    todo = "use asctools.rnn, or Readout around one of PyTorch's layers"
    called = signature(model.forward).parameters.values()
    if not any(p.name == "lengths" or p.kind is p.VAR_KEYWORD for p in called):
        came = f"{type(model).__name__}, whose forward takes no lengths"
        raise InputError(explain(came, "a network called like asctools.rnn.LSTM", todo))
    was_training = model.training
    model.eval()
    first = data.rows(np.array([0]))
    with torch.no_grad():
        returned = model(first.inputs.to(device), lengths=first.lengths.to(device))
    model.train(was_training)
    outputs = returned[0] if isinstance(returned, tuple) and len(returned) == 2 else None
    if not isinstance(outputs, Tensor) or outputs.shape[:-1] != first.inputs.shape[:-1]:
        came = f"{type(returned).__name__} from the model"
        if isinstance(outputs, Tensor):
            came = f"outputs of shape {tuple(outputs.shape)} from the model"
        right = f"(outputs, hidden), outputs of shape (1, {first.inputs.shape[1]}, O)"
        raise ShapeError(explain(came, right, todo))
    return outputs.shape[-1]


def _check_targets(data: Sequences, size: int, classes: bool) -> None:
    """Refuse targets that the model cannot say; a criterion of the caller's may mean others."""
    if data.targets.ndim == 3 and data.targets.shape[-1] != size:
        came = f"targets of shape {tuple(data.targets.shape)} for outputs of {size}"
        raise ShapeError(explain(came, "as many numbers a step", "change output_size"))
    if data.targets.is_floating_point() or not classes:
        if classes and data.targets.ndim < 3 and size > 1:
            came = f"targets of {data.targets.dtype} for {size} outputs"
            todo = "convert classes with .long(), or set output_size=1"
            raise InputError(explain(came, "classes, which are whole numbers", todo))
        return
    running = data.targets
    if data.every_step:
        running = running[torch.arange(running.shape[1]) < data.lengths[:, None]]
    most = max(size, 2) - 1
    if int(running.min()) < 0 or int(running.max()) > most:
        came = f"classes from {int(running.min())} to {int(running.max())}"
        todo = "number the classes from 0, and set output_size to their number"
        raise InputError(explain(came, f"0 to {most} for {size} outputs", todo))


def _scheduler(
    wanted: str | Scheduler | None, optimizer: Optimizer, factor: float, patience: int
) -> Scheduler | None:
    if not isinstance(wanted, str):
        return wanted
    if wanted != "reduce_on_plateau":
        raise unknown_name("lr_scheduler", wanted, ("reduce_on_plateau",))
    return ReduceLROnPlateau(optimizer, factor=factor, patience=patience)
