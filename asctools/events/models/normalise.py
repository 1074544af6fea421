"""Readings as a sensor gives them become numbers near 1, inside the model."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from asctools.errors import InputError, explain
from asctools.events.normaliser import Normaliser

__all__ = ["Normalise"]


class Normalise(nn.Module):
    """The :class:`~asctools.events.normaliser.Normaliser` of the training data, in its model.

    It is part of the weights, so nobody can forget it or use that of another bell frame. No
    gradient flows through it: the readings are what they are.

    Parameters
    ----------
    channels
        Channels of a reading.
    rate
        Samples a second.
    highpass_hz
        Where the high-pass filter cuts.
    """

    scale: Tensor
    filter: Tensor
    fitted: Tensor

    def __init__(self, channels: int, rate: float = 2000.0, highpass_hz: float = 15.0) -> None:
        super().__init__()
        self.register_buffer("scale", torch.ones(channels, dtype=torch.float64))
        self.register_buffer("filter", torch.tensor([rate, highpass_hz], dtype=torch.float64))
        self.register_buffer("fitted", torch.tensor(False))
        self._usual: Any = None

    def fit(self, signals: np.ndarray | Sequence[np.ndarray]) -> Normaliser:
        """Measure training data: windows ``(N, T, C)``, or a list of recordings ``(T_n, C)``."""
        rate, highpass_hz = self.filter.tolist()
        return self.take(Normaliser.fit(signals, rate, highpass_hz))

    def take(self, normaliser: Normaliser) -> Normaliser:
        """Use a normaliser that was fitted elsewhere."""
        if len(normaliser.scale) != len(self.scale):
            came = f"a normaliser of {len(normaliser.scale)} channels"
            todo = "fit it on the channels of the model"
            raise InputError(explain(came, f"{len(self.scale)}", todo))
        self.scale.copy_(torch.from_numpy(normaliser.scale))
        self.filter.copy_(torch.tensor([normaliser.rate, normaliser.highpass_hz]))
        self.fitted.fill_(True)
        self._usual = normaliser.usual
        return normaliser

    def normaliser(self) -> Normaliser:
        """Return what it does without PyTorch."""
        rate, highpass_hz = self.filter.tolist()
        return Normaliser(self.scale.cpu().numpy().copy(), rate, highpass_hz, self._usual)

    def forward(self, x: Tensor) -> Tensor:
        """Filter and scale readings ``(N, T, C)``; the first of each is taken to stand before."""
        y, _ = self.normaliser()(x.detach().cpu().numpy())
        return torch.from_numpy(y).to(x)
