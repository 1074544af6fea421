"""The moments of a training at which something else may happen."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asctools.training.trainer import Trainer

__all__ = ["Callback"]


class Callback:
    """Something that is told what the trainer does; override the moments that matter.

    Each moment gets the trainer itself: ``epoch`` and ``iteration`` count from 1, ``loss`` and
    ``grad_norm`` are those of the last step, ``history`` holds the epochs that are complete, and
    ``trainer.stop("reason")`` ends the training after the present epoch.
    """

    def on_fit_start(self, trainer: Trainer) -> None:
        """Before the first epoch."""

    def on_epoch_start(self, trainer: Trainer) -> None:
        """Before the first batch of an epoch."""

    def on_step_end(self, trainer: Trainer) -> None:
        """After the weights have moved."""

    def on_validation_end(self, trainer: Trainer) -> None:
        """After a look at the validation data; ``trainer.validation`` holds its means."""

    def on_epoch_end(self, trainer: Trainer) -> None:
        """After training and validation; ``trainer.history.epochs[-1]`` is this epoch."""

    def on_fit_end(self, trainer: Trainer) -> None:
        """After the last epoch, whatever ended the training."""
