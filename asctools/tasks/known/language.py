"""The next character of a language whose entropy is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from asctools.settings import Section, key
from asctools.tasks.task import Prepared, Table, Task

if TYPE_CHECKING:
    from asctools.training.config import Config

__all__ = ["TASK", "Data", "Model"]


@dataclass(frozen=True)
class Data(Section, path="data"):
    """Texts of the bell-ringers' language; each begins with a sentence and ends anywhere."""

    n_train: int = key(2000, "Texts to train on.", least=1)
    n_val: int = key(200, "Texts that validation reads.", least=1)
    n_test: int = key(400, "Texts that the test reads.", least=1)
    length: int = key(100, "Of a text.", least=2, unit="characters")
    contexts: tuple[int, ...] = key((3, 5, 8), "Characters that the k-gram rivals see.", least=0)
    seed: int = key(0, "Of the texts.", least=0)


@dataclass(frozen=True)
class Model(Section, path="model"):
    """An LSTM that reads characters one-hot and says how likely each is to come next."""

    hidden_size: int = key(64, "Cells in a layer.", least=1)
    num_layers: int = key(1, "Layers.", least=1)
    dropout: float = key(0.0, "Share of the outputs dropped before the head.", least=0, below=1)


def prepare(config: Config) -> Prepared:
    """Write the texts, and draw the first weights."""
    import numpy as np
    import torch
    from torch import nn
    from torch.utils.data import DataLoader, TensorDataset

    from asctools.dataset.grammar import GRAMMAR
    from asctools.dataset.sequences import encode
    from asctools.rnn.readout import Readout, set_forget_bias
    from asctools.tasks.seeding import drawn
    from asctools.training.trainer import StepResult

    data: Any = config.data
    model: Any = config.model
    training, V = config.training, len(GRAMMAR.vocabulary)
    rngs = np.random.default_rng(data.seed).spawn(3)
    known, val, test = (
        [GRAMMAR.sample(data.length + 1, rng) for _ in range(n)]
        for n, rng in zip((data.n_train, data.n_val, data.n_test), rngs, strict=True)
    )

    def rows(texts: list[str]) -> TensorDataset:
        indices = torch.from_numpy(np.stack(encode(texts, GRAMMAR.vocabulary)))
        return TensorDataset(indices[:, :-1], indices[:, 1:])

    def step(network: nn.Module, batch: Any) -> StepResult:
        x, y = batch
        logits, _ = network(nn.functional.one_hot(x, V).float())
        return StepResult(nn.functional.cross_entropy(logits.flatten(0, 1), y.flatten()), len(y))

    def network() -> nn.Module:
        core = nn.LSTM(V, model.hidden_size, model.num_layers, batch_first=True)
        return set_forget_bias(Readout(core, V, model.dropout))

    order = torch.Generator()
    if training.seed is not None:
        order.manual_seed(training.seed)
    return Prepared(
        model=drawn(network, config),
        train_loader=DataLoader(rows(known), training.batch_size, shuffle=True, generator=order),
        val_loader=DataLoader(rows(val), 256),
        tests={"": DataLoader(rows(test), 256)},
        columns=("loss",),
        rivals=lambda: _rivals(known, test, data.contexts),
        step=step,
        about=f"{len(known)} texts of {data.length} characters, {V} symbols",
        called="LSTM",
        note="in nats a character; below the true model's loss is only luck",
    )


def _rivals(known: list[str], test: list[str], contexts: tuple[int, ...]) -> Table:
    """Score models that see the last k characters, and the grammar itself."""
    import numpy as np

    from asctools.dataset.grammar import GRAMMAR
    from asctools.dataset.kgrams import KGram

    rows = {}
    for k in contexts:
        counted = KGram(k, GRAMMAR.vocabulary).fit("".join(text[:-1] for text in known))
        found = np.mean([counted.losses(text)[1:].mean() for text in test])
        rows[f"k-gram of {k}"] = {"loss": float(found)}
    true = np.mean([GRAMMAR.losses(text)[1:].mean() for text in test])
    return rows | {"the true model": {"loss": float(true)}}


TASK = Task("language", "Say which character comes next.", Data, Model, prepare)
