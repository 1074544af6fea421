"""Train a classifier as a YAML file says, in three lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Sized
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import nn

from asctools.errors import InputError, explain
from asctools.settings import to_dict
from asctools.training import checkpoint, parameter_groups, schedulers
from asctools.training.binary_step import BinaryStep, all_targets
from asctools.training.callbacks import Callback, EarlyStopping, EventLog, ModelCheckpoint
from asctools.training.callbacks.training_metrics import TrainingMetrics
from asctools.training.config import Config, load
from asctools.training.history import History
from asctools.training.losses import pos_weight
from asctools.training.scores import binary_scores
from asctools.training.trainer import BatchStep, Trainer, evaluate

__all__ = ["LSTMTrainer"]

Scores = Callable[[Mapping[str, Any]], Mapping[str, float]]


class LSTMTrainer:
    """A :class:`~asctools.training.trainer.Trainer` that is set up by a configuration.

    Without a ``step`` of its own it trains a binary classifier, whose positives may be rare: see
    :class:`~asctools.training.binary_step.BinaryStep` for what batches and models may look like.

    Parameters
    ----------
    model
        What to train, in place.
    config
        The path of a YAML file or the name of a shipped one, nested names and values, a
        :class:`~asctools.training.config.sections.Config`, or None: all defaults. See
        ``python -m asctools train --explain``. ``training.batch_size`` is for whoever makes the
        loader, such as the command: a loader of your own has its own.
    device
        ``"auto"``, ``"cpu"`` or ``"cuda"``.
    step, scores
        For another kind of task: see :class:`~asctools.training.trainer.Trainer`. The section
        ``loss`` is not used then.
    callbacks
        Further ones, told before those of the configuration.
    normaliser
        What the data went through; kept in each checkpoint.

    Attributes
    ----------
    model, optimizer, scheduler, trainer, config
        The parts.

    Raises
    ------
    UnknownNameError, InputError
        If a key of the configuration is unknown or wrong; the message names it.
    """

    def __init__(
        self,
        model: nn.Module,
        config: str | Path | Mapping[str, Any] | Config | None = None,
        device: str | torch.device = "auto",
        *,
        step: BatchStep | None = None,
        scores: Scores | None = None,
        callbacks: Sequence[Callback] = (),
        normaliser: Any = None,
    ) -> None:
        self.config, self.model = load(config), model
        self.callbacks, self.normaliser = list(callbacks), normaliser
        training = self.config.training
        self.optimizer = parameter_groups.adam(model, training, self.config.parameter_groups)
        self.scheduler = self._schedule(None)
        threshold = self.config.loss.threshold
        self.step = step or BinaryStep(_given_weight(self.config), threshold)
        self.scores = scores if step else scores or partial(_scores, threshold)
        self.trainer = Trainer(
            model,
            self.step,
            self.optimizer,
            scheduler=self.scheduler,
            scheduler_interval=self.config.scheduler.interval,
            clip_grad_norm=training.gradient_clip_norm,
            accumulate=training.accumulate,
            precision=training.precision,
            device=device,
            seed=training.seed,
            scores=self.scores,
        )
        self._resume_from: Path | None = None

    @property
    def history(self) -> History:
        """The numbers of each epoch so far."""
        return self.trainer.history

    def train(
        self,
        train_loader: Iterable[Any],
        val_loader: Iterable[Any] | None = None,
        start_epoch: int = 1,
    ) -> History:
        """Train up to epoch ``training.num_epochs``; after ``load_checkpoint``, from there on.

        Parameters
        ----------
        train_loader, val_loader
            Give the batches, anew in every epoch. Without validation, what would watch
            ``val_loss`` watches ``loss``.
        start_epoch
            What ``load_checkpoint`` has returned; it knows by itself, so this is only a check.

        Returns
        -------
        History
            Also if it was interrupted from the keyboard.

        Raises
        ------
        InputError, ShapeError
            If the epochs are done already, or data and model do not fit each other.
        """
        epochs = self._epochs(start_epoch)
        self._weigh(train_loader)
        if self.scheduler is None:  # now one knows how many steps there are
            self.scheduler = self.trainer.scheduler = self._schedule(train_loader)
        self.trainer.callbacks = [*self.callbacks, *self._configured(val_loader is not None)]
        resume_from, self._resume_from = self._resume_from, None
        return self.trainer.fit(train_loader, val_loader, epochs, resume_from=resume_from)

    def load_checkpoint(self, path: str | Path) -> int:
        """Take the weights of a checkpoint, and let ``train`` go on where it was written.

        Returns
        -------
        int
            The epoch with which it goes on.

        Raises
        ------
        CheckpointError
            If it cannot be read, or belongs to another model.
        """
        content = checkpoint.load_model(path, self.model)
        loss = (content.get("config") or {}).get("loss", {})
        if isinstance(self.step, BinaryStep) and loss.get("pos_weight") is not None:
            self.step.pos_weight = torch.as_tensor(loss["pos_weight"])
        self._resume_from = Path(path)
        return _next_epoch(content)

    def evaluate(self, loader: Iterable[Any]) -> dict[str, float]:
        """Return the loss and the scores on some data, without training."""
        return evaluate(
            self.model,
            self.step,
            loader,
            self.trainer.device,
            self.scores,
            self.trainer.precision,
        )

    def _epochs(self, start_epoch: int) -> int:
        """Return how many epochs ``fit`` is to be told of: the total, where it resumes."""
        total, first = self.config.training.num_epochs, len(self.history) + 1
        if self._resume_from is not None:
            first = _next_epoch(checkpoint.read(self._resume_from))
        if isinstance(start_epoch, bool) or start_epoch not in (1, first):
            came = f"start_epoch={start_epoch!r}, when epoch {first} is the next"
            todo = "leave it out; to go on with an earlier training, call load_checkpoint first"
            raise InputError(explain(came, f"{first}", todo))
        if self._resume_from is not None:
            return total
        return max(total - first + 1, 0) if start_epoch > 1 else total

    def _schedule(self, loader: Iterable[Any] | None) -> Any:
        """Return the schedule; None as long as its length is that of a loader nobody has seen."""
        settings, training = self.config.scheduler, self.config.training
        length: int | None = training.num_epochs
        if settings.interval == "step":
            if loader is None and not settings.T_max:
                return None
            batches = len(loader) if isinstance(loader, Sized) else None
            steps = batches and -(-batches // training.accumulate)
            length = steps and steps * training.num_epochs
        return schedulers.from_config(settings, self.optimizer, length)

    def _weigh(self, loader: Iterable[Any]) -> None:
        """Let a positive count for what the balance of the training data asks for."""
        if isinstance(self.step, BinaryStep) and self.config.loss.pos_weight is None:
            multiplier = self.config.loss.pos_weight_multiplier
            weight = pos_weight(all_targets(loader), multiplier)
            self.step.pos_weight = weight.to(self.trainer.device)

    def best(self) -> dict[str, float]:
        """Return the best epoch and its numbers; nothing if nobody has watched."""
        for callback in self.trainer.callbacks:
            if isinstance(callback, EarlyStopping) and callback.best_epoch:
                numbers = self.history.epochs[callback.best_epoch - 1]
                times = ("seconds",)
                return {"epoch": callback.best_epoch} | {
                    name: number for name, number in numbers.items() if name not in times
                }
        return {}

    def _configured(self, validates: bool) -> list[Callback]:
        """Make the callbacks of the configuration."""
        stop, keep = self.config.early_stopping, self.config.checkpoint
        metrics, log = self.config.metrics, self.config.event_log
        made: list[Callback] = []
        if stop.enabled:
            monitor = _watched(stop.monitor, validates)
            made.append(
                EarlyStopping(
                    monitor, stop.patience, stop.min_delta, stop.mode, stop.restore_best_weights
                )
            )
        if metrics.enabled and metrics.directory is not None:
            made.append(
                TrainingMetrics(
                    metrics.directory,
                    tensorboard=metrics.tensorboard,
                    csv=metrics.csv,
                    every_steps=metrics.every_steps,
                )
            )
        if log.enabled and log.path is not None:
            made.append(EventLog(log.path, log.level, every=log.every or None))
        if keep.enabled and keep.directory is not None:
            made.append(
                ModelCheckpoint(
                    keep.directory,
                    monitor=_watched(keep.monitor, validates),
                    save_every=keep.save_every,
                    save_best=keep.save_best,
                    keep_last=keep.keep_last,
                    mode=keep.mode,
                    every_steps=keep.every_steps,
                    config=self._resolved(),
                    normaliser=self.normaliser,
                )
            )
        return made

    def _resolved(self) -> dict[str, Any]:
        """Return the configuration with the weight that came from the data."""
        content = to_dict(self.config)
        for section, name in (
            ("checkpoint", "directory"),
            ("metrics", "directory"),
            ("event_log", "path"),
        ):
            content[section][name] = None  # a checkpoint may be moved
        if isinstance(self.step, BinaryStep) and self.step.pos_weight is not None:
            content["loss"]["pos_weight"] = self.step.pos_weight.tolist()
        return content


def _given_weight(config: Config) -> torch.Tensor | None:
    given = config.loss.pos_weight
    return None if given is None else torch.tensor(given)


def _scores(threshold: float, kept: Mapping[str, Any]) -> dict[str, float]:
    """Score the whole validation at once: some scores are no means over batches."""
    return binary_scores(kept["target"], kept["probability"], threshold)


def _watched(monitor: Any, validates: bool) -> Any:
    """Return what to watch: without validation there is no ``val_loss``."""
    return "loss" if monitor == "val_loss" and not validates else monitor


def _next_epoch(content: Mapping[str, Any]) -> int:
    """Return the epoch with which a training goes on: the next, or one that is under way."""
    return len(content["history"]["epochs"]) + 1
