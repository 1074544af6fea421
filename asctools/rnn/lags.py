"""How far back a gradient reaches: the slope of the state now at the state some steps ago.

A lag of k compares step T with step T − k. At lag 0 the slope of a state at itself is the identity,
with norm 1; at lag T the slope is that at the state before the first step.
"""

import math

import torch
from torch import Tensor, nn

from asctools.errors import InputError, ShapeError, explain, unknown_name
from asctools.rnn.inputs import as_sequences
from asctools.rnn.loop import Recurrent, State
from asctools.rnn.readout import Readout, from_readout

__all__ = ["direct_path", "gradient_per_lag", "rnn_jacobian"]


def rnn_jacobian(h: Tensor, W_hh: Tensor) -> Tensor:
    """Return the slopes of h at h_prev, for one step of a plain recurrent network.

    Implements :eq:`eq-rnn-jacobian`.

    Parameters
    ----------
    h
        The step's result, ``(..., H)``.
    W_hh
        The weights of h_prev, ``(H, H)``: the first H columns of ``RNN.i2h.weight``, or
        ``nn.RNN``'s ``weight_hh_l0``.

    Returns
    -------
    Tensor
        ``(..., H, H)``; row j holds the slopes of h[j].
    """
    # ∂h / ∂h_prev = diag(1 − h²) W_hh, since tanh'(z) = 1 − tanh²(z)
    return (1.0 - h**2)[..., None] * W_hh


def direct_path(forget_gates: Tensor) -> Tensor:
    """Return how much of a cell's content survives, for each lag: the product of forget gates.

    Implements :eq:`eq-direct-path`. It is the slope of c_T at c_{T−k} with the gates held still.

    Parameters
    ----------
    forget_gates
        ``(..., T, H)``: the gates f of all steps, as ``LSTM.trace(x).f``.

    Returns
    -------
    Tensor
        ``(..., T + 1, H)``; entry k is the product of the last k gates, entry 0 is 1.
    """
    backwards = forget_gates.flip(-2)
    nothing = torch.ones_like(backwards[..., :1, :])
    return torch.cat((nothing, backwards), -2).cumprod(-2)


def gradient_per_lag(
    model: nn.Module,
    inputs: Tensor,
    *,
    of: str = "h",
    at: str = "h",
    norm: str = "spectral",
) -> Tensor:
    """Measure the norm of ∂s_T / ∂s_{T−k} for every lag k, by backpropagation.

    The network reads step by step, so that every state on the way has its own slope.

    Parameters
    ----------
    model
        ``RNN``, ``LSTM`` or another of this package, or a :class:`~asctools.rnn.readout.Readout`
        with one layer and one direction.
    inputs
        ``(batch, T, input_size)``.
    of, at
        The state at T and that at T − k: ``"h"``, or ``"c"`` where there is one. With ``at="c"``
        the h of that step follows its c; with ``at="h"`` its c is held still.
    norm
        ``"spectral"``: by how much a small change may at most grow on the way. ``"frobenius"``:
        by how much a random one does, on average; divided by √H, so that it begins at 1.

    Returns
    -------
    Tensor
        ``(batch, T + 1)``: the norm at lags 0, …, T.

    Raises
    ------
    UnknownNameError, InputError, ShapeError
        If the network has no such state, or is of another kind, or the inputs do not fit.
    """
    if norm not in ("spectral", "frobenius"):
        raise unknown_name("norm", norm, ("spectral", "frobenius"))
    slopes = _jacobians(model, inputs, of, at)
    if norm == "spectral":
        return torch.linalg.matrix_norm(slopes, ord=2)
    return torch.linalg.matrix_norm(slopes) / math.sqrt(slopes.shape[-1])


@torch.enable_grad()
def _jacobians(model: nn.Module, inputs: Tensor, of: str, at: str) -> Tensor:
    """Return ∂of_T / ∂at_{T−k}, shape (batch, T + 1, H, H), row j the slopes of of_T[j]."""
    past = _states(model, inputs)
    for name in (of, at):
        if name not in past[0]:
            raise unknown_name("state", name, past[0])
    end, before = past[-1][of], [state[at] for state in reversed(past)]
    batch, H = end.shape[-2:]  # nn.GRU's and nn.RNN's have an axis of layers in front, of length 1
    end = end.reshape(batch, H)
    rows = []
    for j in range(H):
        # Sequences of a batch do not touch each other: the slope of a sum is that of each.
        found = torch.autograd.grad(
            end[:, j].sum(), before, retain_graph=True, allow_unused=True, materialize_grads=True
        )
        rows.append(torch.stack([slope.reshape(batch, H) for slope in found], 1))
    return torch.stack(rows, 2)


def _states(model: nn.Module, inputs: Tensor) -> list[dict[str, Tensor]]:
    """Return the states before the first step and after each, by name, each (batch, H)."""
    if isinstance(model, Readout) and (model.core.num_layers > 1 or model.core.bidirectional):
        right = "one layer in one direction"
        raise InputError(explain(str(model.core), right, "measure such a one"))
    if not isinstance(model, Readout | Recurrent):
        came = f"{type(model).__name__} as model"
        raise InputError(explain(came, "a network of asctools.rnn", "wrap it in Readout"))
    if isinstance(model, Readout) and isinstance(model.core, nn.LSTM):
        model = from_readout(model)  # in nn.LSTM itself h has no visible slope at c
    if not isinstance(inputs, Tensor) or inputs.ndim != 3:
        came = f"inputs of shape {tuple(getattr(inputs, 'shape', ()))}"
        raise ShapeError(
            explain(came, "(batch, T, input_size)", "add the batch axis: inputs[None]")
        )
    x = as_sequences(inputs, model.input_size, next(model.parameters()).dtype)
    start = _parts(model.initHidden(len(x)))
    past = [tuple(part.requires_grad_() for part in start)]
    for x_t in x.split(1, 1):
        state = past[-1]
        _, hidden = model(x_t, state if len(state) > 1 else state[0])
        past.append(_parts(hidden))
    return [dict(zip(("h", "c"), state, strict=False)) for state in past]


def _parts(hidden: Tensor | State) -> State:
    return hidden if isinstance(hidden, tuple) else (hidden,)
