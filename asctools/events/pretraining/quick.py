"""Pretrain for a stated number of steps or seconds, and start a classifier from it: two calls."""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from time import process_time
from typing import Any, NamedTuple

import numpy as np
import torch
from torch.optim import Adam
from torch.utils.data import DataLoader, RandomSampler

from asctools.errors import unknown_name
from asctools.events.checks import positive
from asctools.events.models import LSTMEventClassifier
from asctools.events.pretraining.augmentation import TemporalAugmentation
from asctools.events.pretraining.autoencoder import LSTMAutoencoder
from asctools.events.pretraining.contrastive import ContrastiveLSTM
from asctools.events.pretraining.contrastive_losses import ContrastiveLoss
from asctools.events.pretraining.data import (
    ContrastiveDataset,
    UnsupervisedDataset,
    collate_fn_contrastive,
    collate_fn_unsupervised,
)
from asctools.events.pretraining.encoder import WithEncoder
from asctools.events.pretraining.losses import AutoencoderLoss
from asctools.events.pretraining.saving import read_encoder
from asctools.events.pretraining.trainers import ContrastiveTrainer, UnsupervisedTrainer
from asctools.events.pretraining.variational import LSTMVariationalAutoencoder
from asctools.rnn.inputs import positive_sizes
from asctools.training.history import History
from asctools.training.schedulers import make
from asctools.training.trainer import Trainer

__all__ = ["ARMS", "Pretrained", "pretrain", "started_from"]

ARMS: dict[str, type[WithEncoder]] = {
    "autoencoder": LSTMAutoencoder,
    "variational": LSTMVariationalAutoencoder,
    "contrastive": ContrastiveLSTM,
}
# What an arm is called with, unless the caller says otherwise.
OWN: dict[str, dict[str, Any]] = {
    "autoencoder": {"latent_size": 16},
    "variational": {},
    "contrastive": {},
}
PIECE = 800  # samples: a contrast takes a few moments of each, so short ones give more of them
PARTS = 10  # of a pretraining, each a row of its history
TRIED = 4  # steps


class Pretrained(NamedTuple):
    """A model that was pretrained, and what that cost.

    Attributes
    ----------
    model
        The model.
    history
        Of its training, in up to ten parts.
    steps
        Taken.
    seconds
        Of the processor, that it took.
    """

    model: WithEncoder
    history: History
    steps: int
    seconds: float


def pretrain(
    arm: str,
    data: np.ndarray | Sequence[np.ndarray],
    *,
    steps: int | None = None,
    seconds: float = 40.0,
    seed: int = 0,
    learning_rate: float = 0.01,
    batch_size: int = 16,
    crop: int = 400,
    loss_fn: AutoencoderLoss | ContrastiveLoss | None = None,
    model: Mapping[str, Any] | None = None,
) -> Pretrained:
    """Make an encoder and pretrain it on windows without labels.

    Parameters
    ----------
    arm
        ``"autoencoder"``, ``"variational"`` or ``"contrastive"``.
    data
        Windows ``(N, T, C)``, or a list of windows, as the sensor gives them.
    steps
        Of the optimiser; None: as many as fit into ``seconds``.
    seconds
        Of the processor: a few steps are tried on a copy, and timed.
    seed
        Of the first weights, the order of the windows, the views and the latents.
    learning_rate
        The highest: it rises over the first tenth of the steps, and falls to 0.
    batch_size, crop
        Windows in a batch, and samples cut off from them. For a contrast the windows are cut into
        pieces of 0.4 s first (at 2 kHz).
    loss_fn
        In place of that of the arm.
    model
        Arguments of the model in place of its own, such as ``{"hidden_size": 64}``.

    Raises
    ------
    UnknownNameError, InputError
        If the arm is unknown, or something does not fit.
    """
    if arm not in ARMS:
        raise unknown_name("arm", arm, ARMS)
    positive_sizes(batch_size=batch_size, **({} if steps is None else {"steps": steps}))
    positive(learning_rate, "learning_rate", "begin with 0.01")
    positive(seconds, "seconds", "give the processor some")
    started = process_time()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = ARMS[arm](**OWN[arm] | dict(model or {}))
    dataset = _dataset(arm, data, crop, network.resolution)
    network.normalise.fit(dataset.data)

    def run(model: WithEncoder, steps: int, parts: int) -> Trainer:
        trainer = _trainer(arm, model, steps * parts, learning_rate, loss_fn, seed)
        trainer.fit(_batches(dataset, steps, batch_size, seed), num_epochs=parts)
        return trainer

    if steps is None:
        each = _seconds_of_a_step(lambda n: run(deepcopy(network), n, 1))
        steps = max(1, round((seconds - (process_time() - started)) / each))
    parts = min(PARTS, steps)
    history = run(network, steps // parts, parts).history
    took = process_time() - started
    return Pretrained(network.eval(), history, steps // parts * parts, took)


def started_from(source: WithEncoder | str | Path, **changes: Any) -> LSTMEventClassifier:
    """Make a classifier whose backbone is a pretrained encoder.

    Parameters
    ----------
    source
        A pretrained model, or the path of its file.
    **changes
        Arguments of the classifier that the encoder does not decide: ``num_events``, ``dropout``,
        ``refractory_period_samples`` (4000 by default: 2 s at 2 kHz). The weights of its head come
        from PyTorch's generator.

    Raises
    ------
    CheckpointError, InputError
        If the file cannot be used, or a change leaves no place for the encoder.
    """
    pretrained = source if isinstance(source, WithEncoder) else read_encoder(source)
    classifier = LSTMEventClassifier(**pretrained.encoder_arguments() | changes)
    pretrained.transfer_encoder_to_classifier(classifier)
    return classifier


def _dataset(
    arm: str, data: Any, crop: int, frame_samples: int
) -> UnsupervisedDataset | ContrastiveDataset:
    if arm != "contrastive":
        return UnsupervisedDataset(data, crop=crop)
    pieces = [piece for window in data for piece in _pieces(window)]
    room = (min(len(piece) for piece in pieces) - 1) // 2
    return ContrastiveDataset(pieces, crop=min(crop, PIECE // 4, room), frame_samples=frame_samples)


def _pieces(window: np.ndarray) -> list[np.ndarray]:
    """Cut a window into pieces; a rest is left out, and a short window is one piece."""
    starts = range(0, max(1, len(window) - PIECE + 1), PIECE)
    return [window[start : start + PIECE] for start in starts]


def _batches(dataset: Any, steps: int, size: int, seed: int) -> DataLoader[Any]:
    """Return batches for so many steps; where the windows are used up they begin anew."""
    order = torch.Generator().manual_seed(seed)
    drawn = RandomSampler(dataset, num_samples=steps * size, generator=order)
    two_views = isinstance(dataset, ContrastiveDataset)
    collate: Any = collate_fn_contrastive if two_views else collate_fn_unsupervised
    return DataLoader(dataset, size, sampler=drawn, collate_fn=collate)


def _trainer(
    arm: str, model: WithEncoder, steps: int, rate: float, loss_fn: Any, seed: int
) -> Trainer:
    optimizer = Adam(model.parameters(), lr=rate)
    settings: dict[str, Any] = {
        "scheduler": make("one_cycle", optimizer, num_epochs=steps),
        "scheduler_interval": "step",
        "seed": seed,
        "device": "cpu",
    }
    if arm == "contrastive":
        return ContrastiveTrainer(model, optimizer, loss_fn, **settings)
    if loss_fn is None:
        frame = model.resolution
        loss_fn = AutoencoderLoss(warm_up=steps // 4, timing_resolution_samples=frame)
    corrupt = TemporalAugmentation.sensor_mask if arm == "autoencoder" else None
    return UnsupervisedTrainer(model, loss_fn, optimizer, corrupt=corrupt, **settings)


def _seconds_of_a_step(run: Callable[[int], object]) -> float:
    """Return what a step costs, apart from what a training costs as such."""

    def cost(steps: int) -> float:
        started = process_time()
        run(steps)
        return process_time() - started

    cost(1)  # the first is dear
    few, more = cost(1), cost(1 + TRIED)
    return max((more - few) / TRIED, 1e-4)
