"""Falling learning rates: by a scheduler, on a plateau, or by hand."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler, ReduceLROnPlateau


class Fall(NamedTuple):
    """A learning rate that has fallen; ``where`` says of which group, if there are several."""

    old: float
    new: float
    where: dict[str, int]


class Rates:
    """The learning rates of some optimisers, as they were last seen.

    Parameters
    ----------
    optimizers
        Those that are watched.
    """

    def __init__(self, optimizers: Sequence[Optimizer]) -> None:
        self.optimizers = list(optimizers)
        self._seen = self._now()

    def first(self) -> float:
        """Return the rate of the first group of the first optimiser."""
        return float(self.optimizers[0].param_groups[0]["lr"])

    def seen(self) -> float:
        """Return that rate as it was at the last look."""
        return self._seen[0][0]

    def now_seen(self) -> list[list[float]]:
        """Return the rate of each group of each optimiser, as it was at the last look."""
        return self._seen

    def see(self, rates: list[list[float]]) -> None:
        """Take these for the rates at the last look."""
        self._seen = rates

    def falls(self) -> list[Fall]:
        """Return the rates that have fallen since the last look."""
        now = self._now()
        if now == self._seen:
            return []
        seen, self._seen = self._seen, now
        several = len(now) > 1 or len(now[0]) > 1
        return [
            Fall(old, new, {"optimizer": k, "group": g} if several else {})
            for k, (before, after) in enumerate(zip(seen, now, strict=True))
            for g, (old, new) in enumerate(zip(before, after, strict=False))  # some may have joined
            if new < old
        ]

    def _now(self) -> list[list[float]]:
        return [[float(g["lr"]) for g in each.param_groups] for each in self.optimizers]


def schedulers() -> Iterator[type]:
    """Give every class of schedulers that has a ``step`` of its own."""
    waiting: list[type] = [LRScheduler]
    while waiting:
        scheduler = waiting.pop()
        waiting += scheduler.__subclasses__()
        if "step" in vars(scheduler):
            yield scheduler


def on_plateau(scheduler: ReduceLROnPlateau, step: Callable[[], Any]) -> tuple[Any, int | None]:
    """Let such a scheduler step; return how long it had waited if it found a plateau, or None."""
    best, waited, resting = scheduler.best, scheduler.num_bad_epochs, scheduler.cooldown_counter
    result = step()
    counted = scheduler.num_bad_epochs == 0 and scheduler.best == best and not resting
    return result, waited + 1 if counted and waited >= scheduler.patience else None
