"""The gradient microscope, against differences, closed forms and PyTorch's own Jacobians."""

import math

import pytest
import torch
from torch import nn
from torch.func import jacrev

from asctools.errors import InputError, ShapeError, UnknownNameError
from asctools.rnn import LSTM, RNN, Readout
from asctools.rnn.cells import rnn_step
from asctools.rnn.lags import direct_path, gradient_per_lag, rnn_jacobian
from asctools.rnn.readout import to_readout

T, INPUTS, H = 6, 3, 4
EXACT = {"rtol": 1e-12, "atol": 1e-12}


def numbers(*shape: int, seed: int = 1) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, dtype=torch.float64, generator=generator)


def made(kind: type):
    torch.manual_seed(0)
    return kind(INPUTS, H, 1).double()


@pytest.mark.equation("eq-rnn-jacobian")
def test_the_jacobian_of_a_step_is_what_autograd_finds() -> None:
    W, b, x, h_prev = numbers(H, H + INPUTS), numbers(H), numbers(2, INPUTS), numbers(2, H)
    h = rnn_step(W, b, x, h_prev)
    wanted = []
    for at in range(2):
        slopes = jacrev(lambda p, at=at: rnn_step(W, b, x[at : at + 1], p))(h_prev[at : at + 1])
        wanted.append(slopes[0, :, 0])
    torch.testing.assert_close(rnn_jacobian(h, W[:, :H]), torch.stack(wanted), **EXACT)


@pytest.mark.equation("eq-direct-path")
def test_the_direct_path_is_the_product_of_the_last_gates() -> None:
    f = torch.sigmoid(numbers(2, T, H))
    path = direct_path(f)
    assert path.shape == (2, T + 1, H)
    for k in range(T + 1):
        wanted = torch.ones(2, H, dtype=torch.float64)
        for t in range(T - k, T):
            wanted = wanted * f[:, t]
        torch.testing.assert_close(path[:, k], wanted, **EXACT)


@pytest.mark.equation("eq-direct-path")
def test_without_recurrent_weights_the_direct_path_is_all_there_is() -> None:
    model, x = made(LSTM), numbers(1, T, INPUTS)
    for layer in (model.forget_gate, model.input_gate, model.cell_gate, model.output_gate):
        layer.weight.data[:, :H] = 0.0
    found = gradient_per_lag(model, x, of="c", at="c")
    wanted = direct_path(model.trace(x).f).amax(-1)  # of a diagonal matrix the spectral norm
    torch.testing.assert_close(found, wanted.detach(), **EXACT)


@pytest.mark.parametrize("norm", ["spectral", "frobenius"])
def test_an_rnn_s_slope_per_lag_is_the_product_of_its_jacobians(norm: str) -> None:
    model, x = made(RNN), numbers(2, T, INPUTS)
    W_hh = model.i2h.weight[:, :H].detach()
    found = gradient_per_lag(model, x, norm=norm)
    assert found.shape == (2, T + 1)
    h, past = torch.zeros(2, H, dtype=torch.float64), []
    for x_t in x.unbind(1):
        h = rnn_step(model.i2h.weight, model.i2h.bias, x_t, h).detach()
        past.append(rnn_jacobian(h, W_hh))
    product = torch.eye(H, dtype=torch.float64).expand(2, H, H)
    for k in range(T + 1):
        size = torch.linalg.matrix_norm(product, ord=2 if norm == "spectral" else "fro")
        size = size if norm == "spectral" else size / math.sqrt(H)
        torch.testing.assert_close(found[:, k], size, **EXACT)
        if k < T:
            product = product @ past[T - 1 - k]


@pytest.mark.parametrize("of", ["h", "c"])
@pytest.mark.parametrize("at", ["h", "c"])
def test_an_lstm_s_slopes_are_those_of_going_on_from_a_state(of: str, at: str) -> None:
    model, x, lag = made(LSTM), numbers(1, T, INPUTS), 3
    trace = model.trace(x)
    h, c, o = (wire[:, T - 1 - lag].detach() for wire in (trace.h, trace.c, trace.o))

    def end(state: torch.Tensor) -> torch.Tensor:
        # With at="c" the h of that step follows its c.
        start = (o * torch.tanh(state[None]), state[None]) if at == "c" else (state[None], c)
        _, last = model(x[:, T - lag :], start)
        return last["hc".index(of)][0]

    wanted = torch.linalg.matrix_norm(jacrev(end)((c if at == "c" else h)[0]), ord=2)
    found = gradient_per_lag(model, x, of=of, at=at)[0, lag]
    torch.testing.assert_close(found, wanted.detach(), **EXACT)


@pytest.mark.parametrize("of", ["h", "c"])
def test_the_fast_twin_has_the_same_slopes(of: str) -> None:
    model, x = made(LSTM), numbers(2, T, INPUTS)
    mine = gradient_per_lag(model, x, of=of, at=of)
    torch.testing.assert_close(gradient_per_lag(to_readout(model), x, of=of, at=of), mine, **EXACT)


def test_nn_rnn_and_nn_gru_step_by_step() -> None:
    x = numbers(2, T, INPUTS)
    for core in (nn.RNN, nn.GRU):
        torch.manual_seed(0)
        model = Readout(core(INPUTS, H, batch_first=True), 1).double()
        found = gradient_per_lag(model, x)
        torch.testing.assert_close(found[:, 0], torch.ones(2, dtype=torch.float64))
        _, state = model(x[:1, : T - 2])

        def end(h: torch.Tensor, model=model) -> torch.Tensor:
            return model(x[:1, T - 2 :], h[None, None])[1][0, 0]

        slopes = torch.autograd.functional.jacobian(end, state[0, 0].detach())
        torch.testing.assert_close(found[0, 2], torch.linalg.matrix_norm(slopes, ord=2), **EXACT)


def test_measuring_moves_no_weight_and_leaves_no_gradient() -> None:
    model = made(LSTM)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    with torch.no_grad():
        assert not gradient_per_lag(model, numbers(1, T, INPUTS)).requires_grad
    assert all(torch.equal(before[name], t) for name, t in model.state_dict().items())
    assert all(p.grad is None for p in model.parameters())


def test_what_cannot_be_measured_is_refused() -> None:
    x = numbers(1, T, INPUTS)
    with pytest.raises(UnknownNameError, match="'c'"):
        gradient_per_lag(made(RNN), x, at="c")
    with pytest.raises(UnknownNameError, match="'max'"):
        gradient_per_lag(made(RNN), x, norm="max")
    with pytest.raises(ShapeError, match="batch axis"):
        gradient_per_lag(made(RNN), x[0])
    with pytest.raises(InputError, match="Wrap it in Readout"):
        gradient_per_lag(nn.LSTM(INPUTS, H), x)
    two = Readout(nn.LSTM(INPUTS, H, 2, batch_first=True), 1).double()
    with pytest.raises(InputError, match="one layer"):
        gradient_per_lag(two, x)
