"""A training with everything in it that chance and order can spoil, to be interrupted anywhere."""

import csv
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim import Adam
from torch.optim.lr_scheduler import CosineAnnealingLR, ReduceLROnPlateau
from torch.utils.data import DataLoader, Dataset

from asctools.eventlog.reader import records
from asctools.rnn import LSTM
from asctools.training import (
    Callback,
    EarlyStopping,
    EventLog,
    ModelCheckpoint,
    StepResult,
    Trainer,
    TrainingMetrics,
)
from asctools.training.sequences import SequenceBatches, Sequences

EPOCHS = 3
# Times, memory, and the sizes of files in which times and memory stand
VARIES = re.compile(r"seconds|samples_per_second|memory|^files$")


class Noisy(Dataset[tuple[Tensor, Tensor]]):
    """Rows that come with other noise each time: from NumPy's, Python's and its own generator."""

    def __init__(self, n: int = 14) -> None:
        self.x = torch.linspace(-1, 1, n)[:, None] * torch.tensor([1.0, -0.5])
        self.own = np.random.default_rng(5)

    def __len__(self) -> int:
        return len(self.x)

    def __getitem__(self, k: int) -> tuple[Tensor, Tensor]:
        noise = self.own.normal() + np.random.normal() + random.gauss(0, 1)  # noqa: NPY002
        return self.x[k] + 0.05 * noise, self.x[k].sum()[None]


class Net(nn.Module):
    """Buffers that learn without slopes, and units that drop out."""

    def __init__(self) -> None:
        super().__init__()
        units = nn.Linear(2, 5), nn.BatchNorm1d(5), nn.Tanh(), nn.Dropout(0.3), nn.Linear(5, 1)
        self.layers = nn.Sequential(*units)

    def forward(self, x: Tensor) -> Tensor:
        """Return a number for each row."""
        said: Tensor = self.layers(x)
        return said


def step(model: nn.Module, batch: Any) -> StepResult:
    """Return the squared error, how many were about right, and the rows for a score."""
    x, y = batch
    said = model(x).float()
    close = ((said - y).abs() < 0.5).float().mean().item()
    return StepResult(((said - y) ** 2).mean(), len(x), {"close": close}, {"said": said, "y": y})


def reading(model: nn.Module, batch: Sequences) -> StepResult:
    """Return the squared error of a network that reads sequences."""
    said = model(batch.inputs, lengths=batch.lengths)[0][:, 0, 0]
    loss = ((said - batch.targets) ** 2).mean()
    return StepResult(loss, len(said), {}, {"said": said})


def spread(kept: Mapping[str, np.ndarray]) -> dict[str, float]:
    """Return a score that is no mean over batches."""
    return {"spread": float(kept["said"].std())}


class Warm(Callback):
    """A learning rate that falls in every third step, so that the log tells of it later."""

    def on_step_end(self, trainer: Trainer) -> None:
        """Let it fall."""
        if trainer.iteration % 3 == 0:
            for group in trainer.optimizer.param_groups:
                group["lr"] *= 0.95


def training(
    folder: Path,
    *last: Callback,
    first: Sequence[Callback] = (),
    kind: str = "rows",
    every_steps: int | None = 2,
    **options: Any,
) -> tuple[Trainer, Any, Any]:
    """Return a trainer and its loaders, all of them new.

    ``kind`` is ``"rows"``, in batches from a DataLoader, or ``"sequences"``, of unequal length.
    """
    torch.manual_seed(3)
    random.seed(4)
    np.random.seed(5)  # noqa: NPY002 - a dataset of old draws from it
    rows = kind == "rows"
    model = Net() if rows else LSTM(2, 3, 1, "cpu")
    parts = list(model.parameters())
    optimizer = Adam([{"params": parts[:2], "lr": 0.05}, {"params": parts[2:], "lr": 0.02}])
    callbacks = [
        *first,
        EventLog(folder / "run.xes", level="weight", every={"gate": 2}),
        ModelCheckpoint(folder, save_every=1, keep_last=2, every_steps=every_steps),
        TrainingMetrics(folder / "metrics"),
        Warm(),
        EarlyStopping(["val_loss", "val_spread"], patience=2),
        *last,
    ]
    trainer = Trainer(
        model,
        step if rows else reading,
        optimizer,
        scheduler=ReduceLROnPlateau(optimizer, patience=0)
        if rows
        else CosineAnnealingLR(optimizer, 5),
        device="cpu",
        clip_grad_norm=0.5,
        callbacks=callbacks,
        scores=spread,
        **({"accumulate": 2} | options),
    )
    if rows:
        generator = torch.Generator().manual_seed(7)
        loader = DataLoader(Noisy(), 2, shuffle=True, generator=generator)
        return trainer, loader, [next(iter(DataLoader(Noisy(6), 6)))]
    sequences = Sequences(torch.randn(11, 4, 2), torch.randn(11), torch.arange(11) % 4 + 1)
    batches = SequenceBatches(sequences, 3, np.random.default_rng(8))
    return trainer, batches, SequenceBatches(sequences.rows(np.arange(5)), 2)


def run(folder: Path, *last: Callback, resume: bool = False, **options: Any) -> Trainer:
    """Train; with ``resume`` go on from the folder's checkpoint, if there is one by now."""
    trainer, loader, val_loader = training(folder, *last, **options)
    path = folder / "last.pth"
    resume_from = path if resume and path.exists() else None
    trainer.fit(loader, val_loader, EPOCHS, resume_from=resume_from)
    return trainer


def found(folder: Path, trainer: Trainer) -> dict[str, Any]:
    """Return everything that a training leaves behind, times apart."""
    assert trainer.scheduler is not None
    files = sorted(p for p in folder.rglob("*") if p.is_file() and "tfevents" not in p.name)
    content: dict[str, Any] = {
        "files": [path.name for path in files],
        "weights": timeless(trainer.model.state_dict()),
        "optimizer": timeless(trainer.optimizer.state_dict()),
        "scheduler": timeless(trainer.scheduler.state_dict()),
        "history": timeless(trainer.history.epochs),
        "stopped": trainer.history.stopped,
        "log": log_of(folder / "run.xes"),
        "chance": [torch.rand(1).item(), random.random(), np.random.rand()],  # noqa: NPY002
    }
    for path in files:
        if path.suffix == ".pth":
            kept = torch.load(path, weights_only=True)
            kept["callbacks"] = [each for each in kept["callbacks"] if each[1]]
            content[path.name] = timeless(kept)
        elif path.suffix == ".csv":
            content[path.name] = table(path)
    return content


def log_of(path: Path) -> list[Any]:
    """Return each trace's attributes and each event of it, without times."""
    told: list[Any] = []
    for trace, event in records(path):
        if not told or told[-1]["trace"] != trace:
            told.append({"trace": trace, "events": []})
        kept = {key: value for key, value in event.items() if key != "time:timestamp"}
        told[-1]["events"].append(timeless(kept))
    return told


def table(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV without times and memory."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return [{key: v for key, v in row.items() if not VARIES.search(key)} for row in rows]


def timeless(value: Any) -> Any:
    """Return the content of a checkpoint as plain values that can be compared, times apart."""
    if isinstance(value, Tensor):
        return str(value.dtype), tuple(value.shape), value.numpy().tobytes()
    if isinstance(value, Mapping):
        return {k: timeless(part) for k, part in value.items() if not VARIES.search(str(k))}
    if isinstance(value, list | tuple):
        return [timeless(part) for part in value]
    return repr(value) if isinstance(value, float) else value  # so that NaN is equal to NaN


def differences(one: Any, other: Any, place: str = "") -> Iterator[str]:
    """Give the places at which two contents differ."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for key in one:
            yield from differences(one[key], other[key], f"{place}/{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for k, (a, b) in enumerate(zip(one, other, strict=True)):
            yield from differences(a, b, f"{place}/{k}")
    elif one != other:
        yield f"{place}: {str(one)[:60]} | {str(other)[:60]}"
