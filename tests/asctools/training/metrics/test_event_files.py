"""TensorBoard's files, read back with its own reader."""

from __future__ import annotations

import builtins

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from asctools.errors import CheckpointError, InputError
from asctools.training.callbacks.training_metrics import TrainingMetrics
from asctools.training.metrics import read_tensorboard
from asctools.training.metrics.event_files import EventFiles


def files(folder, steps, start: EventFiles | None = None) -> EventFiles:
    found = start or EventFiles(folder)
    if start is None:
        found.begin()
    for step in steps:
        found.add(step, {"step/loss": 1.0 / step, "step/norm": 2.0 * step})
    found.flush()
    return found


def test_numbers_read_back_in_single_precision(tmp_path) -> None:
    files(tmp_path, range(1, 8))
    curves = read_tensorboard(tmp_path)
    assert set(curves) == {"step/loss", "step/norm"}
    step, value = curves["step/loss"]
    np.testing.assert_array_equal(step, range(1, 8))
    np.testing.assert_array_equal(value, np.float32(1.0 / np.arange(1, 8)))


def test_numbers_that_are_none_are_kept_too(tmp_path) -> None:
    found = files(tmp_path, [])
    found.add(1, {"a": float("nan")})
    found.add(2, {"a": float("inf")})
    found.flush()
    np.testing.assert_array_equal(read_tensorboard(tmp_path)["a"].value, [np.nan, np.inf])


def test_cut_back_and_gone_on_is_as_if_nothing_had_been(tmp_path) -> None:
    state = files(tmp_path, range(1, 5)).state()
    lost = EventFiles(tmp_path)
    lost.cut(state, 4)
    files(tmp_path, [5, 6, 7], lost)
    again = EventFiles(tmp_path)
    again.cut(state, 4)
    again.add(5, {"step/loss": 50.0})
    again.flush()
    steps, values = read_tensorboard(tmp_path)["step/loss"]
    np.testing.assert_array_equal(steps, [1, 2, 3, 4, 5])
    assert values[-1] == 50.0
    assert sorted(path.name[-6:] for path in tmp_path.iterdir()) == ["000001", "000002"]


def test_a_tensorboard_that_is_running_forgets_what_is_gone(tmp_path) -> None:
    first = files(tmp_path, range(1, 5))
    state = first.state()
    files(tmp_path, [5, 6, 7], first)
    viewer = EventAccumulator(str(tmp_path))
    viewer.Reload()
    assert [event.step for event in viewer.Scalars("step/loss")] == [1, 2, 3, 4, 5, 6, 7]
    again = EventFiles(tmp_path)
    again.cut(state, 4)
    files(tmp_path, [5, 6], again)
    viewer.Reload()
    assert [event.step for event in viewer.Scalars("step/loss")] == [1, 2, 3, 4, 5, 6]


def test_a_new_training_removes_its_own_files_and_nothing_else(tmp_path) -> None:
    (tmp_path / "events.out.tfevents.1700000000.elsewhere.7.0").write_bytes(b"")
    (tmp_path / "notes.txt").write_text("stay")
    files(tmp_path, [1, 2, 3])
    files(tmp_path, [9])
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {
        "events.out.tfevents.1700000000.elsewhere.7.0",
        "events.out.tfevents.000001",
        "notes.txt",
    }
    np.testing.assert_array_equal(read_tensorboard(tmp_path)["step/loss"].step, [9])


def test_a_file_that_holds_less_than_the_state_is_refused(tmp_path) -> None:
    state = files(tmp_path, [1, 2, 3]).state()
    path = tmp_path / "events.out.tfevents.000001"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(CheckpointError, match="000001"):
        EventFiles(tmp_path).cut(state, 3)
    path.unlink()
    with pytest.raises(CheckpointError, match="missing"):
        EventFiles(tmp_path).cut(state, 3)


def test_a_folder_without_an_event_file_is_refused(tmp_path) -> None:
    for folder in (tmp_path, tmp_path / "nothing"):
        with pytest.raises(InputError, match="no event file"):
            read_tensorboard(folder)


def test_without_tensorboard_the_error_names_the_extra(tmp_path, monkeypatch) -> None:
    real = builtins.__import__

    def missing(name, *args, **kwargs):
        if name.startswith("tensorboard"):
            raise ModuleNotFoundError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(InputError, match=r"asctools\[torch\].*tensorboard=False"):
        TrainingMetrics(tmp_path)
    TrainingMetrics(tmp_path, tensorboard=False)
