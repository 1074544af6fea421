"""The one training loop of the course: ``Trainer``, what it returns, and its callbacks."""

from asctools.training.callbacks import Callback, EarlyStopping, Progress
from asctools.training.history import History
from asctools.training.trainer import StepResult, Trainer, evaluate

__all__ = ["Callback", "EarlyStopping", "History", "Progress", "StepResult", "Trainer", "evaluate"]
