"""A model on disk: the same bits again, or a sentence that says what is wrong with the file."""

from pathlib import Path

import numpy as np
import pytest

from asctools.errors import CheckpointError
from asctools.numpy_lstm import saving
from asctools.numpy_lstm.model import CharLSTM


def model(dtype: type = np.float32) -> CharLSTM:
    return CharLSTM(5, 4, 2, dtype=dtype, seed=0)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_model_comes_back_to_the_same_bits(tmp_path: Path, dtype: type) -> None:
    path = tmp_path / "model.npz"
    before = model(dtype)
    before.save(path)
    after = CharLSTM.load(path)
    assert (after.vocab_size, after.hidden_size, after.num_layers, after.dtype) == (5, 4, 2, dtype)
    for name, value in before.parameters.items():
        assert (after.parameters[name] == value).all()
    assert (before.sample(20, seed=1) == after.sample(20, seed=1)).all()
    # The loaded arrays are those of the layers: a step of training must reach them
    after.parameters["weight_hh_l1"][...] = 0.0
    assert not after.lstm.parameters["weight_hh_l1"].any()


def test_an_older_file_stays_when_writing_fails(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "model.npz"
    model().save(path)
    before = path.read_bytes()

    def fails(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(np, "savez", fails)
    with pytest.raises(OSError, match="disk full"):
        model().save(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="a folder to write into"):
        model().save(tmp_path / "nowhere" / "model.npz")


def damaged(path: Path, kind: str) -> None:
    """Write a model to ``path`` and harm it in one way."""
    model().save(path)
    arrays = saving.read_npz(path)
    content = path.read_bytes()
    if kind == "cut short":
        path.write_bytes(content[: len(content) // 2])
    elif kind == "flipped":
        middle = content.index(b"weight_hh_l0") + 200
        path.write_bytes(content[:middle] + bytes([content[middle] ^ 255]) + content[middle + 1 :])
    elif kind == "text":
        path.write_text("no model at all")
    elif kind == "empty":
        path.write_bytes(b"")
    elif kind == "pickle":
        np.savez(path, kind=np.array([{"a": 1}], dtype=object))
    else:
        changes = {
            "kind": {"kind": np.array("Elephant")},
            "version": {"version": np.array(99)},
            "sizes": {"sizes": np.array([5, 3, 2])},
            "odd sizes": {"sizes": np.array([5, -3])},
            "nan": {"parameters/b_y": np.full(5, np.nan, np.float32)},
            "dtype": {"parameters/b_y": np.zeros(5, np.int64)},
            "odd dtype": {"dtype": np.array("int64")},
            "more": {"parameters/b_z": np.zeros(5, np.float32)},
        }
        missing = {"missing": "parameters/b_y", "no header": "version"}.get(kind)
        arrays.pop(missing, None)
        saving.write_npz(path, arrays | changes.get(kind, {}))


DAMAGES = {
    "cut short": "cannot be read",
    "flipped": "cannot be read",
    "text": "cannot be read",
    "empty": "cannot be read",
    "pickle": "cannot be read",
    "kind": "a file of Elephant",
    "no header": "a file of CharLSTM",
    "version": "version 99",
    "sizes": "should be",
    "odd sizes": "hidden_size=-3",
    "nan": "b_y holds NaN",
    "dtype": "b_y",
    "odd dtype": "int64",
    "missing": "b_y",
    "more": "b_z",
}


@pytest.mark.parametrize(("kind", "words"), DAMAGES.items())
def test_a_file_that_is_not_right_is_refused(tmp_path: Path, kind: str, words: str) -> None:
    path = tmp_path / "model.npz"
    damaged(path, kind)
    with pytest.raises(CheckpointError) as caught:
        CharLSTM.load(path)
    assert words in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="not there"):
        CharLSTM.load(tmp_path / "model.npz")
    with pytest.raises(CheckpointError, match="no file"):
        CharLSTM.load(tmp_path)
