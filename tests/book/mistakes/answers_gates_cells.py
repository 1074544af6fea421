"""Readers' answers on cells written out: RNN, LSTM, GRU, and a single unit set by hand."""

import torch
from torch import nn

from tests.book.mistakes.written import Ways, Written


def states_stub(i2h, x):
    raise NotImplementedError("Let the days pass, and keep h of each.")


def my_states(i2h, x):
    h = torch.zeros(len(x), i2h.out_features, dtype=x.dtype)
    states = []
    for day in range(x.shape[1]):
        h = torch.tanh(i2h(torch.cat((h, x[:, day]), dim=1)))
        states.append(h)
    return torch.stack(states, dim=1)


def states_by_pytorch(i2h, x):
    units = i2h.out_features
    rnn = nn.RNN(x.shape[2], units, batch_first=True, dtype=x.dtype)
    rnn.load_state_dict(
        {
            "weight_ih_l0": i2h.weight[:, units:],
            "weight_hh_l0": i2h.weight[:, :units],
            "bias_ih_l0": i2h.bias,
            "bias_hh_l0": torch.zeros_like(i2h.bias),
        }
    )
    return rnn(x)[0].detach()


def states(i2h, x, join=lambda h, x_t: (h, x_t), squash=torch.tanh, keep=lambda z, h: h):
    h = torch.zeros(len(x), i2h.out_features, dtype=x.dtype)
    said = []
    for x_t in x.transpose(0, 1):
        z = i2h(torch.cat(join(h, x_t), dim=-1))
        h = squash(z)
        said.append(keep(z, h))
    return torch.stack(said).transpose(0, 1)


def states_along_the_batch(i2h, x):
    h = torch.zeros(x.shape[1], i2h.out_features, dtype=x.dtype)
    said = []
    for x_t in x:
        h = torch.tanh(i2h(torch.cat((h, x_t), dim=-1)))
        said.append(h)
    return torch.stack(said)


RNN_STATES = Written(
    "gates-and-memory/rnn-states",
    right=(my_states, states_by_pytorch, lambda i2h, x: my_states(i2h, x).tolist()),
    mistakes={
        "x before h": lambda i2h, x: states(i2h, x, join=lambda h, x_t: (x_t, h)),
        "h not carried": lambda i2h, x: states(i2h, x, join=lambda h, x_t: (0 * h, x_t)),
        "sigmoid": lambda i2h, x: states(i2h, x, squash=torch.sigmoid),
        "no tanh": lambda i2h, x: states(i2h, x, squash=lambda z: z),
        "sum handed in": lambda i2h, x: states(i2h, x, keep=lambda z, h: z),
        "days and sequences confused": states_along_the_batch,
    },
    unlisted=(
        lambda i2h, x: my_states(i2h, x).flip(1) + 0.5,
        lambda i2h, x: states(i2h, x, squash=torch.relu),
        lambda i2h, x: my_states(i2h, x.flip(1)) * 0.5,
    ),
    misshapen=(
        lambda i2h, x: my_states(i2h, x)[:, -1],
        lambda i2h, x: my_states(i2h, x).transpose(1, 2)[:, :1],
        lambda i2h, x: print(end=""),
        torch.zeros(1, 1, 2),
    ),
    stub=states_stub,
)


def step_stub(cell, x, h_prev, c_prev):
    raise NotImplementedError("Four gates, then c, then h.")


def gates(cell, both):
    f = torch.sigmoid(cell.forget_gate(both))
    i = torch.sigmoid(cell.input_gate(both))
    return f, i, torch.tanh(cell.cell_gate(both)), torch.sigmoid(cell.output_gate(both))


def my_step(cell, x, h_prev, c_prev):
    f, i, c_tilde, o = gates(cell, torch.cat((h_prev, x), dim=1))
    c = f * c_prev + i * c_tilde
    return o * torch.tanh(c), c


def step_by_pytorch(cell, x, h_prev, c_prev):
    units = h_prev.shape[1]
    layers = (cell.input_gate, cell.forget_gate, cell.cell_gate, cell.output_gate)
    ready = nn.LSTMCell(x.shape[1], units, dtype=x.dtype)
    with torch.no_grad():
        ready.weight_hh.copy_(torch.cat([layer.weight[:, :units] for layer in layers]))
        ready.weight_ih.copy_(torch.cat([layer.weight[:, units:] for layer in layers]))
        ready.bias_ih.copy_(torch.cat([layer.bias for layer in layers]))
        ready.bias_hh.zero_()
    h, c = ready(x, (h_prev, c_prev))
    return {"c": c, "h": h}


def step_x_first(cell, x, h_prev, c_prev):
    f, i, c_tilde, o = gates(cell, torch.cat((x, h_prev), dim=1))
    c = f * c_prev + i * c_tilde
    return o * torch.tanh(c), c


def step_candidate_by_sigmoid(cell, x, h_prev, c_prev):
    both = torch.cat((h_prev, x), dim=1)
    f, i, _, o = gates(cell, both)
    c = f * c_prev + i * torch.sigmoid(cell.cell_gate(both))
    return o * torch.tanh(c), c


def step_swapped(cell, x, h_prev, c_prev):
    f, i, c_tilde, o = gates(cell, torch.cat((h_prev, x), dim=1))
    c = i * c_prev + f * c_tilde
    return o * torch.tanh(c), c


def step_all_written(cell, x, h_prev, c_prev):
    f, _, c_tilde, o = gates(cell, torch.cat((h_prev, x), dim=1))
    c = f * c_prev + c_tilde
    return o * torch.tanh(c), c


def step_without_tanh(cell, x, h_prev, c_prev):
    f, i, c_tilde, o = gates(cell, torch.cat((h_prev, x), dim=1))
    c = f * c_prev + i * c_tilde
    return o * c, c


def step_showing_the_old(cell, x, h_prev, c_prev):
    _, c = my_step(cell, x, h_prev, c_prev)
    o = gates(cell, torch.cat((h_prev, x), dim=1))[3]
    return o * torch.tanh(c_prev), c


def step_with_old_gate_on_new(cell, x, h_prev, c_prev):
    h, c = my_step(cell, x, h_prev, c_prev)
    return my_step(cell, x, h, c)


LSTM_STEP = Written(
    "gates-and-memory/lstm-step",
    right=(my_step, step_by_pytorch, lambda *given: [part.detach() for part in my_step(*given)]),
    mistakes={
        "c before h": lambda *given: my_step(*given)[::-1],
        "x before h": step_x_first,
        "sigmoid for the candidate": step_candidate_by_sigmoid,
        "f and i swapped": step_swapped,
        "input gate forgotten": step_all_written,
        "last tanh forgotten": step_without_tanh,
        "h from the old c": step_showing_the_old,
    },
    unlisted=(
        step_with_old_gate_on_new,
        lambda cell, x, h_prev, c_prev: (h_prev, c_prev),
        lambda *given: [-part for part in my_step(*given)],
    ),
    misshapen=(
        lambda *given: my_step(*given)[0],
        lambda *given: (*my_step(*given), None),
        lambda *given: [part[0] for part in my_step(*given)],
        lambda cell, x: x,
        torch.zeros(2, 1),
    ),
    stub=step_stub,
)


def gru_stub(state, x, h_prev):
    raise NotImplementedError("Two gates, a candidate, and a mixture.")


def gru(state, x, h_prev, *, order=(0, 1), squash=torch.tanh, mix=None, candidate=None):
    of_x = (x @ state["weight_ih"].T + state["bias_ih"]).chunk(3, dim=1)
    of_h = (h_prev @ state["weight_hh"].T + state["bias_hh"]).chunk(3, dim=1)
    r, z = (torch.sigmoid(of_x[k] + of_h[k]) for k in order)
    n = squash(of_x[2] + (candidate(r) if candidate else r * of_h[2]))
    return mix(z, n) if mix else (1 - z) * n + z * h_prev


def my_gru(state, x, h_prev):
    return gru(state, x, h_prev)


def gru_by_pytorch(state, x, h_prev):
    cell = nn.GRUCell(x.shape[1], h_prev.shape[1], dtype=x.dtype)
    cell.load_state_dict(state)
    return cell(x, h_prev).detach()


def gru_mixed_up(state, x, h_prev):
    return gru(state, x, h_prev, mix=lambda z, n: (1 - z) * h_prev + z * n)


def gru_reset_before(state, x, h_prev):
    W, b = state["weight_hh"].chunk(3)[2], state["bias_hh"].chunk(3)[2]
    return gru(state, x, h_prev, candidate=lambda r: (r * h_prev) @ W.T + b)


def gru_bias_outside(state, x, h_prev):
    W, b = state["weight_hh"].chunk(3)[2], state["bias_hh"].chunk(3)[2]
    return gru(state, x, h_prev, candidate=lambda r: r * (h_prev @ W.T) + b)


def gru_without_reset(state, x, h_prev):
    W, b = state["weight_hh"].chunk(3)[2], state["bias_hh"].chunk(3)[2]
    return gru(state, x, h_prev, candidate=lambda r: h_prev @ W.T + b)


def gru_one_bias(state, x, h_prev):
    return gru({**state, "bias_hh": torch.zeros_like(state["bias_hh"])}, x, h_prev)


def gru_rows_by_stride(state, x, h_prev):
    shuffled = {name: torch.cat([rows[k::3] for k in range(3)]) for name, rows in state.items()}
    return gru(shuffled, x, h_prev) + 0.1


OWN_GRU = Written(
    "gates-and-memory/own-gru",
    right=(my_gru, gru_by_pytorch, lambda *given: my_gru(*given).numpy()),
    mistakes={
        "z and 1 − z swapped": gru_mixed_up,
        "reset before the product": gru_reset_before,
        "bias outside the reset": gru_bias_outside,
        "reset and update swapped": lambda *given: gru(*given, order=(1, 0)),
        "reset forgotten": gru_without_reset,
        "sigmoid for the candidate": lambda *given: gru(*given, squash=torch.sigmoid),
        "second bias forgotten": gru_one_bias,
    },
    unlisted=(
        gru_rows_by_stride,
        lambda *given: gru(*given, mix=lambda z, n: n),
        lambda state, x, h_prev: h_prev,
    ),
    misshapen=(
        lambda *given: my_gru(*given)[0],
        lambda *given: (my_gru(*given), my_gru(*given)),
        lambda state, x, h_prev: state,
        lambda x, h_prev: h_prev,
        nn.GRUCell(1, 1),
    ),
    stub=gru_stub,
)


def unit_stub():
    raise NotImplementedError("Set the numbers of one unit.")


def unit(old=1.0, opening=1.0, closing=-1.0, letter=0.0, bias=0.0, dtype=torch.float32):
    rnn = nn.RNN(28, 1, nonlinearity="relu", dtype=dtype)
    with torch.no_grad():
        rnn.weight_ih_l0.fill_(letter)
        rnn.weight_ih_l0[0, 26], rnn.weight_ih_l0[0, 27] = closing, opening
        rnn.weight_hh_l0.fill_(old)
        rnn.bias_ih_l0.fill_(bias)
        rnn.bias_hh_l0.zero_()
    return rnn


ONE_UNIT = Written(
    "gates-and-memory/one-unit",
    right=(unit, unit(opening=3.0, closing=-3.0), lambda: unit(dtype=torch.float64)),
    mistakes={
        "opening and closing swapped": lambda: unit(opening=-1.0, closing=1.0),
        "not taken back": Ways(lambda: unit(closing=1.0), lambda: unit(opening=3, closing=-2)),
        "no memory": unit(old=0.0),
        "a leak": Ways(lambda: unit(old=0.9), lambda: unit(old=0.8)),
        "letters count": Ways(lambda: unit(letter=1.0), lambda: unit(letter=-1.0)),
    },
    unlisted=(
        lambda: unit(old=1.1),
        lambda: unit(opening=0.3, closing=-0.3),
    ),
    misshapen=(
        lambda: nn.RNN(28, 1),
        lambda: nn.RNN(28, 2, nonlinearity="relu"),
        lambda: nn.RNN(28, 1, nonlinearity="relu", bidirectional=True),
        nn.LSTM(28, 1),
        (1.0, 1.0, -1.0),
        lambda x: x,
    ),
    stub=unit_stub,
)

ALL = (RNN_STATES, LSTM_STEP, OWN_GRU, ONE_UNIT)
