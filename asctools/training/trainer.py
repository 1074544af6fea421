"""The training loop. Every training in PyTorch in this course is this loop with its own step.

What a batch is and how its loss comes about is the ``step``'s business; what else happens, such as
stopping early or drawing a bar, is the callbacks'. What is left is short enough to read.
"""

import logging
import math
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

import torch
from torch import nn
from torch.nn.utils import clip_grad_norm_
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler, ReduceLROnPlateau

from asctools.errors import InputError, explain, unknown_name
from asctools.rnn.device import pick_device
from asctools.training import checkpoint, distributed, sharding
from asctools.training.accumulate import factors, mixed, scale_gradients
from asctools.training.batches import BatchStep, StepResult, to_device, weighed
from asctools.training.callbacks.base import Callback, told_start_and_end
from asctools.training.config.sections import INTERVALS
from asctools.training.evaluation import Scores, evaluate, no_batch
from asctools.training.history import History, Means
from asctools.training.interruption import Interruption, heeding
from asctools.training.precision import Precision
from asctools.training.random_state import generators, own_generator, random_state
from asctools.training.schedulers import moved

__all__ = ["BatchStep", "StepResult", "Trainer", "evaluate", "to_device"]

log = logging.getLogger(__name__)


class Trainer:
    """Train a model: batches in, steps of the optimiser out, and a history.

    Parameters
    ----------
    model
        The network; it is moved to ``device`` and changed in place.
    step
        ``step(model, batch)`` returns the loss of a batch, a tensor of shape ``()``, or a
        :class:`StepResult`. Validation calls it as well, without gradients.
    optimizer
        Holds the model's parameters.
    callbacks
        Told what happens, in this order.
    scheduler
        Decides the learning rate. ``ReduceLROnPlateau`` sees the validation loss, or the training
        loss if there is no validation.
    scheduler_interval
        When it takes its step: once after every ``"epoch"``, or after every ``"step"``.
    clip_grad_norm
        If the norm of the whole gradient is above this, it is scaled down to it; None: never.
    accumulate
        So many batches make one step: that of one large batch of all their examples.
    precision
        ``"float32"``: as the model is; ``"bfloat16"``; ``"float16"``, on CUDA.
    device
        ``"auto"``, ``"cpu"`` or ``"cuda"``.
    seed
        Seeds PyTorch's generator (dropout, a loader that shuffles) for the length of the training;
        then it is put back. None leaves it alone.
    scores
        From all validation rows that the step has kept, name → array (N, …), to further numbers.

    Attributes
    ----------
    history
        Grows with each epoch.
    epoch, iteration
        The present epoch and step, both counted from 1.
    position
        Batches of the present epoch that are done; 0 between two epochs.
    interrupted
        Whether somebody wants an end, after this step.
    loss, grad_norm, metrics, weight
        Those of the last step: the norm before clipping, and what it counts for, which is NaN if
        it does not say so.
    validation
        The means of the last look at the validation data, and its scores.
    train_loader, val_loader
        Where the batches come from.
    """

    def __init__(
        self,
        model: nn.Module,
        step: BatchStep,
        optimizer: Optimizer,
        *,
        callbacks: Sequence[Callback] = (),
        scheduler: LRScheduler | ReduceLROnPlateau | None = None,
        scheduler_interval: str = "epoch",
        clip_grad_norm: float | None = 1.0,
        accumulate: int = 1,
        precision: str = "float32",
        device: str | torch.device = "auto",
        seed: int | None = None,
        scores: Scores | None = None,
    ) -> None:
        if clip_grad_norm is not None and not clip_grad_norm > 0.0:
            came = f"clip_grad_norm={clip_grad_norm!r}"
            raise InputError(explain(came, "a number above 0, or None", "None never clips"))
        if scheduler_interval not in INTERVALS:
            raise unknown_name("scheduler_interval", scheduler_interval, INTERVALS)
        self.scheduler_interval = scheduler_interval
        self.device = pick_device(device)
        self.model = model.to(self.device)
        self.step, self.optimizer, self.scheduler = step, optimizer, scheduler
        self.callbacks, self.clip_grad_norm, self.seed = list(callbacks), clip_grad_norm, seed
        self.accumulate = _whole(accumulate, "accumulate", 1)
        self.precision, self.scores = Precision(precision, self.device), scores
        self.history = History()
        self.epoch = self.iteration = self.position = self.num_epochs = 0
        self.interrupted = False
        self.loss = self.grad_norm = self.learning_rate = math.nan
        self.weight, self.metrics = math.nan, dict[str, float]()
        self.means, self.started = Means(), 0.0  # of the present epoch
        self.epoch_chance: dict[str, Any] = {}  # the random state with which it began
        self.validation: dict[str, float] = {}
        self.train_loader: Iterable[Any] = ()
        self.val_loader: Iterable[Any] | None = None

    def fit(
        self,
        train_loader: Iterable[Any],
        val_loader: Iterable[Any] | None = None,
        num_epochs: int = 1,
        resume_from: str | Path | None = None,
    ) -> History:
        """Train for a number of epochs; called again, go on for as many more.

        Parameters
        ----------
        train_loader, val_loader
            Give the batches, anew in every epoch: a ``DataLoader``, a list, …. Tensors in a batch
            are moved to the device, also inside tuples, lists and mappings.
        num_epochs
            Passes over the training data; with ``resume_from`` counted from the very beginning.
        resume_from
            A checkpoint to go on from, to the same bits as if nothing had happened in between; give
            everything else as before.

        Returns
        -------
        History
            Also if it was interrupted: the first Ctrl-C, or SIGTERM, ends it after the step that is
            under way.

        Raises
        ------
        InputError
            If there is no batch, or ``num_epochs`` is no whole number from 0 on.
        CheckpointError
            If the checkpoint cannot be read, or belongs to something else; nothing is changed then.
        SystemExit
            At the end, if SIGTERM has asked for it.
        """
        _whole(num_epochs, "num_epochs", 0)
        self.interrupted = False
        self.train_loader, self.val_loader = train_loader, val_loader
        with heeding() as interruption, own_generator(self.seed, self.device):
            if resume_from is None:
                self.history.stopped, self.num_epochs = "", len(self.history) + num_epochs
                self.position = 0
            else:
                checkpoint.restore(self, checkpoint.read(resume_from))
                self.num_epochs = num_epochs
            with told_start_and_end(self.callbacks, self):
                self._go(interruption)
        return self.history

    def stop(self, reason: str) -> None:
        """End the training after the present epoch. The first reason stands."""
        self.history.stopped = self.history.stopped or reason

    def generators(self) -> list[Any]:
        """Return the random generators that the loaders, the step and the model draw from."""
        held = (self.train_loader, self.val_loader, self.step, self.model)
        return generators(*held, apart_from=[self, self.optimizer, *self.callbacks])

    def _go(self, interruption: Interruption) -> None:
        """Do what is left to do."""
        stepping = distributed.replica(self.model, self.step)
        try:
            self._tell("on_save")
            while self._has_more():
                self._one_epoch(stepping, interruption)
        except KeyboardInterrupt:
            self.interrupted = True
            log.warning("interrupted in epoch %d, which does not count", self.epoch)
        self.stop("interrupted" if self.interrupted else "epochs")
        log.info("%s: epoch %d, step %d", self.history.stopped, self.epoch, self.iteration)
        self.epoch = len(self.history)

    def _has_more(self) -> bool:
        under_way, left = self.position > 0, len(self.history) < self.num_epochs
        return not self.interrupted and (under_way or (left and not self.history.stopped))

    def _one_epoch(self, stepping: distributed.Replica, interruption: Interruption) -> None:
        if not self.position:
            self._begin_epoch()
        self._train(stepping, interruption)
        if self.interrupted:
            return
        distributed.same_buffers(self.model)
        epoch = self.means.values()
        if self.val_loader is not None:
            epoch |= self._validate(self.val_loader)
        epoch |= {"learning_rate": self.learning_rate, "seconds": perf_counter() - self.started}
        self.history.epochs.append(epoch)
        self.position = 0
        self._move("epoch", epoch.get("val_loss", epoch["loss"]))
        self._tell("on_epoch_end")
        self._tell("on_epoch_told")
        self._at_rest(interruption)

    def _begin_epoch(self) -> None:
        self.epoch = len(self.history) + 1
        self.means, self.started = Means(), perf_counter()
        self._tell("on_epoch_start")
        self.learning_rate = self.optimizer.param_groups[0]["lr"]
        self.model.train()
        self.epoch_chance = random_state(self.device, self.generators())

    def _train(self, stepping: distributed.Replica, interruption: Interruption) -> None:
        """Take a step for each group of batches that is not done yet."""
        parts = checkpoint.replayed(self) if self.position else sharding.parts(self.train_loader)
        while not self.interrupted and self.history.stopped != "explosion":
            group = list(islice(parts, self.accumulate))
            if not group:
                break
            self._one_step(stepping, group)
            self._tell("on_step_end")
            self._at_rest(interruption)
        if not self.position:
            raise no_batch()

    def _one_step(self, stepping: distributed.Replica, group: list[sharding.Part]) -> None:
        """The heart of it: forward, backward, clip, and let the weights move."""
        self.iteration += 1
        weight, numbers = self._forward_and_back(stepping, group)
        self.precision.unscale(self.optimizer)
        limit = math.inf if self.clip_grad_norm is None else self.clip_grad_norm
        norm = clip_grad_norm_(self.model.parameters(), limit)
        self.loss, self.grad_norm = numbers["loss"], norm.item()
        if math.isfinite(self.loss) and (math.isfinite(self.grad_norm) or self.precision.adapts):
            self.precision.step(self.optimizer)
        else:  # a step with such a gradient would leave nothing of the weights
            self.stop("explosion")
            log.warning(
                "iteration %d: loss %s, gradient norm %s; stopped before this step. "
                "Look for NaN in the batch, lower the learning rate, or clip the gradient.",
                *(self.iteration, self.loss, self.grad_norm),
            )
        self._move("step", self.loss)
        self.position += len(group)
        self.means.add(weight, {"loss": self.loss, "grad_norm": self.grad_norm} | numbers)

    def _forward_and_back(
        self, stepping: distributed.Replica, group: list[sharding.Part]
    ) -> tuple[float, dict[str, float]]:
        """Let the gradient become that of the mean over all examples; return weight and means."""
        weight, share, numbers = 0.0, 1.0, dict[str, float]()
        for k, part in enumerate(group, 1):
            last = k == len(group)
            with distributed.synchronised(stepping, now=last):
                with self.precision.autocast():
                    result = weighed(stepping(to_device(part.batch, self.device)), part)
                kept, added = factors(result.weight, weight)
                weight += result.weight
                numbers = mixed(numbers, kept, result.numbers, added)
                if last:
                    total, numbers = distributed.weighted(weight, numbers)
                    share = distributed.share(weight, total)
                if k == 1:
                    self.optimizer.zero_grad()
                else:
                    scale_gradients(self.model, kept * share)
                self.precision.backward(result.loss, added * share)
        self.weight = total if result.said else math.nan
        self.metrics = {name: number for name, number in numbers.items() if name != "loss"}
        return total, numbers

    def _validate(self, loader: Iterable[Any]) -> dict[str, float]:
        how = (self.device, self.scores, self.precision)
        self.validation = evaluate(self.model, self.step, loader, *how)
        self._tell("on_validation_end")
        return {f"val_{name}": number for name, number in self.validation.items()}

    def _at_rest(self, interruption: Interruption) -> None:
        """Between two steps: the moment to save, and to heed whoever wants an end."""
        self.interrupted = distributed.agreed(bool(interruption))
        self._tell("on_save")

    def _move(self, now: str, loss: float) -> None:
        moved(self.scheduler, self.scheduler_interval, now, loss)

    def _tell(self, moment: str) -> None:
        for callback in self.callbacks:
            getattr(callback, moment)(self)


def _whole(number: int, name: str, least: int) -> int:
    if isinstance(number, bool) or not isinstance(number, int) or number < least:
        came = f"{name}={number!r}"
        raise InputError(explain(came, f"a whole number, {least} or more", f"set {name}"))
    return number
