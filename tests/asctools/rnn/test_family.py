"""The relatives of the LSTM, each against a second way to the same numbers."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from asctools.rnn.cells import Gates, lstm_step
from asctools.rnn.family import (
    CoupledGates,
    GRUGates,
    Norms,
    Peepholes,
    coupled_step,
    gru_step,
    layer_norm,
    layer_norm_step,
    peephole_step,
)
from asctools.rnn.measured import family_rows, family_settings
from asctools.rnn.relatives import BothEnds, CoupledLSTM, LayerNormLSTM, PeepholeLSTM

B, T, INPUTS, H, OUTPUTS = 3, 7, 4, 5, 2
EXACT = {"rtol": 1e-12, "atol": 1e-12}
NETWORKS = (PeepholeLSTM, CoupledLSTM, LayerNormLSTM)


def numbers(*shape: int, seed: int = 1) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, dtype=torch.float64, generator=generator)


def some_gates() -> Gates:
    shapes = [(H, H + INPUTS), (H,)] * 4
    return Gates(*(numbers(*shape, seed=at) for at, shape in enumerate(shapes)))


def wires() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    return numbers(1, INPUTS, seed=21), numbers(1, H, seed=22), numbers(1, H, seed=23)


@pytest.mark.equation("eq-gru")
def test_gru_step_is_that_of_nn_grucell() -> None:
    cell = nn.GRUCell(INPUTS, H).double()
    W_ih, W_hh = cell.weight_ih.chunk(3), cell.weight_hh.chunk(3)  # rows r, z, n
    b_ih, b_hh = cell.bias_ih.chunk(3), cell.bias_hh.chunk(3)
    gates = [p for k in (0, 1) for p in (torch.cat((W_hh[k], W_ih[k]), 1), b_ih[k] + b_hh[k])]
    w = GRUGates(*gates, W_hh[2], b_hh[2], W_ih[2], b_ih[2])
    x, h_prev, _ = wires()
    torch.testing.assert_close(gru_step(w, x, h_prev), cell(x, h_prev), **EXACT)


@pytest.mark.equation("eq-peephole")
def test_peepholes_are_biases_that_the_memory_moves() -> None:
    w, (x, h_prev, c_prev) = some_gates(), wires()
    p = Peepholes(*(numbers(H, seed=at) for at in (31, 32, 33)))
    h, c = peephole_step(w, p, x, h_prev, c_prev)
    moved = w._replace(b_f=w.b_f + p.p_f * c_prev[0], b_i=w.b_i + p.p_i * c_prev[0])
    step = lstm_step(moved, x, h_prev, c_prev)
    torch.testing.assert_close(c, step.c, **EXACT)
    moved = moved._replace(b_o=w.b_o + p.p_o * step.c[0])
    torch.testing.assert_close(h, lstm_step(moved, x, h_prev, c_prev).h, **EXACT)


@pytest.mark.equation("eq-coupled")
def test_a_coupled_cell_is_an_lstm_whose_input_gate_has_the_forget_gate_s_weights_negated() -> None:
    w, (x, h_prev, c_prev) = some_gates(), wires()
    h, c = coupled_step(CoupledGates(*w[:2], *w[4:]), x, h_prev, c_prev)
    step = lstm_step(w._replace(W_i=-w.W_f, b_i=-w.b_f), x, h_prev, c_prev)
    torch.testing.assert_close((h, c), (step.h, step.c), **EXACT)


@pytest.mark.equation("eq-layer-norm")
def test_layer_norm_is_pytorch_s() -> None:
    z, gain, bias = numbers(B, T, H), numbers(H, seed=2), numbers(H, seed=3)
    for epsilon in (1e-5, 0.5):
        wanted = F.layer_norm(z, (H,), gain, bias, epsilon)
        torch.testing.assert_close(layer_norm(z, gain, bias, epsilon), wanted, **EXACT)
    assert torch.equal(
        layer_norm(torch.ones(1, H), torch.ones(H), torch.zeros(H)), torch.zeros(1, H)
    )


def test_layer_norm_step_normalises_each_gate_and_the_shown_memory() -> None:
    x, h_prev, c_prev = wires()
    W = numbers(4, H, H + INPUTS)
    n = Norms(numbers(4, H, seed=5), numbers(4, H, seed=6), numbers(H, seed=7), numbers(H, seed=8))
    h, c = layer_norm_step(W, n, x, h_prev, c_prev)
    hx = torch.cat((h_prev, x), 1)
    z = [layer_norm(hx @ W[k].T, n.gains[k], n.biases[k]) for k in range(4)]
    f, i, o = (torch.sigmoid(z[k]) for k in (0, 1, 3))
    c_wanted = f * c_prev + i * torch.tanh(z[2])
    torch.testing.assert_close(c, c_wanted, **EXACT)
    torch.testing.assert_close(h, o * torch.tanh(layer_norm(c_wanted, n.gain, n.bias)), **EXACT)


@pytest.mark.parametrize("kind", NETWORKS)
def test_a_network_reads_step_by_step_as_at_once_and_stops_at_each_end(kind) -> None:
    torch.manual_seed(0)
    model, x, lengths = kind(INPUTS, H, OUTPUTS).double(), numbers(B, T, INPUTS), [3, 7, 1]
    outputs, (h, c) = model(x, lengths=lengths)
    for row, end in enumerate(lengths):
        state, said = None, []
        for t in range(end):
            one, state = model(x[row : row + 1, t], state)
            said.append(one[0])
        torch.testing.assert_close(outputs[row, :end], torch.stack(said), **EXACT)
        torch.testing.assert_close((h[row], c[row]), (state[0][0], state[1][0]), **EXACT)
        assert torch.all(outputs[row, end:] == 0)
    outputs.sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in model.parameters())


def test_forget_gates_begin_open() -> None:
    assert torch.all(PeepholeLSTM(2, 3, 1).forget_gate.bias == 1)
    assert torch.all(CoupledLSTM(2, 3, 1).forget_gate.bias == 1)
    biases = LayerNormLSTM(2, 3, 1).biases
    assert torch.all(biases[0] == 1)
    assert torch.all(biases[1:] == 0)


@pytest.mark.parametrize("core", [nn.LSTM, nn.GRU])
def test_both_ends_answers_from_two_complete_readings(core) -> None:
    torch.manual_seed(0)
    model = BothEnds(core(INPUTS, H, batch_first=True, bidirectional=True), OUTPUTS).double()
    x, lengths = numbers(B, T, INPUTS), [3, 7, 1]
    outputs, _ = model(x, lengths=lengths)
    assert outputs.shape == (B, T, OUTPUTS)
    for row, end in enumerate(lengths):
        said, _ = model.core(x[row : row + 1, :end])
        ends = torch.cat((said[0, -1, :H], said[0, 0, H:]))
        wanted = model.i2o(ends).expand(T, OUTPUTS)
        torch.testing.assert_close(outputs[row], wanted, **EXACT)
    assert model(x[:, 0])[0].shape == (B, OUTPUTS)


def test_the_stored_family_was_measured_at_equal_size_on_three_seeds() -> None:
    rows, settings = family_rows(), family_settings()
    assert [row.name for row in rows][:2] == ["LSTM", "GRU"]
    assert len({row.name for row in rows}) == len(rows) == 7
    assert len(settings["seeds"]) >= 3
    for row in rows:
        assert abs(row.parameters / rows[0].parameters - 1) < 0.04
        assert list(row.accuracy) == settings["test_lengths"] == [25, 60, 100, 200]
        assert {len(values) for values in row.accuracy.values()} == {len(settings["seeds"])}
        assert all(0 <= value <= 1 for values in row.accuracy.values() for value in values)
        assert row.cpu_s > 0
