"""Each task: what it makes from its configuration, and what it is compared with."""

import importlib
import math
import sys
from pathlib import Path

import pytest
import torch

from asctools.cli import main
from asctools.dataset.companies import COMPANIES
from asctools.errors import InputError, UnknownNameError
from asctools.scalar.cell import ScalarLSTM, train_cell
from asctools.settings import read_yaml
from asctools.tasks import Task, find, known, names
from asctools.training.config import Config, load
from asctools.training.config.loading import shipped
from asctools.training.lstm_trainer import LSTMTrainer

SMALL = {
    "companies": {"training": {"num_epochs": 1}},
    "parentheses": {
        "data": {"n_train": 40, "n_val": 10, "n_test": 40, "max_length": 20},
        "training": {"num_epochs": 1},
    },
    "language": {
        "data": {"n_train": 64, "n_val": 8, "n_test": 30, "length": 60, "contexts": [1, 3]},
        "model": {"hidden_size": 8},
        "training": {"num_epochs": 1},
    },
    "casting": {"data": {"n_sequences": 400}, "training": {"num_epochs": 1}},
}


def config_of(name: str, small: bool = True) -> Config:
    task, content = find(name), read_yaml(shipped()[name])
    if small:
        for section, values in SMALL[name].items():
            content[section] = {**content.get(section, {}), **values}
    return load(content, data=task.data, model=task.model)


def test_each_task_has_a_configuration_and_each_configuration_a_task() -> None:
    assert {"companies", "parentheses", "language", "casting"} <= set(names())
    assert set(shipped()) == set(names())
    for name in names():
        task = find(name)
        assert (task.name, config_of(name, small=False).task) == (name, name)
        assert task.about.endswith(".")
    with pytest.raises(UnknownNameError, match=r"'castng'.*Did you mean casting\?"):
        find("castng")


@pytest.mark.parametrize("name", sorted(SMALL))
def test_it_trains_and_is_compared(name: str, tmp_path: Path, capsys) -> None:
    config = config_of(name)
    prepared = find(name).prepare(config)
    trainer = LSTMTrainer(prepared.model, config, "cpu", step=prepared.step, scores=prepared.scores)
    history = trainer.train(prepared.train_loader, prepared.val_loader)
    assert len(history) == 1
    assert math.isfinite(history.losses[0])
    columns = set()
    for suffix, loader in prepared.tests.items():
        found = trainer.evaluate(loader)
        columns |= {f"{column}{suffix}" for column in prepared.columns if column in found}
    assert len(columns) == len(prepared.columns) * len(prepared.tests)
    rivals = prepared.rivals()
    assert rivals
    assert all(columns == set(row) for row in rivals.values())
    assert all(math.isfinite(score) for row in rivals.values() for score in row.values())
    assert prepared.about and prepared.called


@pytest.mark.parametrize("name", sorted(SMALL))
def test_seeds_decide_everything_and_leave_no_trace(name: str) -> None:
    torch.manual_seed(11)
    before = torch.get_rng_state()
    one, two = (find(name).prepare(config_of(name)) for _ in range(2))
    assert torch.equal(torch.get_rng_state(), before)
    for p, q in zip(one.model.parameters(), two.model.parameters(), strict=True):
        assert torch.equal(p, q)
    for a, b in zip(one.train_loader, two.train_loader, strict=True):
        assert all(torch.equal(x, y) for x, y in zip(a, b, strict=True))
    other = {"training": {**SMALL[name].get("training", {}), "seed": 12}}
    content = {**read_yaml(shipped()[name]), **SMALL[name], **other}
    task = find(name)
    third = task.prepare(load(content, data=task.data, model=task.model))
    pairs = zip(one.model.parameters(), third.model.parameters(), strict=True)
    assert not all(torch.equal(p, q) for p, q in pairs)


def test_companies_are_the_training_of_the_first_chapters() -> None:
    """Table of the contract: after 2000 rounds .4342 and .6171; here the first 60, to the bit."""
    config = load(
        {**read_yaml(shipped()["companies"])},
        data=find("companies").data,
        model=find("companies").model,
    )
    assert config.training.num_epochs * config.data.rounds == 2000
    prepared = find("companies").prepare(config)
    short = load({"training": {**read_yaml(shipped()["companies"])["training"], "num_epochs": 3}})
    trainer = LSTMTrainer(prepared.model, short, "cpu", step=prepared.step)
    trainer.train(prepared.train_loader)
    torch.manual_seed(42)
    cell = ScalarLSTM()
    train_cell(cell, 60, companies=COMPANIES)
    assert prepared.model.weights() == cell.weights()


def test_the_true_model_bounds_the_language_and_longer_contexts_help() -> None:
    rivals = find("language").prepare(config_of("language")).rivals()
    losses = [row["loss"] for row in rivals.values()]
    assert list(rivals) == ["k-gram of 1", "k-gram of 3", "the true model"]
    assert losses == sorted(losses, reverse=True)


def test_the_caster_keeps_heats_apart_and_its_oracle_is_the_best() -> None:
    prepared = find("casting").prepare(config_of("casting"))
    rivals = prepared.rivals()
    scores = {name: row["auc_roc"] for name, row in rivals.items()}
    assert max(scores, key=scores.get) == "the oracle"
    x = next(iter(prepared.tests[""]))[0]
    assert (x.shape[1:], x.dtype) == ((120, 6), torch.float32)
    train = torch.cat([batch[0] for batch in prepared.train_loader])
    assert train.mean((0, 1)).abs().max() < 1e-3, "normalised by the training data"
    assert prepared.normaliser.state_dict().keys() == {"mean", "spread"}


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("parentheses", {"min_length": 30, "max_length": 20}, "data.max_length=20 below"),
        ("parentheses", {"n_test": 7}, "data.n_test=7, expected an even number"),
    ],
)
def test_keys_that_depend_on_each_other_are_checked(name, data, message) -> None:
    with pytest.raises(InputError, match=message):
        load({"data": data}, data=find(name).data)


def test_a_new_task_is_one_file_and_a_configuration(tmp_path, monkeypatch, capsys) -> None:
    """The promise of asctools.tasks, kept: nothing else is told of this one."""
    (tmp_path / "tossing.py").write_text(TOSSING)
    monkeypatch.setattr(known, "__path__", [*known.__path__, str(tmp_path)])
    monkeypatch.chdir(tmp_path)
    importlib.invalidate_caches()
    try:
        assert "tossing" in names()
        assert isinstance(find("tossing"), Task)
        Path("mine.yaml").write_text(
            "task: tossing\ndata: {coins: 20}\ntraining: {num_epochs: 2}\n"
        )
        assert main(["train", "mine.yaml"]) == 0
        assert "a fair guess" in capsys.readouterr().out
        assert main(["train", "mine.yaml", "--set", "data.coin=3"]) == 2
        assert "Did you mean coins?" in capsys.readouterr().err
    finally:
        sys.modules.pop(f"{known.__name__}.tossing", None)


TOSSING = '''
from dataclasses import dataclass

from asctools.settings import Section, key
from asctools.tasks import Prepared, Task


@dataclass(frozen=True)
class Data(Section, path="data"):
    """Coins."""

    coins: int = key(10, "How many.", least=2)


@dataclass(frozen=True)
class Model(Section, path="model"):
    """A straight line."""


def prepare(config):
    import torch
    from torch.utils.data import DataLoader, TensorDataset

    x = torch.arange(config.data.coins).float()[:, None]
    data = TensorDataset(x / len(x), (x[:, 0] % 2))
    return Prepared(
        model=torch.nn.Linear(1, 1),
        train_loader=DataLoader(data, config.training.batch_size),
        val_loader=DataLoader(data, 8),
        tests={"": DataLoader(data, 8)},
        columns=("accuracy", "auc_roc"),
        rivals=lambda: {"a fair guess": {"accuracy": 0.5}},
    )


TASK = Task("tossing", "Call a coin.", Data, Model, prepare)
'''
