"""The readable cell: against the scalar cell, nn.LSTM, complex steps and differences."""

import numpy as np
import pytest
import torch

from asctools.dataset.companies import SIX_DAYS
from asctools.errors import ShapeError
from asctools.numpy_lstm import cell, gradcheck
from asctools.scalar import by_hand

B, T, IN, H = 3, 5, 2, 4


def random_gates(seed: int = 0) -> cell.Gates:
    rng = np.random.default_rng(seed)
    shapes = [(H, H + IN), (H,)] * 4
    return cell.Gates(*(rng.normal(0.0, 0.5, shape) for shape in shapes))


def inputs(seed: int = 1) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(B, T, IN)), (rng.normal(size=(B, H)), rng.normal(size=(B, H)))


def pocket() -> cell.Gates:
    """The scalar cell of the first chapter with one input and one cell."""
    p = by_hand.POCKET
    gates = [
        (
            np.array([[getattr(p, f"w_{g}h"), getattr(p, f"w_{g}x")]]),
            np.array([getattr(p, f"b_{g}")]),
        )
        for g in "fico"
    ]
    return cell.Gates(*(value for gate in gates for value in gate))


@pytest.mark.equation("eq-numpy-gates", "eq-numpy-state")
def test_one_unit_is_the_scalar_cell_wire_by_wire() -> None:
    days = by_hand.trace(by_hand.POCKET, SIX_DAYS)
    run = cell.forward(pocket(), np.array(SIX_DAYS).reshape(1, -1, 1))
    for day, step in zip(days, run.steps, strict=True):
        for wire, value in day._asdict().items():
            assert getattr(step, wire).item() == pytest.approx(value, rel=1e-14, abs=1e-15)


@pytest.mark.equation("eq-numpy-gates", "eq-numpy-state")
def test_forward_is_that_of_pytorch() -> None:
    w, (x, (h, c)) = random_gates(), inputs()
    outputs, state, _ = cell.forward(w, x, (h, c))
    lstm = torch_lstm(w)
    expected, (h_n, c_n) = lstm(torch.tensor(x), (torch.tensor(h)[None], torch.tensor(c)[None]))
    assert outputs == pytest.approx(expected.detach().numpy(), abs=1e-15)
    assert state[0] == pytest.approx(h_n[0].detach().numpy(), abs=1e-15)
    assert state[1] == pytest.approx(c_n[0].detach().numpy(), abs=1e-15)


def torch_lstm(w: cell.Gates) -> torch.nn.LSTM:
    lstm = torch.nn.LSTM(IN, H, batch_first=True, dtype=torch.float64)
    weight_ih, weight_hh, bias = (torch.tensor(each) for each in cell.to_fused(w))
    values = {"weight_ih_l0": weight_ih, "weight_hh_l0": weight_hh, "bias_ih_l0": bias}
    lstm.load_state_dict(values | {"bias_hh_l0": torch.zeros_like(bias)})
    return lstm


def loss_of(weights, x, state, target):
    outputs, (h, c), _ = cell.forward(weights, x, state)
    return ((outputs - target) ** 2).sum() + (h * c).sum()


def everything() -> dict[str, np.ndarray]:
    x, (h, c) = inputs()
    return random_gates()._asdict() | {"x": x, "h": h, "c": c}


def loss_of_everything(p: dict[str, np.ndarray]):
    weights = cell.Gates(*(p[name] for name in cell.Gates._fields))
    return loss_of(weights, p["x"], (p["h"], p["c"]), TARGET)


TARGET = np.random.default_rng(7).normal(size=(B, T, H))


def analytic() -> dict[str, np.ndarray]:
    w, (x, state) = random_gates(), inputs()
    outputs, (h, c), steps = cell.forward(w, x, state)
    gradients, grad_x, (grad_h, grad_c) = cell.backward(w, steps, 2.0 * (outputs - TARGET), (c, h))
    return gradients._asdict() | {"x": grad_x, "h": grad_h, "c": grad_c}


@pytest.mark.equation("eq-numpy-delta-h", "eq-numpy-delta-c", "eq-numpy-delta-gates")
@pytest.mark.equation("eq-numpy-weight-gradients", "eq-numpy-delta-back")
def test_every_slope_by_complex_steps() -> None:
    numerical = gradcheck.complex_step(loss_of_everything, everything())
    found = analytic()
    for name, slope in numerical.items():
        assert gradcheck.relative_error(found[name], slope) < 1e-12, name


@pytest.mark.equation("eq-numpy-delta-h", "eq-numpy-delta-c", "eq-numpy-delta-gates")
@pytest.mark.equation("eq-numpy-weight-gradients", "eq-numpy-delta-back")
def test_every_slope_by_central_differences() -> None:
    numerical = gradcheck.central_differences(loss_of_everything, everything())
    assert gradcheck.relative_error(analytic(), numerical) < 1e-7


def test_one_unit_has_the_gradients_of_the_scalar_cell() -> None:
    w, x = pocket(), np.array(SIX_DAYS).reshape(1, -1, 1)
    outputs, _, steps = cell.forward(w, x)
    grad = np.zeros_like(outputs)
    grad[0, -1, 0] = 2.0 * (outputs[0, -1, 0] - 0.3)
    found, _, _ = cell.backward(w, steps, grad)
    expected = by_hand.gradients(by_hand.POCKET, SIX_DAYS, 0.3)
    for gate in "fico":
        w_h, w_x = getattr(found, f"W_{gate}")[0]
        ours = (w_h, w_x, getattr(found, f"b_{gate}")[0])
        theirs = [getattr(expected, name.format(gate)) for name in ("w_{}h", "w_{}x", "b_{}")]
        assert ours == pytest.approx(theirs, rel=1e-12, abs=1e-15)


def test_there_and_back_through_the_rows_of_pytorch() -> None:
    w = random_gates()
    again = cell.from_fused(*cell.to_fused(w))
    assert all((one == other).all() for one, other in zip(w, again, strict=True))
    assert (cell.to_fused(w)[0][H : 2 * H] == w.W_f[:, H:]).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
def test_the_precision_is_kept(dtype: type) -> None:
    w = cell.Gates(*(each.astype(dtype) for each in random_gates()))
    outputs, state, steps = cell.forward(w, inputs()[0].astype(dtype))
    gradients, grad_x, grad_state = cell.backward(w, steps, outputs)
    everything = (outputs, *state, *steps[0], *gradients, grad_x, *grad_state)
    assert {each.dtype for each in everything} == {np.dtype(dtype)}


def test_what_does_not_fit_is_refused() -> None:
    w = random_gates()
    for x in (np.zeros((B, T, IN + 1)), np.zeros((B, IN)), np.zeros((B, 0, IN))):
        with pytest.raises(ShapeError, match="time"):
            cell.forward(w, x)
    with pytest.raises(ShapeError, match="4 × 4 rows"):
        cell.from_fused(np.zeros((16, IN)), np.zeros((16, H)), np.zeros(15))
