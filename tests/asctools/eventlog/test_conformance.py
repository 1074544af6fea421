"""The report names the planted bugs with their counts, and says nothing about healthy training."""

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn
from torch.nn.utils import clip_grad_norm_
from torch.optim.lr_scheduler import ReduceLROnPlateau, StepLR

from asctools.course.planted import BUGS, VALIDATION_BATCHES, small_run
from asctools.errors import InputError
from asctools.eventlog import XESLogger, merge, read
from asctools.eventlog.conformance import REFERENCE, RULES, check, reference_of
from asctools.eventlog.report import Report
from asctools.eventlog.tree import sequence
from asctools.eventlog.views import view
from asctools.numpy_lstm.optim import Adam
from asctools.numpy_lstm.schedule import cosine
from asctools.numpy_lstm.train import train
from asctools.training.callbacks.early_stopping import EarlyStopping
from asctools.training.callbacks.event_log import EventLog
from asctools.training.trainer import Trainer
from tests.asctools.eventlog import plain_trainings as plain
from tests.asctools.eventlog.training_logs import run, short_events, table
from tests.asctools.numpy_lstm.small_training import HELD_OUT, SIZES, TEXT, small_model

LOOKS = 12
CLIPPINGS = 28  # in the run that clips late

# bug → rule → (how often, of how many), all of it
EXPECTED: dict[str, dict[str, tuple[int, int]]] = {
    "missing-zero-grad": {"clean slopes": (359, 360)},
    "late-clipping": {
        "clip in time": (CLIPPINGS, CLIPPINGS),
        "clip all that is long": (CLIPPINGS, CLIPPINGS),
    },
    "training-validation": {
        "slopes in train mode": (LOOKS * VALIDATION_BATCHES, 360 + LOOKS * VALIDATION_BATCHES),
        "learn in train mode": (LOOKS * VALIDATION_BATCHES, 360 + LOOKS * VALIDATION_BATCHES),
        "clip all that is long": (8, 40),
    },
    "double-step": {"a fresh update": (36, 396)},
    "ignored-plateau": {"a plateau lowers the rate": (1, 1)},
    "divergence": {"no worse than untrained": (298, 360)},
}


def found(log: Any, **settings: Any) -> dict[str, tuple[int, int]]:
    return {each.rule: (each.count, each.of) for each in check(log, **settings).deviations}


# ── the planted bugs ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("bug", BUGS)
def test_each_planted_bug_is_named_with_its_count_and_nothing_else(bug: str) -> None:
    assert found(run(bug)[0]) == EXPECTED[bug]


@pytest.mark.parametrize(
    ("bug", "fitting", "moves"),
    [
        ("missing-zero-grad", 1, {("model", "ZeroGrad"): 359}),
        ("late-clipping", 360 - CLIPPINGS, {("log", "GradientClipping"): CLIPPINGS}),
        ("double-step", 324, {("log", "WeightsUpdate"): 36}),
        ("ignored-plateau", 359, {("model", "LearningRateDecay"): 1}),
        ("divergence", 360, {}),  # the order of events is right in every iteration
    ],
)
def test_the_reference_sees_all_but_the_divergence(
    bug: str, fitting: int, moves: dict[tuple[str, str], int]
) -> None:
    report = check(run(bug)[0])
    assert (report.iterations, report.fitting, report.moves) == (360, fitting, moves)
    assert (report.fitness == 1.0) == (not moves)


def test_a_deviation_says_where() -> None:
    (each,) = check(run("double-step")[0]).deviations
    assert each.cases == tuple(range(10, 361, 10))
    frame = run("double-step")[0].set_index("seq")
    assert each.first_seq == each.seqs[0]
    assert set(frame.loc[list(each.seqs), "concept:name"]) == {"WeightsUpdate"}
    assert frame.loc[list(each.seqs), "iteration"].tolist() == list(each.cases)


@pytest.mark.parametrize("seed", range(10))
def test_ten_healthy_seeds_give_no_alarm(seed: int) -> None:
    report = check(run(None, seed)[0])
    assert report.ok, report
    assert (report.fitting, report.iterations, report.fitness) == (360, 360, 1.0)


# ── healthy NumPy trainings of other kinds ───────────────────────────────────────────────────────

SETTINGS: dict[str, dict[str, Any]] = {
    "no clipping": {"clip_grad_norm": None},
    "no validation": {"validation": None},
    "schedule": {"schedule": cosine(1e-2, 24, warm_up=4), "validate_every": 2},
    "patience": {"patience": 1, "validate_every": 1, "min_delta": 0.1},
    "floor": {"lr_patience": 1, "validate_every": 1, "min_delta": 1.0, "min_lr": 3e-3},
    "target": {"target": 10.0},
    "sampling": {"sample_every": 5, "sample_length": 3, "gate_summary_every": 2},
}


def trained(path: Path, level: str = "step", **settings: Any) -> Path:
    every = settings.pop("every", None)
    settings = {"validation": HELD_OUT, "seed": 0} | SIZES | settings
    with XESLogger(path, level=level, every=every) as log:
        train(small_model(), TEXT, Adam(1e-2), 4, observer=log, **settings)
    return path


@pytest.mark.parametrize("name", SETTINGS)
def test_no_setting_of_the_training_gives_an_alarm(name: str, tmp_path: Path) -> None:
    report = check(trained(tmp_path / "run.xes", **SETTINGS[name]))
    assert report.ok, report
    assert report.fitness == 1.0


@pytest.mark.parametrize(
    ("level", "every"),
    [
        ("epoch", None),
        ("gate", None),
        ("weight", None),
        ("weight", {"gate": 3, "weight": 2}),
        ("step", {"step": 5}),
    ],
)
def test_no_level_of_the_log_gives_an_alarm(
    level: str, every: dict[str, int] | None, tmp_path: Path
) -> None:
    path = trained(tmp_path / "run.xes", level, every=every, validate_every=2, lr_patience=1)
    assert check(path).ok, check(path)


def test_gates_and_weights_hide_no_deviation(tmp_path: Path) -> None:
    path = tmp_path / "run.xes"
    small_run(path, "double-step", epochs=1, iterations=20, level="weight")
    assert found(path) == {"a fresh update": (2, 22)}
    assert found(view(read(path), "main")) == {"a fresh update": (2, 22)}


def test_the_smallest_training_gives_no_alarm(tmp_path: Path) -> None:
    path = tmp_path / "run.xes"
    small_run(path, epochs=1, iterations=1)
    assert check(path).ok


def test_each_process_of_a_merged_log_is_followed_by_itself(tmp_path: Path) -> None:
    paths = [tmp_path / f"run.rank{k}.xes" for k in range(2)]
    for path, bug in zip(paths, (None, "double-step"), strict=True):
        small_run(path, bug, epochs=1, iterations=20)
    merge(paths, tmp_path / "all.xes")
    assert found(tmp_path / "all.xes") == {"a fresh update": (2, 42)}


# ── PyTorch ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("loader", [True, False], ids=["loader", "no loader"])
@pytest.mark.parametrize("name", plain.HEALTHY)
def test_no_healthy_plain_loop_gives_an_alarm(name: str, loader: bool, tmp_path: Path) -> None:
    path = plain.trained(tmp_path / "run.xes", plain.HEALTHY[name], loader=loader)
    report = check(path)
    assert report.ok, report
    assert report.fitness == 1.0
    assert report.iterations >= plain.TOTAL - plain.BATCHES


def test_a_closure_gives_no_alarm(tmp_path: Path) -> None:
    optimizer, rate = plain.OPTIMIZERS["LBFGS"]
    loop = plain.with_a_closure
    path = plain.trained(tmp_path / "run.xes", loop, optimizer=optimizer, rate=rate, loader=False)
    assert check(path).ok, check(path)


@pytest.mark.parametrize("loader", [True, False], ids=["loader", "no loader"])
def test_accumulation_is_healthy_where_it_is_meant(loader: bool, tmp_path: Path) -> None:
    path = plain.trained(tmp_path / "run.xes", plain.accumulates, loader=loader)
    report = check(path, accumulate=3)
    assert report.ok, report
    assert report.iterations == plain.TOTAL // 3
    assert found(path)["clean slopes"] == (plain.TOTAL - plain.TOTAL // 3, plain.TOTAL)
    assert "clean slopes" in found(path, accumulate=2)


class LastStep(nn.Module):
    """An LSTM that is read at its last step."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm, self.head = nn.LSTM(3, 16, batch_first=True), nn.Linear(16, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        said: torch.Tensor = self.head(self.lstm(x)[0][:, -1])[:, 0]
        return said


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(
    "options",
    [{"accumulate": 4}, {"accumulate": 3}, {"precision": "bfloat16"},
     {"precision": "bfloat16", "accumulate": 5}],
    ids=str,
)  # fmt: skip
def test_the_trainer_is_healthy_however_it_is_told_to_train(
    options: dict[str, Any], seed: int, tmp_path: Path
) -> None:
    torch.manual_seed(seed)
    model, x = LastStep(), torch.randn(160, 8, 3)
    y = 0.3 * x[:, :, 0].sum(1)
    batches = [(x[k : k + 8], y[k : k + 8]) for k in range(0, 128, 8)]
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    trainer = Trainer(
        model,
        lambda model, batch: nn.functional.mse_loss(model(batch[0]).float(), batch[1]),
        optimizer,
        callbacks=[EventLog(tmp_path / "run.xes", level="weight"), EarlyStopping(patience=5)],
        scheduler=ReduceLROnPlateau(optimizer, patience=1),
        clip_grad_norm=0.5,
        device="cpu",
        **options,
    )
    trainer.fit(batches, [(x[128:], y[128:])], 8)
    report = check(tmp_path / "run.xes")  # the log itself says how many batches make a step
    assert report.ok, report
    assert report.iterations == trainer.iteration
    if "accumulate" in options:
        assert "clean slopes" in found(tmp_path / "run.xes", accumulate=1)


def test_clipping_before_the_last_batch_of_a_step_is_named(tmp_path: Path) -> None:
    def clips_each_batch(p: plain.Parts) -> None:
        p.optimizer.zero_grad()
        for k, (x, y) in enumerate(p.batches()):
            (p.loss(x, y) / 3).backward()
            clip_grad_norm_(p.model.parameters(), 1e-3)
            if k % 3 == 2:
                p.optimizer.step()
                p.optimizer.zero_grad()

    path = plain.trained(tmp_path / "run.xes", clips_each_batch)
    early = plain.TOTAL - plain.TOTAL // 3
    assert found(path, accumulate=3)["clip in time"] == (early, plain.TOTAL)


@pytest.mark.parametrize("loop", plain.WRONG, ids=lambda loop: loop.__name__)
def test_what_is_wrong_with_a_plain_loop_is_named(loop: plain.Loop, tmp_path: Path) -> None:
    rule, count = plain.WRONG[loop]
    report = check(plain.trained(tmp_path / "run.xes", loop))
    counts = [each.count for each in report.deviations if each.rule == rule]
    assert count in counts, report


@pytest.mark.parametrize("scheduler", [None, "step", "plateau"])
def test_the_trainer_gives_no_alarm(scheduler: str | None, tmp_path: Path) -> None:
    parts = plain.Parts(plain.Adam, 0.05, None)
    made = {
        None: lambda o: None,
        "step": lambda o: StepLR(o, 1, 0.5),
        "plateau": lambda o: ReduceLROnPlateau(o, patience=0, min_lr=1e-2),
    }
    trainer = Trainer(
        parts.model,
        lambda model, batch: plain.criterion(model(batch[0]), batch[1]),
        parts.optimizer,
        callbacks=[EarlyStopping(patience=2), EventLog(tmp_path / "run.xes")],
        scheduler=made[scheduler](parts.optimizer),
        device="cpu",
    )
    trainer.fit(parts.loader, plain.HELD_OUT, num_epochs=12)
    report = check(tmp_path / "run.xes")
    assert report.ok, report
    assert report.fitness == 1.0
    assert "patience counts looks" in report.tested


# ── the report ───────────────────────────────────────────────────────────────────────────────────


def test_a_report_reads_well() -> None:
    text = str(check(run("missing-zero-grad")[0]))
    assert text.splitlines() == [
        "1 of 360 iterations fit the reference (fitness 0.8709).",
        "  ZeroGrad missing: 359 ×",
        "",
        "1 deviation from healthy training:",
        "",
        " 1  Slopes are added to those that an update has used already.",
        "    how often  359 of 360 backward passes; first in iteration 2, event 7",
        "    healthy    Between an update and the next backward pass the gradients are cleared.",
    ]
    assert max(map(len, text.splitlines())) <= 88


def test_a_healthy_report_says_what_was_tested() -> None:
    report = check(run()[0])
    assert str(report).startswith("360 of 360 iterations fit the reference (fitness 1.0000).")
    rules, occasions = len(report.tested), sum(report.tested.values())
    assert f"No deviation: {rules} rules hold on {occasions:,} occasions" in str(report)
    assert set(report.tested) | set(report.untested) == {rule.name for rule in RULES}
    assert "clip in time" in report.tested
    assert "stop means stop" in report.untested


def test_a_report_as_html_and_as_json() -> None:
    report = check(run("late-clipping")[0])
    assert "<pre>332 of 360" in report._repr_html_()
    loaded = json.loads(json.dumps(report.as_dict()))
    assert loaded["ok"] is False
    assert loaded["moves"] == [["log", "GradientClipping", CLIPPINGS]]
    assert {each["rule"] for each in loaded["deviations"]} == set(EXPECTED["late-clipping"])


def test_only_some_rules_and_another_reference() -> None:
    frame = run("double-step")[0]
    rules = [rule for rule in RULES if rule.name == "clean slopes"]
    # Then the reference is what names it
    assert found(frame, rules=rules) == {"order": (36, 360)}
    two = sequence("ForwardPass", "WeightsUpdate", "WeightsUpdate")
    report = check(frame, rules=rules, reference=two)
    assert report.moves == {("model", "WeightsUpdate"): 324}
    assert report.fitness == pytest.approx((36 + 324 * (1 - 1 / 5)) / 360)


def test_what_no_rule_names_is_named_by_the_reference() -> None:
    events = [(name, dict(values)) for name, values in short_events()]
    at = [k for k, (name, _) in enumerate(events) if name == "BackwardPass"][7]
    own = {key: value for key, value in events[at][1].items() if key != "grad_norm"}
    events.insert(at, ("GateSummary", own | {"forget_mean": 0.5}))
    (each,) = check(table(events)).deviations
    assert each.sentence == "GateSummary stands where it does not belong"
    assert (each.count, each.of, each.cases) == (1, 60, (8,))
    assert each.often == "1 of 60 iterations"  # no rule has named any other


def test_the_order_counts_iterations_that_no_rule_has_named() -> None:
    events = [(name, dict(values)) for name, values in short_events()]
    rules = [rule for rule in RULES if rule.name == "slopes are used"]

    def without_updates(*gone: int) -> Report:
        kept = [e for e in events if e[0] != "WeightsUpdate" or e[1]["iteration"] not in gone]
        return check(table(kept), rules=rules)

    # Slopes are cleared in the iteration behind the one that does not use them
    assert [each.often for each in without_updates(8, 9, 20).deviations] == [
        "3 of 60 clearings of the gradients",
        "in 2 further iterations",
    ]
    assert without_updates(8).deviations[1].often == "in 1 further iteration"


def test_the_reference_of_accumulation_and_of_several_optimizers() -> None:
    assert reference_of() == REFERENCE
    assert len({REFERENCE, reference_of(2), reference_of(1, 2), reference_of(2, 2)}) == 4


def test_a_log_of_epochs_only_has_no_iterations(tmp_path: Path) -> None:
    report = check(trained(tmp_path / "run.xes", "epoch"))
    assert (report.iterations, report.fitness) == (0, 1.0)
    assert "no iterations" in str(report)


def test_what_is_no_training_is_refused() -> None:
    log = pd.DataFrame({"concept:name": ["register", "pay"], "case:concept:name": ["a", "a"]})
    with pytest.raises(InputError, match="nothing is learned"):
        check(log)
    with pytest.raises(InputError, match="accumulate=0"):
        check(run()[0], accumulate=0)


def test_a_table_without_numbers_of_events_and_times_is_enough() -> None:
    columns = ["concept:name", "iteration"]
    assert check(run()[0][columns]).ok
    assert found(run("double-step")[0][columns]) == {"a fresh update": (36, 396)}


def test_a_check_takes_less_than_a_third_of_a_second() -> None:
    frame = run("training-validation")[0]
    check(frame)
    times = []
    for _ in range(3):
        start = time.process_time()
        check(frame)
        times.append(time.process_time() - start)
    assert np.median(times) < 0.3
