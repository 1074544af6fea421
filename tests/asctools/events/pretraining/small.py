"""Small networks for pretraining, and unlabelled windows that they learn from in seconds."""

from typing import Any

import numpy as np
import torch

from asctools.events.pretraining import (
    ContrastiveLSTM,
    LSTMAutoencoder,
    LSTMVariationalAutoencoder,
)
from tests.asctools.events.toy_events import CHANNELS, SHAPE, rung

ENCODER = {name: value for name, value in SHAPE.items() if name != "num_events"}
KINDS = {
    "autoencoder": LSTMAutoencoder,
    "variational": LSTMVariationalAutoencoder,
    "contrastive": ContrastiveLSTM,
}


def model(arm: str, seed: int = 0, fitted: bool = True, **arguments: Any) -> Any:
    """Return the same small model every time."""
    own = {"projection_size": 4} if arm == "contrastive" else {"latent_size": 4}
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        made = KINDS[arm](**{**ENCODER, **own, **arguments})
    if fitted:
        made.normalise.fit(rung(8, 1)[0])
    return made


def readings(n: int = 2, length: int = 300, seed: int = 0) -> torch.Tensor:
    """Return noise ``(n, length, 2)``."""
    x = np.random.default_rng(seed).normal(size=(n, length, CHANNELS))
    return torch.from_numpy(x.astype(np.float32))
