"""Train a classifier of events on the one training loop, and freeze what detection needs."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from asctools.bells import RATE, Picks, Strikes
from asctools.errors import InputError, explain
from asctools.events.conformal import fit_intervals
from asctools.events.data import EventBatch, EventDataset
from asctools.events.decode import picks_from_scores
from asctools.events.files import ModelFile
from asctools.events.losses import EventTimingLoss
from asctools.events.metrics import best_threshold, f1_at_thresholds, match
from asctools.events.models.frames import counts_of_frames
from asctools.events.models.output import EventOutput
from asctools.events.models.specific.classifier import EventSpecificClassifier
from asctools.events.models.specific.output import EventSpecificOutput
from asctools.events.refractory import best_of_each_bell, log_odds
from asctools.events.specific_loss import EventSpecificLoss
from asctools.training.batches import StepResult
from asctools.training.history import History
from asctools.training.trainer import Trainer

__all__ = [
    "Predictions",
    "SupervisedStep",
    "SupervisedTrainer",
    "calibrated",
    "event_scores",
    "fit_normaliser",
    "picks_of",
    "predict",
]

log = logging.getLogger(__name__)

Said = EventOutput | EventSpecificOutput

LOW = 0.02  # a threshold that is surely too low: validation finds the right one above it
LOOSE_MS, STRICT_MS, WITHIN_MS = 10.0, 5.0, 50.0
THRESHOLDS = np.linspace(LOW, 0.9, 45)


class SupervisedStep:
    """A batch's loss, and in validation what was picked, for :func:`event_scores`.

    Parameters
    ----------
    loss_fn
        Called as :class:`~asctools.events.losses.EventTimingLoss` is; for an event-specific model
        as :class:`~asctools.events.specific_loss.EventSpecificLoss`.
    """

    def __init__(self, loss_fn: nn.Module) -> None:
        self.loss_fn = loss_fn
        self.windows = count()  # a number for each window, whichever batch it is in

    def __call__(self, model: nn.Module, batch: EventBatch) -> StepResult:
        data, lengths, labels, timings = batch
        ends = None if bool((lengths == data.shape[1]).all()) else lengths
        said = model(data, ends)
        loss = self._loss(said, labels, timings, ends)
        parts = {name: loss[name].item() for name in loss if name != "total_loss"}
        kept = {} if torch.is_grad_enabled() else self._kept(said, batch, model)
        return StepResult(loss.total_loss, len(data), parts, kept)

    def _loss(self, said: Said, labels: Tensor, timings: Tensor, ends: Tensor | None) -> Any:
        if isinstance(said, EventSpecificOutput):
            return self.loss_fn(*said, labels, timings, ends)
        logits = (said.event_logits, said.timing_logits)
        return self.loss_fn(*logits, labels, timings, said.timing_offsets, ends)

    def _kept(self, said: Said, batch: EventBatch, model: Any) -> dict[str, Tensor]:
        """Return what was picked and what is true: rows of window, event, time and score."""
        numbers = [next(self.windows) for _ in batch.lengths]
        found = picks_of(said, batch.lengths, model.resolution, model.refractory_period_samples)
        true = strikes_of(batch)
        return {
            "picks": _rows(numbers, [(p.bells, p.times, p.scores) for p in found]),
            "strikes": _rows(numbers, [(s.bells, s.times, s.strokes) for s in true]),
        }


class SupervisedTrainer(Trainer):
    """The trainer of the course, for windows of which one knows what is in them.

    Parameters
    ----------
    model
        Such as :class:`~asctools.events.models.LSTMEventClassifier`. What it has to know of the
        training data's loudness it measures before the first step, if nobody has done it.
    loss_fn
        Such as :class:`~asctools.events.losses.EventTimingLoss`.
    optimizer
        Holds the model's parameters.
    **settings
        Those of :class:`~asctools.training.trainer.Trainer`.

    Raises
    ------
    InputError
        If the loss has frames of another length than the model.

    Notes
    -----
    ``history["val_f1"]`` is the highest event F1 at ±10 ms over thresholds.
    """

    def __init__(
        self,
        model: nn.Module,
        loss_fn: nn.Module | None = None,
        optimizer: Optimizer | None = None,
        **settings: Any,
    ) -> None:
        loss_fn = _usual_loss(model) if loss_fn is None else loss_fn
        if optimizer is None:
            optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        _same_frames(model, loss_fn)
        rate = getattr(model, "arguments", {}).get("rate", RATE)
        settings = {"scores": partial(event_scores, rate=rate)} | settings
        super().__init__(model, SupervisedStep(loss_fn), optimizer, **settings)

    def fit(
        self,
        train_loader: Iterable[Any],
        val_loader: Iterable[Any] | None = None,
        num_epochs: int = 1,
        resume_from: str | Path | None = None,
    ) -> History:
        """Train as :meth:`asctools.training.trainer.Trainer.fit` does."""
        fit_normaliser(self.model, train_loader)
        return super().fit(train_loader, val_loader, num_epochs, resume_from)

    def calibrate(
        self,
        val_loader: Iterable[Any],
        about: Mapping[str, Any] | None = None,
        coverage: float = 0.9,
    ) -> ModelFile:
        """Freeze threshold and intervals on validation data: see :func:`calibrated`."""
        return calibrated(self.model, val_loader, about, coverage)


def _usual_loss(model: nn.Module) -> nn.Module:
    resolution = getattr(model, "resolution", 10)
    if isinstance(model, EventSpecificClassifier):
        return EventSpecificLoss(timing_resolution_samples=resolution)
    return EventTimingLoss(timing_resolution_samples=resolution)


def _same_frames(model: nn.Module, loss_fn: nn.Module) -> None:
    """Refuse a loss that cuts time into other frames than the model does."""
    said, wanted = (getattr(each, "resolution", None) for each in (loss_fn, model))
    if said is not None and wanted is not None and said != wanted:
        came = f"a loss with frames of {said} samples for a model with frames of {wanted}"
        todo = f"make the loss with timing_resolution_samples={wanted}"
        raise InputError(explain(came, "the same frames", todo))


class Predictions(NamedTuple):
    """What a model says of the windows of a loader, decoded with a threshold that is too low.

    Attributes
    ----------
    picks, strikes
        Of each window: what it found, before the refractory period is enforced, and the truth.
    """

    picks: list[Picks]
    strikes: list[Strikes]

    def kept(self, threshold: float, period: float) -> list[Picks]:
        """Return the picks of each window at a threshold, with the refractory period enforced."""
        worth = partial(log_odds, threshold=threshold)
        return [best_of_each_bell(picks.above(threshold), period, worth) for picks in self.picks]


def predict(model: Any, loader: Iterable[EventBatch]) -> Predictions:
    """Let a model look at all windows of a loader, without training."""
    found = Predictions([], [])
    device = next(model.parameters()).device
    model.eval()
    with torch.no_grad():
        for batch in loader:
            said = model(batch.data.to(device), batch.lengths)
            found.picks.extend(picks_of(said, batch.lengths, model.resolution, None))
            found.strikes.extend(strikes_of(batch))
    return found


def calibrated(
    model: Any,
    val_loader: Iterable[EventBatch],
    about: Mapping[str, Any] | None = None,
    coverage: float = 0.9,
) -> ModelFile:
    """Freeze on validation data what detection needs: a threshold, and how sure times are.

    Parameters
    ----------
    model
        Trained; it is only looked at.
    val_loader
        Gives windows that it was not trained on.
    about
        Where the model comes from: plain values.
    coverage
        The share of strikes whose time is to lie within its interval.

    Returns
    -------
    ModelFile
        For :func:`asctools.events.files.write`, and for detection. A model that finds nothing yet
        has a threshold of 0.5, and promises no interval.
    """
    found = predict(model, val_loader)
    period = model.refractory_period_samples
    rate = model.arguments["rate"]
    threshold = _threshold(found, period, rate)
    errors, scores = _errors(found.kept(threshold, period), found.strikes, rate)
    return ModelFile(
        type(model).__name__,
        model.arguments,
        {name: tensor.cpu().numpy().copy() for name, tensor in model.state_dict().items()},
        model.normalise.normaliser(),
        threshold,
        fit_intervals(errors, scores, coverage),
        dict(about or {}),
    )


def _threshold(found: Predictions, period: float, rate: float) -> float:
    """Return the threshold of the highest F1 at ±5 ms; 0.5 if there is nothing to choose from."""
    if not any(p.number for p in found.picks) or not any(s.number for s in found.strikes):
        log.warning("no threshold can be chosen: nothing found, or nothing there; it is 0.5")
        return 0.5
    how: dict[str, Any] = {"refractory_period_samples": period, "rate": rate, "worth": log_odds}
    return best_threshold(found.picks, found.strikes, STRICT_MS, **how)


def event_scores(kept: Mapping[str, np.ndarray], rate: float = RATE) -> dict[str, float]:
    """Return the best event F1 at ±10 ms over thresholds, of the rows that the step has kept."""
    picks, strikes = kept["picks"], kept["strikes"]
    windows = np.unique(np.concatenate([picks[:, 0], strikes[:, 0]]))
    if not len(picks) or not len(strikes):
        return {"f1": 0.0}
    found = [Picks.make(*picks[picks[:, 0] == window, 1:].T) for window in windows]
    true = [Strikes.make(*strikes[strikes[:, 0] == window, 1:3].T) for window in windows]
    return {"f1": float(f1_at_thresholds(found, true, THRESHOLDS, LOOSE_MS, rate=rate).f1.max())}


def picks_of(said: Said, lengths: Tensor, resolution: int, period: float | None) -> list[Picks]:
    """Return the picks of each window at a low threshold; without a period: every local maximum."""
    scores = said.timing_logits.sigmoid().cpu().numpy()
    offsets = said.timing_offsets.cpu().numpy()
    ends = counts_of_frames(lengths, resolution).tolist()
    how: dict[str, Any] = {"frame_samples": resolution, "refractory_period_samples": period}
    return [
        picks_from_scores(score[:end], offset[:end], LOW, **how)
        for score, offset, end in zip(scores, offsets, ends, strict=True)
    ]


def strikes_of(batch: EventBatch) -> list[Strikes]:
    """Return the true strikes of each window of a batch."""
    times = batch.event_timings.cpu().numpy()
    times = times[..., None] if times.ndim == 2 else times
    struck = (batch.event_labels.cpu().numpy() > 0)[..., None] & np.isfinite(times)
    return [
        Strikes.make(np.nonzero(there)[0], time[there])
        for there, time in zip(struck, times, strict=True)
    ]


def fit_normaliser(model: Any, train_loader: Iterable[Any]) -> None:
    """Let a model measure the training data, unless it has done so."""
    normalise = getattr(model, "normalise", None)
    if normalise is None or bool(normalise.fitted):
        return
    dataset = getattr(train_loader, "dataset", None)
    if isinstance(dataset, EventDataset):
        normalise.fit(dataset.data)
        return
    batches: Iterator[EventBatch] = iter(train_loader)
    windows = [
        window[:end].numpy()
        for batch in batches
        for window, end in zip(batch.data.cpu(), batch.lengths.tolist(), strict=True)
    ]
    normalise.fit(windows)


def _errors(
    picks: list[Picks], strikes: list[Strikes], rate: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return how far matched picks are off, in samples, and their scores."""
    errors, scores = [np.zeros(0)], [np.zeros(0)]
    for found, true in zip(picks, strikes, strict=True):
        pairs = match(found, true, WITHIN_MS / 1e3 * rate)
        errors.append(found.times[pairs.picks] - true.times[pairs.strikes])
        scores.append(found.scores[pairs.picks])
    return np.concatenate(errors), np.concatenate(scores)


def _rows(numbers: list[int], columns: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> Tensor:
    """Return one row for each strike: its window's number, and what else is known of it."""
    rows = [
        np.column_stack([np.full(len(first), number), first, *more])
        for number, (first, *more) in zip(numbers, columns, strict=True)
    ]
    return torch.from_numpy(np.concatenate(rows))
