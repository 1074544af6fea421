"""What callbacks add to a training: to its steps, and between its epochs.

See :mod:`benchmarks.training`, which prints it.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import redirect_stderr
from itertools import cycle
from pathlib import Path
from statistics import median
from time import process_time

import torch
from torch import Tensor, nn

from asctools.training import (
    Callback,
    EarlyStopping,
    EventLog,
    ModelCheckpoint,
    Progress,
    StepResult,
    Trainer,
    TrainingMetrics,
)

HIDDEN, CHANNELS, BLOCK = 64, 6, 20
Batch = tuple[Tensor, Tensor]


class Classifier(nn.Module):
    """An LSTM whose last state says how likely a 1 is, as a logit."""

    def __init__(self, hidden: int = HIDDEN) -> None:
        super().__init__()
        self.lstm = nn.LSTM(CHANNELS, hidden, batch_first=True)
        self.head = nn.Linear(hidden, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits, (B,), of sequences, (B, T, 6)."""
        return self.head(self.lstm(x)[0][:, -1])[:, 0]


def step(model: nn.Module, batch: Batch) -> StepResult:
    """Return the cross-entropy of a batch."""
    x, y = batch
    return StepResult(nn.functional.binary_cross_entropy_with_logits(model(x), y), len(y))


def batches(batch: int, time: int, n: int = 20) -> list[Batch]:
    """Return batches that differ, always the same ones."""
    draw = torch.Generator().manual_seed(0)
    return [
        (
            torch.randn(batch, time, CHANNELS, generator=draw),
            (torch.rand(batch, generator=draw) < 0.5).float(),
        )
        for _ in range(n)
    ]


def classifier() -> Classifier:
    """Return the model, always with the same weights."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return Classifier()


# ── callbacks ────────────────────────────────────────────────────────────────────────────────────


def contenders(folder: Path) -> dict[str, list[Callback]]:
    """Return each callback by its name, alone, and then all of them together."""
    kinds: dict[str, Callable[[Path], Callback]] = {
        "EarlyStopping": lambda at: EarlyStopping("loss", patience=1000),
        "ModelCheckpoint": lambda at: ModelCheckpoint(at, monitor="loss"),
        "TrainingMetrics": lambda at: TrainingMetrics(at),
        "  without TensorBoard": lambda at: TrainingMetrics(at, tensorboard=False),
        "EventLog": lambda at: EventLog(at / "run.xes"),
        "  one step in ten": lambda at: EventLog(at / "run.xes", every={"step": 10}),
        "Progress": lambda at: Progress(),
    }
    alone = {name: [name] for name in kinds}
    every = [name for name in kinds if name[0] != " "]
    sparse = [name.replace("EventLog", "  one step in ten") for name in every]

    def made(names: Sequence[str]) -> list[Callback]:
        at = Path(tempfile.mkdtemp(dir=folder))
        return [kinds[name](at) for name in names]

    together = {"all together": every, "  log one step in ten": sparse}
    return {name: made(names) for name, names in (alone | together).items()}


class Switching:
    """The batches of one long epoch, between which callbacks come and go: none, one, none, ….

    A block of steps with callbacks is compared with the blocks on both sides of it that have none:
    whatever else the computer does disturbs both. It ends with what a checkpoint would ask the
    callbacks for, so all that has waited is written. The first step of a block does not count.

    Attributes
    ----------
    shares
        Name → what a step costs more, as a share of a step without callbacks, for each block.
    milliseconds
        Of the steps without callbacks, for each block.
    """

    def __init__(
        self, data: Sequence[Batch], kinds: Mapping[str, list[Callback]], rounds: int
    ) -> None:
        self.data, self.kinds, self.rounds = data, kinds, rounds
        self.shares: dict[str, list[float]] = {name: [] for name in kinds}
        self.milliseconds: list[float] = []
        self.trainer: Trainer

    def __iter__(self) -> Iterator[Batch]:
        batches = cycle(self.data)
        yield from self._block(batches)
        for name, callbacks in [*self.kinds.items()] * self.rounds:
            before = self._seconds
            for callback in callbacks:
                callback.on_fit_start(self.trainer)
            self.trainer.callbacks = callbacks
            yield from self._block(batches)
            own, self.trainer.callbacks = self._seconds, []
            for callback in callbacks:
                callback.on_fit_end(self.trainer)
            yield from self._block(batches)
            self.shares[name].append(2.0 * own / (before + self._seconds) - 1.0)
            self.milliseconds.append(1e3 * self._seconds)

    def _block(self, batches: Iterator[Batch]) -> Iterator[Batch]:
        yield next(batches)
        started = process_time()
        for _ in range(BLOCK):
            yield next(batches)
        for callback in self.trainer.callbacks:
            callback.state_dict()
        self._seconds = (process_time() - started) / BLOCK


def step_costs(batch: int, time: int, rounds: int, folder: Path) -> dict[str, float]:
    """Return the milliseconds of a step without callbacks, and the share that each adds to it."""
    loader = Switching(batches(batch, time), contenders(folder), rounds)
    model = classifier()
    loader.trainer = Trainer(model, step, torch.optim.Adam(model.parameters()), device="cpu")
    with redirect_stderr(io.StringIO()):  # the bar draws itself there
        loader.trainer.fit(loader, num_epochs=1)
    shares = {name: median(each) for name, each in loader.shares.items()}
    return {"milliseconds": median(loader.milliseconds)} | shares


class Clock(Callback):
    """Keeps the CPU seconds between two epochs; comes first."""

    def __init__(self) -> None:
        self.between: list[float] = []

    def on_epoch_start(self, trainer: Trainer) -> None:
        """End what lies between."""
        if trainer.history.epochs:
            self.between.append(process_time() - self._last)

    def on_step_end(self, trainer: Trainer) -> None:
        """Begin it, if this step is the last."""
        self._last = process_time()


def epoch_costs(folder: Path, epochs: int = 30) -> dict[str, float]:
    """Return the milliseconds that each adds between two epochs: the best of all."""
    data, found = batches(1, 1, 2), dict[str, float]()
    kinds: dict[str, list[Callback]] = {"none": []} | contenders(folder)
    for name, callbacks in kinds.items():
        model, clock = classifier(), Clock()
        optimizer = torch.optim.Adam(model.parameters())
        with redirect_stderr(io.StringIO()):
            Trainer(model, step, optimizer, callbacks=[clock, *callbacks], device="cpu").fit(
                data, num_epochs=epochs
            )
        found[name] = 1e3 * min(clock.between)
    return {name: each - found["none"] for name, each in found.items() if name != "none"}


def print_costs(
    costs: Mapping[tuple[int, int], Mapping[str, float]], epoch: Mapping[str, float]
) -> None:
    """Print the table of the callbacks."""
    print(f"What callbacks add to a training with hidden size {HIDDEN}, {CHANNELS} channels")
    print(f"{'batch × time steps':24}" + "".join(f"{b:5} × {t:<4}" for b, t in costs))
    print(f"{'ms a step, none':24}", *(f"{each['milliseconds']:9.2f} " for each in costs.values()))
    for name, between in epoch.items():
        shares = "".join(f"{100 * each[name]:9.1f} % " for each in costs.values())
        print(f"{name:24}{shares} and {between:6.2f} ms once an epoch")
