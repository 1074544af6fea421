"""The cell in Lightning: the bits of the plain loop, its log, and silence."""

import logging
import os
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch

from asctools.dataset.companies import COMPANIES, Company
from asctools.errors import CheckpointError, InputError
from asctools.scalar import by_hand
from asctools.scalar.cell import ScalarLSTM, TorchTraining, train_cell
from asctools.scalar.curves import read_scalars, read_versions
from asctools.scalar.lightning import LightningCell, batches_of_one, fit, quiet

STAGES = (60, 90, 150)


def fresh(**options: float) -> LightningCell:
    return LightningCell(ScalarLSTM.from_weights(by_hand.INITIAL), **options)


@pytest.fixture(scope="module")
def plain() -> tuple[by_hand.Weights, TorchTraining]:
    cell = ScalarLSTM.from_weights(by_hand.INITIAL)
    training = train_cell(cell, STAGES[-1])
    return cell.weights(), training


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[LightningCell]]:
    """Three stages, each with a new model and a new trainer; the log has every epoch."""
    folder = tmp_path_factory.mktemp("logs")
    models, checkpoint = [], None
    for until in STAGES:
        # What a new model was made of must not matter when it resumes.
        models.append(LightningCell(log_every=1) if checkpoint else fresh(log_every=1))
        checkpoint = fit(models[-1], until, folder, resume_from=checkpoint)
    return folder, models


def test_three_stages_end_on_the_bits_of_the_plain_loop(staged, plain) -> None:
    _, models = staged
    weights, training = plain
    assert models[-1].cell.weights() == weights
    memory = [state["exp_avg_sq"] for state in training.optimizer.state_dict()["state"].values()]
    saved = torch.load(staged[0] / "version_2" / "epoch_150.ckpt", weights_only=True)
    held = [state["exp_avg_sq"] for state in saved["optimizer_states"][0]["state"].values()]
    assert held == memory
    assert (saved["epoch"], saved["global_step"]) == (150, 300)


def test_each_stage_ends_where_the_plain_loop_was_then(staged) -> None:
    for until, model in zip(STAGES, staged[1], strict=True):
        cell = ScalarLSTM.from_weights(by_hand.INITIAL)
        train_cell(cell, until)
        assert model.cell.weights() == cell.weights()


def test_three_versions_hold_the_log_of_one_training(staged, plain) -> None:
    folder, _ = staged
    _, training = plain
    for tag, wanted in (
        ("train_loss", training.losses),
        ("out_0", [said[0] for said in training.predictions]),
        ("out_1", [said[1] for said in training.predictions]),
    ):
        versions = read_versions(folder, tag)
        assert list(versions) == ["version_0", "version_1", "version_2"]
        assert [len(curve) for curve in versions.values()] == [60, 30, 60]
        entries = [entry for curve in versions.values() for entry in curve]
        assert [step for step, _ in entries] == list(range(1, 300, 2))
        assert [value for _, value in entries] == [float(np.float32(value)) for value in wanted]
    assert set(read_scalars(folder / "version_0")) == {"train_loss", "out_0", "out_1", "epoch"}


def test_the_log_has_every_tenth_epoch_unless_told_otherwise(tmp_path, plain) -> None:
    fit(fresh(), 35, tmp_path)
    curve = read_scalars(tmp_path / "version_0")["out_1"]
    said = plain[1].predictions
    assert curve == [(2 * k - 1, float(np.float32(said[k - 1][1]))) for k in (10, 20, 30)]


def test_nothing_is_written_outside_the_folder(tmp_path, monkeypatch) -> None:
    here, folder = tmp_path / "here", tmp_path / "folder"
    here.mkdir()
    monkeypatch.chdir(here)
    checkpoint = fit(fresh(), 2, folder)
    assert list(here.iterdir()) == []
    assert checkpoint == folder / "version_0" / "epoch_2.ckpt"
    kinds = sorted(path.name.split(".")[0] for path in checkpoint.parent.iterdir())
    assert kinds == ["epoch_2", "events", "hparams"]
    assert [path.name for path in tmp_path.iterdir() if path != here] == ["folder"]


def test_a_training_is_silent_and_asks_nobody(tmp_path, monkeypatch) -> None:
    code = """
import socket, sys, warnings
def refuse(*arguments):
    raise OSError("no network in this test")
socket.socket.connect = socket.getaddrinfo = refuse
from asctools.scalar.lightning import LightningCell, fit
first = fit(LightningCell(), 2, sys.argv[1])
fit(LightningCell(), 3, sys.argv[1], resume_from=first)
"""
    done = subprocess.run(
        [sys.executable, "-W", "error::DeprecationWarning:asctools", "-c", code, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_silence_ends_with_the_training(tmp_path) -> None:
    talker = logging.getLogger("pytorch_lightning")
    level = talker.level
    with quiet(), warnings.catch_warnings(record=True) as caught:
        assert talker.level == logging.WARNING
        warnings.warn("something that matters", UserWarning, stacklevel=1)
    assert talker.level == level
    assert [str(one.message) for one in caught] == ["something that matters"]
    with pytest.raises(ZeroDivisionError), quiet():
        1 / 0  # noqa: B018
    assert talker.level == level


def test_companies_of_any_number_and_length_are_learned_in_order(tmp_path) -> None:
    three = (*COMPANIES, Company("C", (0.5, 0.5), 0.25))
    pairs = [(days.tolist(), target.item()) for days, target in batches_of_one(three)]
    assert pairs == [(list(company.days), company.target) for company in three]
    model, cell = fresh(log_every=1), ScalarLSTM.from_weights(by_hand.INITIAL)
    fit(model, 4, tmp_path, companies=three)
    training = train_cell(cell, 4, companies=three)
    assert model.cell.weights() == cell.weights()
    curve = read_scalars(tmp_path / "version_0")["out_2"]
    assert [value for _, value in curve] == [
        float(np.float32(said[2])) for said in training.predictions
    ]


def test_the_learning_rate_is_adams() -> None:
    model = fresh(learning_rate=0.02)
    (group,) = model.configure_optimizers().param_groups
    assert group["lr"] == 0.02
    assert {id(p) for p in group["params"]} == {id(p) for p in model.cell.parameters()}
    assert model(COMPANIES[0].days).item() == model.cell(COMPANIES[0].days).item()


def test_a_cell_is_drawn_when_none_is_given() -> None:
    torch.manual_seed(42)
    assert LightningCell().cell.weights() == by_hand.INITIAL


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda folder: LightningCell(torch.nn.LSTM(1, 1)), InputError, "LSTM as cell"),
        (lambda folder: fresh(learning_rate=0.0), InputError, "learning_rate=0"),
        (lambda folder: fresh(log_every=0), InputError, "log_every=0"),
        (lambda folder: fresh(log_every=1.5), InputError, r"log_every=1\.5"),
        (lambda folder: fit(fresh().cell, 2, folder), InputError, "ScalarLSTM as model"),
        (lambda folder: fit(fresh(), -1, folder), InputError, "epochs=-1"),
        (lambda folder: fit(fresh(), 2, folder, companies=()), InputError, "as companies"),
        (
            lambda folder: fit(fresh(), 2, folder, resume_from=folder / "lost.ckpt"),
            CheckpointError,
            r"lost\.ckpt, which is not there",
        ),
    ],
)
def test_bad_input_is_refused(tmp_path, call, kind, words) -> None:
    with pytest.raises(kind, match=words):
        call(tmp_path)


def test_a_checkpoint_that_is_damaged_or_has_gone_far_enough_is_refused(tmp_path) -> None:
    done = fit(fresh(), 3, tmp_path)
    for epochs in (2, 3):
        with pytest.raises(CheckpointError, match="a checkpoint after 3, expected more than 3"):
            fit(fresh(), epochs, tmp_path, resume_from=done)
    cut = tmp_path / "cut.ckpt"
    cut.write_bytes(done.read_bytes()[:-100])
    with pytest.raises(CheckpointError, match=r"cut\.ckpt, which cannot be read"):
        fit(fresh(), 5, tmp_path, resume_from=cut)
