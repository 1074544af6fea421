"""``python -m asctools train``, as somebody who trains meets it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch
from torch import nn

from asctools.cli import main
from asctools.rnn import Readout
from asctools.settings import read_yaml
from asctools.settings.yaml_file import parse_yaml
from asctools.tasks import names
from asctools.training import checkpoint
from asctools.training.config import Config, load
from asctools.training.config.loading import shipped
from tests.asctools.tasks.folders import contents, different

# Twelve steps an epoch, of a few milliseconds each.
SMALL = (
    *("data.n_train=120", "data.n_val=20", "data.n_test=20", "data.max_length=20"),
    *("data.test_lengths=[25]", "training.num_epochs=4", "training.batch_size=10"),
    *("model.hidden_size=5", "model.dropout=0.1", "scheduler.patience=0"),
    *("checkpoint.save_every=2", "checkpoint.keep_last=1"),
)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def train(*words: str, small: bool = True) -> int:
    name, *others = words
    return main(["train", name, *(("--set", *SMALL) if small else ()), *others])


@contextmanager
def signalled(after: int, number: int = signal.SIGINT) -> Iterator[None]:
    """Send this process a signal within the so-manieth forward pass of an LSTM in training."""
    passes = iter(range(1, 10**6))

    def count(module: nn.Module, args, output) -> None:
        if isinstance(module, Readout) and module.training and next(passes) == after:
            signal.raise_signal(number)

    hook = nn.modules.module.register_module_forward_hook(count)
    try:
        yield
    finally:
        hook.remove()


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    """A run that nothing has interrupted."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    assert train("parentheses", "--out", str(folder)) == 0
    return folder


def test_a_run_leaves_everything_in_its_folder_and_says_how_good_it_is(capsys, here) -> None:
    assert train("parentheses") == 0
    told = capsys.readouterr()
    folder = here / "runs" / "parentheses"
    assert {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} == {
        "config.yaml",
        "summary.json",
        "run.xes.gz",
        *(f"checkpoints/{name}.pth" for name in ("last", "best_model", "checkpoint_epoch_4")),
        *("metrics/steps.csv", "metrics/epochs.csv", "metrics/events.out.tfevents.000001"),
    }
    for words in ("runs/parentheses", "120 strings", "Readout", "val_loss", "4/4", "accuracy_25"):
        assert words in told.out
    assert "the best rule" in told.out
    assert told.err == ""
    summary = json.loads((folder / "summary.json").read_text())
    assert (summary["epochs"], summary["iterations"], summary["stopped"]) == (4, 48, "epochs")
    assert summary["scores"]["accuracy_25"] == pytest.approx(0.5, abs=0.5)
    assert set(summary["rivals"]) == {"the best rule", "a line on pairs"}
    assert summary["best"]["epoch"] in (1, 2, 3, 4)
    config = load(read_yaml(folder / "config.yaml"))
    assert (config.training.num_epochs, config.model["hidden_size"]) == (4, 5)
    assert config.checkpoint.directory is None
    assert "trained as it was" not in told.out
    assert checkpoint.read(folder / "checkpoints" / "last.pth")["config"]["data"]["n_train"] == 120


def test_quiet_leaves_the_table(capsys) -> None:
    assert train("parentheses", "--quiet") == 0
    told = capsys.readouterr()
    assert told.out.count("accuracy_25") == 1
    assert "val_loss" not in told.out
    assert told.err == ""


@pytest.mark.parametrize("after", [1, 12, 17, 36, 48])
def test_after_ctrl_c_a_resumed_run_is_the_uninterrupted_one(capsys, whole, after: int) -> None:
    with signalled(after):
        assert train("parentheses", "--out", "run") == 130
    told = capsys.readouterr().err
    assert "Nothing is lost" in told
    assert "python -m asctools train --resume run\n" in told
    assert f"after step {after}" in told
    assert not Path("run/summary.json").exists()
    assert train("--resume", "run", small=False) == 0
    assert "goes on from  run/checkpoints/last.pth" in capsys.readouterr().out
    assert different(contents(Path("run")), contents(whole)) == []


def test_it_may_be_interrupted_often_and_by_the_system(capsys, whole) -> None:
    with signalled(5):
        assert train("parentheses", "--out", "run") == 130
    with signalled(13, signal.SIGTERM), pytest.raises(SystemExit) as ended:
        train("--resume", "run", small=False)
    assert ended.value.code == 128 + signal.SIGTERM
    assert "Nothing is lost" in capsys.readouterr().err
    with signalled(2):
        assert train("parentheses", "--out", "run", "--resume") == 130
    assert train("parentheses", "--out", "run", "--resume") == 0
    assert different(contents(Path("run")), contents(whole)) == []


def test_a_run_may_go_on_for_longer_but_not_as_another_one(capsys, whole) -> None:
    assert (
        main(["train", "parentheses", "--out", "run", "--set", *SMALL, "training.num_epochs=2"])
        == 0
    )
    words = ["train", "--resume", "run", "--set", "training.num_epochs=4"]
    assert main(words) == 0
    assert "changed  training.num_epochs=4\n" in capsys.readouterr().out
    # the log tells how many epochs were to come, which was another number at first
    assert different(contents(Path("run")), contents(whole)) == ["run.xes.gz"]
    for change in ("training.batch_size=20", "data.n_train=100", "model.hidden_size=6"):
        assert main(["train", "--resume", "run", "--set", change]) == 2
        told = capsys.readouterr().err
        assert change.partition("=")[0] in told
        assert "begin a new one" in told
    assert main(["train", "--resume", "run", "--seed", "9"]) == 2


def test_a_checkpoint_in_the_middle_can_be_gone_on_from(whole, here) -> None:
    with signalled(30):
        assert train("parentheses", "--out", "run") == 130
    kept = Path("run/checkpoints/checkpoint_epoch_2.pth")
    assert train("--resume", str(kept), small=False) == 0
    assert different(contents(Path("run")), contents(whole)) == []


def test_a_seed_changes_the_training_and_not_the_data(whole) -> None:
    assert train("parentheses", "--out", "other", "--seed", "1") == 0
    one, other = (contents(folder) for folder in (whole, Path("other")))
    assert one["summary.json"]["rivals"] == other["summary.json"]["rivals"]
    assert one["metrics/steps.csv"] != other["metrics/steps.csv"]
    assert load(read_yaml("other/config.yaml")).training.seed == 1


def test_a_loss_that_is_no_number_any_more_is_trouble(capsys) -> None:
    words = ["train", "parentheses", "--set", *SMALL, "training.learning_rate=3e37"]
    assert main(words) == 1
    assert "--set training.learning_rate=1e+37" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "no configuration"),
        (["castin"], "Did you mean casting?"),
        (["nowhere.yaml"], "'nowhere.yaml' as configuration"),
        (["parentheses", "--set", "training.num_epoch=3"], "Did you mean num_epochs?"),
        (["parentheses", "--set", "data.n_trian=3"], "one of the keys of data"),
        (["parentheses", "--set", "training.num_epochs=0"], "0 as training.num_epochs"),
        (["parentheses", "--set", "training.num_epochs"], "KEY=VALUE"),
        (["parentheses", "--set", "data.n_train=3"], "data.n_train=3, expected an even number"),
        (["parentheses", "--set", "task=chess"], "task 'chess'"),
        (["parentheses", "--resume"], "runs/parentheses/checkpoints/last.pth, which is not there"),
        (["--resume", "nowhere"], "nowhere/checkpoints/last.pth, which is not there"),
        (["--resume"], "--resume alone"),
        (["parentheses", "--device", "moon"], "'moon'"),
        (["parentheses", "--threads", "0"], "--threads 0"),
        (["parentheses", "--seed", "-1"], "-1 as training.seed"),
        (["mine.yaml"], "mine.yaml: Got the unknown key training.learning_rte"),
        (["other.yaml"], "other.yaml: Got a configuration without a task"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(capsys, words, message) -> None:
    Path("mine.yaml").write_text("task: casting\ntraining:\n  learning_rte: 1e-3\n")
    Path("other.yaml").write_text("training:\n  learning_rate: 1e-3\n")
    before = sorted(Path().iterdir())
    assert main(["train", *words]) == 2
    told = capsys.readouterr()
    assert message in told.err
    assert told.err.startswith("asctools: ")
    assert told.err.count("\n") == 1
    assert sorted(Path().iterdir()) == before, "nothing is written before all is well"


def test_a_run_is_never_written_over(capsys, whole) -> None:
    before = contents(whole)
    assert train("parentheses", "--out", str(whole)) == 2
    assert "holds a training already" in capsys.readouterr().err
    assert different(contents(whole), before) == []


def test_a_checkpoint_that_is_damaged_or_of_something_else_is_refused(capsys) -> None:
    with signalled(14):
        assert train("parentheses", "--out", "run") == 130
    last = Path("run/checkpoints/last.pth")
    sound = last.read_bytes()
    capsys.readouterr()
    for bad in (sound[: len(sound) // 2], b"", b"text"):
        last.write_bytes(bad)
        assert train("--resume", "run", small=False) == 2
        assert "last.pth" in capsys.readouterr().err
    last.write_bytes(sound)
    text = Path("run/config.yaml").read_text()
    Path("run/config.yaml").write_text(text.replace("hidden_size: 5", "hidden_size: 6"))
    assert train("--resume", "run", small=False) == 2
    assert "core.weight_ih_l0: (20, 28) in the file" in capsys.readouterr().err


def test_a_file_of_ones_own(capsys) -> None:
    Path("mine.yaml").write_text(
        "lstm_model:\n  task: parentheses\n  training:\n    num_epochs: 1\n"
    )
    assert train("mine.yaml") == 0
    assert Path("runs/mine/summary.json").is_file()


def test_the_manual_is_a_configuration(capsys) -> None:
    assert main(["train", "--explain"]) == 0
    everything = capsys.readouterr().out
    assert load(parse_yaml(everything)) == Config()
    assert all(name in everything for name in names())
    for name, path in shipped().items():
        assert main(["train", name, "--explain"]) == 0
        told = capsys.readouterr().out
        assert load(parse_yaml(told)).training == load(path).training
        Path("mine.yaml").write_text(told)
        assert main(["train", "--explain", name]) == 0
        assert capsys.readouterr().out == told
    assert main(["train", "--explain", "scheduler.type"]) == 0
    told = capsys.readouterr().out
    assert "cosine_warm_restarts" in told
    assert "gamma" not in told
    assert main(["train", "casting", "--explain", "model", "--set", "model.fold=4"]) == 0
    assert "fold: 4" in capsys.readouterr().out
    assert main(["train", "--explain", "model"]) == 2
    assert "casting --explain model" in capsys.readouterr().err
    assert main(["train", "--explain", "schedule"]) == 2
    assert "Did you mean scheduler?" in capsys.readouterr().err


def test_generators_and_threads_are_left_as_they_were(whole) -> None:
    torch.manual_seed(5)
    before = torch.get_rng_state()
    assert train("parentheses", "--out", "run") == 0
    assert torch.equal(torch.get_rng_state(), before)


def test_without_pytorch_it_says_what_to_install(monkeypatch, capsys) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)  # as if it were not there
    assert main(["train", "casting"]) == 2
    assert "asctools[torch]" in capsys.readouterr().err


def test_a_real_process_and_a_real_ctrl_c(whole, here) -> None:
    words = [sys.executable, "-m", "asctools", "train"]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}
    process = subprocess.Popen(
        [*words, "parentheses", "--out", "run", "--set", *SMALL],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=here,
        bufsize=1,
    )
    for line in process.stdout:
        if line.strip().startswith("2/4"):
            process.send_signal(signal.SIGINT)
            break
    _, told = process.communicate(timeout=120)
    assert process.returncode in (130, 0), told
    if process.returncode == 130:  # unless it was done before the signal came
        assert "Nothing is lost" in told
        assert "Traceback" not in told
        assert train("--resume", "run", small=False) == 0
    mine, theirs = (contents(folder) for folder in (here / "run", whole))
    for name in [name for name in theirs if name.endswith(".pth")]:
        # Python's own generator, from which nothing is drawn, begins elsewhere in each process
        del mine[name]["chance"], theirs[name]["chance"]
    assert different(mine, theirs) == []
