"""Which windows of a steel caster's sensors end in a defect? Defects are few."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from asctools.casting.settings import Model
from asctools.settings import Section, key
from asctools.tasks.task import Prepared, Table, Task

if TYPE_CHECKING:
    from asctools.casting import CastingData
    from asctools.training.config import Config

__all__ = ["TASK", "Data"]

COLUMNS = ("auc_roc", "auc_pr", "f1", "precision", "recall", "brier")


@dataclass(frozen=True)
class Data(Section, path="data"):
    """Windows of simulated sensors; the split keeps the windows of a heat together."""

    n_sequences: int = key(6000, "Windows, over all parts.", least=100)
    steps: int = key(120, "Of a window.", least=80, unit="s")
    defect_rate: float = key(
        0.08, "Share of windows in which a defect is caused.", above=0, below=1
    )
    label_noise: float = key(
        0.005, "Share of labels that inspection got wrong.", least=0, below=0.5
    )
    seed: int = key(0, "Of the caster, and of the split.", least=0)


def prepare(config: Config) -> Prepared:
    """Run the caster, and draw the first weights."""
    import torch
    from torch.utils.data import DataLoader, TensorDataset

    from asctools.casting import Normaliser, SteelDefectLSTM, simulate, split
    from asctools.tasks.seeding import drawn

    data: Any = config.data
    model: Any = config.model
    windows = simulate(
        data.n_sequences,
        steps=data.steps,
        defect_rate=data.defect_rate,
        label_noise=data.label_noise,
        seed=data.seed,
    )
    train, val, test = split(windows, by="heat", seed=data.seed)
    normalise = Normaliser.fit(train.x)

    def rows(part: CastingData) -> TensorDataset:
        return TensorDataset(torch.from_numpy(normalise(part.x)), torch.from_numpy(part.y).float())

    order = torch.Generator()
    if config.training.seed is not None:
        order.manual_seed(config.training.seed)
    return Prepared(
        model=drawn(lambda: SteelDefectLSTM(model), config),
        train_loader=DataLoader(
            rows(train), config.training.batch_size, shuffle=True, generator=order
        ),
        val_loader=DataLoader(rows(val), 256),
        tests={"": DataLoader(rows(test), 256)},
        columns=COLUMNS,
        rivals=lambda: _rivals(train, test, config),
        normaliser=normalise,
        about=f"{len(train)} windows to train on, {int(train.y.sum())} of them defects",
        called="LSTM",
        note=f"on {len(test)} windows of other heats, {int(test.y.sum())} of them defects",
    )


def _rivals(train: CastingData, test: CastingData, config: Config) -> Table:
    """Score what looks at less than the order of events, what sees it, and what knows the truth."""
    from asctools.casting.baselines import fit
    from asctools.casting.features import order_free, raw, with_order
    from asctools.training.scores import binary_scores

    said = {
        "logistic regression": fit("logistic", raw, train)(test.x),
        "boosting, order-free": fit("boosting", order_free, train)(test.x),
        "boosting with order": fit("boosting", with_order, train)(test.x),
        "the oracle": test.chance,
    }
    threshold = config.loss.threshold
    scored = {
        name: binary_scores(test.y, chance, threshold, details=False)
        for name, chance in said.items()
    }
    return {name: {each: row[each] for each in COLUMNS} for name, row in scored.items()}


TASK = Task("casting", "Foresee the defects of a steel caster.", Data, Model, prepare)
