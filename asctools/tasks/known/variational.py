"""Pretraining: tell readings again, and pay for what is told."""

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

OF_THE_LOSS = ("beta", "warm_up", "free_bits")


@dataclass(frozen=True)
class Model(Encoder, path="model"):
    """What LSTMVariationalAutoencoder is called with, and the price of what it tells."""

    latent_size: int = key(64, "Numbers that may be told of each frame.", least=1)
    decoder: str = key("waveforms", "What makes readings of them.", choices=("waveforms", "lstm"))
    waveform_samples: int = key(200, "waveforms: their length.", least=1)
    beta: float = key(1.0, "What a nat of the KL divergence counts for.", least=0)
    warm_up: int = key(100, "Batches over which that rises from 0.", least=0)
    free_bits: float = key(0.0, "Nats a frame that each latent may tell at no cost.", least=0)


def prepare(config: Config) -> Prepared:
    """Get the windows, and draw the first weights."""
    from asctools.events.pretraining import AutoencoderLoss, LSTMVariationalAutoencoder

    settings: Any = config.model
    price = {name: getattr(settings, name) for name in OF_THE_LOSS}
    loss_fn = AutoencoderLoss(**price, timing_resolution_samples=settings.timing_resolution_samples)
    return prepared(config, LSTMVariationalAutoencoder, loss_fn, OF_THE_LOSS)


TASK = Task("variational", "Tell readings again, as briefly as it pays.", Data, Model, prepare)
