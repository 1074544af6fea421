"""``python -m asctools detect``: strikes are written, or the reason why not is said."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import asctools
from asctools.bells import Picks
from asctools.cli import main
from asctools.eventlog import read
from asctools.events import StreamingDetector, detect_recording, files, read_strikes
from tests.asctools.events.small import classifier, model_file, readings


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with a recording, a model that fits it, and one that is causal."""
    monkeypatch.chdir(tmp_path)
    np.save("r.npy", readings())
    files.write("m.npz", model_file(classifier()), half=False)
    files.write("c.npz", model_file(classifier(causal=True)), half=False)
    return tmp_path


def detect(*words: str) -> int:
    return main(["detect", *words])


def test_strikes_are_written_and_counted(here, capsys) -> None:
    assert detect("r.npy", "--checkpoint", "m.npz", "--rate", "2000", "--out", "s.csv") == 0
    said = capsys.readouterr()
    found = detect_recording(classifier(), readings(), threshold=0.6)
    written = read_strikes("s.csv", 2000)
    np.testing.assert_array_equal(written.bells, found.bells)
    np.testing.assert_allclose(written.times, found.times, atol=1e-3)
    last = next(line for line in said.out.splitlines() if line.startswith(" all"))
    assert int(last.split()[1]) == found.number > 10
    assert "3.0 s of 6 channels at 2000 Hz; model m.npz, threshold 0.6" in said.out
    assert "wrote s.csv" in said.out and said.err == ""


def test_an_event_log_says_where_it_comes_from(here) -> None:
    words = ("--checkpoint", "m.npz", "--rate", "2000", "--out", "s.xes.gz", "--quiet")
    assert detect("r.npy", *words) == 0
    table = read("s.xes.gz")
    found = detect_recording(classifier(), readings(), threshold=0.6)
    assert table["bell"].tolist() == (found.bells + 1).tolist()
    assert table.attrs["log"]["checkpoint"] == "m.npz"
    assert table.attrs["log"]["recording"] == "r.npy"


def test_the_output_is_named_after_the_recording(here, capsys) -> None:
    assert detect("r.npy", "--checkpoint", "m.npz", "--rate", "2000", "--quiet") == 0
    assert (here / "r-strikes.csv").is_file()
    assert capsys.readouterr().out == ""


def test_threshold_and_period_can_be_chosen(here) -> None:
    words = ("r.npy", "--checkpoint", "m.npz", "--rate", "2000", "--quiet", "--out")
    numbers = {}
    for name, more in {
        "as it is": (),
        "surer": ("--threshold", "0.9"),
        "shorter": ("--period-s", "0.25"),
        "free": ("--no-refractory",),
    }.items():
        assert detect(*words, "s.csv", *more) == 0
        numbers[name] = read_strikes("s.csv", 2000).number
    assert numbers["surer"] < numbers["as it is"] < numbers["shorter"] < numbers["free"]


@pytest.mark.parametrize("delay", [0.0, 0.25])
def test_a_stream_finds_what_the_streaming_detector_finds(here, delay) -> None:
    words = ("--checkpoint", "c.npz", "--rate", "2000", "--out", "s.csv", "--quiet")
    assert detect("r.npy", "--stream", "--delay-s", f"{delay}", *words) == 0
    detector = StreamingDetector("c.npz", delay_samples=2000 * delay)
    found = Picks.together([detector.push(readings()), detector.finish()])
    written = read_strikes("s.csv", 2000)
    np.testing.assert_array_equal(written.bells, found.bells)
    np.testing.assert_allclose(written.times, found.times, atol=0.02)


def test_a_gap_is_refused_or_masked(here, capsys) -> None:
    x = readings().copy()
    x[2000:3000] = np.nan
    np.save("r.npy", x)
    words = ("r.npy", "--checkpoint", "m.npz", "--rate", "2000", "--out", "s.csv")
    assert detect(*words) == 2
    assert "--gaps mask" in capsys.readouterr().err
    assert not (here / "s.csv").exists()
    assert detect(*words, "--gaps", "mask") in (0, 1)
    times = read_strikes("s.csv", 2000).times
    assert len(times) and not ((times > 2030) & (times < 2970)).any()
    assert "0.50 s of them missing" in capsys.readouterr().out


def test_another_rate_is_refused_or_resampled(here, capsys) -> None:
    words = ("r.npy", "--checkpoint", "m.npz", "--rate", "1000", "--out", "s.csv")
    assert detect(*words) == 2
    assert "2000, which the model was trained for" in capsys.readouterr().err
    assert detect(*words, "--resample") in (0, 1)
    assert "6.0 s of 6 channels at 2000 Hz" in capsys.readouterr().out


def test_a_recording_of_something_else_is_done_with_a_warning(here, capsys) -> None:
    np.save("r.npy", readings() * 50)
    assert detect("r.npy", "--checkpoint", "m.npz", "--rate", "2000", "--out", "s.csv") == 1
    said = capsys.readouterr()
    assert "times as loud" in said.err and "may be wrong" in said.err
    assert (here / "s.csv").is_file() and "wrote s.csv" in said.out


def test_counts_are_scaled_as_you_say(here, capsys) -> None:
    np.save("r.npy", np.rint(readings() / 200 * 2**15).astype(np.int16))
    words = ("r.npy", "--checkpoint", "m.npz", "--rate", "2000", "--quiet")
    assert detect(*words, "--full-scale", "200") == 0
    assert detect(*words) == 1
    assert "full scale" in capsys.readouterr().err


def test_a_channel_that_stands_still_is_refused_or_allowed(here, capsys) -> None:
    x = readings().copy()
    x[:, 3] = 0.0
    np.save("r.npy", x)
    words = ("r.npy", "--checkpoint", "m.npz", "--rate", "2000", "--quiet")
    assert detect(*words) == 2
    assert "channel 4 stands still" in capsys.readouterr().err
    assert detect(*words, "--allow-constant") == 1  # it is done, and unlike the training


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("r.npy",), "does not say its rate"),
        (("none.npy", "--rate", "2000"), "not there"),
        (("r.npy", "--rate", "2000", "--checkpoint", "none.npz"), "not there"),
        (("r.npy", "--rate", "2000", "--checkpoint", "r.npy"), "cannot be read"),
        (("r.npy", "--rate", "2000", "--checkpoint", "standart"), "'standard'"),
        (("r.npy", "--rate", "2000", "--out", "s.txt"), ".xes"),
        (("r.npy", "--rate", "2000", "--out", "none/s.csv"), "folder"),
        (("r.npy", "--rate", "2000", "--threshold", "2"), "threshold"),
        (("r.npy", "--rate", "2000", "--period-s", "-1"), "period"),
        (("r.npy", "--rate", "2000", "--gaps", "close"), "'mask'"),
        (("r.npy", "--rate", "2000", "--stream"), "causal"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(here, capsys, words, said) -> None:
    words = words if "--checkpoint" in words else (*words, "--checkpoint", "m.npz")
    assert detect(*words) == 2
    assert said in capsys.readouterr().err
    assert sorted(each.name for each in here.iterdir()) == ["c.npz", "m.npz", "r.npy"]


@pytest.mark.parametrize("command", ["detect", "label"])
def test_the_recording_is_never_overwritten(here, capsys, command) -> None:
    np.savetxt("r.csv", readings(), delimiter=",", header="time_s,bell,b,c,d,e", comments="")
    (here / "also.csv").symlink_to("r.csv")
    before = (here / "r.csv").read_bytes()
    for out in ("r.csv", "also.csv", str(here / "r.csv")):
        assert main([command, "r.csv", "--rate", "2000", "--out", out]) == 2
        assert "is one that is read" in capsys.readouterr().err
    assert (here / "r.csv").read_bytes() == before


def test_the_checkpoint_is_never_overwritten(here, capsys) -> None:
    (here / "m.csv").hardlink_to("m.npz")
    words = ("r.npy", "--rate", "2000", "--checkpoint", "m.npz", "--out", "m.csv")
    assert detect(*words) == 2
    assert "is one that is read" in capsys.readouterr().err
    assert files.read("m.npz").threshold == 0.6


def test_a_closed_pipe_is_no_error(here) -> None:
    words = ("-m", "asctools", "detect", "r.npy", "--checkpoint", "c.npz", "--rate", "2000")
    root = str(Path(asctools.__file__).parent.parent)
    done = subprocess.Popen(
        [sys.executable, *words, "--stream"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": root},
    )
    assert done.stdout is not None and done.stderr is not None
    done.stdout.close()
    assert done.stderr.read() == ""
    assert done.wait() == 141
    assert (here / "r-strikes.csv").is_file()


def test_without_pytorch_a_stream_is_offered(here, capsys, monkeypatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    words = ("r.npy", "--checkpoint", "c.npz", "--rate", "2000", "--out", "s.csv")
    assert detect(*words) == 2
    assert "--stream needs none" in capsys.readouterr().err
    assert detect(*words, "--stream") == 0
