"""A training that was interrupted anywhere goes on to the same bits as if nothing had happened."""

import logging
import signal
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

import pytest
import torch
from torch.optim import SGD
from torch.utils.data import DataLoader

from asctools.errors import CheckpointError
from asctools.eventlog import XESLogger, read
from asctools.eventlog.conformance import check
from asctools.eventlog.errors import LogError
from asctools.rnn import LSTM
from asctools.rnn_trainer import RNNTrainer
from asctools.training import Callback, EventLog, ModelCheckpoint, Trainer
from tests.asctools.training.plain_loops import PAIRS, mse, small_net
from tests.asctools.training.resumed_training import (
    EPOCHS,
    Noisy,
    differences,
    found,
    log_of,
    run,
    timeless,
    training,
)

MOMENTS = [name for name in vars(Callback) if name.startswith("on_")]


class Disturbs(Callback):
    """Do something at the moment of a number, counted from 0 through all moments."""

    def __init__(self, at: int, act: Callable[[], Any]) -> None:
        self.at, self.act, self.told = at, act, -1
        self.iteration = 0

    def moment(self, trainer: Trainer) -> None:
        """Count, and act."""
        self.told += 1
        if self.told == self.at:
            self.iteration = trainer.iteration
            self.act()


for name in MOMENTS:
    setattr(Disturbs, name, Disturbs.moment)


class DisturbedError(Exception):
    """What no training raises by itself."""


def fail() -> None:
    """Raise it."""
    raise DisturbedError


KINDS: dict[str, dict[str, Any]] = {
    "rows": {},
    "each batch": {"accumulate": 1, "seed": 3},
    "sequences": {"kind": "sequences", "every_steps": None},
    "bfloat16": {"precision": "bfloat16", "every_steps": 3},
}


def wrong(kind: str, folder: Path, trainer: Trainer) -> list[str]:
    """Return what a training has left that is not as if nobody had disturbed it."""
    mine = found(folder, trainer)  # first, since the other draws numbers too
    return list(differences(whole(kind)[0], mine))


@cache
def whole(kind: str) -> tuple[dict[str, Any], int]:
    """Return what a training leaves that nobody disturbs, and its number of moments."""
    with TemporaryDirectory() as folder:
        counter = Disturbs(-1, fail)
        trainer = run(Path(folder), counter, **KINDS[kind])
        return found(Path(folder), trainer), counter.told + 1


# Of the other kinds a few moments are enough, never the same ones
EVERY = {"rows": 1, "each batch": 5, "sequences": 3, "bfloat16": 7}


@pytest.mark.parametrize("kind", KINDS)
def test_a_callback_may_fail_at_any_moment(kind: str, tmp_path: Path) -> None:
    moments = whole(kind)[1]
    assert moments > EPOCHS * 8
    for at in range(moments % EVERY[kind], moments, EVERY[kind]):
        folder = tmp_path / str(at)
        folder.mkdir()
        failing = Disturbs(at, fail)
        first = [failing] if at % 2 else []  # before all others, or after them
        with pytest.raises(DisturbedError):
            run(folder, *([] if first else [failing]), first=first, **KINDS[kind])
        trainer = run(folder, resume=True, **KINDS[kind])
        assert wrong(kind, folder, trainer) == [], f"moment {at}"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("kind", ["rows", "each batch"])
def test_a_signal_leaves_a_checkpoint_at_that_very_step(
    number: signal.Signals, kind: str, tmp_path: Path
) -> None:
    moments = whole(kind)[1]
    start = 2 if number == signal.SIGINT else 4
    for at in range(start, moments, 5):
        folder = tmp_path / str(at)
        folder.mkdir()
        asking = Disturbs(at, lambda: signal.raise_signal(number))
        handlers = [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)]
        if number == signal.SIGTERM:
            with pytest.raises(SystemExit) as ended:
                run(folder, asking, **KINDS[kind])
            assert ended.value.code == 128 + signal.SIGTERM
        else:
            history = run(folder, asking, **KINDS[kind]).history
            over = asking.told == at  # it came with the last moment of all
            assert history.stopped == ("epochs" if over else "interrupted")
        assert [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)] == handlers
        kept = torch.load(folder / "last.pth", weights_only=True)
        assert 0 <= kept["iteration"] - asking.iteration <= 1, "it came between two steps"
        trainer = run(folder, resume=True, **KINDS[kind])
        assert wrong(kind, folder, trainer) == [], f"moment {at}"


def test_the_second_signal_interrupts_at_once(tmp_path: Path) -> None:
    def twice() -> None:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        raise AssertionError("too late")

    trainer = run(tmp_path, Disturbs(20, twice))
    assert trainer.history.stopped == "interrupted"
    trainer = run(tmp_path, resume=True)
    assert wrong("rows", tmp_path, trainer) == []


def test_somebody_elses_handler_is_left_alone(tmp_path: Path) -> None:
    heard = []
    before = signal.signal(signal.SIGTERM, lambda number, frame: heard.append(number))
    try:
        run(tmp_path, Disturbs(9, lambda: signal.raise_signal(signal.SIGTERM)))
    finally:
        signal.signal(signal.SIGTERM, before)
    assert heard == [signal.SIGTERM]


def test_num_epochs_counts_from_the_beginning_and_may_grow(tmp_path: Path) -> None:
    trainer, loader, val_loader = training(tmp_path)
    assert len(trainer.fit(loader, val_loader, 2)) == 2
    trainer = run(tmp_path, resume=True)
    assert len(trainer.history) == EPOCHS
    assert timeless(trainer.history.epochs) == whole("rows")[0]["history"]
    iteration = trainer.iteration
    trainer = run(tmp_path, resume=True)  # nothing is left to do
    assert (trainer.iteration, trainer.history.stopped) == (iteration, "epochs")


def test_an_older_checkpoint_takes_everything_back_to_its_epoch(tmp_path: Path) -> None:
    run(tmp_path)
    trainer, loader, val_loader = training(tmp_path)
    trainer.fit(loader, val_loader, EPOCHS, resume_from=tmp_path / "checkpoint_epoch_2.pth")
    assert wrong("rows", tmp_path, trainer) == []


def test_a_training_that_had_stopped_stays_so(tmp_path: Path) -> None:
    class Enough(Callback):
        def on_step_end(self, trainer: Trainer) -> None:
            if trainer.iteration == 2:
                trainer.stop("enough")

    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    trainer = run(one, Enough())
    wanted = found(one, trainer)
    assert (len(trainer.history), trainer.history.stopped) == (1, "enough")
    with pytest.raises(DisturbedError):  # in the middle of the epoch that it is to end
        run(other, Enough(), Disturbs(8, fail))
    assert torch.load(other / "last.pth", weights_only=True)["history"]["stopped"] == "enough"
    for _ in range(2):
        trainer = run(other, Enough(), resume=True)
        assert list(differences(wanted["history"], timeless(trainer.history.epochs))) == []
        assert trainer.history.stopped == "enough"
    assert log_of(one / "run.xes") == log_of(other / "run.xes")


def test_an_explosion_stays_one(tmp_path: Path) -> None:
    class Spoils(Callback):
        def on_step_end(self, trainer: Trainer) -> None:
            if trainer.iteration == 5:
                next(trainer.model.parameters()).data.fill_(torch.nan)

    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    trainer = run(one, Spoils())
    wanted = found(one, trainer)
    assert (trainer.iteration, trainer.history.stopped) == (6, "explosion")
    with pytest.raises(DisturbedError):  # between the step that failed and the epoch's end
        run(other, Spoils(), Disturbs(22, fail))
    assert torch.load(other / "last.pth", weights_only=True)["history"]["stopped"] == "explosion"
    assert list(differences(wanted, found(other, run(other, Spoils(), resume=True)))) == []


def test_a_thread_of_its_own_hears_no_signals_and_trains(tmp_path: Path) -> None:
    done: list[Trainer] = []
    thread = Thread(target=lambda: done.append(run(tmp_path)))
    thread.start()
    thread.join()
    assert len(done[0].history) == EPOCHS


def test_workers_read_the_rest_of_an_epoch(tmp_path: Path) -> None:
    def fit(folder: Path, *more: Callback, resume: bool = False) -> tuple[Any, list[float]]:
        torch.manual_seed(1)
        model = small_net()
        loader = DataLoader(Noisy(6), 1, shuffle=True, num_workers=2)
        kept = ModelCheckpoint(folder, "loss", every_steps=2)
        mine = Trainer(model, loss, SGD(model.parameters(), 0.1), callbacks=[kept, *more])
        mine.fit(loader, None, 2, folder / "last.pth" if resume else None)
        return [p.detach().numpy().tobytes() for p in model.parameters()], mine.history.losses

    with pytest.raises(DisturbedError):
        fit(tmp_path / "b", Disturbs(25, fail))
    kept = torch.load(tmp_path / "b/last.pth", weights_only=True)
    assert (kept["epoch"], kept["position"]) == (2, 2)
    assert fit(tmp_path / "b", resume=True) == fit(tmp_path / "a")


def loss(model: Any, batch: Any) -> torch.Tensor:
    """Return the squared error of pairs."""
    x, y = batch
    return mse(model(x), y)


class Stream:
    """Pairs, without a word on how many there are."""

    def __init__(self, pairs: Any) -> None:
        self.pairs = pairs

    def __iter__(self) -> Any:
        return iter(self.pairs)


def test_a_loader_that_has_become_shorter_is_refused(tmp_path: Path) -> None:
    def fit(pairs: Any, *more: Callback, resume_from: Path | None = None) -> None:
        model = small_net()
        kept = ModelCheckpoint(tmp_path, "loss", every_steps=1)
        mine = Trainer(model, loss, SGD(model.parameters(), 0.1), callbacks=[kept, *more])
        mine.fit(pairs, None, 1, resume_from)

    with pytest.raises(DisturbedError):
        fit(Stream(PAIRS), Disturbs(6, fail))
    with pytest.raises(CheckpointError, match="a loader of 1 batches after 2 were done"):
        fit(Stream(PAIRS[:1]), resume_from=tmp_path / "last.pth")


class TestTheLogOfAResumedTraining:
    def fit(self, log: Any, folder: Path, *more: Callback, resume: bool = False) -> None:
        model = small_net()
        told = [EventLog(log), ModelCheckpoint(folder, "loss", every_steps=1), *more]
        mine = Trainer(model, loss, SGD(model.parameters(), 0.1), callbacks=told)
        mine.fit(PAIRS, None, 2, folder / "last.pth" if resume else None)

    def names(self, path: Path) -> list[str]:
        return list(read(path)["concept:name"])

    def test_may_be_packed(self, tmp_path: Path) -> None:
        path = tmp_path / "run.xes.gz"
        self.fit(path, tmp_path)
        whole = self.names(path)
        with pytest.raises(DisturbedError):
            self.fit(path, tmp_path, Disturbs(9, fail))
        assert len(self.names(path)) < len(whole)
        self.fit(path, tmp_path, resume=True)
        assert self.names(path) == whole

    def test_may_be_open(self, tmp_path: Path) -> None:
        path = tmp_path / "run.xes"
        with XESLogger(path) as log:
            self.fit(log, tmp_path)
        whole = self.names(path)
        with pytest.raises(DisturbedError), XESLogger(path) as log:
            self.fit(log, tmp_path, Disturbs(8, fail))
        with XESLogger(path, resume=True) as log:
            for k in range(3):
                log.event("afterwards", k=k)
            self.fit(log, tmp_path, resume=True)
            with pytest.raises(LogError, match="event 1000 is not in it"):
                log.cut_back(1000)
        assert self.names(path) == whole

    def test_begins_anew_where_there_is_none(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        with pytest.raises(DisturbedError):
            self.fit(tmp_path / "run.xes", tmp_path, Disturbs(9, fail))
        with caplog.at_level(logging.WARNING, "asctools"):
            self.fit(tmp_path / "other.xes", tmp_path, resume=True)
        assert "a new one begins" in caplog.text
        assert self.names(tmp_path / "other.xes")[-1] == "EpochEnd"

    @pytest.mark.parametrize("kind", ["rows", "each batch"])
    def test_is_healthy(self, kind: str, tmp_path: Path) -> None:
        with pytest.raises(DisturbedError):
            run(tmp_path, Disturbs(17, fail), **KINDS[kind])
        run(tmp_path, resume=True, **KINDS[kind])
        report = check(tmp_path / "run.xes")
        assert report.deviations == ()
        assert report.fitting == report.iterations


def test_the_trainer_for_sequences_goes_on(tmp_path: Path) -> None:
    inputs = torch.randn(7, 4, 2, generator=torch.Generator().manual_seed(0))

    def train(folder: Path, epochs: int, **options: Any) -> tuple[list[float], bytes]:
        torch.manual_seed(0)
        model = LSTM(2, 3, 1, "cpu")
        losses = RNNTrainer(model, "cpu").train(
            *(inputs, inputs.sum((1, 2))),
            max_epochs=epochs,
            batch_size=2,
            checkpoint=folder,
            seed=4,
            show_progress=False,
            **options,
        )
        return losses, b"".join(p.detach().numpy().tobytes() for p in model.parameters())

    wanted = train(tmp_path / "a", 5)
    train(tmp_path / "b", 3)
    assert train(tmp_path / "b", 5, resume_from=tmp_path / "b" / "last.pth") == wanted
