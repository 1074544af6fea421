"""Which event, and when: from readings of a few sensors to a list of strikes.

Everything is loaded when it is first used, so that reading a recording, scoring picks and detecting
on a stream need no PyTorch. The networks, their losses and their trainer do.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from asctools.events.data import EventDataset, collate_fn_supervised
    from asctools.events.detect import (
        Detector,
        detect_events_from_batch,
        detect_events_from_sequence,
        detect_recording,
    )
    from asctools.events.io import read_recording, read_strikes, write_strikes
    from asctools.events.losses import EventTimingLoss
    from asctools.events.metrics import evaluate
    from asctools.events.models import LSTMEventClassifier
    from asctools.events.normaliser import Normaliser
    from asctools.events.refractory import RefractoryPeriodEnforcer
    from asctools.events.stream import StreamingDetector
    from asctools.events.trainers import SupervisedTrainer

LATER = {
    "Detector": "detect",
    "EventDataset": "data",
    "EventTimingLoss": "losses",
    "LSTMEventClassifier": "models",
    "Normaliser": "normaliser",
    "RefractoryPeriodEnforcer": "refractory",
    "StreamingDetector": "stream",
    "SupervisedTrainer": "trainers",
    "collate_fn_supervised": "data",
    "detect_events_from_batch": "detect",
    "detect_events_from_sequence": "detect",
    "detect_recording": "detect",
    "evaluate": "metrics",
    "read_recording": "io",
    "read_strikes": "io",
    "write_strikes": "io",
}

__all__ = [
    "Detector",
    "EventDataset",
    "EventTimingLoss",
    "LSTMEventClassifier",
    "Normaliser",
    "RefractoryPeriodEnforcer",
    "StreamingDetector",
    "SupervisedTrainer",
    "collate_fn_supervised",
    "detect_events_from_batch",
    "detect_events_from_sequence",
    "detect_recording",
    "evaluate",
    "read_recording",
    "read_strikes",
    "write_strikes",
]


def __getattr__(name: str) -> Any:
    """Load a part of the library only when it is asked for."""
    if name not in LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{LATER[name]}"), name)
