"""The design that reads every sample: what it costs, and what it learns in the time of the others.

An LSTM over all samples, attention of all samples to all, the mean over time for *which*, and one
softmax over time for *when*, answered by its mean. It is written after a published description, as
a rival for :mod:`benchmarks.events`.
"""

from __future__ import annotations

from collections.abc import Iterable
from time import process_time
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from asctools.bells import Picks
from asctools.events.data import EventBatch


class FullRate(nn.Module):
    """``(N, T, C)`` to the logits of each sample ``(N, T, E)`` and of the window ``(N, E)``."""

    def __init__(self, attend: bool = True, hidden: int = 128, events: int = 16) -> None:
        super().__init__()
        self.lstm = nn.LSTM(6, hidden, 2, batch_first=True, bidirectional=True, dropout=0.3)
        self.attention = nn.MultiheadAttention(2 * hidden, 8, batch_first=True)
        self.heads = nn.Linear(2 * hidden, 2 * events)
        self.attend = attend

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        y, _ = self.lstm(x)
        if self.attend:
            y, _ = self.attention(y, y, y)
        when, which = self.heads(y).chunk(2, dim=2)
        return when, which.mean(dim=1)


def loss(said: tuple[Tensor, Tensor], batch: EventBatch) -> Tensor:
    """Return the cross-entropy of presence, and of the sample in which a strike is."""
    when, which = said
    times = batch.event_timings if batch.event_timings.ndim == 2 else batch.event_timings[..., 0]
    struck = batch.event_labels > 0
    at = times.nan_to_num().round().long().clamp(0, when.shape[1] - 1)
    chosen = F.log_softmax(when, dim=1).gather(1, at[:, None])[:, 0]
    presence = F.binary_cross_entropy_with_logits(which, batch.event_labels.to(which))
    return presence - (chosen * struck).sum() / struck.sum().clamp(min=1)


def train(
    loader: Iterable[EventBatch], normalise: nn.Module, seconds: float, attend: bool = True
) -> tuple[FullRate, int, float]:
    """Train for so many CPU-seconds; return the network, its steps, and the seconds they took."""
    model, steps, started = FullRate(attend), 0, process_time()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    while True:
        for batch in loader:
            optimizer.zero_grad()
            loss(model(normalise(batch.data)), batch).backward()
            optimizer.step()
            steps += 1
            if (spent := process_time() - started) >= seconds:
                return model.eval(), steps, spent


@torch.no_grad()
def detect(
    model: FullRate, normalise: nn.Module, loader: Iterable[EventBatch], mean: bool
) -> list[Picks]:
    """Return one pick for each bell and window: its time the mean or the maximum of the softmax."""
    found = []
    for batch in loader:
        when, which = model(normalise(batch.data))
        places = torch.arange(when.shape[1], dtype=when.dtype)[:, None]
        times = (when.softmax(1) * places).sum(1) if mean else when.argmax(1).to(when)
        for time, chance in zip(times.numpy(), which.sigmoid().numpy(), strict=True):
            found.append(Picks.make(np.arange(len(time)), time, chance))
    return found


def step_seconds(model: Any, samples: int, windows: int, times: int = 3) -> float:
    """Return the least CPU-seconds to go forward and backward, for a second of signal."""
    x = torch.randn(windows, samples, 6)
    least = np.inf
    for _ in range(times):
        started = process_time()
        sum(part.sum() for part in model(x)).backward()
        least = min(least, process_time() - started)
    return float(least * 2000 / (windows * samples))
