"""What the callbacks add to a training step, and the loop written out, the Trainer and Lightning.

    export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1
    python -m benchmarks.training

CPU time of one process and one thread; contenders take turns, because other programs disturb a
step by more than most callbacks take.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from time import process_time
from typing import NamedTuple

import pytorch_lightning as pl
import torch
from pytorch_lightning.loggers import CSVLogger, TensorBoardLogger
from torch import Tensor, nn
from torch.utils.data import DataLoader

from asctools.scalar.lightning import quiet
from asctools.training import Callback, ModelCheckpoint, Trainer, TrainingMetrics, checkpoint
from benchmarks.callbacks import (
    HIDDEN,
    Batch,
    Classifier,
    batches,
    classifier,
    epoch_costs,
    print_costs,
    step,
    step_costs,
)

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
SIZES = {(16, 25): 10, (32, 50): 7, (32, 120): 4, (64, 120): 3}  # batch, time steps → rounds


# ── loops ────────────────────────────────────────────────────────────────────────────────────────


class Run(NamedTuple):
    """CPU seconds of an epoch, and the loss of each step."""

    seconds: float
    losses: list[float]


def plain_loop(data: list[Batch], epochs: int, folder: Path) -> list[float]:
    """Train with the loop written out: nothing but what moves the weights, and the losses."""
    model, losses = classifier(), []
    optimizer = torch.optim.Adam(model.parameters())
    for _ in range(epochs):
        for batch in data:
            loss = step(model, batch).loss
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            losses.append(loss.item())
    return losses


class Losses(Callback):
    """Keeps the loss of every step."""

    def __init__(self) -> None:
        self.losses: list[float] = []

    def on_step_end(self, trainer: Trainer) -> None:
        """Keep it."""
        self.losses.append(trainer.loss)


def our_trainer(data: list[Batch], epochs: int, folder: Path, full: bool = False) -> list[float]:
    """Train with the trainer of the course; ``full``: with checkpoints and metrics."""
    model, losses = classifier(), Losses()
    more = [TrainingMetrics(folder), ModelCheckpoint(folder, save_best=False)] if full else []
    optimizer = torch.optim.Adam(model.parameters())
    Trainer(model, step, optimizer, callbacks=[losses, *more], device="cpu").fit(
        data, num_epochs=epochs
    )
    return losses.losses


class Module(pl.LightningModule):
    """The same model and step, as Lightning wants to have them."""

    def __init__(self, logs: bool) -> None:
        super().__init__()
        self.model, self.losses, self.logs = classifier(), list[float](), logs

    def training_step(self, batch: Batch, batch_idx: int) -> Tensor:
        """Return the loss of a batch."""
        loss = step(self.model, batch).loss
        self.losses.append(loss.item())
        if self.logs:
            self.log("loss", loss)
        return loss

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Return Adam."""
        return torch.optim.Adam(self.model.parameters())


def lightning(data: list[Batch], epochs: int, folder: Path, full: bool = False) -> list[float]:
    """Train with Lightning; ``full``: it logs each step and saves each epoch."""
    module = Module(full)
    trainer = pl.Trainer(
        max_epochs=epochs,
        accelerator="cpu",
        gradient_clip_val=1.0,
        logger=[TensorBoardLogger(folder), CSVLogger(folder)] if full else False,
        log_every_n_steps=1,
        enable_checkpointing=full,
        enable_progress_bar=False,
        enable_model_summary=False,
        default_root_dir=folder,
    )
    with quiet():
        trainer.fit(module, DataLoader(data, batch_size=None))  # type: ignore[arg-type]
    return module.losses


LOOPS: dict[str, Callable[[list[Batch], int, Path], list[float]]] = {
    "the loop written out": plain_loop,
    "Trainer": our_trainer,
    "Lightning": lightning,
    "Trainer, full": partial(our_trainer, full=True),
    "Lightning, full": partial(lightning, full=True),
}


def loop_costs(size: tuple[int, int], rounds: int, folder: Path, epochs: int = 3) -> None:
    """Measure the loops in turns, and print what an epoch costs and how far the losses agree."""
    data = batches(*size, 50)
    runs: dict[str, list[Run]] = {name: [] for name in LOOPS}
    for _ in range(rounds):
        for name, run in LOOPS.items():
            at = Path(tempfile.mkdtemp(dir=folder))
            started = process_time()
            with quiet():
                losses = run(data, epochs, at)
            runs[name].append(Run((process_time() - started) / epochs, losses))
    plain = runs["the loop written out"]
    print(f"\nAn epoch of {len(data)} batches of {size[0]} × {size[1]} time steps, start included")
    for name, every in runs.items():
        own = min(run.seconds for run in every)
        ratio = median(a.seconds / b.seconds for a, b in zip(every, plain, strict=True))
        pairs = zip(every[0].losses, plain[0].losses, strict=True)
        apart = max(abs(a - b) / b for a, b in pairs)
        print(
            f"{name:24}{1 / own:7.2f} epochs a second, {ratio:5.2f} of the loop's time, "
            f"losses apart by {apart:.0e}"
        )


def saving_costs(folder: Path) -> None:
    """Print what a checkpoint takes."""
    print()
    for hidden in (HIDDEN, 512):
        model = Classifier(hidden)
        optimizer = torch.optim.Adam(model.parameters())
        trainer = Trainer(model, step, optimizer, device="cpu")
        trainer.fit(batches(1, 1, 2))
        times = []
        for _ in range(20):
            started = process_time()
            checkpoint.write(folder / "c.pth", checkpoint.content_of(trainer))
            times.append(1e3 * (process_time() - started))
        size = (folder / "c.pth").stat().st_size / 2**20
        print(f"A checkpoint with hidden size {hidden}: {min(times):.1f} ms, {size:.2f} MB")


def main() -> None:
    """Measure and print."""
    unset = [name for name in THREADS if os.environ.get(name) != "1"]
    if unset:
        print(f"Not one thread: set {', '.join(unset)} to 1 before you compare.")
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        costs = {size: step_costs(*size, rounds, Path(folder)) for size, rounds in SIZES.items()}
        print_costs(costs, epoch_costs(Path(folder)))
        loop_costs((32, 50), 3, Path(folder))
        saving_costs(Path(folder))


if __name__ == "__main__":
    main()
