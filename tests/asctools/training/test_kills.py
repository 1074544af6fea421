"""Real processes are killed, terminated and interrupted, and the training goes on in new ones."""

import json
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from tests.asctools.training.resumed_training import differences, found, run

ONE = """
import os, pickle, signal, sys
from pathlib import Path
from asctools.training import Callback
from tests.asctools.training.resumed_training import found, run

class Kill(Callback):
    def on_step_end(self, trainer):
        if trainer.iteration == 7:
            os.kill(os.getpid(), signal.SIGKILL)

folder, resume = Path(sys.argv[1]), sys.argv[2] == "on"
trainer = run(folder, *([] if resume else [Kill()]), resume=resume)
(folder.parent / "found").write_bytes(pickle.dumps(found(folder, trainer)))
"""


def python(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run another Python."""
    told = [sys.executable, *map(str, arguments)]
    return subprocess.run(told, capture_output=True, text=True, timeout=280)


@pytest.mark.slow
def test_whatever_signal_comes_at_whatever_time_nothing_is_lost(tmp_path: Path) -> None:
    done = python("-m", "tests.asctools.training.killed_trainings", tmp_path, "6")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["wrong"] == []
    for name, ends in report["ends"].items():
        assert sum(ends.values()) >= 6, f"{name} hit too few trainings: nothing was tried"
    assert report["ends"]["SIGKILL"].keys() == {"SIGKILL"}


def test_another_python_goes_on_where_one_was_killed(tmp_path: Path) -> None:
    (tmp_path / "whole").mkdir()
    whole = found(tmp_path / "whole", run(tmp_path / "whole"))
    (tmp_path / "parts").mkdir()
    assert python("-c", ONE, tmp_path / "parts", "first").returncode == -9
    assert (tmp_path / "parts" / "last.pth").exists()
    assert not (tmp_path / "found").exists()
    done = python("-c", ONE, tmp_path / "parts", "on")
    assert done.returncode == 0, done.stderr
    assert list(differences(whole, pickle.loads((tmp_path / "found").read_bytes()))) == []
