"""Detection with a trained network: of a sequence, of a batch, of a recording of any length."""

from asctools.events.detect.detector import Detector, detect_recording
from asctools.events.detect.loading import build, load
from asctools.events.detect.sequences import (
    Detection,
    detect_events_from_batch,
    detect_events_from_sequence,
)

__all__ = [
    "Detection",
    "Detector",
    "build",
    "detect_events_from_batch",
    "detect_events_from_sequence",
    "detect_recording",
    "load",
]
