"""Stop when nothing gets better, and go back to where it was best."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from torch import Tensor

from asctools.errors import InputError, explain
from asctools.training.callbacks.base import Callback
from asctools.training.callbacks.monitor import sign_of

if TYPE_CHECKING:
    from asctools.training.trainer import Trainer

__all__ = ["EarlyStopping"]

log = logging.getLogger(__name__)


class EarlyStopping(Callback):
    """Stop the training when numbers of the history have not improved for some epochs.

    Parameters
    ----------
    monitor
        The column of the history to watch: ``"val_loss"``, ``"loss"``, ``"val_accuracy"``, …; or
        several, the training then stops when none of them improves; or a mapping, name → mode.
    patience
        Epochs without an improvement after which the training stops.
    min_delta
        What counts as an improvement: better than the best by more than this.
    mode
        ``"min"``: less is better; ``"max"``: more is; ``"auto"``: by the column's name.
    restore_best_weights
        When the training ends, for whatever reason, give the model the weights of its best epoch
        by the first monitor.

    Attributes
    ----------
    best, best_epoch
        The best value of the first monitor so far and its epoch; 0 before the first.
    waited
        Epochs since any of them improved.
    """

    def __init__(
        self,
        monitor: str | Sequence[str] | Mapping[str, str] = "val_loss",
        patience: int = 15,
        min_delta: float = 1e-4,
        mode: str = "auto",
        restore_best_weights: bool = True,
    ) -> None:
        if isinstance(patience, bool) or not isinstance(patience, int) or patience < 1:
            came = f"patience={patience!r}"
            raise InputError(explain(came, "a whole number above 0", "wait for one epoch or more"))
        if not min_delta >= 0.0:
            came = f"min_delta={min_delta!r}"
            raise InputError(explain(came, "a number, 0 or more", "try 1e-4"))
        names = [monitor] if isinstance(monitor, str) else list(monitor)
        modes = monitor if isinstance(monitor, Mapping) else dict.fromkeys(names, mode)
        if not names:
            raise InputError(explain("no monitor", "a column to watch", 'try "val_loss"'))
        self.signs = {name: sign_of(name, modes[name]) for name in names}  # sign · value: to fall
        self.monitor = ", ".join(names)
        self.patience, self.min_delta = patience, min_delta
        self.restore_best_weights = restore_best_weights
        self._weights: dict[str, Tensor] | None = None
        self._goes_on = False
        self.waited = 0
        self._forget()

    @property
    def best(self) -> float:
        """The best value of the first monitor."""
        return next(iter(self.bests.values()))

    def on_fit_start(self, trainer: Trainer) -> None:
        """Forget an earlier training, unless this one goes on with it."""
        if not self._goes_on:
            self._forget()
        self._goes_on = False

    def on_epoch_end(self, trainer: Trainer) -> None:
        """Look at the epoch's numbers."""
        values = {name: trainer.history[name][-1] for name in self.signs}
        better = [name for name, value in values.items() if self._improved(name, value)]
        self.bests |= {name: values[name] for name in better}
        self.waited = 0 if better else self.waited + 1
        if next(iter(self.signs)) in better:
            self.best_epoch = trainer.epoch
            if self.restore_best_weights:
                state = trainer.model.state_dict()
                self._weights = {name: tensor.clone() for name, tensor in state.items()}
        if self.waited >= self.patience:
            trainer.stop("patience")
            log.info("no better %s for %d epochs", self.monitor, self.waited)

    def on_fit_end(self, trainer: Trainer) -> None:
        """Go back to the best epoch, and let go of its copy."""
        if self._weights is not None:
            trainer.model.load_state_dict(self._weights)
        self._weights = None

    def state_dict(self) -> dict[str, Any]:
        """Return what is best so far, with its weights."""
        told = {"bests": self.bests, "best_epoch": self.best_epoch, "waited": self.waited}
        return told | {"weights": self._weights}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on with it."""
        self.bests |= {n: best for n, best in state["bests"].items() if n in self.signs}
        self.best_epoch, self.waited = state["best_epoch"], state["waited"]
        self._weights = state["weights"]
        self._goes_on = True

    def _improved(self, name: str, value: float) -> bool:
        sign = self.signs[name]
        return sign * value < sign * self.bests[name] - self.min_delta

    def _forget(self) -> None:
        self.bests = {name: sign * math.inf for name, sign in self.signs.items()}
        self.best_epoch = self.waited = 0
        self._weights = None
