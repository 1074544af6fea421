"""Keep an event log of a training: what its operations do, and what the trainer decides."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asctools.eventlog import XESLogger
from asctools.eventlog.processes import merge, process_path
from asctools.numpy_lstm.observe import Watch
from asctools.training import distributed
from asctools.training.callbacks.base import Callback
from asctools.training.callbacks.early_stopping import EarlyStopping
from asctools.training.watch import watching
from asctools.training.watching.count import Given
from asctools.training.watching.epochs import begin_trace, end_epoch, start_epoch
from asctools.training.watching.tell import Teller

if TYPE_CHECKING:
    from asctools.training.trainer import Trainer

__all__ = ["EventLog"]

logger = logging.getLogger(__name__)


class EventLog(Callback):
    """Tell a log what happens in a training, from inside the operations, and what it leads to.

    Its place among the callbacks does not matter. A resumed training cuts away what the log has of
    the time after its checkpoint, and goes on there. Each of several processes writes its own
    ``run.rank0.xes``, and ``run.xes`` is made of them at the end.

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
        self._opens = partial(XESLogger, level=level, every=every)
        self._metadata = dict(metadata or {})
        self._written = False  # whether the file is ours already
        self._open = ExitStack()
        self._goes_on: dict[str, Any] | None = None  # from a checkpoint

    def on_fit_start(self, trainer: Trainer) -> None:
        """Open the log, and listen; cut away what came after the checkpoint that goes on."""
        saved, self._goes_on = self._goes_on, None
        with ExitStack() as stack:
            log = self._opened(stack, saved, trainer)
            self._written = True
            count = Given(lambda: trainer.iteration)
            self.teller = Teller([trainer.model], [trainer.optimizer], log, count)
            if saved is not None:
                self.teller.go_on(saved["teller"])
            self._batches = (trainer.train_loader, trainer.accumulate)
            if trainer.position:
                begin_trace(self.teller, trainer.epoch, *self._batches)
            stack.enter_context(watching(self.teller))
            self._open = stack.pop_all()

    def on_epoch_start(self, trainer: Trainer) -> None:
        """Begin a trace."""
        self.teller.settle()
        begin_trace(self.teller, trainer.epoch, *self._batches)
        start_epoch(self.teller, trainer.epoch, trainer.num_epochs, *self._batches)

    def on_step_end(self, trainer: Trainer) -> None:
        """Tell of a loss or a gradient that is no finite number."""
        if not (math.isfinite(trainer.loss) and math.isfinite(trainer.grad_norm)):
            numbers = {"grad_norm": trainer.grad_norm, "loss": trainer.loss}
            self.teller.tell("GradientExplosion", threshold=math.inf, **numbers)

    def on_validation_end(self, trainer: Trainer) -> None:
        """Tell of the loss on the validation data; its forward passes are what made it."""
        self.teller.forget()
        self.teller.tell("Validation", validation_loss=trainer.validation["loss"])

    def on_epoch_told(self, trainer: Trainer) -> None:
        """Tell what the other callbacks made of the epoch."""
        stops = [each for each in trainer.callbacks if isinstance(each, EarlyStopping)]
        for each in stops:
            self.teller.tell(
                "EarlyStoppingCheck",
                triggered=each.waited >= each.patience,
                patience_counter=each.waited,
                best_val_loss=each.best,
                monitor=each.monitor,
                min_delta=each.min_delta,
            )
        stopped = trainer.history.stopped
        if stopped:
            best = stops[0].best if stops else min(trainer.history.val_losses, default=None)
            self.teller.tell("EarlyStopping", reason=stopped, best_val_loss=best)
        end_epoch(self.teller, trainer.epoch, trainer.loss, trainer.grad_norm)

    def on_fit_end(self, trainer: Trainer) -> None:
        """Close what was opened here; of several processes' logs, make one."""
        self._open.close()
        complete = trainer.history.stopped != ""  # else an error is on its way: wait for nobody
        if distributed.world().several and isinstance(self.log, str | Path) and complete:
            distributed.barrier()
            if distributed.world().main:
                merge(
                    [process_path(self.log, k) for k in range(distributed.world().size)], self.log
                )

    def state_dict(self) -> dict[str, Any]:
        """Return how far the log of each process goes; so much is in its file by then."""
        position = getattr(self.teller.watch.observer, "position", None)
        return {"positions": distributed.everyone(position), "teller": self.teller.state()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from there."""
        self._goes_on = state

    def _opened(self, stack: ExitStack, saved: dict[str, Any] | None, trainer: Trainer) -> Any:
        """Return the log, one of our own or the one that was given, cut back if need be."""
        world = distributed.world()
        positions = [] if saved is None else saved["positions"]
        position = positions[world.rank] if len(positions) == world.size else None
        if not isinstance(self.log, str | Path):
            Watch(self.log).cut_back(position)
            return self.log
        path = process_path(self.log, world.rank) if world.several else Path(self.log)
        if saved is not None and not (position is not None and _is_there(path)):
            logger.warning("There is no log of before at %s: a new one begins.", path)
        goes_on = _is_there(path) and position if saved is not None else self._written
        path.parent.mkdir(parents=True, exist_ok=True)
        told = {"accumulate": trainer.accumulate} if trainer.accumulate > 1 else {}
        log = self._opens(path, resume=goes_on or False, metadata=self._metadata | told)
        stack.callback(log.close)
        return log


def _is_there(path: Path) -> bool:
    return path.exists() or (path.suffix == ".gz" and path.with_suffix("").exists())
