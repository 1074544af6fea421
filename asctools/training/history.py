"""What a training leaves behind: a row of numbers for each epoch."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from asctools.errors import unknown_name

__all__ = ["History"]


@dataclass
class History:
    """The numbers of each epoch, and why the training ended.

    ``history["val_loss"]`` is a column. ``"loss"``, ``"learning_rate"``, ``"grad_norm"`` and
    ``"seconds"`` are always there; ``"val_loss"`` and the metrics of the step, such as
    ``"accuracy"`` and ``"val_accuracy"``, if they were measured.

    Attributes
    ----------
    epochs
        One mapping for each epoch. ``loss`` is the mean over the examples while the weights move,
        ``val_loss`` the one after the epoch, ``learning_rate`` that of the first group of weights
        during it, ``grad_norm`` the mean norm before clipping, ``seconds`` its wall time.
    stopped
        Why it ended: ``"epochs"`` (all were done), ``"patience"``, ``"explosion"`` (the loss or
        its gradient was no finite number), ``"interrupted"``, or what a callback said.
    """

    epochs: list[dict[str, float]] = field(default_factory=list)
    stopped: str = ""

    def __getitem__(self, name: str) -> list[float]:
        """Return a column.

        Raises
        ------
        UnknownNameError
            If no epoch has that number.
        """
        column = self._column(name)
        if not column:
            known = {key for epoch in self.epochs for key in epoch}
            raise unknown_name("column of the history", name, known)
        return column

    def __len__(self) -> int:
        return len(self.epochs)

    def _column(self, name: str) -> list[float]:
        return [epoch[name] for epoch in self.epochs if name in epoch]

    @property
    def losses(self) -> list[float]:
        """The training loss of each epoch."""
        return self._column("loss")

    @property
    def val_losses(self) -> list[float]:
        """The validation loss after each epoch; empty without validation."""
        return self._column("val_loss")

    @property
    def learning_rates(self) -> list[float]:
        """The learning rate during each epoch."""
        return self._column("learning_rate")

    @property
    def grad_norms(self) -> list[float]:
        """The mean norm of the gradient in each epoch, before clipping."""
        return self._column("grad_norm")


def weighted_means(rows: Sequence[tuple[float, dict[str, float]]]) -> dict[str, float]:
    """Return the mean of each number over the batches, a batch counting by its weight."""
    total: dict[str, float] = {}
    weights: dict[str, float] = {}
    for weight, numbers in rows:
        for name, number in numbers.items():
            total[name] = total.get(name, 0.0) + weight * number
            weights[name] = weights.get(name, 0.0) + weight
    return {name: total[name] / weights[name] for name in total}
