"""The planted bugs do what they say, and nothing else; the log tells what was done."""

import inspect
import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from asctools.course import planted
from asctools.course.planted import BUGS, HIDDEN_SIZE, LEARNING_RATE, SETTINGS, small_run
from asctools.dataset.grammar import GRAMMAR
from asctools.dataset.sequences import encode_text
from asctools.errors import UnknownNameError
from asctools.eventlog import read
from asctools.numpy_lstm.model import CharLSTM
from asctools.numpy_lstm.optim import SGD
from asctools.numpy_lstm.train import train
from tests.asctools.eventlog.training_logs import Traced, run

CLIPPED = 38  # iterations of the healthy run whose gradient is longer than the threshold


def counts(bug: str | None) -> Counter[str]:
    return Counter(run(bug)[0]["concept:name"])


def per_iteration(bug: str | None, name: str) -> set[int]:
    frame, _ = run(bug)
    return set(frame.loc[frame["concept:name"] == name, "iteration"].value_counts())


def test_the_healthy_run_is_the_training_loop_of_the_library() -> None:
    rng = np.random.default_rng(0)
    size = SETTINGS["batch_size"] * SETTINGS["time_steps"]
    text, held_out = (
        encode_text(GRAMMAR.sample(n * size + 1, rng), GRAMMAR.vocabulary)
        for n in (60, planted.VALIDATION_BATCHES)
    )
    model = CharLSTM(len(GRAMMAR.vocabulary), HIDDEN_SIZE, seed=0)
    traced = Traced()
    history = train(
        model, text, SGD(LEARNING_RATE), 6, validation=held_out, observer=traced, **SETTINGS
    )
    frame, small = run()
    assert small.losses == history.losses
    assert small.validations == history.validations
    assert frame["concept:name"].tolist() == [name for name, _ in traced.events]


def test_the_healthy_run_has_all_that_the_bugs_need() -> None:
    found = counts(None)
    for name in ("ZeroGrad", "ForwardPass", "BackwardPass", "WeightsUpdate"):
        assert found[name] == 360
    assert found["Validation"] == 12
    assert found["PlateauDetected"] == found["LearningRateDecay"] == 2
    assert found["GradientClipping"] == CLIPPED


def test_missing_zero_grad() -> None:
    found = counts("missing-zero-grad")
    assert found["ZeroGrad"] == 0
    assert found["WeightsUpdate"] == found["BackwardPass"] == 360


def test_late_clipping_comes_after_the_update() -> None:
    frame, _ = run("late-clipping")
    names = frame["concept:name"]
    clipped = names == "GradientClipping"
    assert clipped.sum() > 0
    assert set(names.shift()[clipped]) == {"WeightsUpdate"}


def test_training_validation_learns_from_each_of_its_batches() -> None:
    found = counts("training-validation")
    assert found["WeightsUpdate"] == 360 + 12 * planted.VALIDATION_BATCHES
    assert per_iteration("training-validation", "WeightsUpdate") == {1, 5}


def test_double_step_updates_twice_in_every_tenth_iteration() -> None:
    frame, _ = run("double-step")
    updates = frame.loc[frame["concept:name"] == "WeightsUpdate", "iteration"].value_counts()
    assert set(updates[updates == 2].index) == set(range(10, 361, 10))
    assert len(updates) == 360


def test_ignored_plateau_lowers_nothing() -> None:
    found = counts("ignored-plateau")
    assert found["PlateauDetected"] >= 1
    assert found["LearningRateDecay"] == 0
    assert set(run("ignored-plateau")[1].learning_rates) == {LEARNING_RATE}


def test_divergence_does_everything_in_the_right_order() -> None:
    found, healthy = counts("divergence"), counts(None)
    for name in ("ZeroGrad", "ForwardPass", "BackwardPass", "WeightsUpdate", "Validation"):
        assert found[name] == healthy[name]


@pytest.mark.parametrize("seed", [0, 1])
def test_the_loss_shows_one_of_the_bugs_only(seed: int) -> None:
    best = {bug: run(bug, seed)[1].best_loss or 0.0 for bug in (None, *BUGS)}
    for hidden in ("missing-zero-grad", "late-clipping", "double-step", "ignored-plateau"):
        assert best[hidden] < best[None] + 0.05
    assert best["training-validation"] < best[None] - 0.02  # it looks better than healthy
    assert best["divergence"] > 5 * best[None]


def test_no_variant_writes_into_the_log() -> None:
    source = inspect.getsource(planted)
    assert not re.search(r"\.(event|tell|trace|observer)\(", source)


def test_levels_and_seeds_and_settings_reach_the_run(tmp_path: Path) -> None:
    short: dict[str, Any] = {"epochs": 1, "iterations": 3}
    first, same, other = (
        small_run(tmp_path / f"{k}.xes", seed=seed, level="weight", **short)
        for k, seed in enumerate((3, 3, 4))
    )
    assert first.losses == same.losses != other.losses
    names = set(read(tmp_path / "0.xes")["concept:name"])
    assert {"ForgetGate", "Update_W_f", "WeightsUpdate"} <= names
    traced = Traced()
    assert small_run(traced, seed=3, clip_grad_norm=1e-3, **short).losses[0] == first.losses[0]
    assert [name for name, _ in traced.events].count("GradientClipping") == 3


def test_each_bug_has_its_sentence_and_its_own_variant() -> None:
    sentences = {bug.sentence for bug in BUGS.values()}
    assert len(sentences) == len(BUGS) == 6
    variants = {(bug.step, bug.look, *bug.settings) for bug in BUGS.values()}
    assert len(variants) == 6


def test_an_unknown_bug_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="missing-zero-grad"):
        small_run(Traced(), "missing-zerograd")
    with pytest.raises(UnknownNameError, match="clip_grad_norm"):
        small_run(Traced(), clip_grad=1.0)
