"""Four bells on two channels, with the pursuit that has learned them: a model in a second."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import torch

from asctools.bells import Strikes
from asctools.bells.pursuit import TemplatePursuit
from asctools.events.data import EventDataset, collate_fn_supervised
from asctools.events.models.specific import EventSpecificClassifier

BELLS, CHANNELS, LENGTH = 4, 2, 1200
SMALL = {
    "input_size": CHANNELS,
    "hidden_size": 8,
    "num_layers": 1,
    "num_events": BELLS,
    "dropout": 0.0,
    "template_length": 100,
    "features": 12,
    "event_features": 3,
    "refractory_period_samples": 900,
}


@cache
def shapes() -> np.ndarray:
    """What each bell looks like, ``(4, 2, 80)``, from its strike on."""
    time = np.arange(80)
    rng = np.random.default_rng(5)
    tones = np.sin(np.outer((0.35, 0.6, 0.95, 1.4), time)) * np.exp(-time / 25)
    return np.asarray(tones[:, None] * rng.uniform(0.5, 1.0, (BELLS, CHANNELS, 1)))


@cache
def rung(n: int, seed: int, noise: float = 0.15) -> tuple[np.ndarray, tuple[Strikes, ...]]:
    """Return windows ``(n, 1200, 2)`` in which each bell strikes once or not at all."""
    rng = np.random.default_rng(seed)
    data = noise * rng.normal(size=(n, LENGTH, CHANNELS))
    strikes = []
    for window in data:
        bells = np.flatnonzero(rng.random(BELLS) < 0.8)
        times = rng.integers(20, LENGTH - 120, len(bells))
        for bell, time in zip(bells, times, strict=True):
            window[time : time + 80] += rng.uniform(0.7, 1.3) * shapes()[bell].T
        strikes.append(Strikes.make(bells, times.astype(float)))
    return data.astype(np.float32), tuple(strikes)


@cache
def pursuit(length: int = 120) -> TemplatePursuit:
    """Return a pursuit that has learned the four bells."""
    learned = TemplatePursuit(BELLS, length, SMALL["refractory_period_samples"], highpass_hz=5.0)
    data, strikes = rung(120, 0)
    return learned.fit(data, strikes)


def model(seed: int = 0, *, started: bool = True, **changes: Any) -> EventSpecificClassifier:
    """Return a small model, its templates those of the pursuit."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        made = EventSpecificClassifier(**(SMALL | changes))
    made.normalise.fit(rung(120, 0)[0])
    if started:
        made.bank.load_state_dict(learned_bank())
    return made


@cache
def learned_bank() -> dict[str, torch.Tensor]:
    """Return the bank's state after ``start_from``, which takes a second or two."""
    return model(started=False).start_from(pursuit()).bank.state_dict()


def dataset(n: int = 24, seed: int = 1) -> EventDataset:
    """Return labelled windows."""
    data, strikes = rung(n, seed)
    period = int(SMALL["refractory_period_samples"])
    how: dict[str, Any] = {"num_events": BELLS, "refractory_period_samples": period}
    return EventDataset(data, strikes=strikes, **how)


def loader(n: int = 24, seed: int = 1, size: int = 8) -> torch.utils.data.DataLoader[Any]:
    """Return batches of labelled windows in their order."""
    return torch.utils.data.DataLoader(dataset(n, seed), size, collate_fn=collate_fn_supervised)
