"""Watching changes no bit of a training, and nothing of it is left behind."""

import copy
import io
import pickle
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.optim import LBFGS, SGD, Adam, Optimizer
from torch.optim.lr_scheduler import LRScheduler, ReduceLROnPlateau, StepLR
from torch.utils.data import DataLoader, TensorDataset

from asctools.rnn import LSTM
from asctools.training.watch import watched
from asctools.training.watching.replace import replaced_everywhere
from tests.asctools.numpy_lstm.small_training import Recorder
from tests.asctools.training import plain_loops
from tests.asctools.training.plain_loops import LOOPS, PAIRS, Loop, X, Y, letters, mse, small_net

ROOT = Path(__file__).parents[3]


def bits(model: nn.Module) -> list[bytes]:
    return [p.detach().numpy().tobytes() for p in model.parameters()]


@pytest.mark.parametrize("make", [SGD, Adam, LBFGS])
@pytest.mark.parametrize("loop", LOOPS, ids=lambda loop: loop.__name__)
def test_training_is_the_same_to_the_bit(loop: Loop, make: Any) -> None:
    if make is LBFGS and loop is not plain_loops.closures:
        make = SGD  # it cannot do without a closure
    found = []
    for levels in (None, ("step",), ("epoch", "step", "gate", "weight")):
        model = small_net()
        optimizer = make(model.parameters(), lr=0.1)
        torch.manual_seed(3)
        if levels is None:
            loop(model, optimizer)
        else:
            with watched(model, optimizer, Recorder(*levels), criterion=plain_loops.mse):
                loop(model, optimizer)
        grads = [None if p.grad is None else p.grad.numpy().tobytes() for p in model.parameters()]
        found.append((bits(model), grads, torch.get_rng_state().numpy().tobytes()))
    assert found[0] == found[1] == found[2]
    still = (plain_loops.step_never, plain_loops.clear_twice)
    assert (found[0][0] == bits(small_net())) == (loop in still)


def test_an_lstm_that_shows_its_gates_trains_to_the_same_bits() -> None:
    found = []
    for levels in (None, ("gate", "weight")):
        torch.manual_seed(0)
        model = LSTM(2, 4, 1, "cpu")
        optimizer = Adam(model.parameters(), 0.05)

        def loop(model: nn.Module = model, optimizer: Optimizer = optimizer) -> None:
            for _ in range(5):
                optimizer.zero_grad()
                model(X[None])[0].square().mean().backward()
                optimizer.step()

        if levels is None:
            loop()
        else:
            with watched(model, optimizer, Recorder(*levels)):
                loop()
        found.append(bits(model))
    assert found[0] == found[1]


def everything() -> dict[str, Any]:
    """What a watch may put something around, and the hooks that it may set."""
    cells = [
        f.__closure__[0].cell_contents
        for f in (nn.utils.clip_grad_norm_, nn.utils.clip_grad_value_)
    ]
    schedulers = [LRScheduler.step, ReduceLROnPlateau.step, StepLR.step, "step" in vars(StepLR)]
    module = [vars(nn.Module)[name] for name in ("__call__", "train", "zero_grad")]
    names = [plain_loops.clip_grad_norm_, plain_loops.clip_grad_value_, plain_loops.mse]
    optimizers = [vars(Optimizer)["zero_grad"], torch.autograd.backward]
    iterators = [vars(DataLoader)["__iter__"]]
    return dict(enumerate(cells + schedulers + module + names + optimizers + iterators))


@pytest.mark.parametrize("error", [None, RuntimeError, KeyboardInterrupt])
def test_everything_is_as_it_was(error: type[BaseException] | None) -> None:
    before = everything()
    model, loader = small_net(), DataLoader(TensorDataset(X, Y), 2)
    optimizer = plain_loops.sgd(model)
    states = [set(vars(each)) for each in (model, optimizer, loader)]

    def loop() -> None:
        with watched(model, optimizer, Recorder(), criterion=plain_loops.mse, loader=loader):
            for x, y in loader:
                optimizer.zero_grad()
                loss = plain_loops.mse(model(x), y)
                if error is not None:
                    raise error
                loss.backward()

    if error is None:
        loop()
    else:
        with pytest.raises(error):
            loop()
    assert everything() == before
    assert [set(vars(each)) for each in (model, optimizer, loader)] == states
    for hooks in (optimizer._optimizer_step_pre_hooks, optimizer._optimizer_step_post_hooks):
        assert not hooks
    assert not model._forward_hooks
    assert not model._forward_pre_hooks
    assert all(not p._backward_hooks for p in model.parameters())


def test_copies_and_files_that_are_made_on_the_way_know_nothing_of_it() -> None:
    model, recorder = small_net(), Recorder("step")
    optimizer = plain_loops.sgd(model)
    with watched(model, optimizer, recorder):
        plain_loops.clear_first(model, optimizer)
        told = len(recorder.events)
        twin, of_twin = copy.deepcopy((model, optimizer))
        file = io.BytesIO()
        torch.save(model, file)
        file.seek(0)
        again = torch.load(file, weights_only=False)
        pickle.loads(pickle.dumps(optimizer)).zero_grad()
        for each in (twin, again):
            each.eval()
            each.train()
            each(X)
            each.zero_grad()
        mse(twin(X), Y).backward()
        of_twin.step()
        of_twin.zero_grad()
        assert model.training
        assert all(p.grad is not None for p in model.parameters())
        assert len(recorder.events) == told
    plain_loops.clear_first(twin, of_twin)
    assert len(recorder.events) == told


def test_random_numbers_are_left_alone() -> None:
    states = random.getstate(), np.random.get_state()[1].tobytes(), torch.get_rng_state()  # noqa: NPY002
    model = small_net()
    torch.set_rng_state(states[2])
    optimizer = plain_loops.sgd(model)
    with watched(model, optimizer, Recorder()):
        plain_loops.clear_first(model, optimizer)
    assert random.getstate() == states[0]
    assert np.random.get_state()[1].tobytes() == states[1]  # noqa: NPY002
    assert torch.equal(torch.get_rng_state(), states[2])


def test_a_function_is_reached_under_every_name() -> None:
    def around(function: Any) -> Any:
        return lambda *arguments: -function(*arguments)

    kept = plain_loops.mse
    with replaced_everywhere(plain_loops.mse, around):
        assert plain_loops.mse(X, Y) == mse(X, Y) == -kept(X, Y) != 0
    assert plain_loops.mse is mse is kept


def test_clipping_that_was_imported_inside_a_function_is_reached() -> None:
    def loop() -> None:
        from torch.nn.utils import clip_grad_norm_ as shorten

        with watched(model, optimizer, recorder):
            for x, y in PAIRS:
                mse(model(x), y).backward()
                shorten(model.parameters(), 1e-3)

    model, recorder = small_net(), Recorder("step")
    optimizer = plain_loops.sgd(model)
    loop()
    assert letters(recorder) == "FBC FBC FBC"


def test_a_script_is_watched_in_its_main_module() -> None:
    script = """
import torch
from torch import nn
from torch.nn.utils import clip_grad_norm_
from asctools.training import watched

class Log:
    def event(self, name, **attributes):
        print(name, end=" ")

def criterion(said, right):
    return (said - right).square().mean()

model = nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
if __name__ == "__main__":
    with watched(model, optimizer, Log(), criterion=criterion):
        optimizer.zero_grad()
        criterion(model(torch.ones(3, 2)), 9.0).backward()
        clip_grad_norm_(model.parameters(), 0.1)
        optimizer.step()
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=120, cwd=ROOT
    )
    told = "ZeroGrad ForwardPass BackwardPass GradientClipping WeightsUpdate"
    assert done.stdout.strip() == told, done.stderr
