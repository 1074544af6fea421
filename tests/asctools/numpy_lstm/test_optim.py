"""The optimisers take PyTorch's steps, in place; clipping is PyTorch's too."""

import math
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from asctools.errors import CheckpointError, InputError, ShapeError
from asctools.numpy_lstm.optim import (
    SGD,
    AdaGrad,
    Adam,
    Optimizer,
    clip_by_global_norm,
    global_norm,
)

Arrays = dict[str, np.ndarray]
Pair = tuple[Callable[[], Optimizer], Callable[[Any], torch.optim.Optimizer]]

PAIRS: dict[str, Pair] = {
    "sgd": (lambda: SGD(0.1), lambda p: torch.optim.SGD(p, 0.1)),
    "momentum": (lambda: SGD(0.1, 0.9), lambda p: torch.optim.SGD(p, 0.1, momentum=0.9)),
    "adagrad": (lambda: AdaGrad(0.1), lambda p: torch.optim.Adagrad(p, 0.1)),
    "adam": (lambda: Adam(0.01), lambda p: torch.optim.Adam(p, 0.01)),
    "adam, other betas": (
        lambda: Adam(0.01, 0.5, 0.7, 1e-3),
        lambda p: torch.optim.Adam(p, 0.01, (0.5, 0.7), 1e-3),
    ),
}
OURS = {name: ours for name, (ours, _) in PAIRS.items()}


def some_arrays(seed: int, dtype: Any = np.float64) -> Arrays:
    rng = np.random.default_rng(seed)
    shapes = {"W": (3, 4), "b": (4,), "one": (1,)}
    return {name: rng.normal(size=shape).astype(dtype) for name, shape in shapes.items()}


def by_torch(make: Callable[[Any], torch.optim.Optimizer], steps: int) -> Arrays:
    parameters = {n: torch.tensor(w, requires_grad=True) for n, w in some_arrays(0).items()}
    optimizer = make(parameters.values())
    for step in range(steps):
        for name, gradient in some_arrays(step + 1).items():
            parameters[name].grad = torch.tensor(gradient)
        optimizer.step()
    return {name: w.detach().numpy() for name, w in parameters.items()}


def by_us(optimizer: Optimizer, steps: range, start: Arrays | None = None) -> Arrays:
    parameters = some_arrays(0) if start is None else start
    for step in steps:
        optimizer.step(parameters, some_arrays(step + 1))
    return parameters


@pytest.mark.equation("eq-adam-moments", "eq-adam-update")
@pytest.mark.parametrize("steps", [1, 2, 30])
@pytest.mark.parametrize("name", PAIRS)
def test_a_step_is_pytorchs(name: str, steps: int) -> None:
    ours, theirs = PAIRS[name]
    found, wanted = by_us(ours(), range(steps)), by_torch(theirs, steps)
    for key, value in wanted.items():
        np.testing.assert_allclose(found[key], value, rtol=1e-12, atol=1e-13)


def test_a_schedule_can_change_the_rate_between_two_steps() -> None:
    optimizer, parameters = SGD(1.0), {"w": np.zeros(1)}
    for rate in (1.0, 0.5, 0.25):
        optimizer.learning_rate = rate
        optimizer.step(parameters, {"w": np.ones(1)})
    assert parameters["w"][0] == -1.75


@pytest.mark.parametrize("name", OURS)
def test_float32_stays_float32_and_the_arrays_stay_the_same_objects(name: str) -> None:
    optimizer, parameters = OURS[name](), some_arrays(0, np.float32)
    before = dict(parameters)
    for step in range(3):
        optimizer.step(parameters, some_arrays(step + 1, np.float32))
    assert all(parameters[key] is before[key] for key in before)
    assert all(w.dtype == np.float32 for w in parameters.values())
    state = optimizer.state_dict()
    held = [value for key, value in state.items() if "." in key]
    assert len(held) == len(optimizer.slots) * len(parameters)
    assert all(value.dtype == np.float32 for value in held)


@pytest.mark.parametrize("name", OURS)
def test_a_step_after_the_first_allocates_no_array(name: str) -> None:
    optimizer = OURS[name]()
    parameters, gradients = {"W": np.zeros((200, 100))}, {"W": np.ones((200, 100))}
    optimizer.step(parameters, gradients)
    tracemalloc.start()
    optimizer.step(parameters, gradients)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 160_000 / 20, f"{peak} bytes for an array of 160,000"


@pytest.mark.parametrize("name", OURS)
def test_a_saved_state_goes_on_to_the_same_bits(name: str) -> None:
    whole = by_us(OURS[name](), range(9))
    first = OURS[name]()
    half = by_us(first, range(4))
    second = OURS[name]()
    second.load_state_dict(first.state_dict())
    first.step({"W": half["W"] + 1.0} | {k: half[k].copy() for k in ("b", "one")}, some_arrays(50))
    found = by_us(second, range(4, 9), half)
    assert all(np.array_equal(found[key], whole[key]) for key in whole)
    assert second.steps == 9


def test_the_settings_are_part_of_the_state() -> None:
    saved = Adam(0.3, 0.1, 0.2, 1e-4).state_dict()
    other = Adam(0.01)
    other.load_state_dict(saved)
    assert other.settings() == {
        "learning_rate": 0.3,
        "beta1": 0.1,
        "beta2": 0.2,
        "epsilon": 1e-4,
    }


def test_a_state_of_another_kind_is_refused_and_changes_nothing() -> None:
    optimizer = Adam(0.01)
    with pytest.raises(CheckpointError, match="the state of SGD, expected one of Adam"):
        optimizer.load_state_dict(SGD(0.5).state_dict())
    state = Adam(0.5).state_dict()
    del state["beta2"]
    with pytest.raises(CheckpointError, match="without beta2"):
        optimizer.load_state_dict(state)
    with pytest.raises(CheckpointError, match="something else"):
        optimizer.load_state_dict({})
    assert optimizer.learning_rate == 0.01


def test_gradients_that_do_not_fit_are_refused_before_anything_moves() -> None:
    parameters, gradients = some_arrays(0), some_arrays(1)
    wrong = {
        "no gradient for b": {key: gradients[key] for key in ("W", "one")},
        r"\(3, 3\) in float64 for W": gradients | {"W": gradients["W"][:, :3]},
        r"\(4,\) in float32 for b": gradients | {"b": gradients["b"].astype(np.float32)},
    }
    for message, given in wrong.items():
        optimizer = Adam(0.1)
        with pytest.raises(ShapeError, match=message):
            optimizer.step(parameters, given)
        assert optimizer.steps == 0
    assert all(np.array_equal(parameters[key], value) for key, value in some_arrays(0).items())


def test_one_optimiser_serves_one_model() -> None:
    optimizer = Adam(0.1)
    optimizer.step(some_arrays(0), some_arrays(1))
    with pytest.raises(ShapeError, match="one optimiser for each model"):
        optimizer.step({"other": np.zeros(2)}, {"other": np.zeros(2)})
    resized = some_arrays(0) | {"b": np.zeros(5)}
    with pytest.raises(ShapeError, match="for b"):
        optimizer.step(resized, {key: np.zeros_like(w) for key, w in resized.items()})


@pytest.mark.parametrize(
    "make",
    [
        lambda: SGD(0.0),
        lambda: SGD(math.nan),
        lambda: SGD("fast"),  # type: ignore[arg-type]
        lambda: SGD(0.1, 1.0),
        lambda: Adam(0.1, beta2=-0.1),
        lambda: Adam(0.1, epsilon=0.0),
        lambda: AdaGrad(-1.0),
        lambda: clip_by_global_norm({}, 0.0),
    ],
)
def test_settings_out_of_range_are_refused(make: Callable[[], object]) -> None:
    with pytest.raises(InputError, match="expected"):
        make()


@pytest.mark.equation("eq-clip")
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("size", [0.1, 0.999, 1.0, 7.0, 1e6])
def test_clipping_is_pytorchs(size: float, dtype: Any) -> None:
    gradients = some_arrays(3, dtype)
    unit = math.sqrt(sum(float((g.astype(np.float64) ** 2).sum()) for g in gradients.values()))
    for g in gradients.values():
        g *= size / unit
    theirs = [torch.nn.Parameter(torch.zeros(g.shape)) for g in gradients.values()]
    for parameter, g in zip(theirs, gradients.values(), strict=True):
        parameter.data = torch.tensor(g) * 0
        parameter.grad = torch.tensor(g)
    wanted = torch.nn.utils.clip_grad_norm_(theirs, 1.0).item()
    norm = clip_by_global_norm(gradients, 1.0)
    close = 1e-12 if dtype == np.float64 else 1e-6
    assert norm == pytest.approx(wanted, rel=close)
    for g, parameter in zip(gradients.values(), theirs, strict=True):
        assert g.dtype == dtype
        np.testing.assert_allclose(g, parameter.grad.numpy(), rtol=close)  # type: ignore[union-attr]


def test_clipping_keeps_the_direction_and_short_gradients() -> None:
    short = {"a": np.array([0.3, 0.4])}
    assert clip_by_global_norm(short, 1.0) == 0.5
    assert short["a"].tolist() == [0.3, 0.4]
    long = {"a": np.array([30.0, 0.0]), "b": np.array([40.0])}
    assert clip_by_global_norm(long, 1.0) == 50.0
    assert long["a"][0] / long["b"][0] == 0.75
    assert global_norm(long.values()) == pytest.approx(1.0, rel=1e-7)


def test_the_norm_of_large_float32_numbers_is_finite() -> None:
    gradients = {"a": np.full(4, 1e30, np.float32)}
    assert clip_by_global_norm(gradients, 1.0) == pytest.approx(2e30, rel=1e-6)
    np.testing.assert_allclose(gradients["a"], 0.5, rtol=1e-6)


@pytest.mark.parametrize("bad", [math.inf, math.nan])
def test_gradients_without_a_direction_are_left_alone_and_reported(bad: float) -> None:
    gradients = {"a": np.array([1.0, bad, 2.0])}
    assert not math.isfinite(clip_by_global_norm(gradients, 1.0))
    np.testing.assert_array_equal(gradients["a"], [1.0, bad, 2.0])
