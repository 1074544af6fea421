"""Labels by hand: proposed, answered, saved at once, taken back, and gone on with."""

from __future__ import annotations

from functools import cache
from io import StringIO

import numpy as np
import pytest

from asctools.cli import main
from asctools.errors import AscError, InputError
from asctools.events import read_strikes
from asctools.events.labelling import label, likeness, patterns

RATE = 2000
STRUCK = np.array([1000, 2400, 3800, 5200, 6600, 8000])  # in samples
BELLS = [1, 2, 1, 2, 1, 2]


@cache
def tower() -> np.ndarray:
    """Two bells in turn: one at 150 Hz, mostly in channel 1, the other at 600 Hz in channel 2."""
    x = np.random.default_rng(0).normal(0, 0.02, (9000, 2))
    t = np.arange(600) / RATE
    for at, bell in zip(STRUCK, BELLS, strict=True):
        ring = np.exp(-t / 0.05) * np.sin(2 * np.pi * (150 if bell == 1 else 600) * t)
        x[at : at + 600] += ring[:, None] * ([1.0, 0.3] if bell == 1 else [0.2, 1.0])
    return x


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.save("r.npy", tower())
    return tmp_path


def go(answers: list[str], **settings) -> tuple[list[str], list[str]]:
    """Label with these answers, then quit; return what was asked, and what was said."""
    asked: list[str] = []
    said: list[str] = []
    left = iter([*answers, "q"])

    def ask(question: str) -> str:
        asked.append(question)
        return next(left)

    settings = {"least": 2.0} | settings
    assert label("r.npy", rate=RATE, ask=ask, say=said.append, **settings) == 0
    return asked, said


def labels() -> list[tuple[int, int]]:
    strikes = read_strikes("labels.csv", RATE)
    return [
        (bell + 1, round(time)) for bell, time in zip(strikes.bells, strikes.times, strict=True)
    ]


def test_each_onset_is_asked_for_and_kept(here) -> None:
    asked, _ = go(["1", "2", "1", "2", "1", "2"])
    assert len(asked) == 6
    found = labels()
    assert [bell for bell, _ in found] == BELLS
    assert np.abs(np.array([time for _, time in found]) - STRUCK).max() <= 10  # 5 ms


def test_a_bell_that_is_known_is_guessed_and_enter_takes_it(here) -> None:
    asked, _ = go(["1", "2", "", "", "", ""])
    assert "which bell?" in asked[0]
    assert [question.split()[-1] for question in asked[2:6]] == ["1?", "2?", "1?", "2?"]
    assert [bell for bell, _ in labels()] == BELLS


def test_every_answer_is_saved_at_once(here) -> None:
    kept = []

    def ask(question: str) -> str:
        kept.append(len(labels()) if (here / "labels.csv").exists() else 0)
        if len(kept) == 4:
            raise KeyboardInterrupt
        return "1"

    with pytest.raises(KeyboardInterrupt):
        label("r.npy", rate=RATE, ask=ask, say=lambda line: None)
    assert kept == [0, 1, 2, 3]
    assert len(labels()) == 3


def test_it_goes_on_behind_the_last_label(here) -> None:
    go(["1", "2", "1"])
    asked, said = go(["2"])
    assert asked[0].startswith("4/6") and "3 labels so far" in said[0]
    assert [bell for bell, _ in labels()] == [1, 2, 1, 2]


def test_answers_can_be_taken_back_also_those_of_yesterday(here) -> None:
    go(["1", "7", "u", "2", "s", "u", "1"])
    assert [bell for bell, _ in labels()] == [1, 2, 1]
    asked, _ = go(["u", "5"])
    assert asked[0].startswith("4/6") and asked[1].startswith("3/6")
    assert [bell for bell, _ in labels()] == [1, 2, 5]


def test_there_may_be_nothing_to_take_back(here) -> None:
    _, said = go(["u"])
    assert "nothing to undo" in said


def test_what_is_skipped_is_no_label(here) -> None:
    go(["s", "2", "s", "2"])
    assert [bell for bell, _ in labels()] == [2, 2]


def test_a_time_can_be_moved(here) -> None:
    go(["1"])
    before = labels()[0][1]
    (here / "labels.csv").unlink()
    go(["+2", "-0.5", "1"])
    assert labels()[0][1] == before + 3


def test_a_strike_that_nobody_proposed_can_be_added(here) -> None:
    asked, _ = go(["1", "3@2.125", "2"])
    assert asked[1].startswith("2/6") and asked[2].startswith("2/6")
    assert (3, 4250) in labels() and len(labels()) == 3


@pytest.mark.parametrize(
    "answer", ["x", "0", "17", "1.5", "", "-", "+x", "3@", "3@99", "3@x", "@1"]
)
def test_an_answer_that_is_none_is_asked_again(here, answer) -> None:
    asked, said = go([answer, "1"])
    assert asked[0] == asked[1] and len(said) == 4
    assert len(labels()) == 1


def test_the_end_of_the_input_is_like_quitting(here) -> None:
    def ask(question: str) -> str:
        raise EOFError

    said: list[str] = []
    assert label("r.npy", rate=RATE, ask=ask, say=said.append) == 0
    assert said[-1] == "0 labels in labels.csv"


def test_no_onset_is_proposed_in_a_gap(here) -> None:
    x = tower().copy()
    x[2300:2600] = np.nan
    np.save("r.npy", x)
    with pytest.raises(InputError, match="gap"):
        go([])
    go(["1", "1", "1", "1", "1"], gaps="mask")
    times = [time for _, time in labels()]
    assert not any(2300 <= time < 2600 for time in times)


def test_silence_has_no_onset(here) -> None:
    np.save("r.npy", np.random.default_rng(0).normal(size=(3000, 2)))
    asked, said = go([], least=3.0)
    assert asked == [] and said[0].startswith("0 onsets")


@pytest.mark.parametrize("name", ["labels.xes", "none/labels.csv"])
def test_labels_are_a_table_in_a_folder_that_is_there(here, name) -> None:
    with pytest.raises(AscError):
        go([], out=name)


def test_labels_of_something_else_are_refused(here) -> None:
    (here / "labels.csv").write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(InputError, match="time_s and bell"):
        go([])


def test_the_nearest_mean_pattern_gives_the_guess() -> None:
    known = np.array([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0]])
    assert likeness(np.array([0.5, 0.87]), known, np.array([3, 3, 5])) == 5
    assert likeness(np.array([0.9, 0.4]), known, np.array([3, 3, 5])) == 3
    assert likeness(np.array([0.9, 0.4]), known[:0], np.array([])) is None


def test_a_strike_at_the_very_end_has_a_pattern() -> None:
    from asctools.events.io import SensorRecording

    heard = SensorRecording(tower().astype(np.float32), RATE, np.ones(9000, dtype=bool))
    assert np.isfinite(patterns(heard, np.array([8999.0]))).all()


def test_the_command_asks_at_the_terminal(here, monkeypatch, capsys) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("1\nq\n"))
    assert main(["label", "r.npy", "--rate", "2000", "--out", "mine.csv"]) == 0
    assert "1 labels in mine.csv" in capsys.readouterr().out
    assert read_strikes("mine.csv", RATE).number == 1
