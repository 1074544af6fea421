"""The numbers that a training writes down of itself, and what a resumed one makes of them."""

from __future__ import annotations

import math

import numpy as np
import psutil
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from asctools.errors import CheckpointError, InputError
from asctools.training import Callback, ModelCheckpoint, StepResult, Trainer
from asctools.training.callbacks.training_metrics import TrainingMetrics
from asctools.training.metrics import read_csv, read_tensorboard
from asctools.training.scores import binary_scores

DIFFERS = {"seconds", "samples_per_second", "memory_mb"}  # from run to run
EPOCHS, STEPS = 3, 4  # of 8, 8, 8 and 6 rows


def step(model: nn.Module, batch) -> StepResult:
    x, y = batch
    logit = model(x)[:, 0]
    loss = nn.functional.binary_cross_entropy_with_logits(logit, y)
    right = ((logit > 0) == (y > 0.5)).float().mean().item()
    kept = {"target": y, "probability": logit.sigmoid()}
    return StepResult(loss, len(y), {"accuracy": right}, kept)


def data() -> tuple[DataLoader, DataLoader]:
    draw = torch.Generator().manual_seed(0)
    x = torch.randn(50, 3, generator=draw)
    y = (x[:, 0] + 0.5 * x[:, 1] > 0).float()
    train = TensorDataset(x[:30], y[:30])
    order = torch.Generator().manual_seed(1)
    return (
        DataLoader(train, batch_size=8, shuffle=True, generator=order),
        DataLoader(TensorDataset(x[30:], y[30:]), batch_size=10),
    )


def trainer(*callbacks: Callback, rate: float = 0.1, scores=None) -> Trainer:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
    groups = [{"params": model[0].parameters()}, {"params": model[2].parameters(), "lr": rate / 2}]
    optimizer = torch.optim.Adam(groups, lr=rate)
    falling = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
    return Trainer(
        model, step, optimizer, callbacks=callbacks, scheduler=falling, device="cpu", scores=scores
    )


class Seen(Callback):
    """Keeps what the trainer says, to compare."""

    def __init__(self) -> None:
        self.steps: list[tuple[float, ...]] = []

    def on_step_end(self, trainer: Trainer) -> None:
        """Keep the step."""
        rates = [group["lr"] for group in trainer.optimizer.param_groups]
        where = trainer.epoch, trainer.iteration
        self.steps.append((*where, trainer.loss, trainer.grad_norm, *rates))


class Fails(Callback):
    """Raises at one moment of one iteration."""

    def __init__(self, moment: str, iteration: int) -> None:
        self.iteration, self.seen = iteration, False
        setattr(self, moment, self._look)

    def _look(self, trainer: Trainer) -> None:
        if trainer.iteration == self.iteration:
            raise RuntimeError("the power is gone")


def comparable(folder):
    """All that is written, times and memory apart."""
    tables = [read_csv(folder / name) for name in ("steps.csv", "epochs.csv")]
    assert all(set(table) >= DIFFERS for table in tables)
    curves = read_tensorboard(folder)
    texts = []
    for name in ("steps.csv", "epochs.csv"):
        header, *rows = (line.split(",") for line in (folder / name).read_text().splitlines())
        same = [k for k, column in enumerate(header) if column not in DIFFERS]
        texts.append([[cells[k] for k in same] for cells in (header, *rows)])
    same_curves = {
        tag: (curve.step.tolist(), curve.value.tolist())
        for tag, curve in curves.items()
        if tag.rpartition("/")[2] not in DIFFERS
    }
    return texts, same_curves


def test_the_tables_say_what_the_trainer_knew(tmp_path) -> None:
    seen = Seen()
    run = trainer(TrainingMetrics(tmp_path), seen, scores=lambda kept: binary_scores(**kept))
    history = run.fit(*data(), num_epochs=EPOCHS)
    steps = read_csv(tmp_path / "steps.csv")
    names = ("epoch", "iteration", "loss", "grad_norm", "learning_rate", "learning_rate_1")
    wanted = np.array(seen.steps)
    for name, column in zip(names, wanted.T, strict=True):
        np.testing.assert_array_equal(steps[name], column)
    assert list(steps["learning_rate"][::STEPS]) == [0.1, 0.05, 0.025]
    assert steps["epoch"].dtype == np.int64 and len(steps["accuracy"]) == EPOCHS * STEPS

    epochs = read_csv(tmp_path / "epochs.csv")
    assert list(epochs["epoch"]) == [1, 2, 3] and list(epochs["iteration"]) == [4, 8, 12]
    for name in history.epochs[0]:
        np.testing.assert_array_equal(epochs[name], history[name])
    assert "val_auc_roc" in epochs and "val_loss" in epochs
    assert list(epochs["learning_rate_1"]) == [0.05, 0.025, 0.0125]


def test_seconds_samples_and_memory(tmp_path) -> None:
    trainer(TrainingMetrics(tmp_path)).fit(data()[0], num_epochs=EPOCHS)
    steps, epochs = read_csv(tmp_path / "steps.csv"), read_csv(tmp_path / "epochs.csv")
    assert (steps["seconds"] > 0.0).all()
    each = np.tile([8.0, 8.0, 8.0, 6.0], EPOCHS)
    np.testing.assert_allclose(steps["samples_per_second"] * steps["seconds"], each)
    inside = steps["seconds"].reshape(EPOCHS, STEPS).sum(1)
    assert (inside <= epochs["seconds"]).all()
    np.testing.assert_allclose(epochs["samples_per_second"], 30 / inside)
    now = psutil.Process().memory_info().rss / 2**20
    for table in (steps, epochs):
        assert (abs(table["memory_mb"] - now) < 0.5 * now).all()
    assert "gpu_memory_mb" not in steps


def test_a_step_that_gives_no_weight_has_no_rate(tmp_path) -> None:
    run = trainer(TrainingMetrics(tmp_path))
    run.step = lambda model, batch: step(model, batch).loss
    run.fit(data()[0], num_epochs=1)
    for name in ("steps.csv", "epochs.csv"):
        assert np.isnan(read_csv(tmp_path / name)["samples_per_second"]).all()
    assert not any("samples" in tag for tag in read_tensorboard(tmp_path))


def test_tensorboard_holds_the_same_numbers_over_the_iterations(tmp_path) -> None:
    trainer(TrainingMetrics(tmp_path)).fit(*data(), num_epochs=EPOCHS)
    curves = read_tensorboard(tmp_path)
    compared = 0
    for kind, every in (("step", 1), ("epoch", STEPS)):
        table = read_csv(tmp_path / f"{kind}s.csv")
        for name in set(table) - {"epoch", "iteration"}:
            curve = curves.pop(f"{kind}/{name}")
            np.testing.assert_array_equal(curve.step, range(every, EPOCHS * STEPS + 1, every))
            np.testing.assert_array_equal(curve.value, np.float32(table[name]))
            compared += 1
    assert compared > 15 and curves == {}


def test_one_step_in_so_many_and_only_what_is_wanted(tmp_path) -> None:
    run = trainer(
        TrainingMetrics(tmp_path / "a", tensorboard=False, every_steps=3),
        TrainingMetrics(tmp_path / "b", csv=False),
    )
    run.fit(*data(), num_epochs=EPOCHS)
    assert list(read_csv(tmp_path / "a/steps.csv")["iteration"]) == [3, 6, 9, 12]
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == ["epochs.csv", "steps.csv"]
    assert [path.name for path in (tmp_path / "b").iterdir()] == ["events.out.tfevents.000001"]


def test_a_second_fit_goes_on_and_a_new_callback_begins_anew(tmp_path) -> None:
    metrics = TrainingMetrics(tmp_path)
    run = trainer(metrics)
    run.fit(*data(), num_epochs=1)
    run.fit(*data(), num_epochs=1)
    assert list(read_csv(tmp_path / "epochs.csv")["epoch"]) == [1, 2]
    assert list(read_tensorboard(tmp_path)["epoch/loss"].step) == [4, 8]
    trainer(TrainingMetrics(tmp_path)).fit(*data(), num_epochs=1)
    assert list(read_csv(tmp_path / "epochs.csv")["epoch"]) == [1]
    assert list(read_tensorboard(tmp_path)["epoch/loss"].step) == [4]


def test_an_explosion_is_written_down(tmp_path) -> None:
    run = trainer(TrainingMetrics(tmp_path))
    with torch.no_grad():
        run.model[0].weight.fill_(math.nan)
    history = run.fit(*data(), num_epochs=EPOCHS)
    assert history.stopped == "explosion"
    assert np.isnan(read_csv(tmp_path / "steps.csv")["loss"]).all()
    assert np.isnan(read_tensorboard(tmp_path)["step/loss"].value).all()


def test_an_error_leaves_every_row_that_was_told(tmp_path) -> None:
    with pytest.raises(RuntimeError, match="the power is gone"):
        trainer(TrainingMetrics(tmp_path), Fails("on_step_end", 6)).fit(*data(), num_epochs=EPOCHS)
    assert list(read_csv(tmp_path / "steps.csv")["iteration"]) == [1, 2, 3, 4, 5, 6]
    assert list(read_csv(tmp_path / "epochs.csv")["epoch"]) == [1]


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    """What a training leaves that nothing has ended."""
    folder = tmp_path_factory.mktemp("straight")
    callbacks = [ModelCheckpoint(folder / "c", every_steps=1), TrainingMetrics(folder / "m")]
    trainer(*callbacks).fit(*data(), num_epochs=EPOCHS)
    return comparable(folder / "m")


@pytest.mark.parametrize("every_steps", [1, None])
@pytest.mark.parametrize(
    ("moment", "iteration"),
    [
        ("on_step_end", 1),
        ("on_save", 2),
        ("on_validation_end", 4),
        ("on_epoch_end", 4),
        ("on_epoch_told", 4),
        ("on_epoch_start", 4),
        ("on_step_end", 7),
        ("on_epoch_told", 12),
        ("on_fit_end", 12),
    ],
)
@pytest.mark.parametrize("last", [False, True])
def test_resumed_wherever_it_ended_it_reads_as_if_nothing_had_happened(
    tmp_path, uninterrupted, moment, iteration, every_steps, last
) -> None:
    """The checkpoint is older than the end, so rows, and columns, have to go."""

    def callbacks() -> list[Callback]:
        checkpoint = ModelCheckpoint(tmp_path / "c", every_steps=every_steps)
        both = [TrainingMetrics(tmp_path / "m"), checkpoint]
        return both[::-1] if last else both

    crash = Fails(moment, iteration)
    with pytest.raises(RuntimeError, match="the power is gone"):
        trainer(*callbacks(), crash).fit(*data(), num_epochs=EPOCHS)
    for _ in range(2):  # and what is over may be gone on with, too
        run = trainer(*callbacks())
        run.fit(*data(), num_epochs=EPOCHS, resume_from=tmp_path / "c" / "last.pth")
        assert run.iteration == EPOCHS * STEPS
    assert comparable(tmp_path / "m") == uninterrupted


def test_a_resumed_training_without_its_files_is_refused(tmp_path) -> None:
    callbacks = [ModelCheckpoint(tmp_path / "c"), TrainingMetrics(tmp_path / "m")]
    trainer(*callbacks).fit(*data(), num_epochs=1)
    for name in ("steps.csv", "epochs.csv", "events.out.tfevents.000001"):
        path = tmp_path / "m" / name
        content = path.read_bytes()
        path.unlink()
        run = trainer(ModelCheckpoint(tmp_path / "c"), TrainingMetrics(tmp_path / "m"))
        with pytest.raises(CheckpointError, match=name):
            run.fit(*data(), num_epochs=2, resume_from=tmp_path / "c" / "last.pth")
        path.write_bytes(content)


@pytest.mark.parametrize("wrong", [0, -1, 2.5, True, "1"])
def test_settings_that_cannot_be_are_refused(tmp_path, wrong) -> None:
    with pytest.raises(InputError, match="every_steps="):
        TrainingMetrics(tmp_path, every_steps=wrong)
    with pytest.raises(InputError, match="tensorboard=False and csv=False"):
        TrainingMetrics(tmp_path, tensorboard=False, csv=False)
