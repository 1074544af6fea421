"""The twelve-number cell three ways: plain floats, PyTorch scalar by scalar, nn.LSTM.

And what it costs to hand the training of the second to Lightning: bare, with the log and the
checkpoint of ``fit``, and with all that Lightning does unless it is told otherwise.

CPU time per epoch in one process and one thread, alternating, the best of several rounds; what
the book quotes are the ratios.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

import pytorch_lightning as pl
import torch
from pytorch_lightning.loggers import TensorBoardLogger

from asctools.dataset.companies import COMPANIES
from asctools.scalar import by_hand
from asctools.scalar.cell import ScalarLSTM, to_torch_lstm, train_cell
from asctools.scalar.lightning import LightningCell, batches_of_one, fit, quiet

EPOCHS, ROUNDS = 200, 5
FOLDER = TemporaryDirectory()


def plain_floats() -> None:
    """Backpropagation and Adam written out."""
    by_hand.train(by_hand.INITIAL, EPOCHS)


def torch_cell() -> None:
    """Twelve scalar parameters, autograd and torch's Adam."""
    train_cell(ScalarLSTM.from_weights(by_hand.INITIAL), EPOCHS)


def torch_lstm() -> None:
    """The same numbers in nn.LSTM(1, 1), its second bias frozen."""
    lstm = to_torch_lstm(ScalarLSTM.from_weights(by_hand.INITIAL))
    lstm.bias_hh_l0.requires_grad_(False)
    optimizer = torch.optim.Adam([p for p in lstm.parameters() if p.requires_grad], lr=1e-3)
    days = {k.name: torch.tensor(k.days).reshape(-1, 1) for k in COMPANIES}
    for _ in range(EPOCHS):
        for company in COMPANIES:
            optimizer.zero_grad()
            output, _ = lstm(days[company.name])
            ((output[-1, 0] - company.target) ** 2).backward()
            optimizer.step()


def _fit_bare(log_every: int, **options: Any) -> None:
    model = LightningCell(ScalarLSTM.from_weights(by_hand.INITIAL), log_every=log_every)
    silent: dict[str, Any] = {"enable_progress_bar": False, "enable_model_summary": False}
    with quiet():
        trainer = pl.Trainer(max_epochs=EPOCHS, accelerator="cpu", **silent, **options)
        trainer.fit(model, batches_of_one())


def lightning_bare() -> None:
    """Lightning's loop alone: no log, no checkpoint."""
    _fit_bare(10 * EPOCHS, logger=False, enable_checkpointing=False)


def lightning_fit() -> None:
    """As the library does it: a log of every tenth epoch, one checkpoint at the end."""
    model = LightningCell(ScalarLSTM.from_weights(by_hand.INITIAL))
    fit(model, EPOCHS, Path(FOLDER.name, "fit"))


def lightning_every_epoch() -> None:
    """A log of every epoch, and a checkpoint after every epoch, which is Lightning's default."""
    logger = TensorBoardLogger(FOLDER.name, name="every")
    _fit_bare(1, logger=logger, log_every_n_steps=1, default_root_dir=FOLDER.name)


def best_ms(contender: Callable[[], None]) -> float:
    """Return the CPU milliseconds of one epoch in this round."""
    started = process_time()
    contender()
    return 1e3 * (process_time() - started) / EPOCHS


def main() -> None:
    """Measure and print the table."""
    torch.set_num_threads(1)
    contenders = (
        *(plain_floats, torch_cell, torch_lstm),
        *(lightning_bare, lightning_fit, lightning_every_epoch),
    )
    rounds = [[best_ms(contender) for contender in contenders] for _ in range(ROUNDS)]
    columns = list(zip(*rounds, strict=True))
    print(f"CPU time; in brackets the range over {ROUNDS} rounds")
    print(f"{'':22} ms an epoch   times plain floats     times torch_cell")
    for contender, column in zip(contenders, columns, strict=True):
        ratios = "   ".join(_times(column, columns[base]) for base in (0, 1))
        print(f"{contender.__name__:22} {min(column):11.3f}   {ratios}")


def _times(column: tuple[float, ...], base: tuple[float, ...]) -> str:
    """Return how many times the base a contender needs: best by best, and round by round."""
    ratios = [one / other for one, other in zip(column, base, strict=True)]
    return f"{min(column) / min(base):6.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


if __name__ == "__main__":
    main()
