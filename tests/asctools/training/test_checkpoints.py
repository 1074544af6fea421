"""What a checkpoint holds, when it is written, and which files are refused, changing nothing."""

import copy
import os
import pickle
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from torch import nn
from torch.optim import SGD, Adam
from torch.optim.lr_scheduler import MultiStepLR, StepLR
from torch.utils.data import DataLoader, TensorDataset

from asctools.errors import CheckpointError, InputError, UnknownNameError
from asctools.training import Callback, ModelCheckpoint, StepResult, Trainer, checkpoint
from asctools.training.plain import plain
from tests.asctools.training.plain_loops import PAIRS, X, Y, mse
from tests.asctools.training.resumed_training import timeless


def net(width: int = 3, seed: int = 0) -> nn.Sequential:
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(2, width), nn.Tanh(), nn.Linear(width, 1))


def step(model: nn.Module, batch: Any) -> torch.Tensor:
    return mse(model(batch[0]), batch[1])


def trainer(
    model: nn.Module | None = None, kind: Any = Adam, scheduler: Any = StepLR, **options: Any
) -> Trainer:
    model = model or net()
    optimizer = kind(model.parameters(), lr=0.1)
    made = None if scheduler is None else scheduler(optimizer, 2)
    return Trainer(model, step, optimizer, scheduler=made, device="cpu", **options)


def loader() -> Any:
    generator = torch.Generator().manual_seed(1)
    return DataLoader(TensorDataset(X, Y), 2, shuffle=True, generator=generator)


def bits(mine: Trainer) -> Any:
    """Return everything of a trainer that a checkpoint would change."""
    held = [mine.model.state_dict(), mine.optimizer.state_dict(), vars(mine.history), mine.epoch]
    held += [mine.scheduler and mine.scheduler.state_dict(), torch.get_rng_state()]
    return timeless(held)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    trainer(callbacks=[ModelCheckpoint(tmp_path, "loss")]).fit(loader(), num_epochs=2)
    return tmp_path / "last.pth"


def test_the_keys_that_others_rely_on(saved: Path) -> None:
    content = checkpoint.read(saved)
    names = {"model_state_dict", "optimizer_state_dict", "scheduler_state_dict", "epoch"}
    assert names | {"iteration", "position", "chance", "normaliser", "config"} <= content.keys()
    assert (content["epoch"], content["iteration"], content["position"]) == (2, 6, 0)
    assert content["model_state_dict"].keys() == net().state_dict().keys()


# ── when it is written ───────────────────────────────────────────────────────────────────────────


class Written(Callback):
    """Notes the files that there are when an epoch begins and at the end."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.files = folder, list[set[str]]()

    def on_epoch_start(self, trainer: Trainer) -> None:
        self.files.append({path.name for path in self.folder.iterdir()})

    on_fit_end = on_epoch_start


def scripted(losses: list[float]) -> Callable[[nn.Module, Any], torch.Tensor]:
    left = iter(losses)
    return lambda model, batch: step(model, batch) if model.training else torch.tensor(next(left))


@pytest.mark.parametrize(
    ("options", "wanted", "best"),
    [
        ({}, [{"last"}, {"best", "last"}, {"best", "last"}, {"best", "last"}], 2),
        ({"save_best": False}, [{"last"}] * 4, None),
        ({"save_every": 2}, [{"last"}, {"last", "best"}, {"last", "best", "2"}] * 1, 2),
        ({"save_every": 1, "keep_last": 2, "save_best": False},
         [{"last"}, {"last", "1"}, {"last", "1", "2"}, {"last", "2", "3"}], None),
        ({"save_every": 1, "keep_last": 2, "save_best": False, "every_steps": 1},
         [{"last"}, {"last", "1"}, {"last", "1", "2"}, {"last", "2", "3"}], None),
        ({"mode": "max"}, [{"last"}, {"last", "best"}], 1),
    ],
)  # fmt: skip
def test_files_are_written_when_they_are_asked_for(
    options: dict[str, Any], wanted: list[set[str]], best: int | None, tmp_path: Path
) -> None:
    names = {"last": "last.pth", "best": "best_model.pth"}
    told, kept = Written(tmp_path), ModelCheckpoint(tmp_path, **options)
    mine = trainer(callbacks=[told, kept])
    mine.step = scripted([3.0, 1.0, 2.0])
    mine.fit(PAIRS, [None], 3)
    for files, these in zip(told.files, wanted, strict=False):
        assert files == {names.get(name, f"checkpoint_epoch_{name}.pth") for name in these}
    if best is not None:
        content = checkpoint.read(tmp_path / "best_model.pth")
        assert content["epoch"] == kept.best_epoch == best
        assert content["history"]["epochs"][-1]["val_loss"] == kept.best


def test_within_an_epoch_if_asked(tmp_path: Path) -> None:
    class Position(Callback):
        seen: tuple[tuple[int, int], ...] = ()

        def on_save(self, trainer: Trainer) -> None:
            content = checkpoint.read(tmp_path / "last.pth")
            self.seen += ((content["iteration"], content["position"]),)

    told = Position()
    trainer(callbacks=[ModelCheckpoint(tmp_path, "loss", every_steps=2), told]).fit(PAIRS)
    assert told.seen == ((0, 0), (0, 0), (2, 2), (2, 2), (3, 0))


def test_a_resumed_training_goes_on_from_the_best_of_before(tmp_path: Path) -> None:
    def fit(losses: list[float], epochs: int, **options: Any) -> ModelCheckpoint:
        kept = ModelCheckpoint(tmp_path, **options)
        mine = trainer(callbacks=[kept])
        mine.step = scripted(losses)
        path = tmp_path / "last.pth"
        mine.fit(PAIRS, [None], epochs, path if path.exists() else None)
        return kept

    fit([1.0, 2.0], 2)
    kept = fit([1.5], 3)
    assert (kept.best, kept.best_epoch) == (1.0, 1)
    assert checkpoint.read(tmp_path / "best_model.pth")["epoch"] == 1
    kept = fit([0.5], 4, monitor="learning_rate")
    assert kept.best_epoch == 4, "of another column there is no best yet"


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match=r"'val_loss'.*'loss'"):
        trainer(callbacks=[ModelCheckpoint(tmp_path)]).fit(PAIRS)


@pytest.mark.parametrize("name", ["save_every", "keep_last", "every_steps"])
def test_counts_are_checked(name: str, tmp_path: Path) -> None:
    for wrong in (0, 1.5, True):
        with pytest.raises(InputError, match=f"{name}={wrong}"):
            ModelCheckpoint(tmp_path, **{name: wrong})


def test_a_folder_is_made_and_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    trainer(callbacks=[ModelCheckpoint(folder, "loss")]).fit(PAIRS)
    (folder / "last.pth.123.tmp").write_bytes(b"half of it")
    trainer(callbacks=[ModelCheckpoint(folder, "loss")]).fit(PAIRS)
    assert {path.name for path in folder.iterdir()} == {"last.pth", "best_model.pth"}
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE((folder / "last.pth").stat().st_mode) == 0o666 & ~mask


def test_a_failed_write_leaves_the_older_file(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = saved.read_bytes()

    def break_off(content: Any, file: Any) -> None:
        file.write(b"half of it")
        raise OSError("the disk is full")

    monkeypatch.setattr(torch, "save", break_off)
    with pytest.raises(OSError, match="full"):
        checkpoint.write(saved, {})
    assert saved.read_bytes() == before
    assert not list(saved.parent.glob("*.tmp"))


# ── what else it holds ───────────────────────────────────────────────────────────────────────────


class Pair(NamedTuple):
    """As a normaliser may be."""

    mean: np.ndarray
    deviation: np.ndarray


class Told:
    """As a configuration may be."""

    def to_dict(self) -> dict[str, Any]:
        return {"rate": np.float64(0.5), "path": Path("a"), "sizes": (1, 2)}


def test_normaliser_and_configuration_come_along(tmp_path: Path) -> None:
    pair = Pair(np.arange(3.0), np.ones(3, np.float32))
    kept = ModelCheckpoint(tmp_path, "loss", config=Told(), normaliser=pair)
    trainer(callbacks=[kept]).fit(PAIRS)
    content = checkpoint.load_model(tmp_path / "last.pth", net(seed=9))
    assert content["config"] == {"rate": 0.5, "path": "a", "sizes": (1, 2)}
    assert type(content["config"]["rate"]) is float
    assert content["normaliser"]["mean"].tolist() == [0.0, 1.0, 2.0]
    assert content["normaliser"]["deviation"].dtype == torch.float32


def test_what_cannot_be_read_back_is_not_written() -> None:
    with pytest.raises(CheckpointError, match="a function for a checkpoint"):
        plain({"a": [lambda: 0]})
    assert plain(np.float32(0.5)) == 0.5
    assert plain({"a": (1, [None, True, "x"])}) == {"a": (1, [None, True, "x"])}


def test_numbers_of_numpy_can_be_read_back(tmp_path: Path) -> None:
    mine = trainer(
        kind=lambda parameters, lr: SGD(parameters, lr=np.float64(lr)),
        callbacks=[ModelCheckpoint(tmp_path, "loss")],
        scores=lambda kept: {"most": kept["y"].max()},
    )
    mine.step = lambda model, batch: StepResult(
        step(model, batch), 2, {"a": np.float32(1)}, {"y": batch[1].bfloat16()}
    )
    mine.fit(PAIRS, PAIRS)
    assert checkpoint.read(tmp_path / "last.pth")["history"]["epochs"][0]["a"] == 1.0


@pytest.mark.parametrize("scheduler", [StepLR, lambda o, k: MultiStepLR(o, [1, 1, 2]), None])
def test_schedulers_of_any_kind(scheduler: Any, tmp_path: Path) -> None:
    def fit(folder: Path, epochs: int, resume: bool = False) -> list[float]:
        kept = ModelCheckpoint(folder, "loss")
        mine = trainer(scheduler=scheduler, callbacks=[kept])
        mine.fit(PAIRS, None, epochs, folder / "last.pth" if resume else None)
        return mine.history.losses + mine.history.learning_rates

    fit(tmp_path / "b", 2)
    assert fit(tmp_path / "b", 4, resume=True) == fit(tmp_path / "a", 4)


def test_the_weights_alone(saved: Path) -> None:
    model = net(seed=9)
    checkpoint.load_model(saved, model)
    kept = checkpoint.read(saved)["model_state_dict"]
    assert all(torch.equal(kept[name], value) for name, value in model.state_dict().items())
    with pytest.raises(CheckpointError, match=r"0\.weight: \(3, 2\) in the file, \(4, 2\) in the"):
        checkpoint.load_model(saved, net(4))


# ── what is refused ──────────────────────────────────────────────────────────────────────────────


class Code:
    """Would run something when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, ("it-ran",)


def changed(saved: Path, **keys: Any) -> None:
    torch.save(checkpoint.read(saved) | keys, saved)


def cut(share: float) -> Callable[[Path], None]:
    def shorten(path: Path) -> None:
        whole = path.read_bytes()
        path.write_bytes(whole[: int(share * len(whole))])

    return shorten


def flip(path: Path) -> None:
    """Change one number in the weights, as a bad disk does."""
    content = bytearray(path.read_bytes())
    weights = checkpoint.read(path)["model_state_dict"]["0.weight"].numpy().tobytes()
    content[content.index(weights) + 2] ^= 4
    path.write_bytes(content)


REFUSED: list[tuple[Any, str]] = [
    (lambda path: path.unlink(), r"last\.pth, which is not there"),
    (lambda path: (path.unlink(), path.mkdir()), "which is no file"),
    (cut(0.0), "cut short, damaged"),
    (cut(0.5), "cut short, damaged"),
    (cut(0.999), "cut short, damaged"),
    (flip, "cut short, damaged"),
    (lambda path: path.write_text("numbers"), "cannot be read"),
    (lambda path: torch.save(Code(), path), "without running code that is in it.*Do not trust"),
    (lambda path: path.write_bytes(pickle.dumps(Code())), "cannot be read"),
    (lambda path: changed(path, normaliser=Code()), "without running code"),
    (lambda path: torch.save({"weights": torch.ones(2)}, path), "a file of something else"),
    (lambda path: torch.save(torch.ones(2), path), "a file of something else"),
    (lambda path: torch.save({"format": checkpoint.FORMAT}, path), "expected a checkpoint of a"),
    (lambda path: torch.save({"format": checkpoint.FORMAT, "version": 1}, path),
     "a checkpoint without callbacks, chance, epoch"),
    (lambda path: changed(path, version=99), "in version 99 of the format, expected version 1"),
]  # fmt: skip


@pytest.mark.parametrize(("spoil", "words"), REFUSED)
def test_a_file_that_is_none_is_refused_and_nothing_changes(
    spoil: Any, words: str, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(saved.parent)
    spoil(saved)
    files = {path.name for path in saved.parent.iterdir()}
    mine = trainer(callbacks=[ModelCheckpoint(saved.parent, "loss")])
    before = bits(mine)
    with pytest.raises(CheckpointError, match=words):
        mine.fit(loader(), num_epochs=3, resume_from=saved)
    assert bits(mine) == before
    assert {path.name for path in saved.parent.iterdir()} == files, "no code of it has run"


def two_groups(parameters: Any, lr: float) -> Adam:
    first, *others = parameters
    return Adam([{"params": [first]}, {"params": others}], lr=lr)


OTHERS: list[tuple[dict[str, Any], str]] = [
    ({"model": lambda: net(4)}, r"0\.weight: \(3, 2\) in the file, \(4, 2\) in the model"),
    ({"model": lambda: nn.Linear(2, 1)}, r"weight: nothing in the file, \(1, 2\) in the model"),
    ({"kind": SGD}, "optimizer: Adam in the file, SGD here"),
    ({"kind": two_groups}, r"groups: \[4\] in the file, \[1, 3\] here"),
    ({"scheduler": None}, "scheduler: StepLR in the file, none here"),
    ({"loader": lambda: PAIRS}, r"\['Generator'\] in the file, \[\] here"),
]


@pytest.mark.parametrize(("other", "words"), OTHERS)
def test_another_training_is_refused_and_nothing_changes(
    other: dict[str, Any], words: str, saved: Path
) -> None:
    options = dict(other)
    batches = options.pop("loader", loader)()
    model = options.pop("model", net)()
    mine = trainer(model, **options)
    before = bits(mine)
    with pytest.raises(CheckpointError, match=words):
        mine.fit(batches, num_epochs=3, resume_from=saved)
    assert bits(mine) == before


def test_all_that_does_not_fit_is_listed(saved: Path) -> None:
    content = copy.deepcopy(checkpoint.read(saved))
    with pytest.raises(CheckpointError) as refused:
        checkpoint.restore(trainer(net(4), kind=SGD, scheduler=None), content)
    for name in ("0.weight", "0.bias", "2.weight", "optimizer", "scheduler", "generators"):
        assert name in str(refused.value)


def in_mid_epoch(folder: Path, **options: Any) -> Path:
    """Return a checkpoint of a training that was interrupted in the middle of an epoch."""

    class Interruption(Callback):
        def on_step_end(self, trainer: Trainer) -> None:
            if trainer.iteration == 2:
                raise KeyboardInterrupt

    keep = ModelCheckpoint(folder, "loss", every_steps=1)
    trainer(callbacks=[keep, Interruption()], **options).fit(loader(), num_epochs=2)
    content = checkpoint.read(folder / "last.pth")
    assert content["position"] > 0
    return folder / "last.pth"


def test_an_epoch_goes_on_with_its_own_batches_only(tmp_path: Path) -> None:
    path = in_mid_epoch(tmp_path)
    whole = TensorDataset(X, Y)
    other = DataLoader(whole, 1, shuffle=True, generator=torch.Generator().manual_seed(1))
    mine = trainer()
    before = bits(mine)
    with pytest.raises(CheckpointError, match=r"batches in the epoch: \d+ in the file, \d+ here"):
        mine.fit(other, num_epochs=2, resume_from=path)
    assert bits(mine) == before
    with pytest.raises(CheckpointError, match="batches for a step: 1 in the file, 2 here"):
        trainer(accumulate=2).fit(loader(), num_epochs=2, resume_from=path)
    trainer().fit(loader(), num_epochs=2, resume_from=path)  # as it was: it goes on


def test_an_epoch_goes_on_with_as_many_processes(tmp_path: Path) -> None:
    path = in_mid_epoch(tmp_path)
    content = checkpoint.read(path)
    content["chance"] = content["chance"] * 2  # as two processes would have written it
    checkpoint.write(path, content)
    with pytest.raises(CheckpointError, match="processes, in the middle of an epoch: 2 in"):
        trainer().fit(loader(), num_epochs=2, resume_from=path)


def test_between_two_epochs_data_may_change(saved: Path) -> None:
    more = DataLoader(TensorDataset(X, Y), 1, generator=torch.Generator().manual_seed(1))
    assert len(trainer().fit(more, num_epochs=3, resume_from=saved)) == 3


@pytest.mark.parametrize("persistent", [False, True])
def test_persistent_workers_are_warned_of(
    persistent: bool, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def own() -> Any:
        generator = torch.Generator().manual_seed(1)
        how: dict[str, Any] = {"num_workers": 1, "persistent_workers": persistent}
        return DataLoader(TensorDataset(X, Y), 2, shuffle=True, generator=generator, **how)

    trainer(callbacks=[ModelCheckpoint(tmp_path, "loss")]).fit(own(), num_epochs=1)
    trainer().fit(own(), num_epochs=2, resume_from=tmp_path / "last.pth")
    assert ("persistent workers" in caplog.text) == persistent
