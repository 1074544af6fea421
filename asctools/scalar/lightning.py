"""The training of the cell handed to Lightning: logs, checkpoints, and resuming to the same bits.

Needs the extras ``torch`` and ``lightning``. Everything is written below one folder, nothing is
looked up on a network, and nothing is printed.
"""

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytorch_lightning as pl
import torch
from pytorch_lightning.loggers import TensorBoardLogger
from torch import Tensor
from torch.utils.data import DataLoader

from asctools.dataset.companies import COMPANIES, Company
from asctools.errors import CheckpointError, InputError, explain
from asctools.scalar import inputs
from asctools.scalar.cell import ScalarLSTM

# What Lightning warns of, and why it does not matter to two companies of four days.
HARMLESS = (
    r".*does not have many workers",  # loading two rows takes no time
    r"`isinstance\(treespec, LeafSpec\)` is deprecated",  # between Lightning and PyTorch
)


class LightningCell(pl.LightningModule):
    """A :class:`~asctools.scalar.cell.ScalarLSTM` that knows what Lightning has to know.

    In every ``log_every``-th epoch it logs ``train_loss``, the sum of the squared errors of the
    epoch, and ``out_0``, ``out_1``, …, what it said of each company. Each is taken before the
    company's own update, as in :func:`~asctools.scalar.cell.train_cell`.

    Parameters
    ----------
    cell
        The cell to train; None draws one, as ``ScalarLSTM()`` does.
    learning_rate
        Of Adam.
    log_every
        How many epochs lie between two entries of the log. A log of every epoch makes an epoch
        half as dear again.
    """

    def __init__(
        self, cell: ScalarLSTM | None = None, learning_rate: float = 1e-3, log_every: int = 10
    ) -> None:
        super().__init__()
        self.cell = ScalarLSTM() if cell is None else cell
        inputs.instance(self.cell, ScalarLSTM, "cell")
        self.learning_rate = inputs.positive(learning_rate, "learning_rate")
        self.log_every = inputs.whole(log_every, "log_every")
        if not log_every:
            raise InputError(explain("log_every=0", "1 or more", "use 1 to log every epoch"))

    def forward(self, days: Tensor) -> Tensor:
        """Return what the cell says after the last day, shape ``()``; ``days`` is ``(n,)``."""
        said: Tensor = self.cell(days)
        return said

    def training_step(self, batch: tuple[Tensor, Tensor], batch_idx: int) -> Tensor:
        """Return the squared error of one company; Lightning takes it from there."""
        days, target = batch
        h = self(days)
        loss: Tensor = (h - target) ** 2
        if (self.current_epoch + 1) % self.log_every == 0:
            # The sum over the epoch; of h, which comes once in an epoch, that is h itself.
            said = {"train_loss": loss, f"out_{batch_idx}": h}
            self.log_dict(said, on_step=False, on_epoch=True, reduce_fx="sum")
        return loss

    def configure_optimizers(self) -> torch.optim.Adam:
        """Return Adam on the twelve numbers."""
        return torch.optim.Adam(self.parameters(), lr=self.learning_rate)


def batches_of_one(companies: Sequence[Company] = COMPANIES) -> DataLoader:
    """Return the companies one after the other, always in this order, as ``(days, target)``."""
    inputs.companies(companies, Company)
    pairs = [(torch.tensor(company.days), torch.tensor(company.target)) for company in companies]
    return DataLoader(pairs, batch_size=None)  # type: ignore[arg-type]  # a list will do


@contextmanager
def quiet() -> Iterator[None]:
    """Keep Lightning from reporting devices, giving tips and warning of what does not matter."""
    talkers = [logging.getLogger(name) for name in ("pytorch_lightning", "lightning_fabric")]
    levels = [talker.level for talker in talkers]
    with warnings.catch_warnings():
        for message in HARMLESS:
            warnings.filterwarnings("ignore", message)
        for talker in talkers:
            talker.setLevel(logging.WARNING)
        try:
            yield
        finally:
            for talker, level in zip(talkers, levels, strict=True):
                talker.setLevel(level)


def fit(
    model: LightningCell,
    epochs: int,
    folder: str | Path,
    *,
    resume_from: str | Path | None = None,
    companies: Sequence[Company] = COMPANIES,
) -> Path:
    """Train until ``epochs`` are done in all, with a log and a checkpoint at the end.

    Parameters
    ----------
    model
        What to train, in place.
    epochs
        The epoch to stop after, counted from the very beginning, also after a resume.
    folder
        Where to write: each call opens ``version_0``, ``version_1``, … below it, with TensorBoard's
        events and the checkpoint ``epoch_<epochs>.ckpt``.
    resume_from
        A checkpoint that a former call returned; the numbers of ``model`` are replaced by its own.
    companies
        What to learn.

    Returns
    -------
    Path
        The checkpoint.

    Raises
    ------
    CheckpointError
        If there is no such checkpoint, or nothing is left to do after it.
    """
    inputs.instance(model, LightningCell, "model")
    inputs.whole(epochs, "epochs")
    if resume_from is not None:
        _check(Path(resume_from), epochs)
    with quiet():
        trainer = _trainer(epochs, folder)
        trainer.fit(model, batches_of_one(companies), ckpt_path=resume_from, weights_only=True)
        checkpoint = Path(trainer.log_dir or folder) / f"epoch_{epochs}.ckpt"
        trainer.save_checkpoint(checkpoint)
    return checkpoint


def _trainer(epochs: int, folder: str | Path) -> pl.Trainer:
    """Make a trainer on one CPU that draws no bars and saves only when it is told to."""
    return pl.Trainer(
        max_epochs=epochs,
        accelerator="cpu",
        devices=1,
        logger=TensorBoardLogger(folder, name="", default_hp_metric=False),
        default_root_dir=folder,
        log_every_n_steps=1,  # the cell itself decides when to log
        enable_progress_bar=False,
        enable_model_summary=False,
        enable_checkpointing=False,
    )


def _check(path: Path, epochs: int) -> None:
    """Refuse a checkpoint that is not there, cannot be read or has gone far enough."""
    if not path.is_file():
        came = f"{path}, which is not there"
        raise CheckpointError(explain(came, "a checkpoint", "pass the path that fit returned"))
    try:
        done = torch.load(path, weights_only=True)["epoch"]
    except Exception as error:  # torch.load raises half a dozen kinds for a damaged file
        came = f"{path}, which cannot be read ({type(error).__name__})"
        todo = "it is cut short, damaged or no checkpoint at all: use another, or train again"
        raise CheckpointError(explain(came, "a checkpoint", todo)) from error
    if done >= epochs:
        came = f"epochs={epochs} for a checkpoint after {done}"
        todo = "count from the very beginning: those of the checkpoint and those to come"
        raise CheckpointError(explain(came, f"more than {done}", todo))
