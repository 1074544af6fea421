"""Two companies, twelve numbers: the first training of the course."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from asctools.settings import Section, key
from asctools.tasks.task import Prepared, Task

if TYPE_CHECKING:
    from asctools.training.config import Config

__all__ = ["TASK", "Data", "Model"]


@dataclass(frozen=True)
class Data(Section, path="data"):
    """Four days of company A and of company B, which differ on the first."""

    rounds: int = key(20, "How often an epoch shows both of them.", least=1)


@dataclass(frozen=True)
class Model(Section, path="model"):
    """The scalar cell."""

    init: str = key("normal", "How its weights are drawn.", choices=("normal", "uniform"))


def prepare(config: Config) -> Prepared:
    """Make the cell; each company is a batch of its own, A before B."""
    import torch

    from asctools.dataset.companies import COMPANIES
    from asctools.scalar.cell import ScalarLSTM
    from asctools.tasks.seeding import drawn
    from asctools.training.trainer import StepResult

    def step(model: Any, batch: Any) -> StepResult:
        days, target = batch
        said = model(days)
        return StepResult((said - target) ** 2, 1.0, {"said": said.item()})

    pairs = [(torch.tensor(each.days), torch.tensor(each.target)) for each in COMPANIES]
    wanted = {f"said_{each.name}": each.target for each in COMPANIES}
    mean = sum(wanted.values()) / len(wanted)
    return Prepared(
        model=drawn(lambda: ScalarLSTM(config.model.init), config),  # type: ignore[union-attr]
        train_loader=pairs * config.data.rounds,  # type: ignore[union-attr]
        val_loader=None,
        tests={f"_{each.name}": [pair] for each, pair in zip(COMPANIES, pairs, strict=True)},
        columns=("said",),
        rivals=lambda: {
            "always the mean": dict.fromkeys(wanted, mean),
            "wanted": wanted,
        },
        step=step,
        about="2 companies of 4 days; they differ on the first",
        called="the cell",
    )


TASK = Task("companies", "Carry one number through three days.", Data, Model, prepare)
