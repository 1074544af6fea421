"""Learning-rate schedules by name: PyTorch's own, with the defaults of the configuration."""

import math
import warnings
from typing import Any

from torch.optim import Optimizer
from torch.optim.lr_scheduler import (
    CosineAnnealingLR,
    CosineAnnealingWarmRestarts,
    ExponentialLR,
    LambdaLR,
    LRScheduler,
    ReduceLROnPlateau,
    StepLR,
)

from asctools.errors import InputError, explain
from asctools.settings import read
from asctools.training.config.sections import Scheduler

__all__ = ["cosine", "from_config", "make", "moved", "one_cycle"]


def make(
    type: str, optimizer: Optimizer, *, num_epochs: int | None = None, **settings: Any
) -> LRScheduler | ReduceLROnPlateau | None:
    """Return a schedule that steps once an epoch; None for ``"none"``.

    Parameters
    ----------
    type
        ``"reduce_on_plateau"``, ``"cosine_annealing"``, ``"cosine_warm_restarts"``,
        ``"one_cycle"``, ``"step"``, ``"exponential"`` or ``"none"``.
    optimizer
        Whose learning rates change, each group's from its own.
    num_epochs
        The length of the training: ``T_max`` of ``"cosine_annealing"`` and ``"one_cycle"`` if that
        is not given. For a schedule that moves after every step, the number of steps.
    settings
        Any key of :class:`~asctools.training.config.sections.Scheduler`.

    Raises
    ------
    UnknownNameError, InputError
        If a name is unknown or a value out of range.
    """
    return from_config(
        read(Scheduler, {"type": type, **settings}, "scheduler"), optimizer, num_epochs
    )


def from_config(
    settings: Scheduler, optimizer: Optimizer, length: int | None = None
) -> LRScheduler | ReduceLROnPlateau | None:
    """Return the schedule of a configuration; see :func:`make`."""
    s = settings
    match s.type:
        case "reduce_on_plateau":
            if s.interval != "epoch":
                came = f"reduce_on_plateau with scheduler.interval {s.interval}"
                raise InputError(explain(came, "epoch: validation is rare", "or use another type"))
            return ReduceLROnPlateau(
                optimizer, factor=s.factor, patience=s.patience, min_lr=s.min_lr
            )
        case "cosine_annealing":
            return CosineAnnealingLR(optimizer, _length(s, length), eta_min=s.min_lr)
        case "cosine_warm_restarts":
            return CosineAnnealingWarmRestarts(optimizer, s.T_0, s.T_mult, eta_min=s.min_lr)
        case "one_cycle":
            return _one_cycle(optimizer, _length(s, length), s.min_lr, s.warm_up)
        case "step":
            return StepLR(optimizer, s.step_size, s.gamma)
        case "exponential":
            return ExponentialLR(optimizer, s.gamma)
        case _:
            return None


def cosine(epoch: int, T_max: int, rate: float, least: float = 0.0) -> float:
    """Return the learning rate of an epoch on half a wave of a cosine, as CosineAnnealingLR has it.

    Implements :eq:`eq-cosine-rate`.

    Parameters
    ----------
    epoch
        Counted from 0; in epoch ``T_max`` the rate is the least.
    T_max
        Epochs from the highest rate to the least.
    rate, least
        The highest and the least rate.
    """
    return least + (rate - least) * (1.0 + math.cos(math.pi * epoch / T_max)) / 2.0


def one_cycle(
    step: int, T_max: int, rate: float, least: float = 0.0, warm_up: float = 0.1
) -> float:
    """Return a learning rate that rises along a line, then falls on half a wave of a cosine.

    Parameters
    ----------
    step
        Counted from 0; from step ``T_max`` on the rate is the least.
    T_max
        Steps of the whole cycle.
    rate, least
        The highest and the least rate.
    warm_up
        The share of the cycle in which it rises.
    """
    top = max(1, round(warm_up * T_max))
    if step < top:
        return least + (rate - least) * (step + 1) / (top + 1)
    return cosine(min(step, T_max) - top, max(1, T_max - top), rate, least)


def moved(
    scheduler: LRScheduler | ReduceLROnPlateau | None, interval: str, now: str, loss: float
) -> None:
    """Let a schedule take its step, if it does so now; one for a plateau sees the loss."""
    if interval != now:
        return
    with warnings.catch_warnings():
        # PyTorch suspects that the optimiser was forgotten. After a resume at the end of an epoch,
        # or an explosion in the first step, it has simply not moved yet in this process.
        warnings.filterwarnings("ignore", "Detected call of", UserWarning)
        if isinstance(scheduler, ReduceLROnPlateau):
            scheduler.step(loss)
        elif scheduler is not None:
            scheduler.step()


def _length(settings: Scheduler, length: int | None) -> int:
    if settings.T_max or length:
        return settings.T_max or length or 1
    came = f"scheduler.T_max null, and no num_{settings.interval}s"
    todo = f"set scheduler.T_max to the number of {settings.interval}s until the lowest rate"
    raise InputError(explain(came, "one of the two", todo))


def _one_cycle(optimizer: Optimizer, T_max: int, least: float, warm_up: float) -> LambdaLR:
    def of_group(rate: float) -> Any:
        return lambda step: one_cycle(step, T_max, rate, min(least, rate), warm_up) / rate

    rates = [group.get("initial_lr", group["lr"]) for group in optimizer.param_groups]
    return LambdaLR(optimizer, [of_group(rate) for rate in rates])
