"""Stop when nothing gets better, and go back to where it was best."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from torch import Tensor

from asctools.errors import InputError, explain, unknown_name
from asctools.training.callbacks.base import Callback

if TYPE_CHECKING:
    from asctools.training.trainer import Trainer

__all__ = ["EarlyStopping"]

# With mode="auto", more of these is better; of everything else, less.
MORE_IS_BETTER = ("accuracy", "auc", "f1", "precision", "recall")


class EarlyStopping(Callback):
    """Stop the training when a number of the history has not improved for some epochs.

    Parameters
    ----------
    monitor
        The column of the history to watch: ``"val_loss"``, ``"loss"``, ``"val_accuracy"``, ….
    patience
        Epochs without an improvement after which the training stops.
    min_delta
        What counts as an improvement: better than the best by more than this.
    mode
        ``"min"``: less is better; ``"max"``: more is; ``"auto"``: by the column's name.
    restore_best_weights
        When the training ends, for whatever reason, give the model the weights of its best epoch.

    Attributes
    ----------
    best, best_epoch
        The best value so far and its epoch; 0 before the first.
    waited
        Epochs since then.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        patience: int = 15,
        min_delta: float = 1e-4,
        mode: str = "auto",
        restore_best_weights: bool = True,
    ) -> None:
        if mode not in ("auto", "min", "max"):
            raise unknown_name("mode", mode, ("auto", "min", "max"))
        if isinstance(patience, bool) or not isinstance(patience, int) or patience < 1:
            came = f"patience={patience!r}"
            raise InputError(explain(came, "a whole number above 0", "wait for one epoch or more"))
        if not min_delta >= 0.0:
            came = f"min_delta={min_delta!r}"
            raise InputError(explain(came, "a number, 0 or more", "try 1e-4"))
        self.monitor, self.patience, self.min_delta = monitor, patience, min_delta
        more = mode == "max" or (mode == "auto" and monitor.endswith(MORE_IS_BETTER))
        self.sign = -1.0 if more else 1.0  # sign · value is to become small
        self.restore_best_weights = restore_best_weights

    def on_fit_start(self, trainer: Trainer) -> None:
        """Forget an earlier training."""
        self.best, self.best_epoch, self.waited = self.sign * math.inf, 0, 0
        self._weights: dict[str, Tensor] | None = None

    def on_epoch_end(self, trainer: Trainer) -> None:
        """Look at the epoch's number."""
        value = trainer.history[self.monitor][-1]
        if self.sign * value < self.sign * self.best - self.min_delta:
            self.best, self.best_epoch, self.waited = value, trainer.epoch, 0
            if self.restore_best_weights:
                state = trainer.model.state_dict()
                self._weights = {name: tensor.clone() for name, tensor in state.items()}
            return
        self.waited += 1
        if self.waited >= self.patience:
            trainer.stop("patience")

    def on_fit_end(self, trainer: Trainer) -> None:
        """Go back to the best epoch, and let go of its copy."""
        if self._weights is not None:
            trainer.model.load_state_dict(self._weights)
        self._weights = None
