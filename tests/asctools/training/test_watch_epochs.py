"""Epochs are told from inside the loader, whatever it is and however a loop leaves it."""

import functools
import logging
import math
from typing import Any

import pytest
import torch
from torch.utils.data import DataLoader, TensorDataset

from asctools.training.watch import watched
from tests.asctools.numpy_lstm.small_training import Recorder
from tests.asctools.training import plain_loops
from tests.asctools.training.plain_loops import PAIRS, X, Y, letters, mse, small_net

STEP = ("epoch", "step")


def test_a_loader_numbers_batches_and_tells_epochs() -> None:
    recorder, model = Recorder(*STEP), small_net()
    optimizer = plain_loops.sgd(model)
    loader = DataLoader(TensorDataset(X, Y), 4)
    with watched(model, optimizer, recorder, loader=loader, num_epochs=2):
        for _ in range(2):
            model.train()
            for x, y in loader:
                mse(model(x), y).backward()
                mse(model(x), y).backward()
                optimizer.step()
                optimizer.zero_grad()
    assert letters(recorder) == "t( FBFBUZ FBFBUZ)t( FBFBUZ FBFBUZ)"
    counts = {"total_epochs": 2, "iterations_per_epoch": 2, "dataset_size": 6}
    assert recorder.all("EpochStart") == [{"epoch": epoch, **counts} for epoch in (1, 2)]
    losses = [values["loss"] for values in recorder.all("ForwardPass")]
    norms = [values["grad_norm"] for values in recorder.all("BackwardPass")]
    assert recorder.all("EpochEnd") == [
        {"epoch": 1, "final_loss": losses[3], "final_grad_norm": norms[3]},
        {"epoch": 2, "final_loss": losses[7], "final_grad_norm": norms[7]},
    ]


class Traces(Recorder):
    """Keep the traces among the events."""

    def trace(self, name: str, **attributes: Any) -> None:
        self.events.append((f"trace {name}", attributes))


@pytest.mark.parametrize("kind", ["list", "generator", "class", "sequence", "stream"])
def test_any_loader_is_watched_from_inside_or_through_the_batches(kind: str) -> None:
    class Batches:
        def __len__(self) -> int:
            return 3

        def __iter__(self) -> Any:
            return iter(PAIRS)

    class ByNumber:
        def __getitem__(self, k: int) -> Any:
            return PAIRS[k]

    class Stream(torch.utils.data.IterableDataset):
        def __iter__(self) -> Any:
            return iter(PAIRS)

    loader: Any = {
        "list": PAIRS,
        "generator": (pair for pair in PAIRS),
        "class": Batches(),
        "sequence": ByNumber(),
        "stream": DataLoader(Stream(), batch_size=None),
    }[kind]
    recorder, model = Traces(*STEP), small_net()
    optimizer = plain_loops.sgd(model)
    with watched(model, optimizer, recorder, loader=loader) as watch:
        for x, y in loader if kind in ("class", "stream") else watch.batches:
            mse(model(x), y).backward()
            optimizer.step()
    start, *rest = recorder.events
    known = {"iterations": 3} if kind in ("list", "class") else {}
    assert start == ("trace epoch 1", {"epoch": 1} | known)
    assert rest[0][1].get("dataset_size") == (6 if kind == "list" else None)
    recorder.events = rest
    assert letters(recorder) == "( FBU FBU FBU)"


def test_the_batches_of_the_watch_count_once_where_the_loader_tells_too() -> None:
    recorder, model = Recorder(*STEP), small_net()
    optimizer = plain_loops.sgd(model)
    loader = DataLoader(TensorDataset(X, Y), 3)
    with watched(model, optimizer, recorder, loader=loader) as watch:
        for x, y in watch.batches:
            mse(model(x), y).backward()
    assert letters(recorder) == "( FB FB)"


def test_a_loader_that_nobody_walks_through_is_told_of(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "asctools"):
        recorder, model = Recorder(*STEP), small_net()
        optimizer = plain_loops.sgd(model)
        with watched(model, optimizer, recorder, loader=PAIRS):
            plain_loops.clear_first(model, optimizer)
    assert "never walked through the list" in caplog.text
    assert "watch.batches" in caplog.text
    assert letters(recorder) == "ZFBU ZFBU ZFBU"


def test_other_loaders_of_the_same_class_are_left_alone() -> None:
    recorder, model = Recorder(*STEP), small_net()
    optimizer = plain_loops.sgd(model)
    train, validation = (DataLoader(TensorDataset(X, Y), 3) for _ in range(2))
    with watched(model, optimizer, recorder, loader=train, criterion=mse):
        for x, y in train:
            mse(model(x), y).backward()
            optimizer.step()
        model.eval()
        with torch.no_grad():
            losses = [plain_loops.mse(model(x), y).item() for x, y in validation]
    assert letters(recorder) == "( FBU FBU)eE"
    look = {"iteration": 2, "mode": "eval", "grad_enabled": False, "calls": 2}
    assert recorder.all("EvaluationPass") == [look | {"loss": pytest.approx(sum(losses) / 2)}]


def test_a_walk_that_goes_on_when_the_watch_is_over_tells_no_more() -> None:
    recorder, model = Recorder(*STEP), small_net()
    optimizer = plain_loops.sgd(model)
    loader = DataLoader(TensorDataset(X, Y), 2)
    with watched(model, optimizer, recorder, loader=loader) as watch:
        batches = iter(loader)
        next(batches)
        assert len(watch.batches) == 3
    assert len(list(batches)) == 2
    assert letters(recorder) == "("


def test_a_break_ends_an_epoch_when_the_training_goes_on() -> None:
    recorder, model = Recorder(*STEP), small_net()
    optimizer = plain_loops.sgd(model)
    loader = DataLoader(TensorDataset(X, Y), 2)
    with watched(model, optimizer, recorder, loader=loader):
        for _ in range(2):
            for k, (x, y) in enumerate(loader):
                mse(model(x), y).backward()
                if k == 1:
                    break
    assert letters(recorder) == "( FB FB)( FB FB)"


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_an_epoch_with_an_error_in_it_has_no_end(error: type[BaseException]) -> None:
    recorder, model = Recorder(*STEP), small_net()
    optimizer = plain_loops.sgd(model)
    loader = DataLoader(TensorDataset(X, Y), 2)

    def failing() -> None:
        for k, (x, y) in enumerate(loader):
            loss = mse(model(x), y)
            if k == 1:
                raise error
            loss.backward()
            optimizer.step()

    with pytest.raises(error), watched(model, optimizer, recorder, loader=loader):
        failing()
    assert letters(recorder) == "( FBU"
    with watched(model, optimizer, recorder, loader=loader):
        failing_again = functools.partial(pytest.raises, error)
        with failing_again():
            failing()
        optimizer.step()
    assert letters(recorder) == "( FBU" + "(FBU FU)"


@pytest.mark.parametrize("leave", [False, True])
def test_a_log_of_epochs_alone_knows_how_each_ended(leave: bool) -> None:
    recorder, model = Recorder("epoch"), small_net()
    optimizer = plain_loops.sgd(model)
    loader = DataLoader(TensorDataset(X, Y), 2)
    with watched(model, optimizer, recorder, loader=loader):
        for x, y in loader:
            optimizer.zero_grad()
            loss = mse(model(x), y)
            loss.backward()
            if leave:
                break
    (end,) = recorder.all("EpochEnd")
    assert end["final_loss"] == loss.item()
    norm = torch.cat([p.grad.flatten() for p in model.parameters()]).norm().item()
    if leave:  # nobody could know that it was the last
        assert math.isnan(end["final_grad_norm"])
    else:
        assert end["final_grad_norm"] == pytest.approx(norm, rel=1e-6)


def test_a_pass_that_nothing_follows_belongs_to_its_own_batch() -> None:
    recorder, model = Recorder(*STEP), small_net()
    optimizer = plain_loops.sgd(model)
    loader = DataLoader(TensorDataset(X, Y), 2)
    with watched(model, optimizer, recorder, loader=loader):
        for _ in range(2):
            for x, _ in loader:
                model(x)
    assert letters(recorder) == "( F F F)( F F F)"
