"""An LSTM whose weights are set by hand so that it counts brackets, at any length, without fail."""

from __future__ import annotations

import math

import torch
from torch import nn

from asctools.dataset.parentheses import ALPHABET
from asctools.numpy_lstm.cell import Gates, to_fused
from asctools.rnn.readout import Readout, set_forget_bias

OPEN = 40.0  # σ(40) is 1 in float64
PER_BRACKET = 0.5  # what the counting unit adds for "(" and takes off for ")"


def counting_model() -> Readout:
    """Return a network of two units, in float64.

    Unit 0 counts: c is half the depth. Unit 1 stays 0 until a ")" comes at depth 0, or the depth is
    below 0, and then never goes back to 0. "Balanced" is what leaves h of both at 0.
    """
    opening, closing = (ALPHABET.index(symbol) for symbol in "()")
    W = {gate: torch.zeros(2, 2 + len(ALPHABET), dtype=torch.float64) for gate in "fico"}
    b = {gate: torch.full((2,), OPEN, dtype=torch.float64) for gate in "fico"}
    # unit 0: i = f = o = 1, and c̃ is ± 0.5 at a bracket, 0 at a letter
    b["c"][0] = 0.0
    W["c"][0, 2 + opening], W["c"][0, 2 + closing] = (
        sign * math.atanh(PER_BRACKET) for sign in (1.0, -1.0)
    )
    # unit 1: its input gate opens if 100 [")"] − 400 h₀ > 50, where h₀ ≥ tanh(0.5) above depth 0
    W["i"][1, 0], W["i"][1, 2 + closing], b["i"][1] = -400.0, 100.0, -50.0
    arrays = [each.numpy() for gate in "fico" for each in (W[gate], b[gate])]
    weight_ih, weight_hh, bias = (torch.from_numpy(part) for part in to_fused(Gates(*arrays)))
    model = Readout(nn.LSTM(len(ALPHABET), 2, batch_first=True), 2).double()
    state = {"weight_ih_l0": weight_ih, "weight_hh_l0": weight_hh, "bias_ih_l0": bias}
    model.core.load_state_dict({**state, "bias_hh_l0": torch.zeros_like(bias)})
    head = {"weight": [[0.0, 0.0], [-40.0, -100.0]], "bias": [0.0, 8.0]}
    model.i2o.load_state_dict({name: torch.tensor(each).double() for name, each in head.items()})
    return model


def random_model(units: int, seed: int = 0, scale: float = 1.0) -> Readout:
    """Return an untrained network with forget biases of 1, its weights times ``scale``."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        core = nn.LSTM(len(ALPHABET), units, batch_first=True)
        model = set_forget_bias(Readout(core, 2))
    with torch.no_grad():
        for values in model.parameters():
            values.mul_(scale)
    assert isinstance(model, Readout)
    return model
