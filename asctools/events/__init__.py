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
    from asctools.events.models.specific import (
        EventSpecificClassifier,
        EventSpecificCNN,
        EventSpecificTimingHeads,
        EventTemplateBank,
    )
    from asctools.events.normaliser import Normaliser
    from asctools.events.pretraining import (
        AutoencoderLoss,
        ContrastiveDataset,
        ContrastiveLSTM,
        ContrastiveTrainer,
        FrameContrastiveLoss,
        LSTMAutoencoder,
        LSTMVariationalAutoencoder,
        NTXentLoss,
        TemporalAugmentation,
        UnsupervisedDataset,
        UnsupervisedTrainer,
        collate_fn_contrastive,
        layerwise_rates,
    )
    from asctools.events.refractory import RefractoryPeriodEnforcer
    from asctools.events.rescoring import PursuitRescorer
    from asctools.events.specific_loss import EventSpecificLoss
    from asctools.events.stream import StreamingDetector
    from asctools.events.templates_picture import visualize_learned_templates
    from asctools.events.trainers import SupervisedTrainer

LATER = {
    "AutoencoderLoss": "pretraining",
    "ContrastiveDataset": "pretraining",
    "ContrastiveLSTM": "pretraining",
    "ContrastiveTrainer": "pretraining",
    "Detector": "detect",
    "EventDataset": "data",
    "EventSpecificCNN": "models.specific",
    "EventSpecificClassifier": "models.specific",
    "EventSpecificLoss": "specific_loss",
    "EventSpecificTimingHeads": "models.specific",
    "EventTemplateBank": "models.specific",
    "EventTimingLoss": "losses",
    "FrameContrastiveLoss": "pretraining",
    "LSTMAutoencoder": "pretraining",
    "LSTMEventClassifier": "models",
    "LSTMVariationalAutoencoder": "pretraining",
    "NTXentLoss": "pretraining",
    "Normaliser": "normaliser",
    "PursuitRescorer": "rescoring",
    "RefractoryPeriodEnforcer": "refractory",
    "StreamingDetector": "stream",
    "SupervisedTrainer": "trainers",
    "TemporalAugmentation": "pretraining",
    "UnsupervisedDataset": "pretraining",
    "UnsupervisedTrainer": "pretraining",
    "collate_fn_contrastive": "pretraining",
    "collate_fn_supervised": "data",
    "detect_events_from_batch": "detect",
    "detect_events_from_sequence": "detect",
    "detect_recording": "detect",
    "evaluate": "metrics",
    "layerwise_rates": "pretraining",
    "read_recording": "io",
    "read_strikes": "io",
    "visualize_learned_templates": "templates_picture",
    "write_strikes": "io",
}

__all__ = [
    "AutoencoderLoss",
    "ContrastiveDataset",
    "ContrastiveLSTM",
    "ContrastiveTrainer",
    "Detector",
    "EventDataset",
    "EventSpecificCNN",
    "EventSpecificClassifier",
    "EventSpecificLoss",
    "EventSpecificTimingHeads",
    "EventTemplateBank",
    "EventTimingLoss",
    "FrameContrastiveLoss",
    "LSTMAutoencoder",
    "LSTMEventClassifier",
    "LSTMVariationalAutoencoder",
    "NTXentLoss",
    "Normaliser",
    "PursuitRescorer",
    "RefractoryPeriodEnforcer",
    "StreamingDetector",
    "SupervisedTrainer",
    "TemporalAugmentation",
    "UnsupervisedDataset",
    "UnsupervisedTrainer",
    "collate_fn_contrastive",
    "collate_fn_supervised",
    "detect_events_from_batch",
    "detect_events_from_sequence",
    "detect_recording",
    "evaluate",
    "layerwise_rates",
    "read_recording",
    "read_strikes",
    "visualize_learned_templates",
    "write_strikes",
]


def __getattr__(name: str) -> Any:
    """Load a part of the library only when it is asked for."""
    if name not in LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{LATER[name]}"), name)
