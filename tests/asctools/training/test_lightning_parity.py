"""The same training by the course's trainer and by Lightning: the same losses to six digits."""

from __future__ import annotations

from typing import Any

import pytest
import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import EarlyStopping as TheirEarlyStopping
from torch import Tensor, nn
from torch.optim.lr_scheduler import CosineAnnealingLR, ExponentialLR, ReduceLROnPlateau
from torch.utils.data import DataLoader, TensorDataset

from asctools.scalar.lightning import quiet
from asctools.training import Callback, EarlyStopping, StepResult, Trainer

SIX_DIGITS = {"rel": 1e-6, "abs": 0.0}
Schedules = {
    None: lambda optimizer: None,
    "exponential": lambda optimizer: ExponentialLR(optimizer, 0.7),
    "cosine": lambda optimizer: CosineAnnealingLR(optimizer, 4),
    "plateau": lambda optimizer: ReduceLROnPlateau(optimizer, factor=0.5, patience=0),
}


class Net(nn.Module):
    """An LSTM and a head, with dropout between them if wanted."""

    def __init__(self, dropout: float = 0.0) -> None:
        super().__init__()
        self.lstm = nn.LSTM(4, 12, batch_first=True)
        self.head = nn.Sequential(nn.Dropout(dropout), nn.Linear(12, 1))

    def forward(self, x: Tensor) -> Tensor:
        """Return logits, (B,)."""
        return self.head(self.lstm(x)[0][:, -1])[:, 0]


def net(dropout: float) -> Net:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return Net(dropout)


def loss_of(model: nn.Module, batch: Any) -> Tensor:
    x, y = batch
    return nn.functional.binary_cross_entropy_with_logits(model(x), y)


def loaders() -> tuple[DataLoader, DataLoader]:
    """Rows with something to learn, few enough to overfit; shuffled, the last batch short."""
    draw = torch.Generator().manual_seed(3)
    x = torch.randn(76, 9, 4, generator=draw)
    y = (x[:, 3, 0] + 0.3 * torch.randn(76, generator=draw) > 0).float()
    order = torch.Generator().manual_seed(4)
    train = DataLoader(TensorDataset(x[:44], y[:44]), 8, shuffle=True, generator=order)
    return train, DataLoader(TensorDataset(x[44:], y[44:]), 12)


class Module(pl.LightningModule):
    """The same net and the same step, as Lightning wants to have them."""

    def __init__(self, model: Net, optimizer: type, rate: float, schedule: str | None) -> None:
        super().__init__()
        self.model, self.losses, self.val_losses = model, [], []
        self.make, self.rate, self.schedule = optimizer, rate, schedule

    def training_step(self, batch: Any, batch_idx: int) -> Tensor:
        """Return a batch's loss."""
        loss = loss_of(self.model, batch)
        self.losses.append(loss.item())
        return loss

    def validation_step(self, batch: Any, batch_idx: int) -> None:
        """Log a batch's loss."""
        self.log("val_loss", loss_of(self.model, batch), batch_size=len(batch[1]))

    def on_validation_epoch_end(self) -> None:
        """Keep the mean."""
        self.val_losses.append(self.trainer.callback_metrics["val_loss"].item())

    def configure_optimizers(self) -> Any:
        """Return the optimiser, and its schedule."""
        optimizer = self.make(self.parameters(), lr=self.rate)
        schedule = Schedules[self.schedule](optimizer)
        if schedule is None:
            return optimizer
        return {
            "optimizer": optimizer,
            "lr_scheduler": {"scheduler": schedule, "monitor": "val_loss"},
        }


def by_lightning(folder, epochs, optimizer, rate, schedule, clip, accumulate, patience, dropout):
    module = Module(net(dropout), optimizer, rate, schedule)
    stop = [TheirEarlyStopping("val_loss", min_delta=1e-4, patience=patience)] if patience else []
    with quiet(), torch.random.fork_rng():
        torch.manual_seed(9)
        pl.Trainer(
            max_epochs=epochs,
            accelerator="cpu",
            gradient_clip_val=clip,
            accumulate_grad_batches=accumulate,
            callbacks=stop,
            num_sanity_val_steps=0,
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            default_root_dir=folder,
        ).fit(module, *loaders())
    return module


class Losses(Callback):
    """Keeps the loss of every step, and the largest gradient."""

    def __init__(self) -> None:
        self.losses: list[float] = []
        self.norm = 0.0

    def on_step_end(self, trainer: Trainer) -> None:
        """Keep it."""
        self.losses.append(trainer.loss)
        self.norm = max(self.norm, trainer.grad_norm)


def by_us(epochs, optimizer, rate, schedule, clip, accumulate, patience, dropout):
    model, losses = net(dropout), Losses()
    moving = optimizer(model.parameters(), lr=rate)
    stop = [EarlyStopping(patience=patience, restore_best_weights=False)] if patience else []
    trainer = Trainer(
        model,
        lambda model, batch: StepResult(loss_of(model, batch), len(batch[1])),
        moving,
        callbacks=[losses, *stop],
        scheduler=Schedules[schedule](moving),
        clip_grad_norm=clip,
        accumulate=accumulate,
        device="cpu",
        seed=9,
    )
    history = trainer.fit(*loaders(), num_epochs=epochs)
    return model, losses, history


@pytest.mark.parametrize(
    ("schedule", "clip", "patience", "dropout"),
    [
        (None, None, None, 0.0),
        ("exponential", 0.1, None, 0.0),
        ("cosine", None, None, 0.0),
        ("plateau", 0.1, None, 0.0),
        (None, 0.1, 2, 0.0),
        ("plateau", 0.1, 3, 0.3),
    ],
)
def test_every_loss_is_lightnings_to_six_digits(
    tmp_path, schedule, clip, patience, dropout
) -> None:
    how = (torch.optim.Adam, 0.05, schedule, clip, 1, patience, dropout)
    theirs = by_lightning(tmp_path, 8, *how)
    model, losses, history = by_us(8, *how)
    assert losses.losses == pytest.approx(theirs.losses, **SIX_DIGITS)
    assert history.val_losses == pytest.approx(theirs.val_losses, **SIX_DIGITS)
    for own, other in zip(model.parameters(), theirs.model.parameters(), strict=True):
        torch.testing.assert_close(own, other, rtol=1e-5, atol=1e-6)
    assert clip is None or losses.norm > clip  # there was something to clip
    if patience:
        assert history.stopped == "patience" and len(history) < 8
    assert min(losses.losses) < 0.95 * losses.losses[0]


def test_accumulated_batches_are_lightnings_where_all_are_of_one_size(tmp_path) -> None:
    """SGD, which feels the size of a gradient; Lightning weighs batches alike, we weigh rows."""
    how = (torch.optim.SGD, 1.0, None, None, 3, None, 0.0)
    theirs = by_lightning(tmp_path, 4, *how)
    _, losses, _ = by_us(4, *how)
    assert len(theirs.losses) == 4 * 6 and len(losses.losses) == 4 * 2
    # The first group of an epoch is three batches of 8; the last of the second group has 4 rows
    first = [sum(theirs.losses[k : k + 3]) / 3 for k in range(0, 3, 3)]
    assert losses.losses[0] == pytest.approx(first[0], **SIX_DIGITS)
    second = (8 * theirs.losses[3] + 8 * theirs.losses[4] + 4 * theirs.losses[5]) / 20
    assert losses.losses[1] == pytest.approx(second, **SIX_DIGITS)
    # From the second step on they differ, because a row of the short batch counts twice for them
    assert losses.losses[2] != pytest.approx(sum(theirs.losses[6:9]) / 3, **SIX_DIGITS)


def test_accumulated_whole_groups_stay_lightnings(tmp_path, monkeypatch) -> None:
    x = torch.randn(48, 9, 4, generator=torch.Generator().manual_seed(1))
    y = (x[:, 0, 0] > 0).float()
    even = DataLoader(TensorDataset(x, y), 8)
    monkeypatch.setitem(globals(), "loaders", lambda: (even, even))
    how = (torch.optim.SGD, 1.0, None, 0.2, 3, None, 0.0)
    theirs = by_lightning(tmp_path, 6, *how)
    _, losses, history = by_us(6, *how)
    grouped = [sum(theirs.losses[k : k + 3]) / 3 for k in range(0, 36, 3)]
    assert losses.losses == pytest.approx(grouped, **SIX_DIGITS)
    assert history.val_losses == pytest.approx(theirs.val_losses, **SIX_DIGITS)
    assert losses.norm > 0.2
