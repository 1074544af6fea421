"""What a training leaves behind: a row of numbers for each epoch."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from asctools.errors import UnknownNameError, explain, unknown_name
from asctools.training import distributed

__all__ = ["History", "Means"]


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
        if not self.epochs:
            came = f"column {name!r} of a history without epochs"
            raise UnknownNameError(explain(came, "one epoch or more", "call fit with num_epochs=1"))
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


class Means:
    """The mean of each number over batches that count by their weights, as running sums.

    Attributes
    ----------
    sums, weights
        For each name the sum of weight · number, and of the weights.
    """

    def __init__(self) -> None:
        self.sums: dict[str, float] = {}
        self.weights: dict[str, float] = {}

    def add(self, weight: float, numbers: Mapping[str, float]) -> None:
        """Add the numbers of a batch. Of no weight, they count for nothing: not even NaN."""
        for name, number in numbers.items():
            counted = weight * float(number) if weight else 0.0
            self.sums[name] = self.sums.get(name, 0.0) + counted
            self.weights[name] = self.weights.get(name, 0.0) + weight

    def values(self) -> dict[str, float]:
        """Return the means so far; NaN where nothing has counted."""
        weighed = ((name, total, self.weights[name]) for name, total in self.sums.items())
        return {name: total / weight if weight else math.nan for name, total, weight in weighed}

    def of_all_processes(self) -> dict[str, float]:
        """Return the means over what every process has added. All must call it."""
        own = {("sum", name): number for name, number in self.sums.items()}
        own |= {("weight", name): number for name, number in self.weights.items()}
        everywhere = Means()
        for (kind, name), number in distributed.summed_by_name(own).items():
            (everywhere.sums if kind == "sum" else everywhere.weights)[name] = number
        return everywhere.values()
