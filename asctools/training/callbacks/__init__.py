"""What happens around a training's epochs and steps; each callback is one file."""

from asctools.training.callbacks.base import Callback
from asctools.training.callbacks.early_stopping import EarlyStopping
from asctools.training.callbacks.event_log import EventLog
from asctools.training.callbacks.progress import Progress

__all__ = ["Callback", "EarlyStopping", "EventLog", "Progress"]
