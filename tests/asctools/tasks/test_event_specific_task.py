"""``python -m asctools train event_specific``: tiny, from a simulator, and in two processes."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from asctools.bells.frame import BellFrame
from asctools.cli import main
from asctools.events.detect import load
from asctools.settings import read_yaml
from asctools.tasks import find
from asctools.training.config import load as load_config
from asctools.training.config.loading import shipped
from tests.asctools.training.processes.launch import launch

TINY = (
    "data.n_train=48",
    "data.n_val=16",
    "data.n_test=16",
    "data.level=light",
    "model.template_length=100",
    "model.hidden_size=8",
    "model.features=8",
    "model.event_features=3",
    "training.num_epochs=1",
)


def test_it_trains_beats_the_energy_detector_and_detects(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["train", "event_specific", "--set", *TINY]) == 0
    said = capsys.readouterr().out
    assert "EventSpecificClassifier" in said
    summary = json.loads(Path("runs/event_specific/summary.json").read_text())
    assert list(summary["rivals"]) == ["energy detector", "template pursuit", "the oracle"]
    assert summary["scores"]["F1@5"] > summary["rivals"]["energy detector"]["F1@5"]
    assert summary["scores"]["error/ms"] < 0.5
    model, file = load("runs/event_specific")
    assert file.about["command"].startswith("python -m asctools train event_specific --set")
    assert "start" not in model.arguments
    np.save("ringing.npy", BellFrame(0, "light").record(5.0, seed=9).signal)
    assert main(["detect", "ringing.npy", "--checkpoint", "runs/event_specific",
                 "--rate", "2000", "--out", "found.csv"]) == 0  # fmt: skip
    assert len(Path("found.csv").read_text().splitlines()) > 10


def prepared(*changes: str) -> torch.nn.Module:
    task = find("event_specific")
    content = read_yaml(shipped()["event_specific"])
    for change in (*TINY, *changes):
        name, _, value = change.partition("=")
        section, key = name.split(".")
        content.setdefault(section, {})[key] = (
            json.loads(value) if value[0] in "0123456789tf" else value
        )
    return task.prepare(load_config(content, data=task.data, model=task.model)).model


def test_the_bank_begins_with_what_a_pursuit_has_learned_or_with_noise() -> None:
    learned, noise = prepared(), prepared("model.start=noise", "model.whiten=false")
    true = torch.from_numpy(BellFrame(0, "light").templates(strokes=False, length=100))
    likeness = []
    for model in (learned, noise):
        shape = model.bank.waveforms() * model.normalise.scale[:, None]
        both = torch.stack([shape[0].flatten().double(), true[0].flatten().double()])
        likeness.append(torch.corrcoef(both)[0, 1].item())
    assert likeness[0] > 0.6
    assert abs(likeness[1]) < 0.3
    assert noise.bank.inverse_spectrum is None


@pytest.mark.slow
def test_two_processes_train_it(tmp_path: Path) -> None:
    run, few = tmp_path / "run", ("data.n_train=16", "data.n_val=4", "data.n_test=4")
    fast = ("model.start=noise", "training.batch_size=4")
    train = ("-m", "asctools", "train", "event_specific", "--out", run, "--set", *TINY)
    done = launch(2, *train, *few, *fast)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("2 processes") == 1
    assert "Warning" not in done.stderr
    assert (run / "events.npz").is_file()
