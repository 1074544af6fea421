"""Write down the numbers of a training as it goes: as tables, and for TensorBoard."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from asctools.errors import InputError, explain
from asctools.training import distributed
from asctools.training.callbacks.base import Callback
from asctools.training.metrics.event_files import EventFiles
from asctools.training.metrics.memory import Memory
from asctools.training.metrics.table import Table

if TYPE_CHECKING:
    from asctools.training.trainer import Trainer

__all__ = ["TrainingMetrics"]

MOST_WAITING = 1000  # rows
SECONDS_WAITING = 1.0


class TrainingMetrics(Callback):
    """Keep the numbers of each step and of each epoch.

    ``steps.csv`` has a row for each step: ``epoch``, ``iteration``, ``loss``, the step's metrics,
    ``grad_norm``, ``learning_rate`` (``learning_rate_1``, … for further groups), ``seconds`` from
    the end of the step before, ``samples_per_second`` (empty if steps do not say what they count
    for), ``memory_mb`` of the process and, on a card, ``gpu_memory_mb``. ``epochs.csv`` has
    the columns of the history in place of the step's. TensorBoard's event files hold the same
    numbers under ``step/…`` and ``epoch/…``, all over the iterations.

    A resumed training cuts them back to its checkpoint and goes on. Without resuming, a new
    callback replaces what an earlier one has written into the directory. With several processes
    only the first one writes.

    Parameters
    ----------
    directory
        Where to write to; it is made if need be.
    tensorboard, csv
        Which of both.
    every_steps
        Keep one step in so many.

    Raises
    ------
    InputError
        If neither is wanted, ``every_steps`` is no whole number above 0, or TensorBoard is not
        installed.
    """

    def __init__(
        self,
        directory: str | Path,
        tensorboard: bool = True,
        csv: bool = True,
        every_steps: int = 1,
    ) -> None:
        if isinstance(every_steps, bool) or not isinstance(every_steps, int) or every_steps < 1:
            came = f"every_steps={every_steps!r}"
            raise InputError(explain(came, "a whole number above 0", "1 keeps every step"))
        if not (tensorboard or csv):
            came = "tensorboard=False and csv=False"
            raise InputError(explain(came, "one of both", "leave the callback out instead"))
        self.directory, self.every_steps = Path(directory), every_steps
        self._steps = Table(self.directory / "steps.csv") if csv else None
        self._epochs = Table(self.directory / "epochs.csv") if csv else None
        self._events = EventFiles(self.directory) if tensorboard else None
        self._begun = False  # whether what is in the directory is ours already
        self._resumes: dict[str, Any] | None = None
        self._rates: list[float] = []  # of the last step
        self._samples = self._seconds = 0.0  # of the present epoch, as far as it was seen
        self._clock = self._flushed = 0.0
        self._waiting = 0  # rows

    def on_fit_start(self, trainer: Trainer) -> None:
        """Begin the files, go on with them, or cut them back to a checkpoint."""
        self._main = distributed.world().main
        self._memory = Memory(trainer.device)
        self._clock = self._flushed = perf_counter()
        if not self._main:
            return
        self.directory.mkdir(parents=True, exist_ok=True)
        files = {} if self._resumes is None else self._resumes.get("files", {})
        for name, part in self._parts().items():
            if name in files:
                part.cut(files[name], trainer.iteration)
            elif not self._begun:
                part.begin()
        self._begun, self._resumes = True, None

    def on_epoch_start(self, trainer: Trainer) -> None:
        """Start the clock: what was done between two epochs is no part of a step."""
        self._clock = perf_counter()
        self._samples = self._seconds = 0.0

    def on_step_end(self, trainer: Trainer) -> None:
        """Take the numbers of a step."""
        now = perf_counter()
        seconds, self._clock = now - self._clock, now
        self._samples, self._seconds = self._samples + trainer.weight, self._seconds + seconds
        self._rates = [float(group["lr"]) for group in trainer.optimizer.param_groups]
        if not self._main or trainer.iteration % self.every_steps:
            return
        row = {
            "loss": trainer.loss,
            **trainer.metrics,
            "grad_norm": trainer.grad_norm,
            **_named(self._rates),
            "seconds": seconds,
            "samples_per_second": _rate(trainer.weight, seconds),
            **self._memory.read(),
        }
        self._take("step", self._steps, trainer, row)

    def on_epoch_told(self, trainer: Trainer) -> None:
        """Take the numbers of an epoch."""
        if not self._main:
            return
        row = {
            **trainer.history.epochs[-1],
            **_named(self._rates),
            "samples_per_second": _rate(self._samples, self._seconds),
            **self._memory.read(),
        }
        self._take("epoch", self._epochs, trainer, row)
        if perf_counter() - self._flushed > SECONDS_WAITING:
            self._flush()

    def on_fit_end(self, trainer: Trainer) -> None:
        """Write what waits."""
        if self._main:
            self._flush()

    def state_dict(self) -> dict[str, Any]:
        """Write what waits, and return how much there is."""
        if not self._main:
            return {}
        files = {name: each.state() for name, each in self._parts().items()}
        return {"files": files, "rates": self._rates}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go back to that when the training begins."""
        self._resumes = state
        self._rates = list(state.get("rates", ()))

    def _take(
        self, kind: str, table: Table | None, trainer: Trainer, row: Mapping[str, float | None]
    ) -> None:
        if table is not None:
            table.add({"epoch": trainer.epoch, "iteration": trainer.iteration, **row})
        if self._events is not None:
            numbers = {f"{kind}/{name}": v for name, v in row.items() if v is not None}
            self._events.add(trainer.iteration, numbers)
        self._waiting += 1
        if self._waiting >= MOST_WAITING:
            self._flush()

    def _parts(self) -> dict[str, Any]:
        parts = {"steps": self._steps, "epochs": self._epochs, "events": self._events}
        return {name: each for name, each in parts.items() if each is not None}

    def _flush(self) -> None:
        for each in self._parts().values():
            each.flush()
        self._flushed, self._waiting = perf_counter(), 0


def _rate(samples: float, seconds: float) -> float | None:
    known = seconds > 0.0 and not math.isnan(samples)
    return samples / seconds if known else None


def _named(rates: list[float]) -> dict[str, float]:
    names = ("learning_rate" if not k else f"learning_rate_{k}" for k in range(len(rates)))
    return dict(zip(names, rates, strict=True))
