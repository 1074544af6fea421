"""The character model: against nn.LSTM with a head, and what it promises by itself."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from asctools.errors import InputError
from asctools.numpy_lstm import cell, gradcheck, numerics
from asctools.numpy_lstm.gradcheck import relative_error
from asctools.numpy_lstm.model import CharLSTM

V, H, B, T = 7, 9, 3, 12


def text(batch: int = B, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    symbols = np.random.default_rng(seed).integers(0, V, (batch, T + 1))
    return symbols[:, :-1], symbols[:, 1:]


def by_pytorch(model: CharLSTM, x, y, state) -> tuple[float, dict[str, np.ndarray]]:
    core = nn.LSTM(V, H, model.num_layers, batch_first=True, dtype=torch.float64)
    core.load_state_dict({k: torch.tensor(v) for k, v in model.lstm.state_dict().items()})
    head = nn.Linear(H, V, dtype=torch.float64)
    names = {"weight": "W_hy", "bias": "b_y"}
    head.load_state_dict({k: torch.tensor(model.parameters[n]) for k, n in names.items()})
    one_hot = nn.functional.one_hot(torch.tensor(x), V).double()
    outputs, _ = core(one_hot, tuple(torch.tensor(each) for each in state))
    loss = nn.functional.cross_entropy(head(outputs).reshape(-1, V), torch.tensor(y).reshape(-1))
    loss.backward()
    slopes = {name: each.grad for name, each in core.named_parameters()}
    slopes |= {names[name]: each.grad for name, each in head.named_parameters()}
    return loss.item(), {k: slopes[k].numpy() for k in model.parameters}  # type: ignore[union-attr]


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("batch", [1, B])
def test_loss_and_every_gradient_are_those_of_pytorch(layers: int, batch: int) -> None:
    model = CharLSTM(V, H, layers, dtype=np.float64, seed=1)
    x, y = text(batch)
    rng = np.random.default_rng(2)
    state = rng.normal(size=(layers, batch, H)), rng.normal(size=(layers, batch, H))
    loss, gradients, _ = model.loss_and_gradients(x, y, state)
    expected, slopes = by_pytorch(model, x, y, state)
    assert loss == pytest.approx(expected, rel=1e-12)
    assert list(gradients) == list(model.parameters)
    for name, slope in slopes.items():
        assert relative_error(gradients[name], slope) < 1e-12, name


def complex_loss(p: dict[str, np.ndarray], x: np.ndarray, y: np.ndarray):
    """The same loss with the readable cell, which takes complex numbers."""
    w = cell.from_fused(p["weight_ih_l0"], p["weight_hh_l0"], p["bias_ih_l0"])
    h = cell.forward(w, np.eye(V)[x]).outputs
    return numerics.softmax_cross_entropy(h @ p["W_hy"].T + p["b_y"], y)[0]


@pytest.mark.parametrize("batch", [1, B])
def test_every_gradient_by_complex_steps(batch: int) -> None:
    model = CharLSTM(V, H, dtype=np.float64, seed=1)
    x, y = text(batch)
    numerical = gradcheck.complex_step(lambda p: complex_loss(p, x, y), model.parameters)
    _, gradients, _ = model.loss_and_gradients(x, y)
    for name, slope in numerical.items():
        assert relative_error(gradients[name], slope) < 1e-12, name


def test_every_gradient_by_central_differences() -> None:
    model = CharLSTM(V, H, dtype=np.float64, seed=1)
    x, y = text()
    at = {name: value.copy() for name, value in model.parameters.items()}

    def loss(parameters: dict[str, np.ndarray]) -> float:
        for name, value in parameters.items():
            model.parameters[name][...] = value
        return model.loss(x, y)[0]

    _, gradients, _ = model.loss_and_gradients(x, y)
    assert relative_error(gradients, gradcheck.central_differences(loss, at)) < 1e-7


@pytest.mark.parametrize("vocabulary", [2, 21, 65])
def test_an_untrained_model_knows_nothing(vocabulary: int) -> None:
    symbols = np.random.default_rng(0).integers(0, vocabulary, (16, 51))
    loss, _ = CharLSTM(vocabulary, 64, seed=0).loss(symbols[:, :-1], symbols[:, 1:])
    assert loss == pytest.approx(math.log(vocabulary), rel=0.02)


def test_losses_are_those_of_every_symbol_and_the_state_goes_on() -> None:
    model = CharLSTM(V, H, 2, dtype=np.float64, seed=1)
    x, y = text()
    losses, state = model.losses(x, y)
    loss, gradients, other = model.loss_and_gradients(x, y)
    assert losses.shape == x.shape
    assert losses.mean() == pytest.approx(loss, rel=1e-14)
    assert model.loss(x, y)[0] == pytest.approx(loss, rel=1e-14)
    assert (state[0] == other[0]).all()
    first, between = model.losses(x[:, :5], y[:, :5])
    second, end = model.losses(x[:, 5:], y[:, 5:], between)
    assert relative_error(np.concatenate((first, second), axis=1), losses) < 1e-13
    assert relative_error(end[1], state[1]) < 1e-13
    assert gradients.keys() == model.parameters.keys()


def test_float32_stays_float32_and_is_near() -> None:
    x, y = text()
    single, double = (CharLSTM(V, H, dtype=d, seed=1) for d in (np.float32, np.float64))
    loss, gradients, state = single.loss_and_gradients(x, y)
    assert {each.dtype for each in (*gradients.values(), *state)} == {np.dtype(np.float32)}
    right, slopes, _ = double.loss_and_gradients(x, y)
    assert loss == pytest.approx(right, rel=1e-6)
    assert relative_error(gradients, slopes) < 1e-5


@pytest.mark.parametrize("batch", [1, B])
def test_what_is_returned_is_not_overwritten_later(batch: int) -> None:
    model = CharLSTM(V, H, seed=1)
    _, gradients, state = model.loss_and_gradients(*text(batch))
    losses, _ = model.losses(*text(batch))
    returned = [*gradients.values(), *state, losses]
    before = [each.copy() for each in returned]
    model.loss_and_gradients(*text(batch, seed=5))
    model.losses(*text(batch, seed=6))
    assert all((one == other).all() for one, other in zip(returned, before, strict=True))


def test_a_few_steps_downhill_learn_a_text_by_heart() -> None:
    model = CharLSTM(V, 16, seed=1)
    x, y = text(1)
    start, _ = model.loss(x, y)
    for _ in range(300):
        _, gradients, _ = model.loss_and_gradients(x, y)
        for name, slope in gradients.items():
            model.parameters[name] -= np.float32(1.0) * slope
    assert model.loss(x, y)[0] < 0.1 * start
    written = model.sample(T, prompt=x[0, :1], temperature=0.0)
    assert (written == y[0]).all()


def test_samples_repeat_with_their_seed_and_go_on_from_a_state() -> None:
    model = CharLSTM(V, H, 2, seed=1)
    prompt = np.array([1, 2, 3])
    one = model.sample(50, prompt=prompt, seed=4)
    assert one.shape == (50,)
    assert (one == model.sample(50, prompt=prompt, seed=4)).all()
    assert (one != model.sample(50, prompt=prompt, seed=5)).any()
    _, state = model.loss(prompt[None, :2], prompt[None, 1:])
    assert (one == model.sample(50, prompt=prompt[2:], seed=4, state=state)).all()


def test_the_two_halves_are_the_whole() -> None:
    model = CharLSTM(V, H, seed=0, dtype=np.float64)
    x, y = text(3)
    loss, gradients, (h, c) = model.loss_and_gradients(x, y)
    again, state = model.forward(x, y)
    halves = model.backward()
    assert again == loss and np.array_equal(state[0], h) and np.array_equal(state[1], c)
    assert halves.keys() == gradients.keys()
    assert all(np.array_equal(halves[name], gradients[name]) for name in gradients)


@pytest.mark.parametrize("between", ["nothing read", "walked back already", "read since"])
def test_the_second_half_needs_the_first(between: str) -> None:
    model = CharLSTM(V, H, seed=0)
    x, y = text(3)
    if between != "nothing read":
        model.forward(x, y)
    if between == "walked back already":
        model.backward()
    if between == "read since":
        model.loss(x, y)
    with pytest.raises(InputError, match="Call forward"):
        model.backward()
