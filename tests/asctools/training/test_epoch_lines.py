"""A line an epoch: which, with what in it, and by whom."""

import pytest
import torch
from torch import nn

from asctools.training import EarlyStopping, StepResult, Trainer
from asctools.training.callbacks.epoch_lines import EpochLines

X = torch.linspace(-1, 1, 8)[:, None]


def fit(capsys: pytest.CaptureFixture, epochs: int, lines: EpochLines, *others) -> list[str]:
    torch.manual_seed(0)
    model = nn.Linear(1, 1)

    def step(model: nn.Module, x: torch.Tensor) -> StepResult:
        return StepResult((model(x) - 3 * x).square().mean(), len(x), {"accuracy": 0.5})

    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    Trainer(model, step, optimizer, callbacks=[lines, *others]).fit([X], [X], epochs)
    told = capsys.readouterr()
    assert told.err == ""
    return told.out.splitlines()


def test_every_epoch_has_its_line_and_the_best_its_star(capsys) -> None:
    header, *lines = fit(capsys, 12, EpochLines(), EarlyStopping())
    wanted = "epoch loss val_loss val_accuracy grad_norm learning_rate seconds"
    assert header.split() == wanted.split()
    assert [line.split()[0] for line in lines] == [f"{k}/12" for k in range(1, 13)]
    assert all(line.split()[3] == "0.5000" for line in lines)
    assert all(line.endswith(" *") for line in lines), "it got better each time"
    assert len({len(line.removesuffix(" *")) for line in [header, *lines]}) == 1, "columns align"
    assert not any(line.endswith("*") for line in fit(capsys, 3, EpochLines()))


def test_a_long_training_has_few_lines_and_the_last(capsys) -> None:
    _, *lines = fit(capsys, 23, EpochLines(most=5))
    assert [line.split()[0] for line in lines] == ["5/23", "10/23", "15/23", "20/23", "23/23"]
    assert fit(capsys, 3, EpochLines(most=0)) == []


def test_the_end_has_its_line_whatever_its_number(capsys) -> None:
    stopping = EarlyStopping(patience=1, min_delta=1e9)
    _, *lines = fit(capsys, 40, EpochLines(most=10), stopping)
    assert [line.split()[0] for line in lines] == ["2/40"]
