"""Two bells that a small network learns in seconds: tones that die away, in noise."""

import numpy as np
import torch
from torch.utils.data import DataLoader

from asctools.bells import Strikes
from asctools.events.data import EventDataset, collate_fn_supervised
from asctools.events.models import LSTMEventClassifier

LENGTH, CHANNELS, EVENTS = 600, 2, 2
SHAPE = {
    "input_size": CHANNELS,
    "hidden_size": 8,
    "num_layers": 1,
    "num_events": EVENTS,
    "dropout": 0.0,
    "features": (8, 12, 12),
    "kernels": (31, 11, 5),
}


def rung(n: int, seed: int) -> tuple[np.ndarray, list[Strikes]]:
    """Return windows ``(n, 600, 2)`` and their strikes, of either bell, both or none."""
    rng = np.random.default_rng(seed)
    data = 0.3 * rng.normal(size=(n, LENGTH, CHANNELS))
    strikes = []
    for window in data:
        bells = np.flatnonzero(rng.random(EVENTS) < 0.7)
        times = rng.uniform(20, LENGTH - 100, len(bells))
        for bell, time in zip(bells, times, strict=True):
            after = np.maximum(np.arange(LENGTH) - time, 0.0)
            tone = np.sin(after * (0.35, 0.8)[bell]) * np.exp(-after / 40)
            window += 2.0 * tone[:, None] * ((1.0, 0.4), (-0.5, 1.0))[bell]
        strikes.append(Strikes.make(bells, times))
    return data.astype(np.float32), strikes


def dataset(n: int, seed: int, crop: int = 0) -> EventDataset:
    """Return labelled windows."""
    data, strikes = rung(n, seed)
    return EventDataset(data, strikes=strikes, num_events=EVENTS, crop=crop)


def loader(n: int, seed: int, crop: int = 0, order: int | None = None) -> DataLoader:
    """Return batches of eight, in a drawn order if there is a seed for it."""
    generator = None if order is None else torch.Generator().manual_seed(order)
    return DataLoader(
        dataset(n, seed, crop),
        8,
        shuffle=order is not None,
        generator=generator,
        collate_fn=collate_fn_supervised,
    )


def small_model(seed: int = 0, **arguments: object) -> LSTMEventClassifier:
    """Return the same small model every time."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return LSTMEventClassifier(**{**SHAPE, **arguments})
