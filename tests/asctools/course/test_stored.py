"""Stored runs come back as they went in, and a damaged file is refused with a sentence."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asctools.bells import Picks
from asctools.course import stored
from asctools.course.stored import KeptRun, chosen, names, read, write
from asctools.errors import AscError, CheckpointError, InputError, UnknownNameError

pick = st.tuples(
    st.integers(0, 127), st.floats(0, 4000), st.floats(-9e4, 9e4, allow_nan=False, width=32)
)
windows = st.lists(st.lists(pick, max_size=4), max_size=3)


def picks_of(rows: list[tuple[int, float, float]]) -> Picks:
    return Picks.make(*zip(*rows, strict=True)) if rows else Picks.none()


def two_runs() -> list[KeptRun]:
    first = (picks_of([(3, 10.25, 0.5), (15, 3999.5, 0.75)]), Picks.none())
    return [
        KeptRun("scratch", 50, 0, 80.5, first, {"rate": 0.016, "crop": [400, 0]}),
        KeptRun("templates", 200, 1, 0.4, (picks_of([(0, 7.0, 21.0)]),)),
    ]


def test_runs_come_back(tmp_path) -> None:
    write(tmp_path / "runs.npz", two_runs())
    again = read(tmp_path / "runs.npz")
    for run, back in zip(two_runs(), again, strict=True):
        assert back._replace(picks=()) == run._replace(picks=())
        for before, after in zip(run.picks, back.picks, strict=True):
            for name in ("bells", "times", "scores"):
                np.testing.assert_array_equal(getattr(after, name), getattr(before, name))


@settings(max_examples=15, deadline=None)
@given(st.lists(windows, max_size=3))
def test_any_picks_come_back_nearly(tmp_path_factory, many) -> None:
    path = tmp_path_factory.mktemp("runs") / "any.npz"
    runs = [KeptRun("any", 1, n, 0.0, tuple(map(picks_of, rows))) for n, rows in enumerate(many)]
    write(path, runs)
    again = read(path)
    assert [len(run.picks) for run in again] == [len(run.picks) for run in runs]
    for run, back in zip(runs, again, strict=True):
        for before, after in zip(run.picks, back.picks, strict=True):
            np.testing.assert_array_equal(np.sort(after.bells), np.sort(before.bells))
            np.testing.assert_allclose(after.times, before.times, atol=0.5 / 64)
            asked = np.sort(np.clip(before.scores, -65504, 65504))
            np.testing.assert_allclose(np.sort(after.scores), asked, rtol=1e-3, atol=1e-7)


def test_one_chooses_by_arm_labels_and_seed() -> None:
    runs = two_runs()
    assert chosen(runs) == tuple(runs)
    assert chosen(runs, "scratch") == chosen(runs, labels=50) == chosen(runs, seed=0) == (runs[0],)
    assert chosen(runs, "scratch", seed=1) == ()


def test_an_unknown_name_is_told_the_known_ones(tmp_path, monkeypatch) -> None:
    write(tmp_path / "runs-labels.npz", two_runs())
    monkeypatch.setattr(stored, "WEIGHTS", tmp_path)
    assert names() == ["labels"]
    assert [run.arm for run in read("labels")] == ["scratch", "templates"]
    with pytest.raises(UnknownNameError, match="Did you mean"):
        read("label")


def test_what_cannot_be_kept_is_refused(tmp_path) -> None:
    with pytest.raises(CheckpointError, match=r"ends with \.npz"):
        write(tmp_path / "runs", two_runs())
    with pytest.raises(CheckpointError, match="folder"):
        write(tmp_path / "none" / "runs.npz", two_runs())
    with pytest.raises(CheckpointError, match="plain values"):
        write(tmp_path / "runs.npz", [KeptRun("a", 1, 0, 0.0, (), {"what": object()})])
    with pytest.raises(InputError, match="bell 128"):
        write(tmp_path / "runs.npz", [KeptRun("a", 1, 0, 0.0, (picks_of([(128, 1.0, 1.0)]),))])
    assert not list(tmp_path.iterdir())


def changed(header: dict, **arrays: np.ndarray):
    """Change a part of a file: name → array, or the header's entries."""

    def change(content: dict) -> dict:
        told = json.loads(str(content["header"])) | header
        return content | {"header": np.array(json.dumps(told))} | arrays

    return change


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (changed({"format": "else"}), "something else"),
        (changed({"version": 9}), "version 9"),
        (changed({"runs": [{"arm": "a"}]}), "does not fit"),
        (
            changed({"runs": [{"arm": "a", "labels": 1, "seed": 0, "seconds": 1.0, "windows": 4}]}),
            "more windows than it says, or fewer",
        ),
        (changed({}, bells=np.zeros(2, np.int8)), "more picks than it counts, or fewer"),
        (changed({}, times=np.full(3, np.nan, np.float32)), "does not fit"),
    ],
)
def test_a_changed_file_is_refused(tmp_path, change, says: str) -> None:
    path = tmp_path / "runs.npz"
    write(path, two_runs())
    content = dict(np.load(path))
    np.savez(path, **change(content))
    with pytest.raises(CheckpointError, match=says):
        read(path)


def test_a_damaged_file_is_refused(tmp_path) -> None:
    path = tmp_path / "runs.npz"
    with pytest.raises(AscError, match="not there"):
        read(path)
    path.write_bytes(b"PK nothing")
    with pytest.raises(CheckpointError, match="cannot be read"):
        read(path)
