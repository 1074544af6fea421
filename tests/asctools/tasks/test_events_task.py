"""``python -m asctools train events``: on the bell frame, and on recordings of one's own."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from asctools.bells import Picks, Strikes
from asctools.bells.frame import BellFrame
from asctools.cli import main
from asctools.errors import InputError
from asctools.events.files import read, write
from asctools.events.io import write_strikes
from asctools.events.models import LSTMEventClassifier
from asctools.events.pretraining import LSTMAutoencoder
from asctools.events.pretraining.saving import encoder_file
from asctools.settings import read_yaml
from asctools.tasks import find
from asctools.tasks.event_data import from_files, scores_of
from asctools.training.config import Config, load
from asctools.training.config.loading import shipped

TINY = ("model.hidden_size=8", "model.features=[8,8,8]", "model.kernels=[21,11,5]")


def config_of(**data: object) -> Config:
    content = read_yaml(shipped()["events"])
    task = find("events")
    return load({**content, "data": data}, data=task.data, model=task.model)


def test_at_a_twentieth_of_the_budget_it_beats_the_energy_detector(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    sizes = ("data.n_train=320", "data.n_val=16", "data.n_test=24", "data.level=light")
    assert main(["train", "events", "--set", *sizes, "training.num_epochs=2", "--quiet"]) == 0
    summary = json.loads(Path("runs/events/summary.json").read_text())
    rivals = summary["rivals"]
    assert list(rivals) == ["energy detector", "template pursuit", "the oracle"]
    assert summary["scores"]["F1@5"] > rivals["energy detector"]["F1@5"]
    file = read("runs/events")
    assert file.arguments["hidden_size"] == 64
    assert 0.0 < file.threshold < 1.0
    assert "--set data.n_train=320" in file.about["command"]
    assert file.about["data"]["level"] == "light"
    assert LSTMEventClassifier(**file.arguments).load_state_dict(
        {name: torch.as_tensor(weights) for name, weights in file.weights.items()}
    )


@pytest.fixture
def recorded(tmp_path: Path) -> tuple[Path, Path]:
    """A recording of forty seconds with its labels, as files."""
    rung = BellFrame(0, "quiet").record(40.0, 1, bells=12)
    recording, labels = tmp_path / "ringing.npy", tmp_path / "ringing.csv"
    np.save(recording, rung.signal)
    write_strikes(labels, rung.strikes, rung.rate)
    return recording, labels


def test_own_recordings_are_trained_on(recorded, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    recording, labels = recorded
    Path("mine.yaml").write_text(
        "task: events\n"
        f"data: {{source: files, recordings: [{recording.name}], labels: [{labels.name}],"
        " rate: 2000}\n"
        "training: {num_epochs: 1, learning_rate: 0.01}\n"
    )
    assert main(["train", "mine.yaml", "--set", *TINY]) == 0
    said = capsys.readouterr().out
    assert "14 windows of 2 s" in said
    assert "template pursuit" in said
    assert "the oracle" not in said, "of a real frame nobody knows the truth"
    assert read("runs/mine").normaliser.rate == 2000


def test_windows_are_kept_apart_in_time(recorded) -> None:
    recording, labels = map(str, recorded)
    sources = from_files([recording], [labels], 2000.0, "refuse", 2.0)
    assert [part.number for part in sources[:3]] == [14, 3, 3]
    signal = np.load(recording)
    whole = np.concatenate([part.data for part in sources[:3]])
    assert np.array_equal(whole.reshape(-1, 6), signal)
    number = sum(strikes.number for part in sources[:3] for strikes in part.strikes)
    assert number == len(Path(labels).read_text().splitlines()) - 1


def test_windows_with_a_gap_are_left_out(recorded, tmp_path) -> None:
    recording, labels = recorded
    signal = np.load(recording)
    signal[9000:9100] = np.nan  # in the third window
    holed = tmp_path / "holed.npy"
    np.save(holed, signal)
    sources = from_files([str(holed)], [str(labels)], 2000.0, "mask", 2.0)
    assert sum(part.number for part in sources[:3]) == 19
    assert np.array_equal(sources.train.data[2], signal[12000:16000])
    with pytest.raises(InputError, match="gap"):
        from_files([str(holed)], [str(labels)], 2000.0, "refuse", 2.0)


def test_files_that_do_not_go_together_are_named(recorded, tmp_path) -> None:
    recording, labels = map(str, recorded)
    with pytest.raises(InputError, match="1 recordings and 0 files of labels"):
        from_files([recording], [], 2000.0, "refuse", 2.0)
    with pytest.raises(InputError, match=r"2 whole windows of 16 s"):
        from_files([recording], [labels], 2000.0, "refuse", 16.0)
    short = tmp_path / "short.npy"
    np.save(short, np.load(recording)[:30000])
    with pytest.raises(InputError, match=r"a strike outside of .*short\.npy, which lasts 15 s"):
        from_files([str(short)], [labels], 2000.0, "refuse", 2.0)


def test_tolerances_are_in_milliseconds_at_any_rate() -> None:
    strikes, late = [Strikes.make([17], [100.0])], [Picks.make([17], [103.0], [0.9])]
    at_500 = scores_of(late, strikes, 500.0, num_events=18)
    assert [at_500[name] for name in ("F1@2.5", "F1@5", "F1@10")] == [0.0, 0.0, 1.0]
    assert at_500["error/ms"] == pytest.approx(6.0)
    at_2000 = scores_of(late, strikes, 2000.0, num_events=18)
    assert at_2000["F1@2.5"] == 1.0


def test_a_pretrained_encoder_is_where_a_classifier_begins(tmp_path) -> None:
    torch.manual_seed(3)
    small = {"hidden_size": 8, "num_layers": 1, "features": (8, 8, 8), "kernels": (21, 11, 5)}
    pretrained = LSTMAutoencoder(input_size=6, latent_size=4, **small)
    pretrained.normalise.fit(BellFrame(0, "quiet").windows(4, 0.5, 1).data)
    write(tmp_path / "encoder.npz", encoder_file(pretrained), half=False)
    task, content = find("events"), read_yaml(shipped()["events"])
    data = {"n_train": 8, "n_val": 4, "n_test": 4, "seconds": 0.5, "crop": 100}
    model = small | {"encoder": str(tmp_path / "encoder.npz")}
    content |= {"data": data, "model": model}
    classifier = task.prepare(load(content, data=task.data, model=task.model)).model
    held = classifier.front_end.layers[0].conv.weight
    assert torch.equal(held, pretrained.encoder.front_end.layers[0].conv.weight)
    assert torch.equal(classifier.normalise.scale, pretrained.normalise.scale)
    assert "encoder" not in classifier.arguments


def test_seeds_decide_everything_and_leave_no_trace() -> None:
    torch.manual_seed(11)
    before = torch.get_rng_state()
    small = {"n_train": 20, "n_val": 4, "n_test": 4}
    one, two = (find("events").prepare(config_of(**small)) for _ in range(2))
    assert torch.equal(torch.get_rng_state(), before)
    for p, q in zip(one.model.state_dict().values(), two.model.state_dict().values(), strict=True):
        assert torch.equal(p, q)
    other = find("events").prepare(config_of(**small, seed=1))
    first, third = one.train_loader.dataset.data, other.train_loader.dataset.data
    assert not np.array_equal(first[0], third[0])
    val = one.val_loader.dataset.data
    assert not any(np.array_equal(val[0], window) for window in first)
