"""A watched loop tells what it does, in its own order, whatever its form."""

from typing import Any

import pytest
import torch
from torch import nn
from torch.optim import LBFGS, SGD
from torch.optim.lr_scheduler import StepLR
from torch.utils.checkpoint import checkpoint
from torch.utils.data import DataLoader, TensorDataset

from asctools.errors import InputError
from asctools.training.watch import watched
from tests.asctools.numpy_lstm.small_training import Recorder
from tests.asctools.training import plain_loops
from tests.asctools.training.plain_loops import LOOPS, PAIRS, Loop, X, Y, letters, mse, small_net

STEP = ("epoch", "step")


def told(loop: Loop, *levels: str, **options: Any) -> Recorder:
    """Run a loop under the watch, with SGD on the small net."""
    recorder, model = Recorder(*(levels or STEP)), small_net()
    optimizer = plain_loops.sgd(model)
    with watched(model, optimizer, recorder, **options):
        loop(model, optimizer)
    return recorder


@pytest.mark.parametrize("loop", LOOPS, ids=lambda loop: loop.__name__)
def test_the_log_says_what_the_loop_does(loop: Loop) -> None:
    assert letters(told(loop)) == LOOPS[loop]


def test_a_line_that_is_deleted_or_doubled_shows() -> None:
    lines = [
        "optimizer.zero_grad()",
        "loss = mse(model(x), y)",
        "loss.backward(retain_graph=True)",
        "optimizer.step()",
    ]
    signs = "ZFBU"

    def run(chosen: list[str]) -> str:
        code = "\n".join(["for x, y in PAIRS[:1]:", *(f"    {line}" for line in chosen)])
        names = {"mse": mse, "PAIRS": PAIRS}

        def loop(model: nn.Module, optimizer: Any) -> None:
            exec(code, names | {"model": model, "optimizer": optimizer})

        return letters(told(loop))

    assert run(lines) == signs
    for k in (0, 3):
        assert run(lines[:k] + lines[k + 1 :]) == signs[:k] + signs[k + 1 :]
    for k in (0, 2, 3):
        assert run([*lines[: k + 1], *lines[k:]]) == signs[: k + 1] + signs[k:]
    assert run([*lines[:2], lines[3]]) == "ZFU"
    assert run([lines[1], lines[2], lines[0], lines[3]]) == "FBZU"


def test_an_operation_that_fails_is_not_told() -> None:
    def loop(model: nn.Module, optimizer: Any) -> None:
        with pytest.raises(RuntimeError):
            model(torch.ones(1, 7))
        loss = mse(model(X), Y)
        loss.backward()
        with pytest.raises(RuntimeError, match="second time"):
            loss.backward()
        with pytest.raises(TypeError):
            optimizer.step(closure=3)
        optimizer.zero_grad()

    assert letters(told(loop)) == "FBZ"


def test_closures_that_are_called_often_belong_to_one_iteration() -> None:
    recorder, model = Recorder(*STEP), small_net()
    optimizer = LBFGS(model.parameters(), max_iter=3)
    with watched(model, optimizer, recorder):
        plain_loops.closures(model, optimizer)
    first, *_ = iterations = letters(recorder).split()
    assert len(iterations) == 3
    assert all(each == "ZFB" * (len(each) // 3) + "U" for each in iterations)
    assert all(values["closure"] is True for values in recorder.all("WeightsUpdate"))
    assert len(first) > 4


@pytest.mark.parametrize("reentrant", [True, False])
def test_checkpoints_that_read_again_while_going_back_are_one_backward_pass(
    reentrant: bool,
) -> None:
    class Checkpointed(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.second = nn.Linear(2, 2), nn.Linear(2, 1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return checkpoint(self.second, self.first(x), use_reentrant=reentrant)

    model, recorder = Checkpointed(), Recorder(*STEP)
    optimizer = plain_loops.sgd(model)
    with watched([model, model.second], optimizer, recorder):
        plain_loops.clear_first(model, optimizer)
    assert letters(recorder) == LOOPS[plain_loops.clear_first]


def test_what_nobody_wants_is_not_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    def computed(*arguments: Any) -> None:
        raise AssertionError("nobody wants this")

    class Nobody(Recorder):
        def enabled(self, level: str, iteration: int = 0) -> bool:
            return False

    model, recorder = small_net(), Nobody()
    optimizer = SGD(model.parameters(), 0.1, foreach=False)
    with monkeypatch.context() as patch:
        for name in ("_foreach_norm", "_foreach_copy_", "_foreach_sub_"):
            patch.setattr(torch, name, computed)
        with watched(model, optimizer, recorder):
            for loop in (plain_loops.clear_first, plain_loops.clear_between):
                loop(model, optimizer)
    assert recorder.events == []


class Pair(nn.Module):
    """A model that is used without ever being called, as hand-written cells are."""

    def __init__(self) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.ones(2, 1))

    def step(self, x: torch.Tensor) -> torch.Tensor:
        return x @ self.w


def test_a_model_that_is_never_called_has_forward_passes_all_the_same() -> None:
    model, recorder = Pair(), Recorder(*STEP)
    optimizer = plain_loops.sgd(model)
    with watched(model, optimizer, recorder):
        for x, y in PAIRS:
            optimizer.zero_grad()
            loss = mse(model.step(x), y)
            loss.backward(retain_graph=True)
            loss.backward()
            optimizer.step()
    assert letters(recorder) == "ZFBBU ZFBBU ZFBBU"
    assert recorder.all("ForwardPass")[-1]["loss"] == loss.item()


def test_several_models_and_optimisers_are_told_apart() -> None:
    first, second = small_net(1), small_net(2)
    of_first, of_second = SGD(first.parameters(), 0.1), SGD(second.parameters(), 0.2)
    recorder = Recorder(*STEP)
    with watched([first, second], [of_first, of_second], recorder):
        for x, y in PAIRS:
            second.train()
            of_first.zero_grad()
            second.zero_grad()
            (mse(first(x), y) + mse(second(x), y)).backward()
            of_first.step()
            of_second.step()
    assert letters(recorder) == "t ZZFBUUt ZZFBUUt ZZFBUU"
    assert [v["optimizer"] for v in recorder.all("WeightsUpdate")] == [0, 1] * 3
    cleared = [
        {k: v for k, v in each.items() if k != "iteration"} for each in recorder.all("ZeroGrad")
    ]
    assert cleared == [{"optimizer": 0}, {"model": 1}] * 3
    assert [v["calls"] for v in recorder.all("ForwardPass")] == [2] * 3
    assert [v["model"] for v in recorder.all("ModeChange")] == [1] * 3
    assert recorder.all("ForwardPass")[0]["learning_rate"] == 0.1


def test_another_model_is_none_of_our_business() -> None:
    def loop(model: nn.Module, optimizer: Any) -> None:
        stranger = small_net(7)
        of_stranger = plain_loops.sgd(stranger)
        rate = StepLR(of_stranger, 1, 0.5)
        for x, y in PAIRS:
            stranger.train()
            of_stranger.zero_grad()
            stranger.zero_grad()
            mse(stranger(x), y).backward()
            nn.utils.clip_grad_norm_(stranger.parameters(), 1e-3)
            of_stranger.step()
            rate.step()
            stranger.eval()
        plain_loops.clear_first(model, optimizer)

    assert letters(told(loop)) == LOOPS[plain_loops.clear_first]


def test_a_model_in_a_model_is_one_forward_pass() -> None:
    inner, recorder = small_net(), Recorder(*STEP)
    outer = nn.Sequential(inner, nn.Tanh())
    optimizer = plain_loops.sgd(outer)
    with watched([outer, inner], optimizer, recorder):
        plain_loops.clear_first(outer, optimizer)
    assert letters(recorder) == LOOPS[plain_loops.clear_first]
    assert all("calls" not in values for values in recorder.all("ForwardPass"))


def test_a_pass_that_nobody_learns_from_says_so() -> None:
    at = told(plain_loops.look_between).all("EvaluationPass")
    common = {"mode": "eval", "grad_enabled": False, "calls": 3}
    assert at == [{"iteration": k, **common} for k in (1, 2, 3)]
    careless = told(plain_loops.look_without_eval).all("EvaluationPass")
    assert careless[0] == {"iteration": 1, "mode": "train", "grad_enabled": False}
    wasteful = told(plain_loops.look_with_gradients).all("EvaluationPass")
    assert wasteful[0] == {"iteration": 1, "mode": "eval", "grad_enabled": True}
    training = told(plain_loops.look_that_trains).all("ForwardPass")
    assert [values.get("mode", "train") for values in training] == ["train", "eval"] * 3


def test_levels_choose_what_is_told() -> None:
    loader = DataLoader(TensorDataset(X, Y), 3)

    def loop(model: nn.Module, optimizer: Any) -> None:
        for x, y in loader:
            optimizer.zero_grad()
            mse(model(x), y).backward()
            optimizer.step()

    names = told(loop, "epoch", loader=loader).names()
    assert names == ["EpochStart", "EpochEnd"]
    parts = [f"Update_{name}" for name, _ in small_net().named_parameters()]
    assert told(loop, "weight", loader=loader).names() == parts * 2
    everything = told(loop, "step", "weight", loader=loader).names()
    assert everything == ["ZeroGrad", "ForwardPass", "BackwardPass", "WeightsUpdate", *parts] * 2


def test_an_observer_may_choose_iterations_and_have_no_more_than_event() -> None:
    class Every(Recorder):
        def enabled(self, level: str, iteration: int = 0) -> bool:
            return level == "step" and iteration % 2 == 0

    class Bare:
        def __init__(self) -> None:
            self.names: list[str] = []

        def event(self, name: str, **attributes: Any) -> None:
            self.names.append(name)

    every, bare = Every(), Bare()
    for recorder in (every, bare):
        model = small_net()
        optimizer = plain_loops.sgd(model)
        with watched(model, optimizer, recorder):
            plain_loops.clear_first(model, optimizer)
    assert letters(every) == "ZFBU"
    assert {values["iteration"] for _, values in every.events} == {2}
    assert bare.names == ["ZeroGrad", "ForwardPass", "BackwardPass", "WeightsUpdate"] * 3


def refused_watches() -> dict[str, Any]:
    model = small_net()
    optimizer = plain_loops.sgd(model)
    return {
        "Got int, expected torch.nn.Module": (3, optimizer, Recorder()),
        "Got Sequential, expected torch.optim.Optimizer": (model, model, Recorder()),
        "Got none, expected torch.optim.Optimizer": (model, [], Recorder()),
        "Got object as observer": (model, optimizer, object()),
    }


@pytest.mark.parametrize("words", list(refused_watches()))
def test_what_cannot_be_watched_is_refused(words: str) -> None:
    with pytest.raises(InputError, match=words), watched(*refused_watches()[words]):
        pass
    told(plain_loops.clear_first)  # nothing is left behind


def test_one_loop_is_watched_at_a_time() -> None:
    model = small_net()
    optimizer, recorder = plain_loops.sgd(model), Recorder(*STEP)
    with watched(model, optimizer, recorder):
        with pytest.raises(InputError, match="watched loop inside another"):
            told(plain_loops.clear_first)
        plain_loops.clear_first(model, optimizer)
    assert letters(recorder) == LOOPS[plain_loops.clear_first]
