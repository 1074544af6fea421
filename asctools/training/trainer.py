"""The training loop. Every training in PyTorch in this course is this loop with its own step.

What a batch is and how its loss comes about is the ``step``'s business; what else happens, such as
stopping early or drawing a bar, is the callbacks'. What is left is short enough to read.
"""

import logging
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.utils import clip_grad_norm_
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler, ReduceLROnPlateau

from asctools.errors import InputError, explain
from asctools.rnn.device import pick_device
from asctools.training.callbacks.base import Callback
from asctools.training.history import History, weighted_means

__all__ = ["BatchStep", "StepResult", "Trainer", "evaluate", "to_device"]

log = logging.getLogger(__name__)


class StepResult(NamedTuple):
    """What a step returns if it has more to say than a loss.

    ``weight`` is what the batch counts for in the epoch's means, usually its number of examples;
    ``metrics`` are further numbers to be averaged, such as ``{"accuracy": 0.9}``.
    """

    loss: Tensor
    weight: float = 1.0
    metrics: Mapping[str, float] = {}  # never changed


BatchStep = Callable[[nn.Module, Any], Tensor | StepResult]


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
        Steps once an epoch. ``ReduceLROnPlateau`` sees the validation loss, or the training loss
        if there is no validation.
    clip_grad_norm
        If the norm of the whole gradient is above this, it is scaled down to it; None: never.
    device
        ``"auto"``, ``"cpu"`` or ``"cuda"``.
    seed
        Seeds PyTorch's generator (dropout, a loader that shuffles) for the length of the training;
        then it is put back. None leaves it alone.

    Attributes
    ----------
    history
        Grows with each epoch.
    epoch, iteration
        The present epoch and step, both counted from 1.
    loss, grad_norm
        Those of the last step; the norm is the one before clipping.
    validation
        The means of the last look at the validation data.
    train_loader
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
        clip_grad_norm: float | None = 1.0,
        device: str | torch.device = "auto",
        seed: int | None = None,
    ) -> None:
        if clip_grad_norm is not None and not clip_grad_norm > 0.0:
            came = f"clip_grad_norm={clip_grad_norm!r}"
            raise InputError(explain(came, "a number above 0, or None", "None never clips"))
        self.device = pick_device(device)
        self.model = model.to(self.device)
        self.step, self.optimizer, self.scheduler = step, optimizer, scheduler
        self.callbacks, self.clip_grad_norm, self.seed = list(callbacks), clip_grad_norm, seed
        self.history = History()
        self.epoch = self.iteration = self.num_epochs = 0
        self.loss = self.grad_norm = math.nan
        self.validation: dict[str, float] = {}
        self.train_loader: Iterable[Any] = ()

    def fit(
        self,
        train_loader: Iterable[Any],
        val_loader: Iterable[Any] | None = None,
        num_epochs: int = 1,
    ) -> History:
        """Train for a number of epochs; called again, go on for as many more.

        Parameters
        ----------
        train_loader, val_loader
            Give the batches, anew in every epoch: a ``DataLoader``, a list, …. Tensors in a batch
            are moved to the device, also inside tuples, lists and mappings.
        num_epochs
            Passes over the training data.

        Returns
        -------
        History
            Also if it was interrupted from the keyboard, which ends it cleanly.

        Raises
        ------
        InputError
            If there is no batch, or ``num_epochs`` is no whole number from 0 on.
        """
        if isinstance(num_epochs, bool) or not isinstance(num_epochs, int) or num_epochs < 0:
            came = f"num_epochs={num_epochs!r}"
            raise InputError(explain(came, "a whole number, 0 or more", "set num_epochs"))
        self.history.stopped, self.num_epochs = "", self.epoch + num_epochs
        self.train_loader = train_loader
        with _own_generator(self.seed, self.device), self._callbacks_told():
            try:
                while self.epoch < self.num_epochs and not self.history.stopped:
                    self._one_epoch(train_loader, val_loader)
                self.stop("epochs")
            except KeyboardInterrupt:
                self.stop("interrupted")
                log.warning("interrupted in epoch %d, which does not count", self.epoch)
                self.epoch = len(self.history)
        return self.history

    def stop(self, reason: str) -> None:
        """End the training after the present epoch. The first reason stands."""
        self.history.stopped = self.history.stopped or reason

    def _one_epoch(self, train_loader: Iterable[Any], val_loader: Iterable[Any] | None) -> None:
        self.epoch += 1
        started = perf_counter()
        self._tell("on_epoch_start")
        learning_rate = self.optimizer.param_groups[0]["lr"]
        epoch = self._train(train_loader)
        if val_loader is not None:
            self.validation = evaluate(self.model, self.step, val_loader, self.device)
            epoch |= {f"val_{name}": mean for name, mean in self.validation.items()}
            self._tell("on_validation_end")
        epoch |= {"learning_rate": learning_rate, "seconds": perf_counter() - started}
        self.history.epochs.append(epoch)
        if isinstance(self.scheduler, ReduceLROnPlateau):
            self.scheduler.step(epoch.get("val_loss", epoch["loss"]))
        elif self.scheduler is not None:
            self.scheduler.step()
        self._tell("on_epoch_end")

    def _train(self, loader: Iterable[Any]) -> dict[str, float]:
        self.model.train()
        rows = []
        for batch in loader:
            self.iteration += 1
            result = self._one_step(to_device(batch, self.device))
            numbers = {"loss": self.loss, "grad_norm": self.grad_norm}
            rows.append((result.weight, numbers | dict(result.metrics)))
            self._tell("on_step_end")
            if self.history.stopped == "explosion":
                break
        return weighted_means(_some(rows))

    def _one_step(self, batch: Any) -> StepResult:
        """The heart of it: forward, backward, clip, and let the weights move."""
        result = _result(self.step(self.model, batch))
        self.optimizer.zero_grad()
        result.loss.backward()
        limit = math.inf if self.clip_grad_norm is None else self.clip_grad_norm
        norm = clip_grad_norm_(self.model.parameters(), limit)
        self.loss, self.grad_norm = result.loss.item(), norm.item()
        if math.isfinite(self.loss) and math.isfinite(self.grad_norm):
            self.optimizer.step()
        else:  # a step with such a gradient would leave nothing of the weights
            self.stop("explosion")
            log.warning(
                "iteration %d: loss %s, gradient norm %s; stopped before this step. "
                "Lower the learning rate, or clip the gradient.",
                *(self.iteration, self.loss, self.grad_norm),
            )
        return result

    @contextmanager
    def _callbacks_told(self) -> Iterator[None]:
        """Tell the start and, whatever happens, the end to everyone who was told the start."""
        started: list[Callback] = []
        try:
            for callback in self.callbacks:
                callback.on_fit_start(self)
                started.append(callback)
            yield
        finally:
            for callback in started:
                callback.on_fit_end(self)

    def _tell(self, moment: str) -> None:
        for callback in self.callbacks:
            getattr(callback, moment)(self)


def evaluate(
    model: nn.Module, step: BatchStep, loader: Iterable[Any], device: str | torch.device = "auto"
) -> dict[str, float]:
    """Return the means of the loss and of a step's metrics over all batches, without training."""
    device = pick_device(device)
    model.eval()
    rows = []
    with torch.no_grad():
        for batch in loader:
            result = _result(step(model, to_device(batch, device)))
            rows.append((result.weight, {"loss": result.loss.item(), **result.metrics}))
    return weighted_means(_some(rows))


def to_device(batch: Any, device: torch.device) -> Any:
    """Return a batch with its tensors on the device: tuples, lists and mappings are looked into."""
    if isinstance(batch, Mapping):
        return {name: to_device(part, device) for name, part in batch.items()}
    if isinstance(batch, tuple) and hasattr(batch, "_fields") and not hasattr(batch, "to"):
        return type(batch)(*(to_device(part, device) for part in batch))
    if isinstance(batch, list | tuple) and not hasattr(batch, "to"):
        return type(batch)(to_device(part, device) for part in batch)
    return batch.to(device) if hasattr(batch, "to") else batch


def _result(returned: Tensor | StepResult) -> StepResult:
    result = returned if isinstance(returned, StepResult) else StepResult(returned)
    if not isinstance(result.loss, Tensor) or result.loss.ndim:
        came = f"{result.loss!r} from the step"
        raise InputError(explain(came, "a loss of shape () or a StepResult", "return loss.mean()"))
    return result


def _some(rows: list[tuple[float, dict[str, float]]]) -> list[tuple[float, dict[str, float]]]:
    if not rows:
        todo = "check the loader: a generator, for one, gives its batches only once"
        raise InputError(explain("no batch at all", "one or more in every epoch", todo))
    return rows


@contextmanager
def _own_generator(seed: int | None, device: torch.device) -> Iterator[None]:
    """Seed PyTorch's generator for a while, if there is a seed, and put it back afterwards."""
    if seed is None:
        yield
        return
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(seed)
        yield
