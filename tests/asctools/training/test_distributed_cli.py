"""``torchrun --nproc-per-node 2 -m asctools train``: interrupted, resumed, equal to one process."""

import json
from pathlib import Path

import pytest

from asctools.cli import main
from asctools.training import checkpoint
from asctools.training.metrics import read_csv
from tests.asctools.training.processes.launch import interrupt, launch

SETTINGS = (
    "training.num_epochs=4",
    "data.n_train=600",
    "data.n_val=102",
    "data.n_test=50",
    "data.test_lengths=[25]",
)


@pytest.mark.slow
def test_two_processes_train_from_the_command_line_as_one_does(tmp_path: Path, capsys) -> None:
    two, one = tmp_path / "two", tmp_path / "one"
    train = ("-m", "asctools", "train", "parentheses", "--set", *SETTINGS, "--out", two)

    stopped = interrupt(2, *train, when=two / "checkpoints" / "best_model.pth")
    assert stopped.returncode != 0
    assert stopped.stderr.count("Nothing is lost") == 1
    half_way = checkpoint.read(two / "checkpoints" / "last.pth")
    assert 12 <= half_way["iteration"] < 48
    assert not (two / "summary.json").exists()

    went_on = launch(2, *train, "--resume")
    assert went_on.returncode == 0, went_on.stderr
    assert went_on.stdout.count("2 processes") == 1  # one of them prints
    assert "Warning" not in went_on.stderr

    alone = ["train", "parentheses", "--quiet", "--out", str(one), "--set", *SETTINGS]
    assert main(alone) == 0
    capsys.readouterr()
    found, expected = (read_csv(folder / "metrics" / "epochs.csv") for folder in (two, one))
    assert found.keys() == expected.keys()
    varies = {"seconds", "samples_per_second", "memory_mb"}
    for column in expected.keys() - varies:
        assert found[column] == pytest.approx(expected[column], rel=1e-5, abs=1e-6), column
    scores = [json.loads((folder / "summary.json").read_text()) for folder in (two, one)]
    assert scores[0].keys() == scores[1].keys()
    logs = sorted(path.name for path in two.glob("*.xes.gz"))
    assert logs == ["run.rank0.xes.gz", "run.rank1.xes.gz", "run.xes.gz"]
