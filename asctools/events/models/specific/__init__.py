"""The parts of a model that knows what an event is: a shape on six channels, at one time."""

from typing import TYPE_CHECKING, Any

from asctools.events.models.specific.bank import EventTemplateBank
from asctools.events.models.specific.convolutions import EventSpecificCNN
from asctools.events.models.specific.delays import delayed
from asctools.events.models.specific.heads import EventSpecificTimingHeads
from asctools.events.models.specific.onset import onset_delays
from asctools.events.models.specific.pictures import TemplatePictures
from asctools.events.models.specific.start import start_from_noise, start_from_pursuit

if TYPE_CHECKING:
    from asctools.events.models.specific.classifier import EventSpecificClassifier

__all__ = [
    "EventSpecificCNN",
    "EventSpecificClassifier",
    "EventSpecificTimingHeads",
    "EventTemplateBank",
    "TemplatePictures",
    "delayed",
    "onset_delays",
    "start_from_noise",
    "start_from_pursuit",
]


def __getattr__(name: str) -> Any:
    """Load the whole model only when it is asked for: it is made of the parts."""
    if name != "EventSpecificClassifier":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from asctools.events.models.specific.classifier import EventSpecificClassifier

    return EventSpecificClassifier
