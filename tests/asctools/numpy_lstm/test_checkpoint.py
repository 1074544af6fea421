"""A training goes on from a checkpoint to the same bits, and a bad file is refused and named."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from asctools.errors import CheckpointError
from asctools.numpy_lstm import checkpoint, saving
from asctools.numpy_lstm.history import History
from asctools.numpy_lstm.model import CharLSTM
from asctools.numpy_lstm.optim import SGD, AdaGrad, Adam, Optimizer
from asctools.numpy_lstm.schedule import cosine
from asctools.numpy_lstm.train import train
from tests.asctools.numpy_lstm.small_training import (
    HELD_OUT,
    SIZES,
    TEXT,
    VOCABULARY,
    Recorder,
    small_model,
)

# Three epochs of 6 iterations in which everything happens: looks, plateaus, samples, a schedule.
BUSY: dict[str, Any] = SIZES | {
    "num_epochs": 3,
    "validation": HELD_OUT,
    "validate_every": 2,
    "lr_patience": 2,
    "patience": 8,
    "schedule": cosine(0.1, 18, warm_up=2),
    "sample_every": 4,
    "sample_length": 10,
    "vocabulary": VOCABULARY,
    "seed": 11,
}
OPTIMIZERS: dict[str, Callable[[], Optimizer]] = {
    "sgd": lambda: SGD(0.1, 0.9),
    "adagrad": lambda: AdaGrad(0.1),
    "adam": lambda: Adam(0.1),
}


def trained(make: Callable[[], Optimizer], **settings: Any) -> tuple[CharLSTM, Optimizer, History]:
    model, optimizer = small_model(2), make()
    return model, optimizer, train(model, TEXT, optimizer, **(BUSY | settings))


def same_bits(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> bool:
    return one.keys() == other.keys() and all(
        one[name].tobytes() == other[name].tobytes() for name in one
    )


@pytest.mark.parametrize("iteration", [1, 5, 6, 7, 12, 17, 18])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_resuming_gives_the_same_bits_as_no_interruption(
    name: str, iteration: int, tmp_path: Path
) -> None:
    make, path = OPTIMIZERS[name], tmp_path / "last.npz"
    model, optimizer, whole = trained(make, checkpoint=tmp_path / "whole.npz")
    assert {len(whole.validations), len(whole.samples), len(whole.losses)} == {9, 4, 18}
    assert len(set(whole.learning_rates)) > 10
    assert whole.stopped == ("patience" if name == "sgd" else None)

    observer = Recorder("step", interrupt_at=("BackwardPass", iteration))
    first = trained(make, observer=observer, checkpoint=path)[2]
    assert len(first.losses) == iteration
    assert first.stopped == ("interrupt" if iteration < 18 else whole.stopped)

    resumed, other, history = trained(make, checkpoint=path, resume_from=path)
    assert same_bits(resumed.parameters, model.parameters)
    assert same_bits(other.state_dict(), optimizer.state_dict())
    assert history == whole
    assert same_bits(saving.read_npz(path), saving.read_npz(tmp_path / "whole.npz"))


@pytest.mark.parametrize("every", [None, 4])
def test_a_checkpoint_is_written_as_often_as_asked(every: int | None, tmp_path: Path) -> None:
    path, seen = tmp_path / "last.npz", set()

    class Watcher(Recorder):
        def event(self, name: str, **attributes: Any) -> None:
            if path.exists():
                seen.add(header(path)["counters"]["iteration"])

    trained(OPTIMIZERS["adam"], checkpoint=path, checkpoint_every=every, observer=Watcher("step"))
    assert seen == ({4, 8, 12, 16} if every else {6, 12})
    assert header(path)["counters"]["iteration"] == (16 if every else 18)


def test_a_training_that_had_ended_stays_ended(tmp_path: Path) -> None:
    settings = {"checkpoint": tmp_path / "last.npz", "target": 100.0}
    model, _, whole = trained(OPTIMIZERS["adam"], **settings)
    assert whole.stopped == "target"
    again, _, history = trained(OPTIMIZERS["adam"], resume_from=tmp_path / "last.npz", **settings)
    assert history == whole
    assert same_bits(again.parameters, model.parameters)


def test_more_epochs_can_be_asked_for(tmp_path: Path) -> None:
    make = OPTIMIZERS["adam"]
    trained(make, num_epochs=1, checkpoint=tmp_path / "last.npz")
    model, _, history = trained(make, num_epochs=3, resume_from=tmp_path / "last.npz")
    whole, _, wanted = trained(make)
    assert history == wanted
    assert same_bits(model.parameters, whole.parameters)


def test_the_generator_of_the_models_dropout_goes_on_where_it_was(tmp_path: Path) -> None:
    def noisy(**settings: Any) -> CharLSTM:
        model = small_model(2)
        model.lstm.dropout = 0.5
        train(model, TEXT, Adam(0.1), **(BUSY | settings))
        return model

    path = tmp_path / "last.npz"
    whole = noisy()
    noisy(observer=Recorder("step", interrupt_at=("ZeroGrad", 8)), checkpoint=path)
    assert same_bits(noisy(resume_from=path).parameters, whole.parameters)
    calm, _, _ = trained(OPTIMIZERS["adam"])
    assert not same_bits(calm.parameters, whole.parameters)


KILLED = """
import numpy as np
from asctools.numpy_lstm.model import CharLSTM
from asctools.numpy_lstm.optim import Adam
from asctools.numpy_lstm.train import train

text = np.random.default_rng(0).integers(0, 5, 2000)
train(CharLSTM(5, 16, seed=5), text, Adam(0.01), 10**6, batch_size=4, time_steps=5,
      checkpoint={path!r}, checkpoint_every=1, validation=text[:100])
"""


@pytest.mark.slow
def test_a_training_that_is_killed_leaves_its_last_complete_checkpoint(tmp_path: Path) -> None:
    path = tmp_path / "last.npz"
    reached = []
    for wait in (0.0, 0.0137, 0.0291, 0.0513):
        process = subprocess.Popen([sys.executable, "-c", KILLED.format(path=str(path))])
        before = path.stat().st_mtime_ns if path.exists() else 0
        while not path.exists() or path.stat().st_mtime_ns == before:
            assert process.poll() is None
            time.sleep(0.01)
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        text = np.random.default_rng(0).integers(0, 5, 2000)
        found = header(path)["counters"]
        history = train(
            CharLSTM(5, 16, seed=5),
            text,
            Adam(0.01),
            found["epoch"] + 1,
            batch_size=4,
            time_steps=5,
            validation=text[:100],
            resume_from=path,
        )
        assert len(history.losses) == 99 * (found["epoch"] + 1)
        reached.append(found["iteration"])
    assert all(iteration >= 1 for iteration in reached)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    trained(OPTIMIZERS["adam"], num_epochs=1, checkpoint=tmp_path / "last.npz")
    return tmp_path / "last.npz"


def header(path: Path) -> dict[str, Any]:
    return json.loads(str(saving.read_npz(path)["header"]))  # type: ignore[no-any-return]


def refused(path: Path, message: str, **settings: Any) -> None:
    """Resume, see it refused, and see that neither model nor optimiser were touched."""
    model = settings.pop("model", small_model(2))
    optimizer, text = settings.pop("optimizer", Adam(0.1)), settings.pop("text", TEXT)
    before = {name: w.copy() for name, w in model.parameters.items()}
    with pytest.raises(CheckpointError, match=message):
        train(model, text, optimizer, **(BUSY | settings), resume_from=path)
    assert same_bits(model.parameters, before)
    assert optimizer.steps == 0


def test_a_checkpoint_of_something_else_is_refused(saved: Path) -> None:
    refused(saved, "does not fit the model.*weight_ih_l0", model=CharLSTM(5, 4, 2))
    refused(saved, "does not fit the model", model=CharLSTM(5, 3, 2, dtype=np.float64))
    refused(saved, "the state of Adam, expected one of SGD", optimizer=SGD(0.1))
    refused(saved, "differs in text", text=TEXT[::-1])
    refused(saved, "differs in time_steps", time_steps=4)
    refused(saved, "differs in batch_size", batch_size=3)
    refused(saved.parent / "none.npz", "not there")
    refused(saved.parent, "no file")


def test_a_file_of_something_else_is_refused(saved: Path) -> None:
    small_model().save(saved.parent / "model.npz")
    refused(saved.parent / "model.npz", "a file of something else")
    np.savez(saved.parent / "numbers.npz", a=np.arange(3))
    refused(saved.parent / "numbers.npz", "a file of something else")
    for changed, message in (({"format": "x"}, "a file of x"), ({"version": 99}, "version 99")):
        arrays = saving.read_npz(saved)
        arrays["header"] = np.array(json.dumps(json.loads(str(arrays["header"])) | changed))
        saving.write_npz(saved.parent / "changed.npz", arrays)
        refused(saved.parent / "changed.npz", message)


def test_a_damaged_file_is_refused(saved: Path) -> None:
    content = saved.read_bytes()
    broken = saved.parent / "broken.npz"
    for size in (0, 1, 100, len(content) // 2, len(content) - 1):
        broken.write_bytes(content[:size])
        refused(broken, "cannot be read")


def test_a_flipped_byte_is_refused_or_changes_nothing(saved: Path) -> None:
    content, broken = saved.read_bytes(), saved.parent / "broken.npz"
    wanted, found = checkpoint.read(saved), 0
    middle = len(content) // 8 * 7  # then comes the list of what is in the file
    for place in (*range(0, middle, middle // 100), *range(middle, len(content), 7)):
        flipped = bytes([content[place] ^ 255])
        broken.write_bytes(content[:place] + flipped + content[place + 1 :])
        try:
            header, arrays = checkpoint.read(broken)
            assert header == wanted[0]
            assert same_bits(arrays, wanted[1])  # it was a time stamp, say
        except CheckpointError:
            found += 1
    assert found > 50


def test_no_code_in_a_file_is_run(saved: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return (os.mkdir, (str(saved.parent / "sprung"),))

    np.savez(saved.parent / "trap.npz", header=np.array(Trap(), dtype=object))
    refused(saved.parent / "trap.npz", "cannot be read")
    assert not (saved.parent / "sprung").exists()


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="Make the folder"):
        trained(OPTIMIZERS["adam"], checkpoint=tmp_path / "none" / "last.npz")


def test_nothing_but_the_checkpoint_is_left_behind(saved: Path) -> None:
    assert [path.name for path in saved.parent.iterdir()] == ["last.npz"]
