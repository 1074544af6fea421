"""The one training loop of the course, its callbacks, and a watch for loops of your own."""

from asctools.training.callbacks import (
    Callback,
    EarlyStopping,
    EventLog,
    ModelCheckpoint,
    Progress,
    TrainingMetrics,
)
from asctools.training.history import History
from asctools.training.trainer import StepResult, Trainer, evaluate
from asctools.training.watch import watched

__all__ = [
    "Callback",
    "EarlyStopping",
    "EventLog",
    "History",
    "ModelCheckpoint",
    "Progress",
    "StepResult",
    "Trainer",
    "TrainingMetrics",
    "evaluate",
    "watched",
]
