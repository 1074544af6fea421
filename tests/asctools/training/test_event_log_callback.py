"""The callback keeps the log of a training: what the operations did, what the trainer decided."""

import gzip
import logging
import math
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.optim import SGD
from torch.optim.lr_scheduler import ReduceLROnPlateau, StepLR
from torch.utils.data import DataLoader, TensorDataset

from asctools.errors import InputError
from asctools.eventlog import XESLogger, read
from asctools.rnn import LSTM
from asctools.rnn_trainer import RNNTrainer
from asctools.training import Callback, EarlyStopping, EventLog, Trainer, watched
from tests.asctools.numpy_lstm.small_training import Recorder
from tests.asctools.training import plain_loops
from tests.asctools.training.plain_loops import PAIRS, X, Y, letters, mse, small_net

STEP = ("epoch", "step")
SIGNS = {"Validation": "V", "EarlyStoppingCheck": "?", "EarlyStopping": "!"}
SIGNS |= {"GradientExplosion": "*"}


@pytest.fixture(autouse=True)
def more_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_loops, "LETTERS", plain_loops.LETTERS | SIGNS)


def step(model: nn.Module, batch: Any) -> torch.Tensor:
    x, y = batch
    return mse(model(x), y)


def trainer(*callbacks: Callback, rate: float = 0.1, scheduler: Any = None, **options) -> Trainer:
    model = options.pop("model", None) or small_net()
    optimizer = SGD(model.parameters(), lr=rate)
    options = {"clip_grad_norm": None} | options
    if scheduler is not None:
        options["scheduler"] = scheduler(optimizer)
    return Trainer(
        model, options.pop("step", step), optimizer, callbacks=callbacks, device="cpu", **options
    )


def scripted(losses: list[float]) -> Any:
    """Return a step whose losses on the validation data stand in a script."""
    left = iter(losses)
    return lambda model, batch: step(model, batch) if model.training else torch.tensor(next(left))


def test_a_training_tells_the_plain_loop_and_its_epochs() -> None:
    recorder = Recorder(*STEP)
    history = trainer(EventLog(recorder), clip_grad_norm=1e-3).fit(PAIRS, PAIRS[:2], 2)
    epoch = "(t {0}FZBCU {0}FZBCU {0}FZBCUeV)"
    assert letters(recorder).replace(" ", "") == epoch.replace(" ", "").format("") * 2
    counts = {"total_epochs": 2, "iterations_per_epoch": 3, "dataset_size": 6}
    assert recorder.all("EpochStart") == [{"epoch": epoch, **counts} for epoch in (1, 2)]
    looks = recorder.all("Validation")
    assert [v["iteration"] for v in looks] == [3, 6]
    assert [v["validation_loss"] for v in looks] == history.val_losses
    losses = [v["loss"] for v in recorder.all("ForwardPass")]
    assert sum(losses[:3]) / 3 == pytest.approx(history.losses[0])
    norms = [v["grad_norm"] for v in recorder.all("BackwardPass")]
    assert sum(norms[3:]) / 3 == pytest.approx(history.grad_norms[1])
    assert recorder.all("EpochEnd")[1] == {
        "epoch": 2,
        "final_loss": losses[5],
        "final_grad_norm": pytest.approx(norms[5]),
    }


def test_without_validation_and_clipping_there_are_none() -> None:
    recorder = Recorder(*STEP)
    trainer(EventLog(recorder)).fit(PAIRS[:2], num_epochs=1)
    assert letters(recorder) == "(t FZBU FZBU)"


@pytest.mark.parametrize("first", [True, False])
def test_early_stopping_is_told_wherever_the_log_stands(first: bool) -> None:
    recorder = Recorder(*STEP)
    callbacks = [EventLog(recorder), EarlyStopping(patience=2)]
    losses = [3.0, 2.0, 2.5, 2.25, 1.0]
    mine = trainer(*callbacks[:: 1 if first else -1], step=scripted(losses))
    mine.fit(PAIRS[:1], [None], 5)
    counters, best = [0, 0, 1, 2], [3.0, 2.0, 2.0, 2.0]
    assert recorder.all("EarlyStoppingCheck") == [
        {
            "iteration": k + 1,
            "triggered": k == 3,
            "patience_counter": counters[k],
            "best_val_loss": best[k],
            "monitor": "val_loss",
            "min_delta": 1e-4,
        }
        for k in range(4)
    ]
    told = {"iteration": 4, "reason": "patience", "best_val_loss": 2.0}
    assert recorder.all("EarlyStopping") == [told]
    assert letters(recorder) == "(t" + "(t".join([" FZBUeV?)"] * 3 + [" FZBUeV?!)"])


def test_schedulers_are_told_before_the_epoch_ends() -> None:
    recorder = Recorder(*STEP)
    falling = trainer(EventLog(recorder), rate=1.0, scheduler=lambda o: StepLR(o, 1, 0.5))
    falling.fit(PAIRS[:1], PAIRS[:1], 2)
    assert letters(recorder).count("eVL)") == 2
    assert [v["new_lr"] for v in recorder.all("LearningRateDecay")] == [0.5, 0.25]
    recorder = Recorder(*STEP)
    waiting = trainer(
        EventLog(recorder),
        scheduler=lambda o: ReduceLROnPlateau(o, patience=0, factor=0.5),
        step=scripted([2.0, 2.0, 1.0]),
    )
    waiting.fit(PAIRS[:1], [None], 3)
    assert letters(recorder).count("eVPL)") == 1
    assert recorder.all("PlateauDetected")[0]["current_val_loss"] == 2.0


def test_an_explosion_is_told() -> None:
    recorder = Recorder(*STEP)
    bad = [*PAIRS, (X[:2], Y[:2] * math.nan)]
    trainer(EventLog(recorder)).fit(bad, num_epochs=3)
    assert letters(recorder).endswith("FZB*!)")
    (told,) = recorder.all("GradientExplosion")
    assert told["iteration"] == 4
    assert math.isnan(told["loss"])
    assert math.isnan(told["grad_norm"])
    assert told["threshold"] == math.inf
    (end,) = recorder.all("EarlyStopping")
    assert end == {"iteration": 4, "reason": "explosion", "best_val_loss": None}


class At(Callback):
    """Do something after a number of steps."""

    def __init__(self, iteration: int, error: BaseException | None = None) -> None:
        self.iteration, self.error = iteration, error

    def on_step_end(self, trainer: Trainer) -> None:
        """Raise the error, or stop."""
        if trainer.iteration == self.iteration:
            if self.error is not None:
                raise self.error
            trainer.stop("enough")


def test_a_training_that_is_interrupted_can_go_on_in_the_same_log() -> None:
    recorder = Recorder(*STEP)
    mine = trainer(EventLog(recorder), At(3, KeyboardInterrupt()))
    mine.fit(PAIRS[:2], num_epochs=2)
    mine.fit(PAIRS[:2], num_epochs=1)
    assert letters(recorder) == "(t FZBU FZBU)(t FZBU(t FZBU FZBU)"
    assert [v["epoch"] for v in recorder.all("EpochStart")] == [1, 2, 2]
    assert recorder.all("EarlyStopping") == []


def test_a_reason_of_somebody_else_is_told() -> None:
    recorder = Recorder(*STEP)
    trainer(At(1), EventLog(recorder)).fit(PAIRS[:1], PAIRS[:1], num_epochs=2)
    (told,) = recorder.all("EarlyStopping")
    assert told["reason"] == "enough"
    assert told["best_val_loss"] == recorder.all("Validation")[0]["validation_loss"]


def test_an_error_takes_everything_away_again() -> None:
    recorder = Recorder(*STEP)
    with pytest.raises(RuntimeError, match="no more"):
        trainer(EventLog(recorder), At(2, RuntimeError("no more"))).fit(PAIRS)
    assert letters(recorder) == "(t FZBU FZBU"
    told = len(recorder.events)
    trainer().fit(PAIRS)
    assert len(recorder.events) == told

    class Broken(Callback):
        def on_fit_start(self, trainer: Trainer) -> None:
            raise RuntimeError("not even begun")

    with pytest.raises(RuntimeError, match="not even begun"):
        trainer(EventLog(Recorder()), Broken()).fit(PAIRS)
    with pytest.raises(InputError, match="object as observer"):
        trainer(EventLog(object())).fit(PAIRS)
    model = small_net()
    with watched(model, plain_loops.sgd(model), Recorder()):  # refused if one were left
        pass


def test_a_watched_trainer_is_refused() -> None:
    model = small_net()
    with (
        watched(model, plain_loops.sgd(model), Recorder()),
        pytest.raises(InputError, match="inside another"),
    ):
        trainer(EventLog(Recorder())).fit(PAIRS)


def test_the_training_is_the_same_to_the_bit() -> None:
    found = []
    for callbacks in ([], [EventLog(Recorder())], [EventLog(Recorder(*STEP))]):
        mine = trainer(*callbacks, seed=2, clip_grad_norm=0.01)
        loader = DataLoader(TensorDataset(X, Y), 2, shuffle=True)
        history = mine.fit(loader, PAIRS, 3)
        bits = [p.detach().numpy().tobytes() for p in mine.model.parameters()]
        found.append((bits, history.losses, history.val_losses))
    assert found[0] == found[1] == found[2]


def test_a_path_becomes_a_log_that_a_second_fit_goes_on_with(tmp_path: Path) -> None:
    path = tmp_path / "run.xes"
    mine = trainer(EventLog(path, metadata={"who": "we"}), EarlyStopping("loss", patience=9))
    for _ in range(2):
        mine.fit(PAIRS, PAIRS, 2)
    log = read(path)
    first = log["seq"].iloc[0]
    assert list(log["seq"]) == list(range(first, first + len(log)))
    assert log.attrs["log"]["who"] == "we"
    starts = log[log["concept:name"] == "EpochStart"]
    assert list(starts["case:concept:name"]) == [f"epoch {k}" for k in (1, 2, 3, 4)]
    assert list(log[log["concept:name"] == "WeightsUpdate"]["iteration"]) == list(range(1, 13))
    trainer(EventLog(path)).fit(PAIRS)  # another callback begins anew
    assert len(read(path)) < len(log) / 2


def test_a_log_that_is_open_stays_open(tmp_path: Path) -> None:
    with XESLogger(tmp_path / "run.xes.gz", level="epoch") as log:
        trainer(EventLog(log)).fit(PAIRS)
        log.event("EpochEnd", final_loss=1.0, final_grad_norm=1.0)
    with gzip.open(log.path, "rt") as file:
        assert file.read().count("<event>") == 3  # start, end, and this one


def test_levels_reach_the_file(tmp_path: Path) -> None:
    path = tmp_path / "run.xes"
    torch.manual_seed(0)
    model = LSTM(2, 3, 1, "cpu")
    mine = trainer(
        EventLog(path, level="weight", every={"gate": 2, "weight": 3}),
        model=model,
        step=lambda model, batch: model(batch[0][None])[0].square().mean(),
    )
    mine.fit(PAIRS, num_epochs=2)
    log = read(path)
    gates = log[log["concept:name"] == "ForgetGate"]
    assert set(gates["iteration"]) == {2, 4, 6}
    assert set(log[log["concept:name"] == "Update_W_f"]["iteration"]) == {3, 6}
    assert model.steps == []


def test_the_trainer_for_sequences_passes_callbacks_on() -> None:
    torch.manual_seed(0)
    recorder, inputs = Recorder(*STEP), torch.randn(5, 4, 2)
    log = EventLog(recorder)
    mine = RNNTrainer(LSTM(2, 3, 1, "cpu"), "cpu")
    mine.train(
        inputs,
        inputs.sum((1, 2)),
        max_epochs=2,
        batch_size=2,
        validation=(inputs, inputs.sum((1, 2))),
        show_progress=False,
        callbacks=[log],
    )
    counts = {"total_epochs": 2, "iterations_per_epoch": 3, "dataset_size": 5}
    assert recorder.all("EpochStart")[0] == {"epoch": 1, **counts}
    assert [v["validation_loss"] for v in recorder.all("Validation")] == mine.history.val_losses
    assert len(recorder.all("EarlyStoppingCheck")) == 2
    assert len(recorder.all("WeightsUpdate")) == 6


def test_a_loader_of_unknown_length_is_no_obstacle(caplog: pytest.LogCaptureFixture) -> None:
    class Endless:
        def __iter__(self) -> Any:
            return iter(PAIRS)

    recorder = Recorder(*STEP)
    with caplog.at_level(logging.WARNING, "asctools"):
        trainer(EventLog(recorder)).fit(Endless(), num_epochs=1)
    assert recorder.all("EpochStart") == [{"epoch": 1, "total_epochs": 1}]
    assert caplog.text == ""
