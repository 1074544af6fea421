"""A line for each epoch, in the terminal or in the file that its output goes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asctools.training import distributed
from asctools.training.callbacks.base import Callback
from asctools.training.callbacks.early_stopping import EarlyStopping

if TYPE_CHECKING:
    from asctools.training.trainer import Trainer

__all__ = ["EpochLines"]

# What is shown of an epoch, if it has it, and with how many digits behind the point.
COLUMNS = {
    "loss": 4,
    "val_loss": 4,
    "val_auc_roc": 4,
    "val_auc_pr": 4,
    "val_accuracy": 4,
    "grad_norm": 3,
    "learning_rate": 6,
    "seconds": 2,
}
MOST_SCORES = 2  # of the validation, beside its loss


class EpochLines(Callback):
    """Print a line for each epoch; a star marks the best one so far.

    Parameters
    ----------
    most
        Of a longer training only so many lines are printed, at equal distances, and the last;
        0: none.
    """

    def __init__(self, most: int = 60) -> None:
        self.most = most
        self._header: list[str] = []

    def on_fit_start(self, trainer: Trainer) -> None:
        """Begin a new table."""
        self._header = []

    def on_epoch_told(self, trainer: Trainer) -> None:
        """Print the epoch, after all others have judged it."""
        if self._skips(trainer) or not distributed.world().main:
            return
        epoch = trainer.history.epochs[-1]
        if not self._header:
            self._header = _columns(epoch)
            print("  epoch", *(_wide(name, name) for name in self._header), flush=True)
        numbers = (_wide(name, f"{epoch[name]:.{COLUMNS[name]}f}") for name in self._header)
        stops = [each for each in trainer.callbacks if isinstance(each, EarlyStopping)]
        star = ["*"] if any(each.best_epoch == trainer.epoch for each in stops) else []
        of = f"{trainer.epoch:>{len(str(trainer.num_epochs))}}/{trainer.num_epochs}"
        print(f"{of:>7}", *numbers, *star, flush=True)

    def _skips(self, trainer: Trainer) -> bool:
        if not self.most:
            return True
        stride = -(-trainer.num_epochs // self.most)
        ends = trainer.epoch == trainer.num_epochs or bool(trainer.history.stopped)
        return trainer.epoch % stride != 0 and not ends


def _columns(epoch: dict[str, float]) -> list[str]:
    scores = [name for name in COLUMNS if name.startswith("val_") and name != "val_loss"]
    shown = [name for name in scores if name in epoch][:MOST_SCORES]
    return [name for name in COLUMNS if name in epoch and (name not in scores or name in shown)]


def _wide(name: str, text: str) -> str:
    return f"{text:>{max(len(name), 8)}}"
