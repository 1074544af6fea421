"""Keep an event log of a training: what its operations do, and what the trainer decides."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asctools.eventlog import XESLogger
from asctools.training.callbacks.base import Callback
from asctools.training.callbacks.early_stopping import EarlyStopping
from asctools.training.watch import watching
from asctools.training.watching.count import Given
from asctools.training.watching.epochs import begin_trace, end_epoch, start_epoch
from asctools.training.watching.tell import Teller

if TYPE_CHECKING:
    from asctools.training.trainer import Trainer

__all__ = ["EventLog"]


class EventLog(Callback):
    """Tell a log what happens in a training, from inside the operations, and what it leads to.

    Its place among the callbacks does not matter.

    Parameters
    ----------
    log
        Where to write to: a path, or a log that is open and stays so, such as an
        :class:`~asctools.eventlog.XESLogger` or any object with ``event(name, **attributes)``.
    level, every, metadata
        For a path: what an :class:`~asctools.eventlog.XESLogger` is made with. A second ``fit``
        goes on in the same file.
    """

    def __init__(
        self,
        log: Any,
        level: str = "step",
        *,
        every: Mapping[str, int] | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        self.log = log
        self._opens = partial(XESLogger, level=level, every=every, metadata=metadata)
        self._written = False  # whether the file is ours already
        self._open = ExitStack()
        self._epoch = 0  # the one that is under way

    def on_fit_start(self, trainer: Trainer) -> None:
        """Open the log, and listen."""
        self._epoch = 0
        with ExitStack() as stack:
            log = self.log
            if isinstance(log, str | Path):
                log = self._opens(log, resume=self._written)
                stack.callback(log.close)
            self._written = True
            count = Given(lambda: trainer.iteration)
            self.teller = Teller([trainer.model], [trainer.optimizer], log, count)
            stack.enter_context(watching(self.teller))
            self._open = stack.pop_all()

    def on_epoch_start(self, trainer: Trainer) -> None:
        """Begin a trace."""
        self._end_epoch(trainer)
        self._epoch = trainer.epoch
        self.teller.settle()
        begin_trace(self.teller, trainer.epoch, trainer.train_loader)
        start_epoch(self.teller, trainer.epoch, trainer.num_epochs, trainer.train_loader)

    def on_step_end(self, trainer: Trainer) -> None:
        """Tell of a loss or a gradient that is no finite number."""
        if not (math.isfinite(trainer.loss) and math.isfinite(trainer.grad_norm)):
            numbers = {"grad_norm": trainer.grad_norm, "loss": trainer.loss}
            self.teller.tell("GradientExplosion", threshold=math.inf, **numbers)

    def on_validation_end(self, trainer: Trainer) -> None:
        """Tell of the loss on the validation data; its forward passes are what made it."""
        self.teller.forget()
        self.teller.tell("Validation", validation_loss=trainer.validation["loss"])

    def on_fit_end(self, trainer: Trainer) -> None:
        """Tell how it ended, and close what was opened here."""
        with self._open:
            self._end_epoch(trainer)

    def _end_epoch(self, trainer: Trainer) -> None:
        """Tell what the other callbacks made of an epoch: they have all been told of it by now."""
        if not self._epoch or self._epoch > len(trainer.history):
            return  # none was begun, or it was interrupted
        stopped = trainer.history.stopped
        stops = [each for each in trainer.callbacks if isinstance(each, EarlyStopping)]
        for each in stops:
            self.teller.tell(
                "EarlyStoppingCheck",
                triggered=each.waited >= each.patience,
                patience_counter=each.waited,
                best_val_loss=each.best,
                monitor=each.monitor,
            )
        if stopped not in ("", "epochs", "interrupted"):
            best = stops[0].best if stops else min(trainer.history.val_losses, default=None)
            self.teller.tell("EarlyStopping", reason=stopped, best_val_loss=best)
        end_epoch(self.teller, self._epoch, trainer.loss, trainer.grad_norm)
        self._epoch = 0
