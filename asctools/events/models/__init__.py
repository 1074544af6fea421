"""Networks that say which event, and when."""

from asctools.events.models.classifier import LSTMEventClassifier
from asctools.events.models.output import EventOutput
from asctools.events.models.rivals import UNetEventClassifier

__all__ = ["EventOutput", "LSTMEventClassifier", "UNetEventClassifier"]
