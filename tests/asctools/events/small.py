"""A small classifier that was never trained, and readings: answers that vary, in little time."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import torch

from asctools.events.conformal import Intervals
from asctools.events.files import ModelFile
from asctools.events.models import LSTMEventClassifier


@cache
def readings(n: int = 6000, seed: int = 0) -> np.ndarray:
    """Noise with slow sway and clicks, ``(n, 6)``, of other loudness in each channel."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 6)) * np.arange(1.0, 7.0) + 9.81
    x += 30 * np.sin(2 * np.pi * np.arange(n) / 2000)[:, None]
    x[rng.integers(0, n, n // 500)] += 40.0
    return x.astype(np.float32)


def classifier(seed: int = 0, **changes: Any) -> LSTMEventClassifier:
    """Build a network whose scores reach from very low to high."""
    torch.manual_seed(seed)
    settings: dict[str, Any] = {"hidden_size": 8, "num_layers": 1, "num_events": 16} | changes
    model = LSTMEventClassifier(**settings)
    model.normalise.fit(readings().reshape(-1, 500, 6))
    with torch.no_grad():
        for layer in model.modules():
            if isinstance(layer, torch.nn.BatchNorm1d):
                layer.running_mean.normal_(0.0, 0.1)
                layer.running_var.uniform_(0.5, 2.0)
                layer.weight.uniform_(0.5, 1.5)
                layer.bias.normal_(0.0, 0.1)
        model.head.weight.normal_(0.0, 0.6)
        model.head.bias.fill_(-0.5)
    return model.eval()


def model_file(model: LSTMEventClassifier, threshold: float = 0.6) -> ModelFile:
    """Return what a calibrated training would."""
    intervals = Intervals(np.array([0.8]), np.array([6.0, 2.0]), 0.9, np.array([50, 50]))
    return ModelFile(
        type(model).__name__,
        model.arguments,
        {name: tensor.numpy().copy() for name, tensor in model.state_dict().items()},
        model.normalise.normaliser(),
        threshold,
        intervals,
        {"seed": 0},
    )
