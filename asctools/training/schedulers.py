"""Learning-rate schedules by name: PyTorch's own, with the defaults of the configuration."""

import math
import warnings
from typing import Any

from torch.optim import Optimizer
from torch.optim.lr_scheduler import (
    CosineAnnealingLR,
    CosineAnnealingWarmRestarts,
    ExponentialLR,
    LRScheduler,
    ReduceLROnPlateau,
    StepLR,
)

from asctools.errors import InputError, explain
from asctools.settings import read
from asctools.training.config.sections import Scheduler

__all__ = ["after_epoch", "cosine", "from_config", "make"]


def make(
    type: str, optimizer: Optimizer, *, num_epochs: int | None = None, **settings: Any
) -> LRScheduler | ReduceLROnPlateau | None:
    """Return a schedule that steps once an epoch; None for ``"none"``.

    Parameters
    ----------
    type
        ``"reduce_on_plateau"``, ``"cosine_annealing"``, ``"cosine_warm_restarts"``, ``"step"``,
        ``"exponential"`` or ``"none"``.
    optimizer
        Whose learning rates change, each group's from its own.
    num_epochs
        The length of the training: ``T_max`` of ``"cosine_annealing"`` if that is not given.
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
    settings: Scheduler, optimizer: Optimizer, num_epochs: int | None = None
) -> LRScheduler | ReduceLROnPlateau | None:
    """Return the schedule of a configuration; see :func:`make`."""
    s = settings
    match s.type:
        case "reduce_on_plateau":
            return ReduceLROnPlateau(
                optimizer, factor=s.factor, patience=s.patience, min_lr=s.min_lr
            )
        case "cosine_annealing":
            length = s.T_max or num_epochs
            if length is None:
                came = "scheduler.T_max null, and no num_epochs"
                todo = "set scheduler.T_max to the number of epochs until the lowest rate"
                raise InputError(explain(came, "one of the two", todo))
            return CosineAnnealingLR(optimizer, length, eta_min=s.min_lr)
        case "cosine_warm_restarts":
            return CosineAnnealingWarmRestarts(optimizer, s.T_0, s.T_mult, eta_min=s.min_lr)
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


def after_epoch(scheduler: LRScheduler | ReduceLROnPlateau | None, loss: float) -> None:
    """Let a schedule take its step; the one that waits for a plateau sees the loss."""
    with warnings.catch_warnings():
        # PyTorch suspects that the optimiser was forgotten. After a resume at the end of an epoch,
        # or an explosion in the first step, it has simply not moved yet in this process.
        warnings.filterwarnings("ignore", "Detected call of", UserWarning)
        if isinstance(scheduler, ReduceLROnPlateau):
            scheduler.step(loss)
        elif scheduler is not None:
            scheduler.step()
