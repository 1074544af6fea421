"""Pretraining: tell readings again from a few numbers for each frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from asctools.settings import key
from asctools.tasks.reconstruction import prepared
from asctools.tasks.task import Prepared, Task
from asctools.tasks.unlabelled import Data, Encoder

if TYPE_CHECKING:
    from asctools.training.config import Config

__all__ = ["TASK", "Data", "Model"]


@dataclass(frozen=True)
class Model(Encoder, path="model"):
    """What LSTMAutoencoder is called with."""

    latent_size: int = key(16, "Numbers that are kept of each frame.", least=1)
    decoder: str = key("waveforms", "What makes readings of them.", choices=("waveforms", "lstm"))
    waveform_samples: int = key(200, "waveforms: their length.", least=1)
    sensor_mask: bool = key(
        True, "Whether the encoder hears one of two sensors alone, and is to tell both."
    )


def prepare(config: Config) -> Prepared:
    """Get the windows, and draw the first weights."""
    from asctools.events.pretraining import AutoencoderLoss, LSTMAutoencoder, TemporalAugmentation

    settings: Any = config.model
    loss_fn = AutoencoderLoss(timing_resolution_samples=settings.timing_resolution_samples)
    corrupt = TemporalAugmentation.sensor_mask if settings.sensor_mask else None
    return prepared(config, LSTMAutoencoder, loss_fn, ("sensor_mask",), corrupt)


TASK = Task("autoencoder", "Tell readings again from a few numbers.", Data, Model, prepare)
