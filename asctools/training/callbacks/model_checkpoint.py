"""Keep a training on disk, so that it can go on after whatever ended it."""

from __future__ import annotations

import logging
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asctools.errors import InputError, explain
from asctools.training import checkpoint, distributed
from asctools.training.callbacks.base import Callback
from asctools.training.callbacks.monitor import sign_of

if TYPE_CHECKING:
    from asctools.training.trainer import Trainer

__all__ = ["ModelCheckpoint"]

LAST, BEST, EPOCH = "last.pth", "best_model.pth", "checkpoint_epoch_{}.pth"

log = logging.getLogger(__name__)


class ModelCheckpoint(Callback):
    """Write checkpoints into a folder, each of them enough to go on from to the same bits.

    ``last.pth`` is written before the first step, after each epoch, and when the training is
    interrupted: at that very step. ``fit(…, resume_from="…/last.pth")`` goes on from it, whatever
    ended the process. A file is replaced only when the new one is complete.

    Parameters
    ----------
    directory
        The folder; it is made if it is not there.
    monitor
        The column of the history by which ``best_model.pth`` is chosen.
    save_every
        Epochs between two files ``checkpoint_epoch_N.pth``; None: no such files.
    save_best
        Whether to write ``best_model.pth`` when ``monitor`` has improved.
    keep_last
        So many of ``checkpoint_epoch_N.pth`` stay, the newest; None: all.
    mode
        ``"min"``: less of the monitored number is better; ``"max"``: more is; ``"auto"``: by its
        name.
    every_steps
        Steps of the optimiser between two ``last.pth`` within an epoch, for epochs that are too
        long to be lost; None: only after each epoch.
    config, normaliser
        Kept in every file: mappings, or objects with ``to_dict()`` or ``state_dict()``.

    Attributes
    ----------
    best, best_epoch
        The best value so far and its epoch; 0 before the first.
    """

    def __init__(
        self,
        directory: str | Path,
        monitor: str = "val_loss",
        save_every: int | None = None,
        save_best: bool = True,
        keep_last: int | None = None,
        mode: str = "auto",
        every_steps: int | None = None,
        config: Any = None,
        normaliser: Any = None,
    ) -> None:
        counts = {"save_every": save_every, "keep_last": keep_last, "every_steps": every_steps}
        for name, count in counts.items():
            whole = isinstance(count, int) and not isinstance(count, bool)
            if count is not None and not (whole and count > 0):
                came = f"{name}={count!r}"
                raise InputError(explain(came, "a whole number above 0, or None", f"set {name}"))
        self.directory, self.monitor, self.save_best = Path(directory), monitor, save_best
        self.save_every, self.keep_last, self.every_steps = save_every, keep_last, every_steps
        self.config, self.normaliser = config, normaliser
        self.sign = sign_of(monitor, mode)
        self._restored = False

    def on_fit_start(self, trainer: Trainer) -> None:
        """Make the folder."""
        if not self._restored:
            self.best, self.best_epoch = self.sign * math.inf, 0
        self._restored, self._first = False, True
        if distributed.world().main:
            self.directory.mkdir(parents=True, exist_ok=True)
            for path in self.directory.glob("*.pth.*.tmp"):  # of a process that was killed
                path.unlink(missing_ok=True)

    def on_epoch_end(self, trainer: Trainer) -> None:
        """See whether this is the best epoch."""
        if not self.save_best:
            return
        value = trainer.history[self.monitor][-1]
        if self.sign * value < self.sign * self.best:
            self.best, self.best_epoch = value, trainer.epoch

    def on_save(self, trainer: Trainer) -> None:
        """Write what is due."""
        names = self._due(trainer)
        if not names:
            return
        content = checkpoint.content_of(trainer, self.config, self.normaliser)
        if distributed.world().main:
            for name in names:
                checkpoint.write(self.directory / name, content)
            self._remove_old(len(trainer.history))
            log.info("epoch %d, step %d: %s", trainer.epoch, trainer.iteration, ", ".join(names))
        distributed.barrier()

    def state_dict(self) -> dict[str, Any]:
        """Return what is best so far."""
        return {"monitor": self.monitor, "best": self.best, "best_epoch": self.best_epoch}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on with it, unless something else is monitored now."""
        if state["monitor"] == self.monitor:
            self.best, self.best_epoch = state["best"], state["best_epoch"]
            self._restored = True

    def _due(self, trainer: Trainer) -> list[str]:
        """Return the names of the files to be written now; ``last.pth`` comes last."""
        first, self._first = self._first, False
        if first:
            return [LAST]
        if trainer.position:
            due = self.every_steps is not None and trainer.iteration % self.every_steps == 0
            return [LAST] if due or trainer.interrupted else []
        names = []
        if self.save_every is not None and trainer.epoch % self.save_every == 0:
            names.append(EPOCH.format(trainer.epoch))
        if self.save_best and self.best_epoch == trainer.epoch:
            names.append(BEST)
        return [*names, LAST]

    def _remove_old(self, epoch: int) -> None:
        """Remove the oldest epochs' files, if only some are to stay."""
        if self.keep_last is None or not self.save_every:
            return
        newest = epoch // self.save_every * self.save_every
        kept = {EPOCH.format(newest - k * self.save_every) for k in range(self.keep_last)}
        for path in self.directory.glob(EPOCH.format("*")):
            if path.name not in kept:
                path.unlink()
