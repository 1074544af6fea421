"""The moments of a training at which something else may happen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from asctools.training.trainer import Trainer

__all__ = ["Callback", "told_start_and_end"]


class Callback:
    """Something that is told what the trainer does; override the moments that matter.

    Each moment gets the trainer itself: ``epoch`` and ``iteration`` count from 1, ``loss`` and
    ``grad_norm`` are those of the last step, ``history`` holds the epochs that are complete, and
    ``trainer.stop("reason")`` ends the training after the present epoch.

    A callback that decides does so in ``on_epoch_end``. One that writes down what the others have
    decided waits for ``on_epoch_told``. What a callback needs to go on after an interruption it
    gives in ``state_dict``, which is asked for in ``on_save`` and handed to ``load_state_dict``
    before ``on_fit_start`` of the training that goes on.
    """

    def on_fit_start(self, trainer: Trainer) -> None:
        """Before the first epoch; ``load_state_dict`` comes before it when a training goes on."""

    def on_epoch_start(self, trainer: Trainer) -> None:
        """Before the first batch of an epoch; not again when one goes on in its middle."""

    def on_step_end(self, trainer: Trainer) -> None:
        """After the weights have moved."""

    def on_validation_end(self, trainer: Trainer) -> None:
        """After a look at the validation data; ``trainer.validation`` holds its means."""

    def on_epoch_end(self, trainer: Trainer) -> None:
        """After training and validation; ``trainer.history.epochs[-1]`` is this epoch."""

    def on_epoch_told(self, trainer: Trainer) -> None:
        """After every callback was told of the epoch's end."""

    def on_save(self, trainer: Trainer) -> None:
        """When all is at rest: at the start, after each step, and after each epoch."""

    def on_fit_end(self, trainer: Trainer) -> None:
        """After the last epoch, whatever ended the training."""

    def state_dict(self) -> dict[str, Any]:
        """Return what a resumed training needs: numbers, texts, tensors, and lists and mappings."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from what :meth:`state_dict` has returned."""


@contextmanager
def told_start_and_end(callbacks: Sequence[Callback], trainer: Trainer) -> Iterator[None]:
    """Tell the start of a training and, whatever happens, its end to all who know of its start."""
    with ExitStack() as at_the_end:  # in which an error keeps nobody from being told
        started: list[Callback] = []
        try:
            for callback in callbacks:
                callback.on_fit_start(trainer)
                started.append(callback)
            yield
        finally:
            for callback in reversed(started):  # the stack turns them round
                at_the_end.callback(callback.on_fit_end, trainer)
