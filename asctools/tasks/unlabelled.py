"""What the three tasks without labels share: their windows, their encoder, and what they leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asctools.settings import Section, key
from asctools.tasks.event_parts import Readings

if TYPE_CHECKING:
    from torch.utils.data import DataLoader

    from asctools.events.pretraining.encoder import WithEncoder
    from asctools.tasks.event_data import Sources
    from asctools.training.config import Config

__all__ = ["Data", "Encoder", "about", "batches", "keep", "windows"]


@dataclass(frozen=True)
class Data(Readings, path="data"):
    """Windows of a simulated bell frame, or of recordings of your own; nobody labels them."""

    n_train: int = key(2500, "simulator: windows to train on.", least=2)
    n_val: int = key(100, "simulator: windows that validation looks at.", least=2)
    n_test: int = key(100, "simulator: windows of the test.", least=2)
    crop: int = key(400, "Samples cut off at random, so that no two epochs are alike.", least=0)


@dataclass(frozen=True)
class Encoder(Section, path="model"):
    """The encoder: as the backbone of task events, so that it has a place there."""

    input_size: int = key(6, "Channels of the sensors.", least=1)
    hidden_size: int = key(64, "Cells in a layer of the LSTM.", least=1)
    num_layers: int = key(1, "Layers of the LSTM.", least=1)
    dropout: float = key(0.0, "Share dropped between layers of the LSTM.", least=0, below=1)
    bidirectional: bool = key(True, "Whether the LSTM reads backwards as well.")
    timing_resolution_samples: int = key(10, "Samples of a frame.", least=1)
    features: tuple[int, ...] = key((48, 64, 64), "Of the three convolutions.", least=1)
    kernels: tuple[int, ...] = key((61, 11, 5), "Their lengths.", least=1)


def windows(config: Config) -> Sources:
    """Get the windows to train on, to validate with and to test with."""
    from asctools.tasks.event_data import from_files, from_simulator

    data: Any = config.data
    if data.source == "files":
        return from_files(data.recordings or (), None, data.rate, data.gaps, data.seconds)
    sizes = (data.n_train, data.n_val, data.n_test)
    return from_simulator(data.frame, data.level, sizes, data.seconds, data.seed)


def batches(dataset: Any, config: Config, collate: Any) -> DataLoader[Any]:
    """Return batches to train on, in an order that the seed decides."""
    import torch
    from torch.utils.data import DataLoader

    order, size = torch.Generator(), config.training.batch_size
    if config.training.seed is not None:
        order.manual_seed(config.training.seed)
    return DataLoader(
        dataset,
        size,
        shuffle=True,
        generator=order,
        collate_fn=collate,
        drop_last=len(dataset) > size,
    )


def about(sources: Sources) -> str:
    """Return a line on the windows."""
    seconds = sources.train.data.shape[1] / sources.rate
    return f"{sources.train.number} windows of {seconds:g} s to train on, without a label"


def keep(model: WithEncoder, folder: Path, config: Config) -> Mapping[str, float]:
    """Write the model to where a classifier can start from it."""
    from asctools.events.files import write
    from asctools.events.pretraining import encoder_file
    from asctools.events.pretraining.saving import FINAL
    from asctools.settings import to_dict

    settings = to_dict(config)
    origin = {name: settings[name] for name in ("task", "data", "training")}
    write(folder / FINAL, encoder_file(model, origin))
    return {}
