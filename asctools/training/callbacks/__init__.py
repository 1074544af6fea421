"""What happens around a training's epochs and steps; each callback is one file."""

from asctools.training.callbacks.base import Callback
from asctools.training.callbacks.early_stopping import EarlyStopping
from asctools.training.callbacks.event_log import EventLog
from asctools.training.callbacks.model_checkpoint import ModelCheckpoint
from asctools.training.callbacks.progress import Progress
from asctools.training.callbacks.training_metrics import TrainingMetrics

__all__ = [
    "Callback",
    "EarlyStopping",
    "EventLog",
    "ModelCheckpoint",
    "Progress",
    "TrainingMetrics",
]
