"""``python -m asctools train rescorer``: candidates of a pursuit, and a file that detects."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from asctools.cli import main
from asctools.events import PursuitRescorer
from asctools.events.files import read
from asctools.events.io import write_strikes
from asctools.settings import read_yaml
from asctools.tasks import find
from asctools.training.config import Config, load
from asctools.training.config.loading import shipped
from tests.asctools.bells.pursuit.conftest import LENGTH, PERIOD, World
from tests.asctools.training.processes.launch import launch

NOISE = 6.0  # of the small world: some strikes drown


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The command for a training on a labelled recording of a minute in a world of three bells."""
    world, folder = World(), tmp_path_factory.mktemp("own")
    strikes = world.ring(120_000, 1)
    np.save(folder / "own.npy", world.signal(strikes, 120_000, NOISE))
    write_strikes(folder / "own.csv", strikes, 2000.0)
    return [
        "train", "rescorer", "--set", "data.source=files", f"data.recordings=[{folder}/own.npy]",
        f"data.labels=[{folder}/own.csv]", "data.rate=2000", "data.seconds=0.75",
        "model.num_events=3", f"model.length={LENGTH}", "model.width=16", "model.hidden_size=8",
        f"model.refractory_period_samples={PERIOD}", "training.batch_size=4",
    ]  # fmt: skip


@pytest.fixture(scope="module")
def trained(words: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rescorer")
    assert main([*words, "training.num_epochs=6", "--out", str(folder), "--quiet"]) == 0
    return folder


def test_it_beats_the_energy_detector_and_says_how_to_remake_it(trained: Path) -> None:
    summary = json.loads((trained / "summary.json").read_text())
    rivals = summary["rivals"]
    assert list(rivals) == ["energy detector", "template pursuit"], "of a real frame: no oracle"
    assert summary["scores"]["F1@5"] > max(0.7, rivals["energy detector"]["F1@5"] + 0.05)
    assert summary["scores"]["error/ms"] < 0.3 * rivals["energy detector"]["error/ms"]
    file = read(trained)
    assert file.kind == "PursuitRescorer" and 0.0 < file.threshold < 1.0
    assert "train rescorer" in file.about["command"]
    assert f"--set model.length={LENGTH}" in file.about["command"]


def test_its_file_detects_in_a_recording(trained: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    world = World()
    strikes = world.ring(9000, 5)
    signal = world.signal(strikes, 9000, NOISE, 5)
    np.save("r.npy", signal)
    words = ("--checkpoint", str(trained / "events.npz"), "--rate", "2000", "--out", "s.csv")
    assert main(["detect", "r.npy", *words, "--quiet"]) == 0
    found = PursuitRescorer.load(trained / "events.npz").detect(signal)
    listed = [line for line in Path("s.csv").read_text().splitlines() if not line.startswith("#")]
    assert len(listed) == 1 + found.number
    near = np.abs(found.times[:, None] - strikes.times) <= 10
    right = (near & (found.bells[:, None] == strikes.bells)).any(axis=1)
    assert right.mean() > 0.7 and right.sum() > 0.6 * strikes.number


@pytest.mark.slow
def test_two_processes_train_it(words: list[str], tmp_path: Path) -> None:
    run = tmp_path / "run"
    done = launch(2, "-m", "asctools", *words, "training.num_epochs=1", "--out", run)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("2 processes") == 1
    assert "Warning" not in done.stderr
    assert PursuitRescorer.load(run / "events.npz").reader is not None


def config_of(**data: object) -> Config:
    task = find("rescorer")
    content = read_yaml(shipped()["rescorer"])
    changed = {"data": data, "model": {"length": 100}}
    return load({**content, **changed}, data=task.data, model=task.model)


def test_seeds_decide_everything_and_leave_no_trace() -> None:
    before = torch.get_rng_state()
    small = {"n_train": 8, "n_val": 2, "n_test": 2}
    one, two = (find("rescorer").prepare(config_of(**small)) for _ in range(2))
    assert torch.equal(torch.get_rng_state(), before)
    for p, q in zip(one.model.state_dict().values(), two.model.state_dict().values(), strict=True):
        assert torch.equal(p, q)
    assert "candidates" in one.about
