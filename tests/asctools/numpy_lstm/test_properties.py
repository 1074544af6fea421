"""What must hold of any LSTM, whatever its weights are."""

import copy
import pickle

import numpy as np
import pytest

from asctools.errors import InputError
from asctools.numpy_lstm.gradcheck import relative_error
from asctools.numpy_lstm.lstm import LSTM

IN, H, T, B = 3, 4, 8, 5
FLOATS = (np.float32, np.float64)


def reader(layers: int = 1, *, both: bool = False, dtype: type = np.float64) -> LSTM:
    return LSTM(IN, H, layers, bidirectional=both, dtype=dtype, seed=3)


def sequences(batch: int = B, time: int = T, dtype: type = np.float64) -> np.ndarray:
    return np.random.default_rng(4).normal(size=(batch, time, IN)).astype(dtype)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("batch", [1, 2])
def test_an_open_forget_gate_keeps_the_memory_for_ten_thousand_steps(dtype, batch) -> None:
    lstm = reader(dtype=dtype)
    for value in lstm.parameters.values():
        value[...] = 0.0
    lstm.parameters["bias_ih_l0"].reshape(4, H)[0] = -1000.0  # i = 0
    lstm.parameters["bias_ih_l0"].reshape(4, H)[1] = 1000.0  # f = 1
    c = np.random.default_rng(5).normal(size=(1, batch, H)).astype(dtype)
    x = np.zeros((batch, 10_000, IN), dtype)
    _, (_, kept) = lstm.forward(x, (np.zeros_like(c), c))
    assert (kept == c).all()
    # ... and the slope at the last memory arrives at the first one unchanged
    _, (_, slope) = lstm.backward(np.zeros((batch, 10_000, H), dtype), (np.zeros_like(c), c))
    assert (slope == c).all()


@pytest.mark.parametrize("batch", [1, B])
def test_two_halves_with_the_state_carried_are_the_whole(batch: int) -> None:
    lstm, x = reader(2), sequences(batch)
    grad = np.random.default_rng(6).normal(size=(batch, T, H))
    outputs, state = lstm.forward(x)
    grad_x, _ = lstm.backward(grad)
    whole = lstm.gradients
    first, between = lstm.forward(x[:, :5])
    second, end = lstm.forward(x[:, 5:], between)
    assert relative_error(np.concatenate((first, second), axis=1), outputs) < 1e-14
    assert all(relative_error(one, other) < 1e-14 for one, other in zip(end, state, strict=True))
    # The way back, too, when the slopes at the state are carried from the second to the first
    x_2, slopes = lstm.backward(grad[:, 5:])
    gradients_2 = lstm.gradients
    lstm.forward(x[:, :5])
    x_1, _ = lstm.backward(grad[:, :5], slopes)
    total = {name: lstm.gradients[name] + gradients_2[name] for name in whole}
    assert relative_error(total, whole) < 1e-13
    assert x_1 is not None
    assert x_2 is not None
    assert grad_x is not None
    assert relative_error(np.concatenate((x_1, x_2), axis=1), grad_x) < 1e-13


@pytest.mark.parametrize("both", [False, True])
def test_padding_changes_nothing(both: bool) -> None:
    lstm, x = reader(2, both=both), sequences()
    lengths = np.array([8, 3, 5, 1, 8])
    grad = np.random.default_rng(7).normal(size=(B, T, H * (1 + both)))
    outputs, state = lstm.forward(x, lengths=lengths)
    grad_x, _ = lstm.backward(grad, state)
    assert grad_x is not None
    gradients = lstm.gradients
    total = {name: np.zeros_like(value) for name, value in gradients.items()}
    for b, length in enumerate(lengths):
        alone, (h, c) = lstm.forward(x[b : b + 1, :length])
        slope, _ = lstm.backward(grad[b : b + 1, :length].copy(), (h, c))
        assert relative_error(outputs[b, :length], alone[0]) < 1e-14
        assert relative_error(state[0][:, b], h[:, 0]) < 1e-14
        assert relative_error(state[1][:, b], c[:, 0]) < 1e-14
        assert slope is not None
        assert relative_error(grad_x[b, :length], slope[0]) < 1e-12
        assert not outputs[b, length:].any()
        assert not grad_x[b, length:].any()
        total = {name: total[name] + lstm.gradients[name] for name in total}
    assert relative_error(total, gradients) < 1e-12
    # Whatever stands in the padding is not looked at
    other = np.where(np.arange(T)[None, :, None] < lengths[:, None, None], x, 1e6)
    assert (lstm.forward(other, lengths=lengths)[0] == outputs).all()


def test_reading_backwards_is_the_other_direction() -> None:
    both, one = reader(both=True), reader()
    one.load_state_dict(
        {
            name.removesuffix("_reverse"): value
            for name, value in both.parameters.items()
            if name.endswith("_reverse")
        }
    )
    x = sequences()
    backwards, _ = both.forward(x)
    forwards, _ = one.forward(x[:, ::-1])
    assert relative_error(backwards[:, :, H:], forwards[:, ::-1]) < 1e-14


def test_a_batch_may_stand_in_any_order_and_be_any_part() -> None:
    lstm, x = reader(2, both=True), sequences()
    order = np.array([3, 0, 4, 1, 2])
    grad = np.random.default_rng(8).normal(size=(B, T, 2 * H))
    outputs, (h, _) = lstm.forward(x)
    grad_x, _ = lstm.backward(grad)
    gradients = lstm.gradients
    shuffled, (h_shuffled, _) = lstm.forward(x[order])
    slope, _ = lstm.backward(grad[order])
    assert grad_x is not None
    assert slope is not None
    assert relative_error(shuffled, outputs[order]) < 1e-14
    assert relative_error(h_shuffled, h[:, order]) < 1e-14
    assert relative_error(slope, grad_x[order]) < 1e-12
    assert relative_error(lstm.gradients, gradients) < 1e-12
    assert relative_error(lstm.forward(x[2:3])[0], outputs[2:3]) < 1e-14


@pytest.mark.parametrize("batch", [1, B])
def test_a_thousand_does_not_overflow(batch: int) -> None:
    for scale in (1e3, -1e3):
        lstm = reader(dtype=np.float32)
        lstm.parameters["bias_ih_l0"][...] = scale
        x = scale * sequences(batch, dtype=np.float32)
        with np.errstate(all="raise", under="ignore"):
            outputs, state = lstm.forward(x)
            grad_x, _ = lstm.backward(outputs, state)
        assert grad_x is not None
        everything = (outputs, *state, grad_x, *lstm.gradients.values())
        assert all(np.isfinite(each).all() for each in everything)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("batch", [1, B])
def test_the_precision_is_kept(dtype: type, batch: int) -> None:
    lstm = LSTM(IN, H, 2, bidirectional=True, dropout=0.2, dtype=dtype, seed=0)
    x = sequences(batch, dtype=dtype)
    outputs, state = lstm.forward(x, lengths=[T] * batch)
    grad_x, grad_state = lstm.backward(outputs, state)
    assert grad_x is not None
    arrays = [outputs, *state, grad_x, *grad_state, *lstm.gradients.values()]
    arrays += [*lstm.parameters.values(), *lstm.state_dict().values()]
    arrays += [each for gates in (*lstm.gates, *lstm.gate_gradients) for each in gates.values()]
    assert {each.dtype for each in arrays} == {np.dtype(dtype)}


@pytest.mark.parametrize("batch", [1, B])
def test_what_is_returned_is_not_overwritten_later(batch: int) -> None:
    lstm, x = reader(2, both=True), sequences(batch)
    outputs, state = lstm.forward(x)
    grad_x, grad_state = lstm.backward(outputs, state)
    assert grad_x is not None
    returned = [outputs, *state, grad_x, *grad_state, *lstm.gradients.values()]
    before = [each.copy() for each in returned]
    lstm.forward(2.0 * x)
    lstm.backward(-outputs)
    assert all((one == other).all() for one, other in zip(returned, before, strict=True))


def test_the_same_seed_draws_the_same_in_both_precisions() -> None:
    one, other = reader(dtype=np.float32), reader(dtype=np.float64)
    for name, value in one.parameters.items():
        assert (value == other.parameters[name].astype(np.float32)).all()
    x = sequences()
    assert relative_error(one.forward(x.astype(np.float32))[0], other.forward(x)[0]) < 1e-6
    bias = one.parameters["bias_ih_l0"].reshape(4, H)
    assert bias.tolist() == [[0.0] * H, [1.0] * H, [0.0] * H, [0.0] * H]


def test_sizes_may_change_from_call_to_call() -> None:
    lstm = reader(2)
    for batch, time in ((2, 3), (1, 1), (5, 8), (1, 8), (5, 2)):
        x = sequences(batch, time)
        found, _ = lstm.forward(x)
        grad_x, _ = lstm.backward(found)
        assert grad_x is not None
        assert grad_x.shape == x.shape
        assert relative_error(found, reader(2).forward(x)[0]) < 1e-15


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda each: pickle.loads(pickle.dumps(each))])
def test_a_copy_computes_the_same_and_is_independent(copied) -> None:
    lstm, x = reader(2), sequences()
    outputs, state = lstm.forward(x)
    lstm.backward(outputs, state)
    gradients = lstm.gradients
    other = copied(lstm)
    with pytest.raises(InputError, match="before any forward"):
        other.backward(outputs)
    assert (other.forward(x)[0] == outputs).all()
    other.backward(outputs, state)
    assert relative_error(other.gradients, gradients) == 0.0
    other.parameters["weight_hh_l0"][...] = 0.0
    assert (other.forward(x)[0] != outputs).any()
    assert (lstm.forward(x)[0] == outputs).all()


def test_gate_gradients_are_never_those_of_an_earlier_reading() -> None:
    lstm, x = reader(), sequences()
    outputs, _ = lstm.forward(x)
    lstm.backward(outputs)
    assert lstm.gate_gradients[0]["forget"].any()
    lstm.forward(x)
    with pytest.raises(InputError, match="backward"):
        _ = lstm.gate_gradients
