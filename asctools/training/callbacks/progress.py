"""A bar in the terminal or in the notebook, one tick an epoch."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from asctools.training import distributed
from asctools.training.callbacks.base import Callback

if TYPE_CHECKING:
    from asctools.training.trainer import Trainer

__all__ = ["Progress"]


class Progress(Callback):
    """Show how far a training is, with the last loss, and with the validation's if there is one."""

    def on_fit_start(self, trainer: Trainer) -> None:
        """Draw the empty bar."""
        with warnings.catch_warnings():  # without ipywidgets it warns, and falls back to text
            warnings.simplefilter("ignore")
            from tqdm.auto import tqdm  # type: ignore[import-untyped]

            done, shown = len(trainer.history), distributed.world().main
            self._bar = tqdm(
                total=trainer.num_epochs, initial=done, unit="epoch", disable=not shown
            )

    def on_epoch_end(self, trainer: Trainer) -> None:
        """Move it by one."""
        epoch = trainer.history.epochs[-1]
        shown = {name: f"{epoch[name]:.4f}" for name in ("loss", "val_loss") if name in epoch}
        self._bar.set_postfix(shown, refresh=False)
        self._bar.update()

    def on_fit_end(self, trainer: Trainer) -> None:
        """Leave the bar as it stands."""
        self._bar.close()
