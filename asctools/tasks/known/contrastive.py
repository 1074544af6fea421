"""Pretraining: know a moment again in another view of it."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from asctools.settings import key
from asctools.tasks.task import Prepared, Table, Task
from asctools.tasks.unlabelled import Data, Encoder, about, batches, keep, windows

if TYPE_CHECKING:
    from asctools.training.config import Config

__all__ = ["TASK", "Data", "Model"]

OF_THE_LOSS = ("window_weight", "frame_weight", "temperature")
COLUMNS = ("window_loss", "frame_loss", "windows_found", "frames_found")


@dataclass(frozen=True)
class Model(Encoder, path="model"):
    """What ContrastiveLSTM is called with, and what is to be known again."""

    projection_size: int = key(64, "Numbers in which views are compared.", least=1)
    window_weight: float = key(0.0, "What knowing a window again counts for.", least=0)
    frame_weight: float = key(1.0, "What knowing a frame again counts for.", least=0)
    temperature: float = key(0.1, "The smaller, the more only the nearest others count.", above=0)


def prepare(config: Config) -> Prepared:
    """Get the windows, and draw the first weights."""
    from torch.utils.data import DataLoader

    from asctools.events.pretraining import (
        ContrastiveDataset,
        ContrastiveLoss,
        ContrastiveLSTM,
        ContrastiveStep,
        collate_fn_contrastive,
    )
    from asctools.settings import to_dict
    from asctools.tasks.seeding import drawn

    sources = windows(config)
    section: Any = config.model
    data: Any = config.data
    settings = to_dict(section)
    asked = {name: settings.pop(name) for name in OF_THE_LOSS}
    model = drawn(lambda: ContrastiveLSTM(**settings, rate=sources.rate), config)
    how: dict[str, Any] = {"crop": data.crop, "frame_samples": model.resolution}
    known = ContrastiveDataset(sources.train.data, **how)
    model.normalise.fit(known.data)
    step = ContrastiveStep(ContrastiveLoss(**asked, timing_resolution_samples=model.resolution))
    val, test = (
        DataLoader(
            ContrastiveDataset(part.data, **how, fixed=True), 50, collate_fn=collate_fn_contrastive
        )
        for part in (sources.val, sources.test)
    )
    untrained = deepcopy(model)
    return Prepared(
        model=model,
        train_loader=batches(known, config, collate_fn_contrastive),
        val_loader=val,
        tests={"": test},
        columns=COLUMNS,
        rivals=lambda: _rivals(untrained, step, test),
        finish=lambda trained, folder: keep(trained, folder, config),
        step=step,
        normaliser=model.normalise.normaliser(),
        about=about(sources),
        called="the encoder",
        note="found: whose nearest, among those of 50 windows, is its own other view",
    )


def _rivals(untrained: Any, step: Any, test: Any) -> Table:
    """Score the same network before it has learned anything: chance sees much already."""
    import numpy as np
    import torch

    untrained.eval()
    with torch.no_grad():  # by hand: of several processes only the first one is here
        parts = [step(untrained, batch) for batch in test]
    weights = [part.weight for part in parts]
    rows = {name: [part.metrics[name] for part in parts] for name in COLUMNS}
    scores = {name: float(np.average(row, weights=weights)) for name, row in rows.items()}
    return {"the same, untrained": scores}


TASK = Task("contrastive", "Know a moment again in another view of it.", Data, Model, prepare)
