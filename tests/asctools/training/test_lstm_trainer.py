"""A training from a configuration: what it is made of, what it computes, how it goes on."""

from pathlib import Path

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from asctools.errors import CheckpointError, InputError, UnknownNameError
from asctools.settings import to_dict
from asctools.training import checkpoint
from asctools.training.config import Config, load
from asctools.training.losses import pos_weight
from asctools.training.lstm_trainer import LSTMTrainer
from asctools.training.scores import auc_roc

DRAW = torch.Generator().manual_seed(0)
X = torch.randn(60, 7, 3, generator=DRAW)
Y = (X[:, 2, 0] > 0.9).long()  # a rare event, somewhere in the middle
VAL = TensorDataset(X[40:], Y[40:])


class Net(nn.Module):
    def __init__(self, hidden_size: int = 6) -> None:
        super().__init__()
        self.lstm, self.head = nn.LSTM(3, hidden_size, batch_first=True), nn.Linear(hidden_size, 1)
        self.dropout = nn.Dropout(0.2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.dropout(self.lstm(x)[0].amax(1)))


def net(seed: int = 0, hidden_size: int = 6) -> Net:
    torch.manual_seed(seed)
    return Net(hidden_size)


def loader() -> DataLoader:
    order = torch.Generator().manual_seed(5)
    return DataLoader(TensorDataset(X[:40], Y[:40]), 16, shuffle=True, generator=order)


def val_loader() -> DataLoader:
    return DataLoader(VAL, 8)


SHORT = {"training": {"num_epochs": 4, "learning_rate": 0.02}}


def test_the_defaults_are_those_of_the_contract() -> None:
    trainer = LSTMTrainer(net(), device="cpu")
    (group,) = trainer.optimizer.param_groups
    assert isinstance(trainer.optimizer, torch.optim.Adam)
    assert (group["lr"], group["betas"], group["eps"]) == (1e-3, (0.9, 0.999), 1e-8)
    assert group["weight_decay"] == 1e-4
    assert trainer.trainer.clip_grad_norm == 1.0
    assert isinstance(trainer.scheduler, torch.optim.lr_scheduler.ReduceLROnPlateau)
    assert (trainer.scheduler.factor, trainer.scheduler.min_lrs) == (0.5, [1e-6])
    config = trainer.config
    assert config == Config()
    assert (config.early_stopping.patience, config.early_stopping.min_delta) == (15, 1e-4)
    assert config.loss.pos_weight_multiplier == 3.0


@pytest.mark.parametrize("wrap", [lambda c: c, lambda c: {"lstm_model": c, "paths": {"a": "b"}}])
def test_a_mapping_a_file_and_a_config_say_the_same(tmp_path: Path, wrap) -> None:
    path = tmp_path / "config.yaml"
    text = "training:\n  num_epochs: 4\n  learning_rate: 2e-2\n"
    if "lstm_model" in wrap({}):
        text = "lstm_model:\n" + text.replace("training", "  training").replace("  num", "    num")
        text = text.replace("  learn", "    learn") + "paths:\n  a: b\n"
    path.write_text(text)
    wanted = load(SHORT)
    assert wanted.training.num_epochs == 4
    for source in (wrap(SHORT), path, str(path), wanted):
        assert LSTMTrainer(net(), source, "cpu").config == wanted


def test_a_shipped_configuration_goes_by_its_name() -> None:
    config = LSTMTrainer(net(), "casting", "cpu").config
    assert (config.task, config.early_stopping.monitor) == ("casting", "val_auc_roc")
    assert config == load("casting") != load("language")
    with pytest.raises(InputError, match=r"castin, which cannot be read"):
        load("castin")


def test_a_section_beside_lstm_model_is_refused() -> None:
    with pytest.raises(InputError, match=r"training beside lstm_model.*indent it|Indent it"):
        load({"lstm_model": {}, "training": {}})
    with pytest.raises(InputError, match=r"trainin beside lstm_model"):
        load({"lstm_model": {}, "trainin": {}})
    with pytest.raises(UnknownNameError, match=r"trainin .*Did you mean training\?"):
        load({"lstm_model": {"trainin": {}}})
    with pytest.raises(InputError, match="3 as lstm_model"):
        load({"lstm_model": 3})


def test_it_is_the_plain_loop_to_the_bit() -> None:
    mine, plain = net(), net()
    config = {"training": {"num_epochs": 2, "seed": 3}, "early_stopping": {"enabled": False}}
    trainer = LSTMTrainer(mine, config, "cpu")
    history = trainer.train(loader())
    optimizer = torch.optim.Adam(plain.parameters(), lr=1e-3, weight_decay=1e-4)
    criterion = nn.BCEWithLogitsLoss(pos_weight=3.0 * (Y[:40] == 0).sum() / Y[:40].sum())
    losses = []
    with torch.random.fork_rng():
        torch.manual_seed(3)
        batches = loader()
        for _ in range(2):
            rows = []
            for x, y in batches:
                optimizer.zero_grad()
                loss = criterion(plain(x)[:, 0], y.float())
                loss.backward()
                nn.utils.clip_grad_norm_(plain.parameters(), 1.0)
                optimizer.step()
                rows.append((len(x), loss.item()))
            losses.append(sum(n * loss for n, loss in rows) / sum(n for n, _ in rows))
    assert history.losses == pytest.approx(losses, rel=1e-12)
    for mine_p, plain_p in zip(mine.parameters(), plain.parameters(), strict=True):
        assert torch.equal(mine_p, plain_p)


def test_the_weight_comes_from_the_data_or_from_the_configuration() -> None:
    trainer = LSTMTrainer(net(), {"loss": {"pos_weight_multiplier": 2.0}, **SHORT}, "cpu")
    trainer.train(loader())
    assert torch.equal(trainer.step.pos_weight, pos_weight(Y[:40], 2.0))
    given = LSTMTrainer(net(), {"loss": {"pos_weight": 4.0}, **SHORT}, "cpu")
    given.train(loader())
    assert given.step.pos_weight.item() == 4.0


def test_validation_has_the_scores_of_all_rows_at_once() -> None:
    model = net()
    history = LSTMTrainer(model, {**SHORT, "early_stopping": {"enabled": False}}, "cpu").train(
        loader(), val_loader()
    )
    scores = ("auc_roc", "auc_pr", "f1", "precision", "recall", "accuracy")
    assert all(len(history[f"val_{name}"]) == 4 for name in (*scores, "loss"))
    assert any(name.startswith("val_probability_") for name in history.epochs[0])
    assert {"val_f1_0", "val_precision_0", "val_recall_0"} <= history.epochs[0].keys()
    model.eval()
    with torch.no_grad():
        said = model(X[40:])[:, 0].sigmoid()
    assert history["val_auc_roc"][-1] == auc_roc(Y[40:].numpy(), said.numpy())
    right = ((said >= 0.5) == (Y[40:] == 1)).double().mean().item()
    assert history["val_accuracy"][-1] == pytest.approx(right)


def test_several_classes_are_scored_each() -> None:
    y = torch.stack([Y, 1 - Y], 1).float()
    data = TensorDataset(X, y)
    model = nn.Sequential(nn.Flatten(), nn.Linear(21, 2))
    history = LSTMTrainer(model, SHORT, "cpu").train(DataLoader(data, 20), DataLoader(data, 20))
    assert {"val_auc_roc_0", "val_auc_roc_1"} <= history.epochs[-1].keys()


def test_sections_become_callbacks(tmp_path: Path) -> None:
    config = {
        **SHORT,
        "early_stopping": {"monitor": ["val_auc_roc", "val_loss"], "patience": 2},
        "checkpoint": {"directory": str(tmp_path / "kept"), "save_every": 2},
        "metrics": {"directory": str(tmp_path / "metrics"), "tensorboard": False},
        "event_log": {"path": str(tmp_path / "run.xes"), "level": "gate", "every": {"gate": 2}},
    }
    trainer = LSTMTrainer(net(), config, "cpu", normaliser={"mean": [1.0]})
    trainer.train(loader(), val_loader())
    kept = {path.name for path in (tmp_path / "kept").iterdir()}
    assert {"last.pth", "best_model.pth", "checkpoint_epoch_2.pth"} <= kept
    assert {path.name for path in (tmp_path / "metrics").iterdir()} == {"steps.csv", "epochs.csv"}
    assert "EarlyStoppingCheck" in (tmp_path / "run.xes").read_text()
    content = checkpoint.read(tmp_path / "kept" / "last.pth")
    assert content["normaliser"] == {"mean": [1.0]}
    saved = content["config"]
    assert saved["checkpoint"]["directory"] is None, "a folder of checkpoints may be moved"
    assert saved["loss"]["pos_weight"] == pytest.approx(pos_weight(Y[:40], 3.0).item())
    saved["loss"]["pos_weight"] = None
    places = {"checkpoint": "directory", "metrics": "directory", "event_log": "path"}
    expected = to_dict(load(config))
    for section, name in places.items():
        expected[section][name] = None
    assert saved == expected
    best = trainer.best()
    assert best["val_auc_roc"] == max(trainer.history["val_auc_roc"])


def test_without_a_place_nothing_is_written(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    LSTMTrainer(net(), SHORT, "cpu").train(loader(), val_loader())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["last.pth", "checkpoint_epoch_2.pth"])
def test_it_goes_on_to_the_same_bits(tmp_path: Path, name: str) -> None:
    config = {
        "training": {"num_epochs": 5, "learning_rate": 0.02, "seed": 1},
        "scheduler": {"patience": 0},
        "checkpoint": {"directory": str(tmp_path), "save_every": 2, "keep_last": None},
    }
    whole = LSTMTrainer(net(), config, "cpu")
    history = whole.train(loader(), val_loader())
    if name == "last.pth":
        short = {**config, "training": {**config["training"], "num_epochs": 3}}
        LSTMTrainer(net(), short, "cpu").train(loader(), val_loader())
    rest = LSTMTrainer(net(9), config, "cpu")
    start = rest.load_checkpoint(tmp_path / name)
    assert start == (4 if name == "last.pth" else 3)
    again = rest.train(loader(), val_loader(), start_epoch=start)
    without_times = [
        [{k: v for k, v in epoch.items() if k != "seconds"} for epoch in h.epochs]
        for h in (history, again)
    ]
    assert without_times[0] == without_times[1]
    for p, q in zip(whole.model.parameters(), rest.model.parameters(), strict=True):
        assert torch.equal(p, q)


def test_a_checkpoint_can_be_evaluated_at_once(tmp_path: Path) -> None:
    config = {**SHORT, "checkpoint": {"directory": str(tmp_path)}}
    trained = LSTMTrainer(net(), config, "cpu")
    trained.train(loader(), val_loader())
    fresh = LSTMTrainer(net(7), device="cpu")
    fresh.load_checkpoint(tmp_path / "best_model.pth")
    found = fresh.evaluate(val_loader())
    best = trained.best()
    assert found["loss"] == pytest.approx(best["val_loss"], rel=1e-12)
    assert found["auc_roc"] == best["val_auc_roc"]


def test_train_again_goes_on_for_as_many_more() -> None:
    trainer = LSTMTrainer(net(), SHORT, "cpu")
    assert len(trainer.train(loader())) == 4
    assert len(trainer.train(loader())) == 8


def test_what_does_not_fit_is_refused(tmp_path: Path) -> None:
    config = {**SHORT, "checkpoint": {"directory": str(tmp_path)}}
    LSTMTrainer(net(), config, "cpu").train(loader())
    other = LSTMTrainer(net(hidden_size=5), config, "cpu")
    with pytest.raises(CheckpointError, match=r"head\.weight: \(1, 6\) in the file"):
        other.load_checkpoint(tmp_path / "last.pth")
    with pytest.raises(CheckpointError, match=r"nowhere\.pth"):
        other.load_checkpoint(tmp_path / "nowhere.pth")
    trainer = LSTMTrainer(net(), config, "cpu")
    with pytest.raises(InputError, match="start_epoch=3, when epoch 1 is the next"):
        trainer.train(loader(), start_epoch=3)
    with pytest.raises(InputError, match="start_epoch=True"):
        trainer.train(loader(), start_epoch=True)
    trainer.load_checkpoint(tmp_path / "last.pth")
    with pytest.raises(InputError, match="start_epoch=2, when epoch 5 is the next"):
        trainer.train(loader(), start_epoch=2)
    with pytest.raises(UnknownNameError, match=r"training\.learning_rat .*learning_rate\?"):
        LSTMTrainer(net(), {"training": {"learning_rat": 1}})
    with pytest.raises(UnknownNameError, match="'val_f2'"):
        LSTMTrainer(net(), {**SHORT, "early_stopping": {"monitor": "val_f2"}}, "cpu").train(
            loader(), val_loader()
        )


def test_own_steps_and_scores_take_the_place_of_the_classifier() -> None:
    def step(model: nn.Module, batch) -> torch.Tensor:
        return (model(batch[0])[:, 0] - batch[0].mean((1, 2))).square().mean()

    history = LSTMTrainer(net(), SHORT, "cpu", step=step).train(loader(), val_loader())
    assert history.losses[-1] < history.losses[0]
    assert {"loss", "val_loss"} <= history.epochs[0].keys()
    assert "val_auc_roc" not in history.epochs[0]


def test_nothing_is_seeded_behind_the_callers_back() -> None:
    before = torch.get_rng_state()
    model = net()
    torch.set_rng_state(before)
    LSTMTrainer(model, SHORT, "cpu").train(loader(), val_loader())
    assert torch.equal(before, torch.get_rng_state())
