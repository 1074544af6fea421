"""A schedule may move after every step: it then counts steps, and resumes to the same bits."""

import itertools
from pathlib import Path

import pytest
import torch
from torch.optim import SGD
from torch.optim.lr_scheduler import CosineAnnealingLR, LambdaLR

from asctools.errors import InputError, UnknownNameError
from asctools.training import Callback, ModelCheckpoint, Trainer
from asctools.training.lstm_trainer import LSTMTrainer
from asctools.training.schedulers import make, one_cycle
from tests.asctools.training.plain_loops import PAIRS, mse, small_net

BATCHES = len(PAIRS)


class Rates(Callback):
    """Write down the rate with which each step was taken, and break off if told to."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.rates: list[float] = []
        self.next = 0.1
        self.stop_after = stop_after

    def on_epoch_start(self, trainer: Trainer) -> None:
        """Take the rate of the first step."""
        self.next = trainer.optimizer.param_groups[0]["lr"]

    def on_step_end(self, trainer: Trainer) -> None:
        """Write the rate down that was used, and take the next."""
        self.rates.append(self.next)
        self.next = trainer.optimizer.param_groups[0]["lr"]

    def on_save(self, trainer: Trainer) -> None:
        """Break off."""
        if trainer.iteration == self.stop_after:
            raise KeyboardInterrupt


def step(model, batch):
    x, y = batch
    return mse(model(x), y)


def trained(
    epochs: int, *callbacks: Callback, resume_from: Path | None = None, kind: str = "one_cycle"
) -> Trainer:
    model = small_net()
    optimizer = SGD(model.parameters(), lr=0.1)
    schedule = make(kind, optimizer, num_epochs=4 * BATCHES)
    trainer = Trainer(
        model,
        step,
        optimizer,
        scheduler=schedule,
        scheduler_interval="step",
        callbacks=callbacks,
        device="cpu",
    )
    trainer.fit(PAIRS, num_epochs=epochs, resume_from=resume_from)
    return trainer


def test_the_rate_changes_after_each_step() -> None:
    seen = Rates()
    trained(4, seen, kind="cosine_annealing")
    of = SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    other, rates = CosineAnnealingLR(of, 4 * BATCHES, 1e-6), []
    for _ in range(4 * BATCHES):
        rates.append(of.param_groups[0]["lr"])
        of.step()
        other.step()
    assert seen.rates == rates
    assert len(set(rates)) == 4 * BATCHES


@pytest.mark.parametrize("kind", ["one_cycle", "cosine_annealing"])
@pytest.mark.parametrize("after", [2, 3, 7])
def test_it_resumes_to_the_same_bits(kind: str, after: int, tmp_path: Path) -> None:
    seen, rest = Rates(), Rates()
    whole = trained(4, seen, kind=kind)
    keeps = ModelCheckpoint(tmp_path, monitor="loss", every_steps=1)
    trained(4, keeps, Rates(after), kind=kind)
    last = tmp_path / "last.pth"
    again = trained(4, rest, ModelCheckpoint(tmp_path, monitor="loss"), resume_from=last, kind=kind)
    assert len(rest.rates) == 4 * BATCHES - after
    assert rest.rates[1:] == seen.rates[after + 1 :]
    for p, q in zip(whole.model.parameters(), again.model.parameters(), strict=True):
        assert torch.equal(p, q)


def test_a_cycle_rises_and_falls() -> None:
    rates = [one_cycle(k, 100, 0.2, 0.001, warm_up=0.3) for k in range(120)]
    assert max(rates) == rates[30] == 0.2
    assert rates[:31] == sorted(rates[:31])
    assert rates[30:] == sorted(rates[30:], reverse=True)
    assert rates[0] < 0.01
    assert rates[100:] == [0.001] * 20, "past its end it stays"
    steps = {round(b - a, 12) for a, b in itertools.pairwise(rates[:31])}
    assert len(steps) == 1, "a line"
    assert rates[65] == pytest.approx((0.2 + 0.001) / 2), "half of the way down"


def test_each_group_has_its_own_cycle() -> None:
    groups = [{"params": [torch.zeros(1, requires_grad=True)], "lr": rate} for rate in (0.1, 0.3)]
    of = SGD(groups, lr=0.1)
    schedule = make("one_cycle", of, num_epochs=20, warm_up=0.25)
    assert isinstance(schedule, LambdaLR)
    for k in range(20):
        rates = [group["lr"] for group in of.param_groups]
        right = [one_cycle(k, 20, rate, 1e-6, 0.25) for rate in (0.1, 0.3)]
        assert rates == pytest.approx(right, rel=1e-12)
        of.step()
        schedule.step()


@pytest.mark.parametrize(("accumulate", "steps"), [(1, 3), (2, 2)])
def test_a_configuration_learns_the_number_of_steps_from_the_loader(
    accumulate: int, steps: int
) -> None:
    seen = Rates()
    config = {
        "training": {"num_epochs": 4, "learning_rate": 0.1, "accumulate": accumulate},
        "scheduler": {"type": "one_cycle", "interval": "step", "warm_up": 0.5},
        "early_stopping": {"enabled": False},
    }
    trainer = LSTMTrainer(small_net(), config, "cpu", step=step, callbacks=[seen])
    trainer.train(PAIRS)
    right = [one_cycle(k, 4 * steps, 0.1, 1e-6, 0.5) for k in range(4 * steps)]
    assert seen.rates == pytest.approx(right, rel=1e-12)
    assert len(trainer.train(PAIRS)) == 8, "past its end it goes on at the least rate"


def test_what_makes_no_sense_is_refused() -> None:
    model = small_net()
    with pytest.raises(UnknownNameError, match="scheduler_interval 'steps'"):
        Trainer(model, step, SGD(model.parameters(), 0.1), scheduler_interval="steps")
    with pytest.raises(InputError, match=r"reduce_on_plateau with scheduler\.interval step"):
        make("reduce_on_plateau", SGD(model.parameters(), 0.1), interval="step")
    with pytest.raises(InputError, match="no num_steps"):
        make("one_cycle", SGD(model.parameters(), 0.1), interval="step")
    config = {"scheduler": {"type": "one_cycle", "interval": "step"}}
    endless = LSTMTrainer(small_net(), config, "cpu", step=step)
    with pytest.raises(InputError, match=r"scheduler\.T_max null, and no num_steps"):
        endless.train(iter(PAIRS))
