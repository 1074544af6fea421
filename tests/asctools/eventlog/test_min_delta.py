"""Early stopping has its own idea of better, and tells it: conformance holds it to that one."""

from pathlib import Path

import pytest
import torch
from torch import nn

from asctools.eventlog import XESLogger, read
from asctools.eventlog.conformance import check
from asctools.training import EarlyStopping, EventLog, Trainer

NAME = "patience counts looks"


def found(path: Path) -> list[int]:
    """How often the counter was wrong, in each deviation of its rule."""
    return [each.count for each in check(path).deviations if each.rule == NAME]


def test_gains_below_min_delta_are_no_gains_and_no_alarm(tmp_path: Path) -> None:
    torch.manual_seed(0)
    model, x = nn.Linear(1, 1), torch.linspace(-1, 1, 8)[:, None]

    def step(model: nn.Module, x: torch.Tensor) -> torch.Tensor:
        return (model(x) - 3 * x).square().mean()

    stopping = EarlyStopping(min_delta=0.05, patience=20)
    callbacks = [EventLog(tmp_path / "run.xes"), stopping]
    optimizer = torch.optim.SGD(model.parameters(), lr=0.2)
    losses = Trainer(model, step, optimizer, callbacks=callbacks).fit([x], [x], 20).val_losses
    assert losses[-1] < 0.5 * losses[-4], "much better, by share"
    assert stopping.waited > 3, "and still none, by min_delta"
    table = read(tmp_path / "run.xes")
    told = table[table["concept:name"] == "EarlyStoppingCheck"]["min_delta"]
    assert set(told) == {0.05}
    assert found(tmp_path / "run.xes") == []


@pytest.mark.parametrize(("min_delta", "counts"), [(None, [2]), (0.0, [2]), (0.2, [1]), (0.5, [])])
def test_a_gain_above_it_that_counts_as_none_is_named(tmp_path: Path, min_delta, counts) -> None:
    with XESLogger(tmp_path / "run.xes") as log:
        for epoch, loss in enumerate((1.0, 0.85, 0.5), 1):
            log.trace(f"epoch {epoch}", epoch=epoch)
            log.event("Validation", iteration=epoch, validation_loss=loss)
            log.event(
                "EarlyStoppingCheck",
                iteration=epoch,
                triggered=False,
                patience_counter=epoch - 1,
                best_val_loss=1.0,
                min_delta=min_delta,
            )
    assert found(tmp_path / "run.xes") == counts
