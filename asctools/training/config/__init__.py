"""The configuration of a training: what can be set, what is allowed, and what it is by default."""

from asctools.training.config.loading import load
from asctools.training.config.sections import (
    Checkpoints,
    Config,
    Group,
    Groups,
    Log,
    Loss,
    Metrics,
    Scheduler,
    Stopping,
    Training,
)

__all__ = [
    "Checkpoints",
    "Config",
    "Group",
    "Groups",
    "Log",
    "Loss",
    "Metrics",
    "Scheduler",
    "Stopping",
    "Training",
    "load",
]
