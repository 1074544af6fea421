"""RNN and LSTM, gate by gate, against PyTorch's own layers on the same numbers."""

import pytest
import torch
from torch import nn

from asctools.dataset.companies import SIX_DAYS
from asctools.errors import InputError, ShapeError, UnknownNameError
from asctools.rnn import LSTM, RNN
from asctools.rnn.cells import Gates, Step, lstm_step, rnn_step
from asctools.rnn.device import pick_device
from asctools.scalar import by_hand

B, T, INPUTS, H, OUTPUTS = 3, 7, 4, 5, 2
LENGTHS = [3, 7, 1]
EXACT = {"rtol": 1e-12, "atol": 1e-12}


def made(kind: type, seed: int = 0):
    torch.manual_seed(seed)
    return kind(INPUTS, H, OUTPUTS).double()


def numbers(*shape: int, seed: int = 1) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, dtype=torch.float64, generator=generator)


def some_gates() -> Gates:
    generator = torch.Generator().manual_seed(2)
    shapes = [(H, H + INPUTS), (H,)] * 4
    return Gates(*(torch.randn(s, dtype=torch.float64, generator=generator) for s in shapes))


@pytest.mark.equation("eq-rnn-step")
def test_rnn_step_is_that_of_nn_rnncell() -> None:
    cell = nn.RNNCell(INPUTS, H).double()
    W = torch.cat((cell.weight_hh, cell.weight_ih), 1)
    x, h_prev = numbers(B, INPUTS), numbers(B, H, seed=2)
    h = rnn_step(W, cell.bias_ih + cell.bias_hh, x, h_prev)
    torch.testing.assert_close(h, cell(x, h_prev), **EXACT)


@pytest.mark.equation("eq-lstm-gates", "eq-lstm-state")
def test_lstm_step_is_that_of_nn_lstmcell() -> None:
    w = some_gates()
    cell = nn.LSTMCell(INPUTS, H).double()
    rows = torch.cat((w.W_i, w.W_f, w.W_c, w.W_o))
    bias = torch.cat((w.b_i, w.b_f, w.b_c, w.b_o))
    cell.load_state_dict(
        {
            "weight_ih": rows[:, H:],
            "weight_hh": rows[:, :H],
            "bias_ih": bias,
            "bias_hh": torch.zeros(4 * H),
        }
    )
    x, h_prev, c_prev = numbers(B, INPUTS), numbers(B, H, seed=3), numbers(B, H, seed=4)
    step = lstm_step(w, x, h_prev, c_prev)
    h, c = cell(x, (h_prev, c_prev))
    torch.testing.assert_close((step.h, step.c), (h, c), **EXACT)
    torch.testing.assert_close(step.f, torch.sigmoid(step.z_f), **EXACT)
    torch.testing.assert_close(step.c_tilde, torch.tanh(step.z_c), **EXACT)


@pytest.mark.equation("eq-lstm-gates", "eq-lstm-state")
def test_one_cell_of_it_is_the_cell_by_hand() -> None:
    w = by_hand.POCKET
    pairs = [((getattr(w, f"w_{g}h"), getattr(w, f"w_{g}x")), getattr(w, f"b_{g}")) for g in "fico"]
    gates = Gates(*(torch.tensor(p, dtype=torch.float64) for W, b in pairs for p in ([W], [b])))
    h = c = torch.zeros(1, 1, dtype=torch.float64)
    for x, day in zip(SIX_DAYS, by_hand.trace(w, SIX_DAYS), strict=True):
        step = lstm_step(gates, torch.tensor([[x]], dtype=torch.float64), h, c)
        h, c = step.h, step.c
        for wire in Step._fields:
            assert getattr(step, wire).item() == pytest.approx(getattr(day, wire), abs=1e-14)


@pytest.mark.parametrize("kind", [RNN, LSTM])
@pytest.mark.parametrize("lengths", [None, LENGTHS])
def test_step_by_step_is_the_same_as_at_once(kind, lengths) -> None:
    model, x = made(kind), numbers(B, T, INPUTS)
    outputs, hidden = model(x, lengths=lengths)
    ends, state, said = lengths or [T] * B, None, []
    kept = []
    for t in range(T):
        one, state = model(x[:, t], state)
        said.append(one)
        kept.append(state)
    for row, end in enumerate(ends):
        torch.testing.assert_close(outputs[row, :end], torch.stack(said, 1)[row, :end], **EXACT)
        assert torch.all(outputs[row, end:] == 0)
        last = kept[end - 1]
        for mine, theirs in zip(parts(hidden), parts(last), strict=True):
            torch.testing.assert_close(mine[row], theirs[row], **EXACT)


@pytest.mark.parametrize("kind", [RNN, LSTM])
def test_two_halves_with_carried_state_are_the_whole(kind) -> None:
    model, x = made(kind), numbers(B, T, INPUTS)
    whole, last = model(x)
    first, state = model(x[:, :3])
    second, state = model(x[:, 3:], state)
    torch.testing.assert_close(torch.cat((first, second), 1), whole, **EXACT)
    torch.testing.assert_close(state, last, **EXACT)


@pytest.mark.parametrize("kind", [RNN, LSTM])
def test_what_stands_behind_an_end_changes_nothing_not_even_a_gradient(kind) -> None:
    results = []
    for filler in (0.0, 1e3):
        model, x = made(kind), numbers(B, T, INPUTS)
        for row, end in enumerate(LENGTHS):
            x[row, end:] = filler
        x.requires_grad_()
        outputs, hidden = model(x, lengths=torch.tensor(LENGTHS))
        (outputs.sum() + sum(part.sum() for part in parts(hidden))).backward()
        results.append([outputs, *parts(hidden), x.grad, *(p.grad for p in model.parameters())])
    torch.testing.assert_close(results[0], results[1], **EXACT)
    assert torch.all(results[0][-len(list(model.parameters())) - 1][0, 3:] == 0)


@pytest.mark.parametrize("kind", [RNN, LSTM])
def test_one_two_and_three_axes(kind) -> None:
    model, x = made(kind), numbers(B, T, INPUTS)
    assert model(x)[0].shape == (B, T, OUTPUTS)
    assert model(x[:, 0])[0].shape == (B, OUTPUTS)
    assert model(x[0, 0])[0].shape == (1, OUTPUTS)
    torch.testing.assert_close(model(x[1, 0])[0], model(x)[0][1:2, 0], **EXACT)
    assert all(part.shape == (4, H) for part in parts(model.initHidden(4)))
    assert all(part.shape == (1, H) for part in parts(model.initHidden()))


def test_the_head_reads_the_new_h_and_forget_gates_begin_open() -> None:
    model = made(LSTM)
    outputs, (h, _) = model(numbers(B, T, INPUTS))
    torch.testing.assert_close(outputs[:, -1], model.i2o(h), **EXACT)
    assert torch.all(model.forget_gate.bias == 1)
    gates = (model.forget_gate, model.input_gate, model.cell_gate, model.output_gate)
    assert all(isinstance(gate, nn.Linear) for gate in gates)
    assert {(gate.in_features, gate.out_features) for gate in gates} == {(H + INPUTS, H)}


def test_a_trace_holds_every_wire_and_leaves_nothing_behind() -> None:
    model, x = made(LSTM), numbers(B, T, INPUTS)
    trace = model.trace(x)
    assert {wire.shape for wire in trace} == {(B, T, H)}
    _, (h, c) = model(x)
    torch.testing.assert_close((trace.h[:, -1], trace.c[:, -1]), (h, c), **EXACT)
    before = torch.cat((torch.zeros(B, 1, H), trace.c[:, :-1]), 1)
    torch.testing.assert_close(trace.c, trace.f * before + trace.i * trace.c_tilde, **EXACT)
    assert model.steps == []


def test_gates_and_their_slopes_are_kept_on_request() -> None:
    model, x = made(LSTM), numbers(B, T, INPUTS)
    with pytest.raises(InputError, match="kept no steps"):
        _ = model.gates
    model.keep_steps = True
    outputs, _ = model(x)
    with pytest.raises(InputError, match="no backward pass"):
        _ = model.gate_gradients
    outputs[:, :4].sum().backward()
    assert list(model.gates) == ["forget", "input", "candidate", "output"]
    torch.testing.assert_close(model.gates["forget"], model.trace(x).f.detach(), **EXACT)

    outputs, _ = model(x)
    model.zero_grad()
    outputs[:, :4].sum().backward()
    slopes = model.gate_gradients
    assert all(slope.shape == (B, T, H) for slope in slopes.values())
    assert torch.all(slopes["input"][:, 4:] == 0)
    # The bias of a gate is added at every step: its slope is the sum of those at z.
    biases = (model.forget_gate, model.input_gate, model.cell_gate, model.output_gate)
    for slope, layer in zip(slopes.values(), biases, strict=True):
        torch.testing.assert_close(slope.sum((0, 1)), layer.bias.grad, **EXACT)


@pytest.mark.parametrize("kind", [RNN, LSTM])
@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda m: m(numbers(B, T, INPUTS + 1)), ShapeError, r"\(batch, time, 4\)"),
        (lambda m: m(numbers(B, T, 2, INPUTS)), ShapeError, r"\(3, 7, 2, 4\)"),
        (lambda m: m(numbers(0, T, INPUTS)), ShapeError, r"\(0, 7, 4\)"),
        (lambda m: m(numbers(B, T, INPUTS).float()), InputError, "float32"),
        (lambda m: m([[1.0]]), InputError, "list as input"),
        (lambda m: m(numbers(B, T, INPUTS), lengths=[1, 2]), ShapeError, r"\[1, 2\]"),
        (lambda m: m(numbers(B, T, INPUTS), lengths=[1, 2, 8]), ShapeError, "from 1 to 7"),
        (lambda m: m(numbers(B, T, INPUTS), lengths=[0, 2, 7]), ShapeError, "from 1 to 7"),
        (lambda m: m(numbers(B, T, INPUTS), lengths=[1.0, 2, 7]), ShapeError, "whole numbers"),
        (lambda m: m(numbers(B, T, INPUTS), numbers(B, H + 1)), ShapeError, r"\(3, 6\)"),
        (lambda m: m(numbers(B, T, INPUTS), m.initHidden(2)), ShapeError, r"\(2, 5\)"),
    ],
)
def test_what_does_not_fit_is_refused(kind, call, error, words) -> None:
    with pytest.raises(error, match=words):
        call(made(kind))


def test_bad_sizes_and_devices_are_refused() -> None:
    with pytest.raises(InputError, match="hidden_size=0"):
        LSTM(2, 0, 1)
    with pytest.raises(InputError, match=r"output_size=1\.5"):
        RNN(2, 3, 1.5)
    with pytest.raises(UnknownNameError, match="'gpuu'"):
        pick_device("gpuu")
    assert pick_device().type == ("cuda" if torch.cuda.is_available() else "cpu")
    if not torch.cuda.is_available():
        with pytest.raises(UnknownNameError, match="a device of this computer"):
            LSTM(2, 3, 1, device="cuda")


def parts(hidden) -> tuple[torch.Tensor, ...]:
    return hidden if isinstance(hidden, tuple) else (hidden,)
