"""Plain PyTorch loops, watched: healthy ones of every common form, and some that are not."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils import clip_grad_norm_, clip_grad_value_
from torch.optim import LBFGS, SGD, Adam, Optimizer
from torch.optim.lr_scheduler import (
    CosineAnnealingLR,
    CosineAnnealingWarmRestarts,
    ExponentialLR,
    LambdaLR,
    OneCycleLR,
    ReduceLROnPlateau,
    StepLR,
)
from torch.utils.data import DataLoader, TensorDataset

from asctools.eventlog import XESLogger
from asctools.training.watch import watched

BATCHES, EPOCHS = 15, 3
Batch = tuple[Tensor, Tensor]
criterion = nn.MSELoss()


class Net(nn.Module):
    """An LSTM that reads five steps, with dropout: the mode makes a difference."""

    def __init__(self, drop: float = 0.2) -> None:
        super().__init__()
        self.lstm, self.drop = nn.LSTM(3, 8, batch_first=True), nn.Dropout(drop)
        self.head = nn.Linear(8, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Say one number for each sequence."""
        said: Tensor = self.head(self.drop(self.lstm(x)[0][:, -1]))
        return said[:, 0]


def data(batches: int = BATCHES, seed: int = 0, size: int = 16) -> DataLoader[Any]:
    """Return batches of a task that can be learned."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(batches * size, 5, 3, generator=generator)
    return DataLoader(TensorDataset(x, x[:, 0, 0] - x[:, -1, 1]), size)


HELD_OUT = data(2, seed=1)


def look(model: nn.Module) -> float:
    """Return the loss on data that is not learned from."""
    model.eval()
    with torch.no_grad():
        return sum(criterion(model(x), y).item() for x, y in HELD_OUT) / len(HELD_OUT)


class Parts:
    """What a loop is made of."""

    def __init__(self, optimizer: Callable[..., Optimizer], rate: float, log: Any) -> None:
        torch.manual_seed(0)
        self.model = Net()
        self.optimizer = optimizer(self.model.parameters(), lr=rate)
        self.loader, self.log = data(), log

    def batches(self, epochs: int = EPOCHS) -> Iterator[Batch]:
        """Walk through the data, in train mode, and look at the held-out data in between."""
        for _ in range(epochs):
            self.model.train()
            yield from self.loader
            look(self.model)

    def loss(self, x: Tensor, y: Tensor) -> Tensor:
        """Read a batch."""
        return criterion(self.model(x), y)


Loop = Callable[[Parts], None]


def trained(
    path: Path,
    loop: Loop,
    *,
    optimizer: Callable[..., Optimizer] = Adam,
    rate: float = 1e-2,
    loader: bool = True,
) -> Path:
    """Run a loop, and return the log of it."""
    with XESLogger(path) as log:
        parts = Parts(optimizer, rate, log)
        given = {"loader": parts.loader, "num_epochs": EPOCHS} if loader else {}
        with watched(parts.model, parts.optimizer, log, criterion=criterion, **given):
            loop(parts)
    return path


# ── healthy ──────────────────────────────────────────────────────────────────────────────────────


def clears_first(p: Parts) -> None:
    for x, y in p.batches():
        p.optimizer.zero_grad()
        p.loss(x, y).backward()
        p.optimizer.step()


def clears_between(p: Parts) -> None:
    for x, y in p.batches():
        loss = p.loss(x, y)
        p.model.zero_grad()
        loss.backward()
        clip_grad_norm_(p.model.parameters(), 0.5)
        p.optimizer.step()


def clears_last(p: Parts) -> None:
    p.optimizer.zero_grad()
    for x, y in p.batches():
        p.loss(x, y).backward()
        clip_grad_value_(p.model.parameters(), 0.05)
        p.optimizer.step()
        p.optimizer.zero_grad(set_to_none=False)


def clears_by_hand(p: Parts) -> None:
    for x, y in p.batches():
        for each in p.model.parameters():
            each.grad = None
        p.loss(x, y).backward()
        p.optimizer.step()


def never_looks(p: Parts) -> None:
    for _ in range(EPOCHS):
        for x, y in p.loader:
            p.optimizer.zero_grad()
            p.loss(x, y).backward()
            p.optimizer.step()


def looks_within_an_epoch(p: Parts) -> None:
    for _ in range(EPOCHS):
        for k, (x, y) in enumerate(p.loader):
            p.optimizer.zero_grad()
            p.loss(x, y).backward()
            p.optimizer.step()
            if k % 4 == 0:
                look(p.model)
                p.model.train()


def with_scheduler(make: Callable[[Optimizer], Any], each_batch: bool) -> Loop:
    def loop(p: Parts) -> None:
        scheduler = make(p.optimizer)
        for _ in range(EPOCHS):
            p.model.train()
            for x, y in p.loader:
                p.optimizer.zero_grad()
                p.loss(x, y).backward()
                p.optimizer.step()
                if each_batch:
                    scheduler.step()
            loss = look(p.model)
            if isinstance(scheduler, ReduceLROnPlateau):
                scheduler.step(loss)
            elif not each_batch:
                scheduler.step()

    return loop


def rate_by_hand(p: Parts) -> None:
    for epoch in range(EPOCHS):
        p.optimizer.param_groups[0]["lr"] = 0.01 * 0.5**epoch
        for x, y in p.loader:
            p.loss(x, y).backward()
            p.optimizer.step()
            p.optimizer.zero_grad()


def keeps_nan_out(p: Parts) -> None:
    for x, y in p.batches():
        p.optimizer.zero_grad()
        p.loss(x, y).backward()
        if torch.isfinite(clip_grad_norm_(p.model.parameters(), 1.0)):
            p.optimizer.step()


def stops_early(p: Parts) -> None:
    for k, (x, y) in enumerate(p.batches()):
        p.optimizer.zero_grad()
        p.loss(x, y).backward()
        p.optimizer.step()
        if k == 2 * BATCHES + 4:
            break


def with_a_closure(p: Parts) -> None:
    x, y = next(iter(p.loader))

    def closure() -> Tensor:
        p.optimizer.zero_grad()
        loss = p.loss(x, y)
        loss.backward()
        return loss

    for _ in range(5):
        p.optimizer.step(closure)


def accumulates(p: Parts) -> None:
    p.optimizer.zero_grad()
    for k, (x, y) in enumerate(p.batches()):
        (p.loss(x, y) / 3).backward()
        if k % 3 == 2:
            clip_grad_norm_(p.model.parameters(), 0.5)
            p.optimizer.step()
            p.optimizer.zero_grad()


TOTAL = EPOCHS * BATCHES
SCHEDULES: dict[str, Loop] = {
    "step": with_scheduler(lambda o: StepLR(o, 1, 0.5), False),
    "plateau": with_scheduler(lambda o: ReduceLROnPlateau(o, patience=0, min_lr=1e-3), False),
    "cosine": with_scheduler(lambda o: CosineAnnealingLR(o, TOTAL), True),
    "restarts": with_scheduler(lambda o: CosineAnnealingWarmRestarts(o, 10), True),
    "one cycle": with_scheduler(lambda o: OneCycleLR(o, 0.02, TOTAL), True),
    "warm-up": with_scheduler(lambda o: LambdaLR(o, lambda k: min(1.0, k / 9)), True),
}
PLAIN = (clears_first, clears_between, clears_last, clears_by_hand, never_looks)
PLAIN += (looks_within_an_epoch, rate_by_hand, keeps_nan_out, stops_early)
HEALTHY: dict[str, Loop] = {loop.__name__: loop for loop in PLAIN} | SCHEDULES


# ── not healthy ──────────────────────────────────────────────────────────────────────────────────


def never_clears(p: Parts) -> None:
    for x, y in p.batches():
        p.loss(x, y).backward()
        p.optimizer.step()


def clears_too_late(p: Parts) -> None:
    for x, y in p.batches():
        p.loss(x, y).backward()
        p.optimizer.zero_grad()
        p.optimizer.step()


def updates_before_it_goes_back(p: Parts) -> None:
    for x, y in p.batches():
        p.optimizer.zero_grad()
        loss = p.loss(x, y)
        p.optimizer.step()
        loss.backward()


def clips_too_early(p: Parts) -> None:
    for x, y in p.batches():
        p.optimizer.zero_grad()
        loss = p.loss(x, y)
        clip_grad_norm_(p.model.parameters(), 0.5)
        loss.backward()
        p.optimizer.step()


def stays_in_eval_mode(p: Parts) -> None:
    for _ in range(EPOCHS):
        for x, y in p.loader:
            p.optimizer.zero_grad()
            p.loss(x, y).backward()
            p.optimizer.step()
        look(p.model)


def looks_in_train_mode(p: Parts) -> None:
    for _ in range(EPOCHS):
        for x, y in p.loader:
            p.optimizer.zero_grad()
            p.loss(x, y).backward()
            p.optimizer.step()
        with torch.no_grad():
            p.loss(*next(iter(HELD_OUT)))


def falls_with_every_batch(p: Parts) -> None:
    with_scheduler(lambda o: ExponentialLR(o, 0.6), True)(p)


def learns_one_batch_of_two(p: Parts) -> None:
    for k, (x, y) in enumerate(p.batches()):
        p.optimizer.zero_grad()
        p.loss(x, y).backward()
        if k % 2:
            p.optimizer.step()


def begins_again_in_every_epoch(p: Parts) -> None:
    for _ in range(EPOCHS):
        p.model.train()
        p.model.head.reset_parameters()
        p.model.lstm.reset_parameters()
        for x, y in p.loader:
            p.optimizer.zero_grad()
            p.loss(x, y).backward()
            p.optimizer.step()


def detaches(p: Parts) -> None:
    for x, y in p.batches():
        p.optimizer.zero_grad()
        h = p.model.lstm(x)[0][:, -1].detach()
        criterion(p.model.head(h)[:, 0], y).backward()
        p.optimizer.step()


# loop → (rule, how often) that must be among what is found
WRONG: dict[Loop, tuple[str, int]] = {
    never_clears: ("clean slopes", TOTAL - 1),
    clears_too_late: ("a fresh update", TOTAL),
    updates_before_it_goes_back: ("a fresh update", TOTAL),
    clips_too_early: ("clip in time", TOTAL),
    stays_in_eval_mode: ("learn in train mode", TOTAL - BATCHES),
    looks_in_train_mode: ("look in eval mode", EPOCHS),
    falls_with_every_batch: ("the rate stays alive", 1),
    learns_one_batch_of_two: ("slopes are used", (TOTAL + 1) // 2 - 1),
    begins_again_in_every_epoch: ("only updates move the weights", EPOCHS - 1),
    detaches: ("slopes arrive", TOTAL),
}

OPTIMIZERS: dict[str, tuple[Callable[..., Optimizer], float]] = {
    "SGD": (SGD, 0.05),
    "LBFGS": (LBFGS, 0.1),
}
