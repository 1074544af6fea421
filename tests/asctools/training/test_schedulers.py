"""Schedules by name are PyTorch's own, with the defaults of the contract."""

import pytest
import torch
from torch.optim import SGD
from torch.optim import lr_scheduler as torchs

from asctools.errors import InputError, UnknownNameError
from asctools.training.config.sections import SCHEDULERS
from asctools.training.schedulers import cosine, make

EPOCHS = 45


def optimizer(*rates: float) -> SGD:
    groups = [{"params": [torch.zeros(1, requires_grad=True)], "lr": r} for r in rates or (0.1,)]
    return SGD(groups, lr=0.1)


def course(schedule, of: SGD, losses: list[float] | None = None) -> list[list[float]]:
    rates = []
    for epoch in range(EPOCHS):
        rates.append([group["lr"] for group in of.param_groups])
        of.step()
        if isinstance(schedule, torchs.ReduceLROnPlateau):
            schedule.step(1.0 if losses is None else losses[epoch])
        else:
            schedule.step()
    return rates


@pytest.mark.parametrize(
    ("name", "settings", "theirs"),
    [
        (
            "reduce_on_plateau",
            {},
            lambda of: torchs.ReduceLROnPlateau(of, factor=0.5, patience=5, min_lr=1e-6),
        ),
        (
            "reduce_on_plateau",
            {"factor": 0.1, "patience": 1, "min_lr": 1e-3},
            lambda of: torchs.ReduceLROnPlateau(of, factor=0.1, patience=1, min_lr=1e-3),
        ),
        ("cosine_annealing", {}, lambda of: torchs.CosineAnnealingLR(of, EPOCHS, 1e-6)),
        (
            "cosine_annealing",
            {"T_max": 20, "min_lr": 0.01},
            lambda of: torchs.CosineAnnealingLR(of, 20, 0.01),
        ),
        (
            "cosine_warm_restarts",
            {"T_0": 6, "T_mult": 1, "min_lr": 0.0},
            lambda of: torchs.CosineAnnealingWarmRestarts(of, 6, 1, 0.0),
        ),
        (
            "cosine_warm_restarts",
            {},
            lambda of: torchs.CosineAnnealingWarmRestarts(of, 10, 2, 1e-6),
        ),
        ("step", {"step_size": 7, "gamma": 0.3}, lambda of: torchs.StepLR(of, 7, 0.3)),
        ("step", {}, lambda of: torchs.StepLR(of, 30, 0.95)),
        ("exponential", {}, lambda of: torchs.ExponentialLR(of, 0.95)),
        ("exponential", {"gamma": 0.5}, lambda of: torchs.ExponentialLR(of, 0.5)),
    ],
)
def test_it_is_pytorchs(name, settings, theirs) -> None:
    mine, other = optimizer(0.1, 0.02), optimizer(0.1, 0.02)
    rates = course(make(name, mine, num_epochs=EPOCHS, **settings), mine)
    assert rates == course(theirs(other), other)
    assert len({tuple(row) for row in rates}) > 1, "or nothing was tried"


def test_every_name_is_known_and_none_is_none() -> None:
    for name in SCHEDULERS:
        schedule = make(name, optimizer(), num_epochs=3)
        assert (schedule is None) == (name == "none")


@pytest.mark.equation("eq-cosine-rate")
def test_the_cosine_is_pytorchs_too() -> None:
    of = optimizer(0.1)
    rates = course(torchs.CosineAnnealingLR(of, 30, 0.02), of)[:31]
    assert [cosine(epoch, 30, 0.1, 0.02) for epoch in range(31)] == pytest.approx(
        [rate for (rate,) in rates], rel=1e-12
    )
    assert cosine(0, 30, 0.1) == 0.1
    assert cosine(15, 30, 0.1) == pytest.approx(0.05)
    assert cosine(30, 30, 0.1) == pytest.approx(0.0, abs=1e-17)


def test_what_is_unknown_or_wrong_is_named() -> None:
    with pytest.raises(UnknownNameError, match=r"'cosin' as scheduler\.type.*cosine_annealing"):
        make("cosin", optimizer())
    with pytest.raises(UnknownNameError, match=r"scheduler\.gama.*Did you mean gamma\?"):
        make("step", optimizer(), gama=0.5)
    with pytest.raises(InputError, match=r"1\.5 as scheduler\.factor"):
        make("reduce_on_plateau", optimizer(), factor=1.5)
    with pytest.raises(InputError, match=r"scheduler\.T_max null, and no num_epochs"):
        make("cosine_annealing", optimizer())
