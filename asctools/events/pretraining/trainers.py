"""Train without labels on the one training loop."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from asctools.errors import InputError, explain
from asctools.events.pretraining.contrastive_losses import ContrastiveLoss
from asctools.events.pretraining.data import ContrastiveBatch, UnlabelledBatch
from asctools.events.pretraining.losses import ACTIVE, AutoencoderLoss
from asctools.events.pretraining.variational import LSTMVariationalAutoencoder, VariationalOutput
from asctools.training.batches import StepResult
from asctools.training.history import History
from asctools.training.trainer import Trainer

__all__ = [
    "ContrastiveStep",
    "ContrastiveTrainer",
    "UnsupervisedStep",
    "UnsupervisedTrainer",
    "latent_scores",
    "measure",
]


class UnsupervisedStep:
    """The loss of a batch that is to be reconstructed.

    Parameters
    ----------
    loss_fn
        Called as :class:`~asctools.events.pretraining.losses.AutoencoderLoss` is.
    corrupt
        A change to each window ``(T, C)`` that the model is to see through in training: it gets
        the changed window, and is to tell the one before. It must keep timing.
    """

    def __init__(
        self, loss_fn: AutoencoderLoss, corrupt: Callable[[Tensor], Tensor] | None = None
    ) -> None:
        self.loss_fn, self.corrupt = loss_fn, corrupt

    def __call__(self, model: Any, batch: Tensor | UnlabelledBatch) -> StepResult:
        data, lengths = (batch, None) if isinstance(batch, Tensor) else batch
        target = model.normalise(data)
        training = torch.is_grad_enabled()
        seen = data
        if training and self.corrupt is not None:
            seen = torch.stack([self.corrupt(window) for window in data])
        output = model(seen, lengths)
        beta = None
        if training and isinstance(model, LSTMVariationalAutoencoder):
            beta = self.loss_fn.beta_after(int(model.batches))
        loss = self.loss_fn(output, target, lengths, beta)
        kept = {}
        if not training and isinstance(output, VariationalOutput):
            mean = output.mean
            kept = {"latent_mean": mean.mean(1), "latent_variance": mean.var(1)}
        return StepResult(loss.total_loss, len(data), loss.numbers(), kept)


class UnsupervisedTrainer(Trainer):
    """The trainer of the course, for windows that are to be reconstructed.

    Parameters
    ----------
    model
        Such as :class:`~asctools.events.pretraining.autoencoder.LSTMAutoencoder`. It measures the
        training data before the first step, if nobody has done it.
    loss_fn
        Such as :class:`~asctools.events.pretraining.losses.AutoencoderLoss`.
    optimizer
        Holds the model's parameters.
    corrupt
        See :class:`UnsupervisedStep`.
    **settings
        Those of :class:`~asctools.training.trainer.Trainer`.

    Raises
    ------
    InputError
        If the loss has frames of another length than the model, or ``corrupt`` moves things.

    Notes
    -----
    ``history["unexplained"]`` falls from 1 as the reconstruction becomes better than the mean. Of a
    variational model ``history["val_active_units"]`` counts the latents that say something.
    """

    def __init__(
        self,
        model: nn.Module,
        loss_fn: AutoencoderLoss | None = None,
        optimizer: Optimizer | None = None,
        *,
        corrupt: Callable[[Tensor], Tensor] | None = None,
        **settings: Any,
    ) -> None:
        if loss_fn is None:
            loss_fn = AutoencoderLoss(timing_resolution_samples=_frame(model))
        optimizer = torch.optim.Adam(model.parameters()) if optimizer is None else optimizer
        _same_frames(model, loss_fn)
        if corrupt is not None:
            must_keep_timing(corrupt, "corrupt")
        if isinstance(model, LSTMVariationalAutoencoder):
            settings = {"scores": latent_scores} | settings
        super().__init__(model, UnsupervisedStep(loss_fn, corrupt), optimizer, **settings)

    def fit(
        self,
        train_loader: Iterable[Any],
        val_loader: Iterable[Any] | None = None,
        num_epochs: int = 1,
        resume_from: str | Path | None = None,
    ) -> History:
        """Train as :meth:`asctools.training.trainer.Trainer.fit` does."""
        measure(self.model, train_loader)
        return super().fit(train_loader, val_loader, num_epochs, resume_from)


class ContrastiveStep:
    """The loss of a batch of windows in two views.

    Parameters
    ----------
    loss_fn
        Called as :class:`~asctools.events.pretraining.contrastive_losses.ContrastiveLoss` is.

    Notes
    -----
    In several processes each compares the windows of its own part of the batch.
    """

    def __init__(self, loss_fn: ContrastiveLoss) -> None:
        self.loss_fn = loss_fn

    def __call__(self, model: nn.Module, batch: ContrastiveBatch) -> StepResult:
        first, second, lengths, lag = batch
        ends = None if bool((lengths == first.shape[1]).all()) else lengths
        loss = self.loss_fn(model(first, ends), model(second, ends), lag, ends)
        return StepResult(loss.total_loss, len(first), loss.numbers())


class ContrastiveTrainer(Trainer):
    """The trainer of the course, for windows in two views each.

    Parameters
    ----------
    model
        Such as :class:`~asctools.events.pretraining.contrastive.ContrastiveLSTM`. It measures the
        training data before the first step, if nobody has done it.
    optimizer
        Holds the model's parameters.
    loss_fn
        By default frames are compared, not windows.
    **settings
        Those of :class:`~asctools.training.trainer.Trainer`.
    """

    def __init__(
        self,
        model: nn.Module,
        optimizer: Optimizer | None = None,
        loss_fn: ContrastiveLoss | None = None,
        **settings: Any,
    ) -> None:
        optimizer = torch.optim.Adam(model.parameters()) if optimizer is None else optimizer
        if loss_fn is None:
            loss_fn = ContrastiveLoss(timing_resolution_samples=_frame(model))
        self.loss_fn = loss_fn
        _same_frames(model, self.loss_fn)
        super().__init__(model, ContrastiveStep(self.loss_fn), optimizer, **settings)

    def fit(
        self,
        train_loader: Iterable[Any],
        val_loader: Iterable[Any] | None = None,
        num_epochs: int = 1,
        resume_from: str | Path | None = None,
    ) -> History:
        """Train as :meth:`asctools.training.trainer.Trainer.fit` does.

        Raises
        ------
        InputError
            If frames are to be compared, and the augmentation of the data moves them.
        """
        for loader in (train_loader, val_loader):
            change = getattr(getattr(loader, "dataset", None), "augmentation", None)
            if change is not None and self.loss_fn.frame_weight:
                must_keep_timing(change, "augmentation")
        measure(self.model, train_loader)
        return super().fit(train_loader, val_loader, num_epochs, resume_from)


def measure(model: Any, loader: Iterable[Any]) -> None:
    """Let a model measure the training data, unless it has done so."""
    normalise = getattr(model, "normalise", None)
    if normalise is None or bool(normalise.fitted):
        return
    data = getattr(getattr(loader, "dataset", None), "data", None)
    normalise.fit(list(_windows(loader)) if data is None else data)


def latent_scores(kept: Mapping[str, np.ndarray]) -> dict[str, float]:
    """Return how many latents vary, of what the step has kept of each window.

    A latent's variance over all frames is the mean of that within windows, and that of their means.
    """
    variance = kept["latent_variance"].mean(0) + kept["latent_mean"].var(0)
    return {"active_units": float((variance > ACTIVE).sum())}


def must_keep_timing(change: Any, called: str) -> None:
    """Refuse a change that says of itself that it moves things in time."""
    if not getattr(change, "keeps_timing", True):
        came = f"{called}={getattr(change, '__name__', change)}, which moves windows in time"
        todo = "take another, or compare windows alone: ContrastiveLoss(1.0, 0.0)"
        raise InputError(explain(came, "one that keeps timing", todo))


def _windows(loader: Iterable[Any]) -> Iterator[np.ndarray]:
    for batch in loader:
        data = batch if isinstance(batch, Tensor) else batch[0]
        lengths = getattr(batch, "lengths", None)
        ends = [data.shape[1]] * len(data) if lengths is None else lengths.tolist()
        for window, end in zip(data.cpu().numpy(), ends, strict=True):
            yield window[:end]


def _frame(model: Any) -> int:
    """Return the samples of a model's frame."""
    return int(getattr(model, "resolution", 10))


def _same_frames(model: nn.Module, loss_fn: AutoencoderLoss | ContrastiveLoss) -> None:
    if _frame(model) != loss_fn.resolution:
        came = f"a loss with frames of {loss_fn.resolution} samples"
        todo = f"make the loss with timing_resolution_samples={_frame(model)}"
        raise InputError(explain(came, f"{_frame(model)}, as the model's", todo))
