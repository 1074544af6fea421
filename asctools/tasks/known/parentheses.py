"""Is every bracket closed in its turn? Trained on short strings, tested on longer ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from asctools.errors import InputError, explain
from asctools.settings import Section, key
from asctools.tasks.task import Prepared, Table, Task

if TYPE_CHECKING:
    from asctools.training.config import Config
    from asctools.training.sequences import Sequences

__all__ = ["TASK", "Data", "Model"]

Strings = tuple[list[str], list[int]]


@dataclass(frozen=True)
class Data(Section, path="data"):
    """Strings of brackets and letters, half of them wrong; partners share their letters."""

    n_train: int = key(4000, "Strings to train on, an even number.", least=2)
    n_val: int = key(500, "Strings that validation looks at, an even number.", least=2)
    n_test: int = key(1000, "Strings of each tested length, an even number.", least=2)
    min_length: int = key(15, "Of the training strings.", least=6, unit="symbols")
    max_length: int = key(60, "Of the training strings.", least=6, unit="symbols")
    test_lengths: tuple[int, ...] = key((25, 60, 100), "The lengths that are tested.", least=6)
    negatives: str = key(
        "near-miss", "What wrong strings are like.", choices=("near-miss", "order", "naive")
    )
    seed: int = key(0, "Of the strings.", least=0)

    def check(self) -> None:
        """Refuse lengths that cross and numbers that split partners."""
        if self.max_length < self.min_length:
            came = f"data.max_length={self.max_length} below data.min_length={self.min_length}"
            raise InputError(explain(came, "min_length or more", "raise data.max_length"))
        for name in ("n_train", "n_val", "n_test"):
            if getattr(self, name) % 2:
                came = f"data.{name}={getattr(self, name)}"
                raise InputError(explain(came, "an even number", "strings come in pairs: add one"))


@dataclass(frozen=True)
class Model(Section, path="model"):
    """One of PyTorch's recurrent layers, and a head that speaks after the last symbol."""

    cell: str = key("lstm", "Which layer.", choices=("lstm", "gru", "rnn"))
    hidden_size: int = key(32, "Cells in a layer.", least=1)
    num_layers: int = key(1, "Layers.", least=1)
    dropout: float = key(0.0, "Share of the outputs dropped before the head.", least=0, below=1)


def prepare(config: Config) -> Prepared:
    """Draw the strings and the first weights."""
    import numpy as np

    from asctools.dataset.parentheses import generate_parentheses_dataset
    from asctools.tasks.seeding import drawn
    from asctools.training.sequences import SequenceBatches

    data: Any = config.data
    rngs = np.random.default_rng(data.seed).spawn(2 + len(data.test_lengths))
    training = config.training

    def strings(n: int, shortest: int, longest: int, rng: np.random.Generator) -> Strings:
        return generate_parentheses_dataset(
            n, shortest, longest, negatives=data.negatives, seed=rng
        )

    known = strings(data.n_train, data.min_length, data.max_length, rngs[0])
    val = strings(data.n_val, data.min_length, data.max_length, rngs[1])
    tests = {
        f"_{length}": strings(data.n_test, length, length, rng)
        for length, rng in zip(data.test_lengths, rngs[2:], strict=True)
    }
    order = np.random.default_rng(training.seed)
    return Prepared(
        model=drawn(lambda: _network(config.model), config),
        train_loader=SequenceBatches(_encoded(known), training.batch_size, order),
        val_loader=SequenceBatches(_encoded(val), 256),
        tests={name: SequenceBatches(_encoded(part), 256) for name, part in tests.items()},
        columns=("accuracy",),
        rivals=lambda: _rivals(known, tests),
        about=f"{len(known[0])} strings of {data.min_length} to {data.max_length} symbols",
        called=config.model.cell.upper(),  # type: ignore[union-attr]
        note="the number behind accuracy_ is the length of the strings, 0.5 is guessing",
    )


def _network(model: Any) -> Any:
    from torch import nn

    from asctools.dataset.parentheses import ALPHABET
    from asctools.rnn.readout import Readout, set_forget_bias

    layer = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}[model.cell]
    core = layer(len(ALPHABET), model.hidden_size, model.num_layers, batch_first=True)
    network = Readout(core, 1, model.dropout)
    return set_forget_bias(network) if model.cell == "lstm" else network


def _encoded(part: Strings) -> Sequences:
    import torch

    from asctools.dataset.parentheses import ALPHABET
    from asctools.dataset.sequences import encode, one_hot
    from asctools.training.sequences import gather

    texts, labels = part
    inputs = [torch.from_numpy(one_hot(row, len(ALPHABET))) for row in encode(texts)]
    return gather(inputs, torch.tensor(labels, dtype=torch.float32))


def _rivals(known: Strings, tests: dict[str, Strings]) -> Table:
    """Score the best rule, and straight lines on which two brackets follow one another."""
    from asctools.dataset.baselines import accuracy, fit_linear, neighbour_pairs, predict_linear
    from asctools.dataset.parentheses import RULES

    line = fit_linear(neighbour_pairs(known[0]), known[1])
    rows: dict[str, dict[str, float]] = {"the best rule": {}, "a line on pairs": {}}
    for name, (texts, labels) in tests.items():
        ruled = [accuracy([rule(text) for text in texts], labels) for rule in RULES.values()]
        rows["the best rule"][f"accuracy{name}"] = max(ruled)
        drawn = predict_linear(line, neighbour_pairs(texts))
        rows["a line on pairs"][f"accuracy{name}"] = accuracy(drawn, labels)
    return rows


TASK = Task("parentheses", "Tell closed brackets from near misses.", Data, Model, prepare)
