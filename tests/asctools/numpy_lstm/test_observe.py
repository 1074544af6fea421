"""An observer is told what happened, in the order in which it did, with the right numbers."""

import logging
import math
import time
from typing import Any

import numpy as np
import pytest
import torch

from asctools.errors import InputError
from asctools.numpy_lstm import operations
from asctools.numpy_lstm.batches import character_batches
from asctools.numpy_lstm.events import category
from asctools.numpy_lstm.gate_events import Memory, statistics
from asctools.numpy_lstm.observe import LEVELS, Watch, told
from asctools.numpy_lstm.optim import SGD
from asctools.numpy_lstm.schedule import cosine
from asctools.numpy_lstm.train import train
from tests.asctools.numpy_lstm.small_training import (
    HELD_OUT,
    SIZES,
    TEXT,
    VOCABULARY,
    Recorder,
    ScriptedModel,
    small_model,
)

ITERATION = ["ZeroGrad", "ForwardPass", "BackwardPass", "GradientClipping", "WeightsUpdate"]
GATES = ["ForgetGate", "InputGate", "CandidateGate", "OutputGate"]
PARTS = [f"Update_W_{gate}" for gate in ("f", "i", "c", "o", "hy")]
PARTS += [f"Update_b_{gate}" for gate in ("f", "i", "c", "o", "y")]
LOOK = ["ModeChange", "Validation", "ModeChange", "EarlyStoppingCheck"]
CLIP = 1e-3  # below every norm of the small model, so that each iteration clips


def observed(*levels: str, **settings: Any) -> Recorder:
    recorder = Recorder(*levels)
    settings = SIZES | {"clip_grad_norm": CLIP} | settings
    epochs = settings.pop("num_epochs", 1)
    model = settings.pop("model", small_model(dtype=np.float64))
    train(model, TEXT, settings.pop("optimizer", SGD(0.5)), epochs, observer=recorder, **settings)
    return recorder


def in_torch() -> list[dict[str, Any]]:
    """The same epoch by nn.LSTM and SGD: what every iteration should have told."""
    ours = small_model(dtype=np.float64)
    lstm = torch.nn.LSTM(5, 3, batch_first=True, dtype=torch.float64)
    head = torch.nn.Linear(3, 5, dtype=torch.float64)
    names = {"weight_ih_l0": lstm.weight_ih_l0, "weight_hh_l0": lstm.weight_hh_l0}
    names |= {"bias_ih_l0": lstm.bias_ih_l0, "W_hy": head.weight, "b_y": head.bias}
    with torch.no_grad():
        lstm.bias_hh_l0.zero_()
        for name, parameter in names.items():
            parameter.copy_(torch.from_numpy(ours.parameters[name]))
    told, state = [], None
    for x, y in character_batches(TEXT, 4, 5):
        lstm.zero_grad()
        head.zero_grad()
        one_hot = torch.nn.functional.one_hot(torch.from_numpy(x.copy()), 5).double()
        h, state = lstm(one_hot, state)
        state = tuple(each.detach() for each in state)
        flat = torch.from_numpy(y.copy()).reshape(-1)
        loss = torch.nn.functional.cross_entropy(head(h).reshape(-1, 5), flat)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(names.values(), CLIP).item()
        change = {}
        with torch.no_grad():
            for name, parameter in names.items():
                change[name] = -0.5 * parameter.grad
                parameter += change[name]
        told.append(
            {
                "loss": loss.item(),
                "norm": norm,
                "weights": {name: w.detach().numpy().copy() for name, w in names.items()},
                "gradients": {name: w.grad.numpy().copy() for name, w in names.items()},
                "change": {name: w.numpy() for name, w in change.items()},
            }
        )
    return told


def length(*arrays: np.ndarray) -> float:
    return math.sqrt(sum(float((a**2).sum()) for a in arrays))


def close(value: float) -> Any:
    return pytest.approx(value, rel=1e-9)


def test_the_events_of_an_epoch_come_in_the_order_of_what_happened() -> None:
    settings: dict[str, Any] = {"validation": HELD_OUT, "validate_every": 3, "sample_every": 4}
    settings |= {"gate_summary_every": 2, "vocabulary": VOCABULARY}
    recorder = observed("epoch", "step", **settings)
    expected = ["EpochStart", "ModeChange", *ITERATION, *ITERATION, "GateSummary"]
    expected += [*ITERATION, *LOOK, *ITERATION, "GateSummary"]
    expected += ["ModeChange", "ModeChange", "Sampling", *ITERATION, *ITERATION, "GateSummary"]
    expected += [*LOOK, "EpochEnd"]
    assert recorder.names() == expected


def test_levels_add_their_events_after_those_of_the_operation() -> None:
    gates = [*GATES] * 5
    slopes = [f"{name}Gradient" for name in GATES] * 5
    for levels, expected in {
        ("step",): ITERATION,
        ("step", "weight"): [*ITERATION, *PARTS],
        ("step", "gate"): [
            *ITERATION[:2],
            *gates,
            ITERATION[2],
            *slopes,
            *ITERATION[3:],
        ],
        ("weight",): PARTS,
        ("gate",): [*gates, *slopes],
    }.items():
        recorder = observed(*levels, gate_summary_every=1000)
        found = [name for name, values in recorder.events if values["iteration"] == 2]
        assert found == expected
    names = observed("epoch").names()
    assert names == ["EpochStart", "EpochEnd"]


def test_the_numbers_of_a_step_are_those_of_pytorch() -> None:
    recorder = observed("step", "weight")
    for k, wanted in enumerate(in_torch()):
        at = {name: values for name, values in recorder.events if values["iteration"] == k + 1}
        assert at["ForwardPass"]["loss"] == close(wanted["loss"])
        assert at["ForwardPass"]["grad_norm"] == 0.0
        assert at["ForwardPass"]["learning_rate"] == 0.5
        assert at["BackwardPass"]["grad_norm"] == close(wanted["norm"])
        assert at["GradientClipping"] == {
            "iteration": k + 1,
            "grad_norm": close(wanted["norm"]),
            "threshold": CLIP,
        }
        change, weight = length(*wanted["change"].values()), length(*wanted["weights"].values())
        assert at["WeightsUpdate"]["weight_change_norm"] == close(change)
        assert at["WeightsUpdate"]["update_category"] == ("small", "normal")[change / weight > 1e-3]
    assert k == 5


def test_each_part_of_the_weights_has_its_own_norms() -> None:
    recorder = observed("weight")
    sources = {"norm": "weights", "grad_norm": "gradients", "change_norm": "change"}
    for k, wanted in enumerate(in_torch()):
        at = {name: values for name, values in recorder.events if values["iteration"] == k + 1}
        for key, source in sources.items():
            arrays = wanted[source]
            for place, gate in enumerate("ifco"):
                rows = slice(3 * place, 3 * place + 3)
                matrix = length(arrays["weight_ih_l0"][rows], arrays["weight_hh_l0"][rows])
                assert at[f"Update_W_{gate}"][key] == close(matrix)
                assert at[f"Update_b_{gate}"][key] == close(length(arrays["bias_ih_l0"][rows]))
                assert at[f"Update_W_{gate}"]["layer"] == 0
            assert at["Update_W_hy"][key] == close(length(arrays["W_hy"]))
            assert at["Update_b_y"][key] == close(length(arrays["b_y"]))


def test_every_layer_tells_of_its_weights() -> None:
    recorder = observed("weight", model=small_model(2, np.float64))
    found = [(n, v.get("layer")) for n, v in recorder.events if v["iteration"] == 1]
    per_layer = [(name, layer) for layer in (0, 1) for name in PARTS[:4]]
    biases = [(name, layer) for layer in (0, 1) for name in PARTS[5:9]]
    assert found == [*per_layer, ("Update_W_hy", None), *biases, ("Update_b_y", None)]


def test_an_epoch_tells_where_it_stands() -> None:
    recorder = observed("epoch", "step", num_epochs=2)
    start = {"total_epochs": 2, "iterations_per_epoch": 6, "dataset_size": 120}
    assert recorder.all("EpochStart") == [{"epoch": epoch, **start} for epoch in (1, 2)]
    losses = [values["loss"] for values in recorder.all("ForwardPass")]
    norms = [values["grad_norm"] for values in recorder.all("BackwardPass")]
    assert [values["iteration"] for values in recorder.all("ZeroGrad")] == list(range(1, 13))
    assert recorder.all("EpochEnd") == [
        {"epoch": 1, "final_loss": losses[5], "final_grad_norm": norms[5]},
        {"epoch": 2, "final_loss": losses[11], "final_grad_norm": norms[11]},
    ]


def scripted(model: ScriptedModel, **settings: Any) -> Recorder:
    recorder = Recorder("epoch", "step")
    settings = {"batch_size": 1, "time_steps": 2, "clip_grad_norm": None} | settings
    train(model, np.arange(25), SGD(1.0), observer=recorder, **settings)
    return recorder


def test_a_look_tells_what_was_seen_and_decided() -> None:
    losses = [3.0, 2.0, 2.5, 2.4, 2.3, 2.2]
    settings = {"validation": np.arange(3), "validate_every": 1, "lr_patience": 2, "patience": 4}
    recorder = scripted(ScriptedModel(losses), **settings)
    assert [v["validation_loss"] for v in recorder.all("Validation")] == losses
    counters = [0, 0, 1, 2, 3, 4]
    assert recorder.all("EarlyStoppingCheck") == [
        {
            "iteration": k + 1,
            "triggered": k == 5,
            "patience_counter": counter,
            "best_val_loss": 3.0 if k == 0 else 2.0,
        }
        for k, counter in enumerate(counters)
    ]
    plateau = {"patience_counter": 2, "best_val_loss": 2.0, "current_val_loss": 2.4}
    plateau |= {"learning_rate": 1.0, "min_lr": 0.0}
    assert recorder.all("PlateauDetected") == [{"iteration": 4, **plateau}]
    assert recorder.all("LearningRateDecay") == [
        {"iteration": 4, "old_lr": 1.0, "new_lr": 0.5, "reason": "plateau"}
    ]
    assert recorder.all("EarlyStopping") == [
        {"iteration": 6, "reason": "patience", "best_val_loss": 2.0}
    ]
    assert recorder.names()[-7:] == ["WeightsUpdate", *LOOK, "EarlyStopping", "EpochEnd"]
    fourth = [n for n, v in recorder.events if v.get("iteration") == 4]
    assert fourth[-4:] == [*LOOK[2:], "PlateauDetected", "LearningRateDecay"]
    modes = [v["mode"] for v in recorder.all("ModeChange")]
    assert modes == ["train", *["eval", "train"] * 6]


def test_a_falling_schedule_is_told_and_a_rising_one_is_not() -> None:
    schedule = cosine(0.5, 12, warm_up=4)
    recorder = scripted(ScriptedModel(), schedule=schedule)
    told = recorder.all("LearningRateDecay")
    assert [v["iteration"] for v in told] == [1, *range(6, 13)]  # 1: down from the optimiser's own
    assert told[1] == {
        "iteration": 6,
        "old_lr": schedule(4),
        "new_lr": schedule(5),
        "reason": "schedule",
    }
    rates = [v["learning_rate"] for v in recorder.all("ForwardPass")]
    assert rates == [schedule(k) for k in range(12)]


@pytest.mark.parametrize("limit", [None, 9.0])
def test_an_explosion_is_told_and_no_update_follows(limit: float | None) -> None:
    norm = math.inf if limit is None else 10.0
    recorder = scripted(ScriptedModel(norm=norm), explosion=limit)
    wanted = {"grad_norm": norm, "threshold": limit or math.inf, "loss": 1.0}
    assert recorder.all("GradientExplosion") == [{"iteration": 1, **wanted}]
    assert recorder.names()[2:] == [
        *ITERATION[:3],
        "GradientExplosion",
        "EarlyStopping",
        "EpochEnd",
    ]
    reason = {"iteration": 1, "reason": "explosion", "best_val_loss": None}
    assert recorder.all("EarlyStopping") == [reason]


def test_a_target_is_told() -> None:
    settings = {"validation": np.arange(3), "validate_every": 1, "target": 2.0}
    recorder = scripted(ScriptedModel([2.5, 1.5]), **settings)
    reason = {"iteration": 2, "reason": "target", "best_val_loss": 1.5}
    assert recorder.all("EarlyStopping") == [reason]
    assert recorder.all("EarlyStoppingCheck")[1]["triggered"] is True


def test_a_sample_is_told_with_its_text() -> None:
    recorder = scripted(ScriptedModel(), sample_every=6, sample_length=3, vocabulary="xyz")
    assert recorder.all("Sampling") == [
        {"iteration": iteration, "temperature": 1.0, "sample_text": "yyy"} for iteration in (6, 12)
    ]


def test_clipping_is_told_where_it_clipped() -> None:
    assert scripted(ScriptedModel(norm=1.0), clip_grad_norm=1.5).all("GradientClipping") == []
    assert len(scripted(ScriptedModel(norm=2.0), clip_grad_norm=1.5).all("GradientClipping")) == 12


@pytest.mark.parametrize("layers", [1, 2])
def test_the_gates_are_told_for_every_layer_and_time_step(layers: int) -> None:
    recorder = observed("gate", model=small_model(layers, np.float64))
    model = small_model(layers, np.float64)
    x, y = character_batches(TEXT, 4, 5)[0]
    model.loss_and_gradients(x, y)
    for suffix, held in (("", model.lstm.gates), ("Gradient", model.lstm.gate_gradients)):
        assert len(held) == layers
        found = [(n, v) for n, v in recorder.events if v["iteration"] == 1]
        found = [(n, v) for n, v in found if n.endswith("Gradient") == bool(suffix)]
        times = range(5) if not suffix else range(4, -1, -1)
        places = [(layer, t, name) for layer in range(layers) for t in times for name in GATES]
        assert [(v["layer"], v["timestep"], n.removesuffix("Gradient")) for n, v in found] == places
        for name, values in found:
            gate = name.removesuffix("Gradient").removesuffix("Gate").lower()
            z = held[values["layer"]][gate]
            assert z.shape == (4, 5, 3)
            here = z[:, values["timestep"], :].astype(float)
            assert values["mean"] == close(here.sum() / 12)
            assert values["std"] == close(math.sqrt(((here - here.mean()) ** 2).sum() / 12))
            low, high = (-0.8, 0.8) if gate == "candidate" else (0.1, 0.9)
            share = np.mean([not low <= value <= high for value in here.flat])
            if suffix:
                share = np.mean([abs(value) <= abs(z).max() / 1000 for value in here.flat])
            assert values["saturation"] == close(share)


def test_a_summary_is_the_mean_over_the_layers() -> None:
    recorder = observed("step", model=small_model(2, np.float64), gate_summary_every=1)
    model = small_model(2, np.float64)
    model.loss(*character_batches(TEXT, 4, 5)[0])
    assert recorder.all("GateSummary")[0] == {"iteration": 1} | {
        f"{gate}_mean": close(float(np.mean([layer[gate] for layer in model.lstm.gates])))
        for gate in ("forget", "input", "output")
    }


def shares(name: str, values: np.ndarray, slopes: bool = False) -> list[float]:
    batch, time, hidden = values.shape
    found = statistics(name, values, slopes, Memory(time, batch * hidden, values.dtype))
    return [float(share) for share in found[2]]


def test_saturation_counts_what_is_near_the_ends() -> None:
    values = np.array([0.05, 0.5, 0.95, 0.89]).reshape(2, 1, 2)
    assert shares("forget", values) == [0.5]
    assert shares("candidate", 2 * values - 1) == [0.5]
    slopes = np.array([[1.0, -1e-4], [0.5, 0.0]]).reshape(2, 1, 2)
    assert shares("output", slopes, slopes=True) == [0.5]
    assert shares("input", np.zeros((2, 3, 4)), slopes=True) == [1.0] * 3


def test_a_model_without_gates_is_told_of_once_and_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING, "asctools"):
        recorder = Recorder()
        settings: dict[str, Any] = {"batch_size": 1, "time_steps": 2, "gate_summary_every": 1}
        settings |= {"clip_grad_norm": None}
        train(ScriptedModel(), np.arange(25), SGD(1.0), observer=recorder, **settings)
    said = [record.getMessage() for record in caplog.records]
    assert said == [
        "ScriptedModel exposes no .gates: its events are left out of the log",
        "ScriptedModel exposes no .gate_gradients: its events are left out of the log",
    ]
    assert not {*GATES, "GateSummary"} & set(recorder.names())
    assert recorder.all("Update_w")[3] == {
        "iteration": 4,
        "norm": 4.0,
        "grad_norm": 1.0,
        "change_norm": 1.0,
    }


def test_a_missing_zero_grad_shows_without_a_changed_log_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("asctools.numpy_lstm.train.zero_grad", lambda run: None)
    recorder = scripted(ScriptedModel())
    assert "ZeroGrad" not in recorder.names()
    held = [values["grad_norm"] for values in recorder.all("ForwardPass")]
    assert held == [float(k) for k in range(12)]


def test_an_operation_done_twice_is_told_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    def twice(run: Any) -> None:
        operations.update(run)
        operations.update(run)

    monkeypatch.setattr("asctools.numpy_lstm.train.update", twice)
    names = observed("step", gate_summary_every=1000).names()
    assert names == ["ModeChange", *[*ITERATION, "WeightsUpdate"] * 6]


def test_clipping_after_the_update_is_told_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def late(run: Any) -> None:
        operations.update(run)
        operations.clip(run)

    monkeypatch.setattr("asctools.numpy_lstm.train.clip", lambda run: None)
    monkeypatch.setattr("asctools.numpy_lstm.train.update", late)
    names = observed("step", gate_summary_every=1000).names()
    assert names == ["ModeChange", *[*ITERATION[:3], "WeightsUpdate", "GradientClipping"] * 6]


class Plain:
    """The least that an observer can be."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def event(self, name: str, **attributes: Any) -> None:
        self.names.append(name)


def test_an_observer_without_enabled_is_told_epochs_and_steps() -> None:
    observer = Plain()
    train(small_model(), TEXT, SGD(0.1), observer=observer, clip_grad_norm=CLIP, **SIZES)  # type: ignore[arg-type]
    assert observer.names == ["EpochStart", "ModeChange", *ITERATION * 6, "EpochEnd"]


def test_an_observer_may_choose_whole_iterations_and_keep_traces() -> None:
    class Sampler(Recorder):
        def __init__(self) -> None:
            super().__init__()
            self.asked: list[tuple[str, int]] = []
            self.traces: list[tuple[str, dict[str, Any]]] = []

        def enabled(self, level: str, iteration: int = 0) -> bool:
            self.asked.append((level, iteration))
            return level in ("epoch", "step") or iteration % 3 == 0

        def trace(self, name: str, **attributes: Any) -> None:
            assert self.names()[-1:] != ["EpochStart"]
            self.traces.append((name, attributes))

    observer = Sampler()
    train(small_model(), TEXT, SGD(0.1), 2, observer=observer, **SIZES)  # type: ignore[arg-type]
    for name in ("ForgetGate", "ForgetGateGradient"):
        assert [v["iteration"] for v in observer.all(name)] == sorted([3, 6, 9, 12] * 5)
    assert [v["iteration"] for v in observer.all("Update_b_y")] == [3, 6, 9, 12]
    assert len(observer.asked) == len(set(observer.asked))
    assert {level for level, _ in observer.asked} == set(LEVELS)
    assert observer.traces == [(f"epoch {k}", {"epoch": k, "iterations": 6}) for k in (1, 2)]


def test_what_is_no_observer_is_refused() -> None:
    with pytest.raises(InputError, match="Got object as observer, expected an object with"):
        Watch(object())


@pytest.mark.parametrize(
    ("change", "name"),
    [(9e-6, "negligible"), (1e-5, "small"), (9e-4, "small"), (1e-3, "normal"), (0.01, "large")],
)
def test_an_update_is_called_by_its_size_relative_to_the_weights(change: float, name: str) -> None:
    assert category(change * 7.0, 7.0) == name
    assert category(change, 0.0) == "large"


def test_an_observer_changes_nothing() -> None:
    told_to, alone = small_model(), small_model()
    train(told_to, TEXT, SGD(0.1), 2, observer=Recorder(), **SIZES)  # type: ignore[arg-type]
    train(alone, TEXT, SGD(0.1), 2, **SIZES)  # type: ignore[arg-type]
    for name, w in alone.parameters.items():
        np.testing.assert_array_equal(told_to.parameters[name], w)


def test_without_an_observer_the_telling_costs_next_to_nothing() -> None:
    def teller(watch: Watch, run: Any) -> Any:
        raise AssertionError("nobody observes")
        yield

    class Unobserved:
        watch = None

    def operation(run: Any) -> None:
        pass

    telling, run, costs = told(teller)(operation), Unobserved(), []
    for function in (operation, telling):
        spans = []
        for _ in range(7):
            start = time.process_time()
            for _ in range(10_000):
                function(run)
            spans.append((time.process_time() - start) / 10_000)
        costs.append(min(spans))
    # Seven operations an iteration, and an iteration takes milliseconds
    assert costs[1] - costs[0] < 3e-6
