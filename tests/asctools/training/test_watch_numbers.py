"""The numbers of a watched loop are those that one gets by hand, and those of the NumPy trainer."""

import logging
import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils import clip_grad_norm_, clip_grad_value_
from torch.optim import SGD, Adam

from asctools.numpy_lstm.batches import character_batches
from asctools.numpy_lstm.optim import SGD as NumpySGD  # noqa: N811, two of one name
from asctools.numpy_lstm.train import train
from asctools.rnn import LSTM
from asctools.rnn.readout import to_readout
from asctools.training.watch import watched
from tests.asctools.numpy_lstm.small_training import SIZES, TEXT, Recorder, small_model
from tests.asctools.training import plain_loops
from tests.asctools.training.plain_loops import PAIRS, X, Y, letters, mse, small_net

CLIP = 1e-3  # below every norm of the small model, so that each iteration clips
GATES = ("Forget", "Input", "Candidate", "Output")


def close(value: float, rel: float = 1e-6) -> Any:
    return pytest.approx(value, rel=rel)


def length(*tensors: torch.Tensor | None) -> float:
    """The norm of some tensors together, in double precision."""
    return math.sqrt(sum(float((t.detach().double() ** 2).sum()) for t in tensors if t is not None))


def slopes(model: nn.Module) -> float:
    return length(*(p.grad for p in model.parameters()))


def by_number(recorder: Recorder) -> list[dict[str, dict[str, Any]]]:
    """Return name → attributes for each iteration."""
    last = max(values.get("iteration", 0) for _, values in recorder.events)
    return [
        {name: values for name, values in recorder.events if values.get("iteration") == k + 1}
        for k in range(last)
    ]


@pytest.mark.parametrize("clear", ["first", "between"])
@pytest.mark.parametrize("make", [lambda p: SGD(p, 0.1, momentum=0.9), lambda p: Adam(p, 0.05)])
def test_every_number_of_a_step_is_the_one_by_hand(make: Any, clear: str) -> None:
    model, recorder, wanted = small_net(), Recorder("step", "weight"), []
    optimizer = make(model.parameters())
    with watched(model, optimizer, recorder):
        for x, y in PAIRS:
            if clear == "first":
                optimizer.zero_grad()
            loss = mse(model(x), y)
            by_hand: dict[str, Any] = {"loss": loss.item(), "held": slopes(model)}
            if clear == "between":
                optimizer.zero_grad()
            loss.backward()
            by_hand["norm"] = slopes(model)
            clip_grad_norm_(model.parameters(), CLIP)
            by_hand["used"] = slopes(model)
            before = {name: p.detach().clone() for name, p in model.named_parameters()}
            optimizer.step()
            by_hand["parts"] = {
                f"Update_{name}": {
                    "norm": length(p),
                    "grad_norm": length(p.grad),
                    "change_norm": length(p - before[name]),
                }
                for name, p in model.named_parameters()
            }
            wanted.append(by_hand)
    assert len(by_number(recorder)) == len(wanted) == 3
    for k, (found, by_hand) in enumerate(zip(by_number(recorder), wanted, strict=True), 1):
        rate = optimizer.param_groups[0]["lr"]
        assert found["ForwardPass"] == {
            "iteration": k,
            "loss": by_hand["loss"],
            "grad_norm": close(by_hand["held"]),
            "learning_rate": rate,
        }
        assert (by_hand["held"] > 0) == (clear == "between" and k > 1)
        norm = close(by_hand["norm"])
        assert found["BackwardPass"] == {"iteration": k, "grad_norm": norm}
        assert found["GradientClipping"] == {"iteration": k, "grad_norm": norm, "threshold": CLIP}
        parts = by_hand["parts"]
        change, weight = (
            math.hypot(*(part[key] for part in parts.values())) for key in ("change_norm", "norm")
        )
        update = found["WeightsUpdate"]
        assert update["weight_change_norm"] == close(change, 1e-4)
        assert update["weight_norm"] == close(weight)
        assert update["grad_norm"] == close(by_hand["used"])
        limits = {"negligible": 1e-5, "small": 1e-3, "normal": 1e-2, "large": math.inf}
        wanted_name = next(name for name, limit in limits.items() if change / weight < limit)
        assert update["update_category"] == wanted_name
        for name, numbers in parts.items():
            assert found[name] == {"iteration": k} | {
                key: close(value, 1e-3 if key == "change_norm" else 1e-6)
                for key, value in numbers.items()
            }


def test_clipping_tells_the_norm_before_it_and_the_threshold() -> None:
    model, recorder = small_net(), Recorder("step")
    optimizer = plain_loops.sgd(model)
    with watched(model, optimizer, recorder):
        mse(model(X), Y).backward()
        norm, largest = slopes(model), max(p.grad.abs().max().item() for p in model.parameters())
        clip_grad_value_(model.parameters(), largest * 1.01)  # cuts nothing
        clip_grad_value_(model.parameters(), largest * 0.99)
        clipped = slopes(model)
        clip_grad_norm_(model.parameters(), clipped * 1.01)  # nor does this
        clip_grad_norm_(list(model.parameters()), clipped * 0.99, norm_type=2)
        clip_grad_norm_(next(model.parameters()), 1e-9, float("inf"))
    by_value, by_norm, by_largest = recorder.all("GradientClipping")
    threshold = close(largest * 0.99)
    assert by_value == {
        "iteration": 1,
        "grad_norm": close(norm),
        "threshold": threshold,
        "by": "value",
    }
    assert by_norm == {
        "iteration": 1,
        "grad_norm": close(clipped),
        "threshold": close(clipped * 0.99),
    }
    assert by_largest["norm_type"] == math.inf


def test_clipping_where_nothing_is_comes_at_the_wrong_time_and_is_told() -> None:
    model, recorder = small_net(), Recorder("step")
    optimizer = plain_loops.sgd(model)
    with watched(model, optimizer, recorder):
        for _ in range(2):
            optimizer.zero_grad(set_to_none=False)
            loss = mse(model(X), Y)
            clip_grad_norm_(model.parameters(), 1.0)
            loss.backward()
            optimizer.step()
        optimizer.zero_grad(set_to_none=False)
        clip_grad_value_(model.parameters(), 1.0)
    assert [v["grad_norm"] for v in recorder.all("GradientClipping")] == [0.0] * 3
    assert letters(recorder) == "ZFCBU ZFCBU ZC"


def test_a_hand_in_the_gradients_shows_in_the_update() -> None:
    model, recorder = small_net(), Recorder("step")
    optimizer = plain_loops.sgd(model)
    with watched(model, optimizer, recorder):
        mse(model(X), Y).backward()
        for p in model.parameters():
            p.grad.data.mul_(0.5)  # PyTorch itself does not notice this
        optimizer.step()
        for p in model.parameters():
            p.grad.data.zero_()
        mse(model(X), Y).backward()
    before, used = recorder.all("BackwardPass")[0], recorder.all("WeightsUpdate")[0]
    assert used["grad_norm"] == close(before["grad_norm"] / 2)
    assert letters(recorder) == "FBU ZFB"
    assert recorder.all("ZeroGrad") == [{"iteration": 2, "by": "hand"}]


def test_parameters_without_slopes_or_without_an_optimiser_are_counted() -> None:
    class Detached(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.body, self.head, self.spare = (nn.Linear(2, 2) for _ in range(3))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.head(self.body(x).detach())

    model, recorder = Detached(), Recorder("step")
    optimizer = SGD([*model.body.parameters(), model.head.weight], 0.1)
    with watched(model, optimizer, recorder):
        model(X).sum().backward()
        optimizer.step()
    assert recorder.all("BackwardPass")[0]["without_slopes"] == 4, "of the body and the spare one"
    assert recorder.all("WeightsUpdate")[0]["unheld"] == 1, "the head's bias"
    sound = Recorder("step")
    net = small_net()
    optimizer = plain_loops.sgd(net)
    with watched(net, optimizer, sound):
        plain_loops.clear_first(net, optimizer)
    for name, attribute in (("BackwardPass", "without_slopes"), ("WeightsUpdate", "unheld")):
        assert all(attribute not in values for values in sound.all(name))


def test_losses_that_are_several_add_up_and_one_of_many_numbers_is_none() -> None:
    model, recorder = small_net(), Recorder("step")
    optimizer = plain_loops.sgd(model)
    with watched(model, optimizer, recorder):
        said = model(X)
        losses = [mse(said, Y), said.abs().sum()]
        torch.autograd.backward(losses)
        optimizer.step()
        model(X).backward(torch.ones(6, 1))
    first, second = recorder.all("ForwardPass")
    assert first["loss"] == close(sum(loss.item() for loss in losses))
    assert "loss" not in second
    assert letters(recorder) == "FBU FB"


@pytest.mark.parametrize("as_module", [True, False])
def test_the_criterion_tells_what_no_backward_pass_does(as_module: bool) -> None:
    model, recorder = small_net(), Recorder("step")
    optimizer = plain_loops.sgd(model)
    module = nn.MSELoss()
    with watched(model, optimizer, recorder, criterion=module if as_module else mse):
        loss = (module if as_module else mse)(model(X), Y) + 1.0
        loss.backward()
        with torch.no_grad():
            (module if as_module else mse)(model(X), Y)
            look = (module if as_module else mse)(model(-X), Y)
    assert recorder.all("ForwardPass")[0]["loss"] == loss.item(), "what was learned from counts"
    told = recorder.all("EvaluationPass")[0]["loss"]
    assert told == close(((loss - 1.0 + look) / 2).item())


def test_shared_frozen_and_foreign_parameters_count_once_or_not_at_all() -> None:
    class Tied(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.read, self.write = nn.Linear(2, 2), nn.Linear(2, 2)
            self.write.weight = self.read.weight
            self.write.bias.requires_grad_(False)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.write(self.read(x)).sum(1, keepdim=True)

    model, recorder = Tied(), Recorder("step", "weight")
    extra = nn.Parameter(torch.ones(1))
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = SGD([{"params": trained}, {"params": [extra]}], 0.1)
    with watched(model, optimizer, recorder):
        (mse(model(X), Y) * extra).backward()
        norm = slopes(model), length(extra.grad)
        optimizer.step()
    assert recorder.all("BackwardPass")[0]["grad_norm"] == close(math.hypot(*norm))
    parts = [name for name in recorder.names() if name.startswith("Update_")]
    assert parts == ["Update_read.weight", "Update_read.bias", "Update_group1.0"]
    change = recorder.all("WeightsUpdate")[0]["weight_change_norm"]
    assert change == close(0.1 * math.hypot(*norm), 1e-5)


def test_weights_that_join_later_are_told_of() -> None:
    model, recorder = small_net(), Recorder("step", "weight")
    model[0].requires_grad_(False)
    optimizer = SGD(model[2].parameters(), 0.1)
    with watched(model, optimizer, recorder):
        plain_loops.clear_first(model, optimizer)
        model[0].requires_grad_(True)
        optimizer.add_param_group({"params": model[0].parameters()})
        plain_loops.clear_first(model, optimizer)
    parts = [[n for n in at if n.startswith("Update_")] for at in by_number(recorder)]
    late, early = ["Update_0.weight", "Update_0.bias"], ["Update_2.weight", "Update_2.bias"]
    assert parts == [early] * 3 + [late + early] * 3
    assert by_number(recorder)[3]["BackwardPass"]["grad_norm"] > 0


def test_sparse_gradients_have_norms_too() -> None:
    model, recorder = nn.Embedding(5, 2, sparse=True), Recorder("step", "weight")
    optimizer = SGD(model.parameters(), 0.1)
    with watched(model, optimizer, recorder):
        model(torch.tensor([1, 1, 3])).sum().backward()
        optimizer.step()
    norm = math.sqrt(2 * 2.0**2 + 2 * 1.0)  # row 1 twice, row 3 once
    assert recorder.all("BackwardPass")[0]["grad_norm"] == close(norm)
    assert recorder.all("Update_weight")[0]["change_norm"] == close(0.1 * norm)


def copied_from_numpy() -> LSTM:
    """Return the LSTM of four linear layers with the weights of the small NumPy model."""
    ours = small_model(dtype=np.float64)
    held = {name: torch.from_numpy(w.copy()) for name, w in ours.parameters.items()}
    model = LSTM(5, 3, 5, device="cpu").double()
    whole = torch.cat((held["weight_hh_l0"], held["weight_ih_l0"]), 1).chunk(4)
    biases = held["bias_ih_l0"].chunk(4)
    with torch.no_grad():
        for k, name in enumerate(("input", "forget", "cell", "output")):  # rows i, f, g, o
            layer = getattr(model, f"{name}_gate")
            layer.weight.copy_(whole[k])
            layer.bias.copy_(biases[k])
        model.i2o.weight.copy_(held["W_hy"])
        model.i2o.bias.copy_(held["b_y"])
    return model


def in_torch(*levels: str) -> tuple[LSTM, Recorder]:
    """Train that LSTM for one epoch, as the NumPy trainer does it, under the watch."""
    model, recorder = copied_from_numpy(), Recorder(*levels)
    optimizer, state = SGD(model.parameters(), 0.5), None
    with watched(model, optimizer, recorder):
        for x, y in character_batches(TEXT, 4, 5):
            optimizer.zero_grad()
            one_hot = nn.functional.one_hot(torch.from_numpy(x.copy()), 5).double()
            said, state = model(one_hot, state)
            state = tuple(each.detach() for each in state)
            right = torch.from_numpy(y.copy()).reshape(-1)
            nn.functional.cross_entropy(said.reshape(-1, 5), right).backward()
            clip_grad_norm_(model.parameters(), CLIP)
            optimizer.step()
    return model, recorder


def in_numpy(*levels: str) -> Recorder:
    """The same epoch by the NumPy trainer."""
    recorder = Recorder(*levels)
    settings: dict[str, Any] = SIZES | {"clip_grad_norm": CLIP, "gate_summary_every": 1000}
    train(small_model(dtype=np.float64), TEXT, NumpySGD(0.5), 1, observer=recorder, **settings)
    return recorder


def test_every_event_and_number_is_that_of_the_numpy_trainer() -> None:
    model, found = in_torch("step", "gate", "weight")
    wanted = in_numpy("step", "gate", "weight").events[1:]  # without its ModeChange
    assert [name for name, _ in found.events] == [name for name, _ in wanted]
    assert len(wanted) == 6 * (5 + 2 * 4 * 5 + 10)
    for (name, ours), (_, theirs) in zip(found.events, wanted, strict=True):
        assert {key: ours[key] for key in theirs} == {
            key: pytest.approx(value, rel=1e-7, abs=1e-12) if isinstance(value, float) else value
            for key, value in theirs.items()
        }, name
    assert model.keep_steps is False
    assert model.steps == []


def test_steps_that_were_kept_before_are_kept_afterwards() -> None:
    model, recorder = copied_from_numpy(), Recorder("step", "gate")
    optimizer, model.keep_steps = SGD(model.parameters(), 0.5), True
    with watched(model, optimizer, recorder):
        model(torch.ones(2, 4, 5).double())[0].sum().backward()
    assert model.keep_steps is True
    assert len(model.steps) == 4
    assert len(recorder.all("ForgetGate")) == len(recorder.all("ForgetGateGradient")) == 4


def test_gates_are_kept_only_where_the_log_wants_them() -> None:
    class Sampler(Recorder):
        def enabled(self, level: str, iteration: int = 0) -> bool:
            return level != "gate" or iteration == 2

    model, recorder, kept = copied_from_numpy(), Sampler(), []
    optimizer = SGD(model.parameters(), 0.5)
    with watched(model, optimizer, recorder):
        for _ in range(3):
            model(torch.ones(2, 4, 5).double())[0].sum().backward()
            kept.append(len(model.steps))
            optimizer.step()
            with torch.no_grad():
                model(torch.ones(2, 4, 5).double())
                assert model.steps == []
    assert kept == [0, 4, 0]
    for gate in GATES:
        assert {v["iteration"] for v in recorder.all(f"{gate}Gate")} == {2}
        assert len(recorder.all(f"{gate}GateGradient")) == 4


def test_gates_of_several_lstms_are_layers() -> None:
    class Stack(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.second = LSTM(2, 3, 4, "cpu"), LSTM(4, 3, 1, "cpu")

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.second(self.first(x)[0])[0]

    model, recorder = Stack(), Recorder("gate", "weight")
    optimizer = SGD(model.parameters(), 0.1)
    with watched(model, optimizer, recorder):
        model(torch.ones(1, 2, 2)).sum().backward()
        optimizer.step()
    assert [(v["layer"], v["timestep"]) for v in recorder.all("OutputGate")] == [
        (layer, t) for layer in (0, 1) for t in (0, 1)
    ]
    assert [v["layer"] for v in recorder.all("Update_W_f")] == [0, 1]
    assert [v["layer"] for v in recorder.all("Update_b_y")] == [0, 1]


@pytest.mark.parametrize(
    ("make", "named"),
    [
        (lambda: to_readout(LSTM(2, 3, 1, "cpu")), "nn.LSTM"),
        (lambda: nn.Sequential(nn.GRUCell(2, 3), nn.Linear(3, 1)), "nn.GRUCell"),
        (small_net, "This model"),
    ],
)
def test_a_model_without_gates_is_told_of_once(
    make: Any, named: str, caplog: pytest.LogCaptureFixture
) -> None:
    model, recorder = make(), Recorder("step", "gate", "weight")
    optimizer = plain_loops.sgd(model)
    with caplog.at_level(logging.WARNING, "asctools"), watched(model, optimizer, recorder):
        for _ in range(2):
            said = model(X[None] if named == "nn.LSTM" else X)
            (said[0] if isinstance(said, tuple) else said).sum().backward()
            optimizer.step()
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == 1
    assert said[0].startswith(f"{named} shows no gates: their events are left out")
    names = [f"Update_{name}" for name, p in model.named_parameters() if p.requires_grad]
    assert [n for n in recorder.names() if n.startswith("Update_")] == names * 2
