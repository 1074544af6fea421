"""The relatives of the LSTM: GRU, peepholes, coupled gates, layer normalisation.

Each is a formula, a plain function of one step; :mod:`asctools.rnn.relatives` makes networks of
them. The plain LSTM and the meaning of the symbols are in :mod:`asctools.rnn.cells`.
"""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from asctools.rnn.cells import Gates

__all__ = [
    "CoupledGates",
    "GRUGates",
    "Norms",
    "Peepholes",
    "coupled_step",
    "gru_step",
    "layer_norm",
    "layer_norm_step",
    "peephole_step",
]


class GRUGates(NamedTuple):
    """The weights of a GRU: for the gates r and u, each W of shape ``(H, H + I)`` on [h_prev, x].

    The candidate's weights on h_prev, ``(H, H)``, and on x, ``(H, I)``, stand apart and have their
    own biases, because the reset gate comes in between.
    """

    W_r: Tensor
    b_r: Tensor
    W_u: Tensor
    b_u: Tensor
    W_hh: Tensor
    b_hh: Tensor
    W_hx: Tensor
    b_hx: Tensor


def gru_step(w: GRUGates, x: Tensor, h_prev: Tensor) -> Tensor:
    """Let one step of a gated recurrent unit pass, in the form that ``nn.GRU`` computes.

    Implements :eq:`eq-gru`.

    Parameters
    ----------
    w
        The weights.
    x, h_prev
        ``(batch, I)`` and ``(batch, H)``.

    Returns
    -------
    Tensor
        h, of shape ``(batch, H)``.
    """
    hx = torch.cat((h_prev, x), 1)
    r = torch.sigmoid(hx @ w.W_r.T + w.b_r)  # how much of h_prev the candidate sees
    u = torch.sigmoid(hx @ w.W_u.T + w.b_u)  # how much of h_prev to keep; nn.GRU calls it z
    h_tilde = torch.tanh(x @ w.W_hx.T + w.b_hx + r * (h_prev @ w.W_hh.T + w.b_hh))
    return u * h_prev + (1.0 - u) * h_tilde


class Peepholes(NamedTuple):
    """What the gates see of their own cell: one weight a cell and gate, each ``(H,)``."""

    p_f: Tensor
    p_i: Tensor
    p_o: Tensor


def peephole_step(
    w: Gates, p: Peepholes, x: Tensor, h_prev: Tensor, c_prev: Tensor
) -> tuple[Tensor, Tensor]:
    """Let one step of an LSTM pass whose gates see the memory itself; return h and c.

    Implements :eq:`eq-peephole`. The output gate sees the new memory, the others the old one.
    Shapes are those of :func:`asctools.rnn.cells.lstm_step`.
    """
    hx = torch.cat((h_prev, x), 1)
    f = torch.sigmoid(hx @ w.W_f.T + w.b_f + p.p_f * c_prev)
    i = torch.sigmoid(hx @ w.W_i.T + w.b_i + p.p_i * c_prev)
    c = f * c_prev + i * torch.tanh(hx @ w.W_c.T + w.b_c)
    o = torch.sigmoid(hx @ w.W_o.T + w.b_o + p.p_o * c)
    return o * torch.tanh(c), c


class CoupledGates(NamedTuple):
    """The weights of an LSTM without input gate; shapes as in ``asctools.rnn.cells.Gates``."""

    W_f: Tensor
    b_f: Tensor
    W_c: Tensor
    b_c: Tensor
    W_o: Tensor
    b_o: Tensor


def coupled_step(
    w: CoupledGates, x: Tensor, h_prev: Tensor, c_prev: Tensor
) -> tuple[Tensor, Tensor]:
    """Let one step of an LSTM pass that writes as much as it forgets; return h and c.

    Implements :eq:`eq-coupled`: the input gate is 1 − f. Shapes are those of
    :func:`asctools.rnn.cells.lstm_step`.
    """
    hx = torch.cat((h_prev, x), 1)
    f = torch.sigmoid(hx @ w.W_f.T + w.b_f)
    c = f * c_prev + (1.0 - f) * torch.tanh(hx @ w.W_c.T + w.b_c)
    o = torch.sigmoid(hx @ w.W_o.T + w.b_o)
    return o * torch.tanh(c), c


def layer_norm(z: Tensor, gain: Tensor, bias: Tensor, epsilon: float = 1e-5) -> Tensor:
    """Shift and scale the numbers of a layer to mean 0 and variance 1, then by learned numbers.

    Implements :eq:`eq-layer-norm`.

    Parameters
    ----------
    z
        ``(..., H)``.
    gain, bias
        ``(H,)``.
    epsilon
        Added to the variance, so that equal numbers do no harm.
    """
    mean = z.mean(-1, keepdim=True)
    variance = ((z - mean) ** 2).mean(-1, keepdim=True)
    return gain * (z - mean) / torch.sqrt(variance + epsilon) + bias


class Norms(NamedTuple):
    """Gain and bias for the sums of the gates f, i, c, o, ``(4, H)``; for the memory, ``(H,)``."""

    gains: Tensor
    biases: Tensor
    gain: Tensor
    bias: Tensor


def layer_norm_step(
    W: Tensor, n: Norms, x: Tensor, h_prev: Tensor, c_prev: Tensor
) -> tuple[Tensor, Tensor]:
    """Let one step of an LSTM pass whose sums are normalised; return h and c.

    Each gate's sum is normalised over its H cells, and so is the memory where it is shown; what is
    carried on is c itself. The norms are :func:`layer_norm`, as PyTorch computes it.

    Parameters
    ----------
    W
        The weights of the gates f, i, c, o on [h_prev, x], ``(4, H, H + I)``, without biases:
        those of the norms take their place.
    n
        The norms.
    x, h_prev, c_prev
        ``(batch, I)``, ``(batch, H)``, ``(batch, H)``.
    """
    hx = torch.cat((h_prev, x), 1)
    size = c_prev.shape[-1:]
    z = (hx @ W.flatten(0, 1).T).unflatten(-1, W.shape[:2])  # (batch, 4, H)
    z_f, z_i, z_c, z_o = (n.gains * F.layer_norm(z, size) + n.biases).unbind(-2)
    c = torch.sigmoid(z_f) * c_prev + torch.sigmoid(z_i) * torch.tanh(z_c)
    return torch.sigmoid(z_o) * torch.tanh(F.layer_norm(c, size, n.gain, n.bias)), c
