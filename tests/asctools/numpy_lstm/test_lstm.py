"""The stacked LSTM against nn.LSTM: values and every gradient, in all its forms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from asctools.numpy_lstm import cell
from asctools.numpy_lstm.gradcheck import central_differences, relative_error
from asctools.numpy_lstm.lstm import LSTM

T, IN, H = 7, 6, 5
FORMS = [
    (layers, both, batch, lengths)
    for layers, both in ((1, False), (1, True), (2, False), (3, True))
    for batch, lengths in ((1, None), (4, None), (4, (5, 7, 1, 7)), (1, (3,)))
]


def pair(layers: int = 1, both: bool = False) -> tuple[LSTM, nn.LSTM]:
    ours = LSTM(IN, H, layers, bidirectional=both, dtype=np.float64, seed=layers)
    options: dict[str, Any] = {"batch_first": True, "bidirectional": both}
    theirs = nn.LSTM(IN, H, layers, dtype=torch.float64, **options)
    theirs.load_state_dict({k: torch.tensor(v) for k, v in ours.state_dict().items()})
    return ours, theirs


def numbers(layers: int, both: bool, batch: int) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(batch)
    many = layers * (1 + both)
    shapes = [(batch, T, IN), (many, batch, H), (many, batch, H)]
    slopes = [(batch, T, H * (1 + both)), *shapes[1:]]
    return tuple(rng.normal(size=shape) for shape in (*shapes, *slopes))


def by_pytorch(theirs: nn.LSTM, lengths: Any, given: tuple[np.ndarray, ...]) -> list[np.ndarray]:
    """Return outputs, h, c, and the slopes at x, h_0, c_0 of Σ slope · (outputs, h, c)."""
    x, h_0, c_0 = (torch.tensor(each, requires_grad=True) for each in given[:3])
    packed: Any = x
    if lengths:
        options: dict[str, Any] = {"batch_first": True, "enforce_sorted": False}
        packed = nn.utils.rnn.pack_padded_sequence(x, torch.tensor(lengths), **options)
    outputs, (h, c) = theirs(packed, (h_0, c_0))
    if lengths:
        unpack = nn.utils.rnn.pad_packed_sequence
        outputs, _ = unpack(outputs, batch_first=True, total_length=T)
    slopes = (torch.tensor(each) for each in given[3:])
    loss = sum((a * b).sum() for a, b in zip((outputs, h, c), slopes, strict=True))
    assert isinstance(loss, torch.Tensor)
    loss.backward()
    found = (outputs, h, c, x.grad, h_0.grad, c_0.grad)
    return [each.detach().numpy() for each in found if each is not None]


@pytest.mark.parametrize(("layers", "both", "batch", "lengths"), FORMS)
def test_values_and_gradients_are_those_of_pytorch(layers, both, batch, lengths) -> None:
    ours, theirs = pair(layers, both)
    given = numbers(layers, both, batch)
    expected = by_pytorch(theirs, lengths, given)
    outputs, (h, c) = ours.forward(given[0], (given[1], given[2]), lengths)
    grad_x, (grad_h, grad_c) = ours.backward(given[3], (given[4], given[5]))
    for found, right in zip((outputs, h, c, grad_x, grad_h, grad_c), expected, strict=True):
        assert relative_error(found, right) < 1e-12
    slopes = {name: each.grad.numpy() for name, each in theirs.named_parameters()}
    assert list(ours.gradients) == list(ours.parameters)
    for name, slope in ours.gradients.items():
        assert relative_error(slope, slopes[name]) < 1e-12, name


@pytest.mark.parametrize("batch", [1, 3])
def test_the_fast_layer_is_the_readable_cell(batch: int) -> None:
    ours, _ = pair()
    x, h_0, c_0, grad, grad_h, grad_c = numbers(1, False, batch)
    w = cell.from_fused(*ours.parameters.values())
    outputs, state, steps = cell.forward(w, x, (h_0[0], c_0[0]))
    slopes, grad_x, grad_0 = cell.backward(w, steps, grad, (grad_h[0], grad_c[0]))
    readable = (outputs, *state, grad_x, *grad_0, *cell.to_fused(slopes))
    fast_outputs, fast_state = ours.forward(x, (h_0, c_0))
    fast_x, fast_0 = ours.backward(grad, (grad_h, grad_c))
    arrays = (fast_outputs, *(s[0] for s in fast_state), fast_x, *(s[0] for s in fast_0))
    for one, other in zip((*arrays, *ours.gradients.values()), readable, strict=True):
        assert relative_error(one, other) < 1e-12


@pytest.mark.parametrize("batch", [1, 3])
def test_gates_and_their_gradients_are_those_of_the_readable_cell(batch: int) -> None:
    ours, _ = pair()
    x, _, _, grad, _, _ = numbers(1, False, batch)
    w = cell.from_fused(*ours.parameters.values())
    steps = cell.forward(w, x).steps
    ours.forward(x)
    ours.backward(grad)
    (gates,), (slopes,) = ours.gates, ours.gate_gradients
    wires = {"forget": "f", "input": "i", "candidate": "c_tilde", "output": "o"}
    assert gates.keys() == slopes.keys() == wires.keys()
    for name, wire in wires.items():
        right = np.stack([getattr(step, wire) for step in steps], axis=1)
        assert relative_error(gates[name], right) < 1e-14
        assert slopes[name].shape == (batch, T, H)
    # The bias of a gate gains every slope of its sum
    biases = np.split(ours.gradients["bias_ih_l0"], 4)
    for name, bias in zip(("input", "forget", "candidate", "output"), biases, strict=True):
        assert relative_error(slopes[name].sum(axis=(0, 1)), bias) < 1e-12


@pytest.mark.parametrize("batch", [1, 4])
def test_symbols_are_one_hot_vectors(batch: int) -> None:
    ours = LSTM(IN, H, 2, bidirectional=True, dtype=np.float64, seed=0)
    symbols = np.random.default_rng(0).integers(0, IN, (batch, T))
    grad = numbers(2, True, batch)[3]
    outputs, _ = ours.forward(np.eye(IN)[symbols])
    ours.backward(grad)
    gradients = ours.gradients
    found, _ = ours.forward(symbols)
    assert ours.backward(grad)[0] is None
    assert relative_error(found, outputs) < 1e-14
    assert relative_error(ours.gradients, gradients) < 1e-14


@pytest.mark.slow
def test_central_differences_through_dropout_with_the_same_mask() -> None:
    """The way back must use the mask of the way there: any other one gives other slopes."""
    ours = LSTM(IN, H, 2, dropout=0.5, dtype=np.float64, seed=0)
    x, _, _, grad, _, _ = numbers(2, False, 3)
    before = ours.rng.bit_generator.state

    def loss(parameters: dict[str, np.ndarray]) -> float:
        ours.load_state_dict(parameters)
        ours.rng.bit_generator.state = before
        return float((ours.forward(x)[0] * grad).sum())

    at = {name: value.copy() for name, value in ours.parameters.items()}
    loss(at)
    ours.backward(grad)
    analytic = ours.gradients
    assert relative_error(analytic, central_differences(loss, at)) < 1e-7


def test_dropout_drops_its_share_in_training_only() -> None:
    ours = LSTM(IN, 50, 2, dropout=0.3, seed=0)
    x = numbers(1, False, 4)[0].astype(np.float32)
    first, second = ours.forward(x)[0], ours.forward(x)[0]
    assert (first != second).any()
    ours.training = False
    assert (ours.forward(x)[0] == ours.forward(x)[0]).all()
    plain = LSTM(IN, 50, 2, seed=0)
    assert (ours.forward(x)[0] == plain.forward(x)[0]).all()
    ours.training = True
    ours.forward(x)
    mask = ours._dropped[0]
    assert mask is not None
    assert (mask == 0.0).mean() == pytest.approx(0.3, abs=0.03)
    assert mask.max() == pytest.approx(1.0 / 0.7)


def test_parameters_go_to_pytorch_and_come_back() -> None:
    ours, theirs = pair(2, True)
    assert list(ours.state_dict()) != list(ours.parameters)
    assert ours.state_dict().keys() == theirs.state_dict().keys()
    fresh = nn.LSTM(IN, H, 2, batch_first=True, bidirectional=True, dtype=torch.float64)
    ours.load_state_dict(fresh.state_dict())
    x = numbers(2, True, 3)[0]
    found, _ = ours.forward(x)
    assert relative_error(found, fresh(torch.tensor(x))[0].detach().numpy()) < 1e-12
