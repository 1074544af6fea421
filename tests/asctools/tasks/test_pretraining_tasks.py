"""``python -m asctools train autoencoder``, ``variational`` and ``contrastive``."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from asctools.bells.frame import BellFrame
from asctools.cli import main
from asctools.errors import InputError
from asctools.events.files import read
from asctools.events.models import LSTMEventClassifier
from asctools.events.pretraining import read_encoder, start_from
from asctools.settings import read_yaml
from asctools.tasks import find
from asctools.tasks.event_data import from_files
from asctools.training.config import Config, load
from asctools.training.config.loading import shipped
from tests.asctools.training.processes.launch import launch

TASKS = {
    "autoencoder": ("LSTMAutoencoder", ["the mean", "16 components of a frame"]),
    "variational": ("LSTMVariationalAutoencoder", ["the mean", "components at as many nats"]),
    "contrastive": ("ContrastiveLSTM", ["the same, untrained"]),
}
SHAPE = {"hidden_size": 8, "num_layers": 1, "features": [8, 8, 8], "kernels": [21, 11, 5]}
TINY = [f"model.{name}={json.dumps(value)}" for name, value in SHAPE.items()]
FEW = ["data.n_train=24", "data.n_val=6", "data.n_test=6", "data.seconds=0.4", "data.crop=100"]
ONE = ["training.num_epochs=1", "training.batch_size=8"]


def config_of(task: str, **data: object) -> Config:
    content, known = read_yaml(shipped()[task]), find(task)
    small = {"n_train": 20, "n_val": 4, "n_test": 4, "seconds": 0.4, "crop": 100}
    return load({**content, "data": {**small, **data}}, data=known.data, model=known.model)


@pytest.mark.parametrize("task", TASKS)
def test_it_leaves_an_encoder_that_a_classifier_starts_from(task, tmp_path, capsys) -> None:
    kind, rivals = TASKS[task]
    out = tmp_path / "run"
    assert main(["train", task, "--out", str(out), "--set", *TINY, *FEW, *ONE]) == 0
    said = capsys.readouterr().out
    assert "without a label" in said
    summary = json.loads((out / "summary.json").read_text())
    assert list(summary["rivals"]) == rivals
    assert all(name in said for name in rivals)
    file = read(out / "encoder.npz")
    assert (file.kind, file.about["task"]) == (kind, task)
    assert file.about["data"]["n_train"] == 24
    encoder = read_encoder(out).encoder
    classifier = LSTMEventClassifier(**SHAPE)
    names = start_from(classifier, out)
    assert len(names) == len(encoder.state_dict())
    assert torch.equal(
        classifier.front_end.layers[0].conv.weight, encoder.front_end.layers[0].conv.weight
    )


def test_the_scores_are_those_of_the_test(tmp_path) -> None:
    out = tmp_path / "run"
    longer = ["training.num_epochs=6", "training.batch_size=4", "training.learning_rate=0.03"]
    assert main(["train", "variational", "--quiet", "--out", str(out), "--set", *TINY, *FEW,
                 *longer, "model.warm_up=0"]) == 0  # fmt: skip
    summary = json.loads((out / "summary.json").read_text())
    scores, rivals = summary["scores"], summary["rivals"]
    assert rivals["the mean"]["unexplained"] == 1.0
    components = rivals["components at as many nats"]
    assert components["kl_loss"] == pytest.approx(scores["kl_loss"], rel=1e-3)
    assert 0.0 < components["unexplained"] <= 1.0
    assert {"reconstruction_loss", "unexplained", "active_units"} <= scores.keys()


def test_recordings_need_no_labels(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    signal = BellFrame(0, "quiet").record(8.0, 1, bells=12).signal
    np.save("ringing.npy", signal)
    sources = from_files(["ringing.npy"], None, 2000.0, "refuse", 0.4)
    assert [part.number for part in sources[:3]] == [14, 3, 3]
    assert all(each.number == 0 for part in sources[:3] for each in part.strikes)
    mine = ["data.source=files", "data.recordings=[ringing.npy]", "data.rate=2000"]
    own = [*TINY, *mine, "data.seconds=0.4", "data.crop=100", *ONE]
    assert main(["train", "autoencoder", "--out", "run", "--set", *own]) == 0
    assert "14 windows of 0.4 s" in capsys.readouterr().out
    assert read_encoder("run").normalise.filter[0] == 2000
    with pytest.raises(InputError, match="0 recordings"):
        from_files([], None, 2000.0, "refuse", 0.4)


@pytest.mark.parametrize("task", TASKS)
def test_seeds_decide_everything_and_leave_no_trace(task: str) -> None:
    torch.manual_seed(11)
    before = torch.get_rng_state()
    one, two = (find(task).prepare(config_of(task)) for _ in range(2))
    assert torch.equal(torch.get_rng_state(), before)
    for p, q in zip(one.model.state_dict().values(), two.model.state_dict().values(), strict=True):
        assert torch.equal(p, q)
    other = find(task).prepare(config_of(task, seed=1))
    assert not np.array_equal(one.train_loader.dataset.data[0], other.train_loader.dataset.data[0])


def test_validation_looks_at_the_same_views_each_time() -> None:
    prepared = find("contrastive").prepare(config_of("contrastive"))
    (one,), (two,) = (list(prepared.val_loader) for _ in range(2))
    assert torch.equal(one.first, two.first)
    assert torch.equal(one.lag, two.lag)


@pytest.mark.slow
@pytest.mark.parametrize("task", ["variational", "contrastive"])
def test_two_processes_pretrain_as_one_does(task: str, tmp_path: Path) -> None:
    train = ("-m", "asctools", "train", task, "--out", tmp_path, "--set", *TINY, *FEW, *ONE)
    ran = launch(2, *train)
    assert ran.returncode == 0, ran.stderr
    assert "2 processes" in ran.stdout
    assert "Warning" not in ran.stderr
    assert isinstance(read_encoder(tmp_path), torch.nn.Module)
