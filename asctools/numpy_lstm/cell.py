"""The cell to read: four gates, one step forward, one step back, for a batch.

Every formula of the chapter stands above the line that computes it, and every name is the symbol
of that formula: W_f holds the weights of the forget gate f, z_f its sum before squashing. Nothing
here is made fast; :mod:`asctools.numpy_lstm.layer` is the same cell made fast.

Shapes: a batch of B sequences with I inputs a step, H cells. All arrays may be of any precision,
and complex too, so that the gradients can be checked with a complex step.

Source of the cell: Hochreiter & Schmidhuber 1997 with the forget gate of Gers et al. 2000.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from asctools.errors import ShapeError, explain
from asctools.numpy_lstm.numerics import sigmoid

Array = NDArray[Any]
State = tuple[Array, Array]


class Gates(NamedTuple):
    """The weights of the cell, gate by gate; also their gradients, under the same names.

    Each W has the shape (H, H + I), because it is applied to h_prev and x side by side; each b has
    the shape (H,).
    """

    W_f: Array
    b_f: Array
    W_i: Array
    b_i: Array
    W_c: Array
    b_c: Array
    W_o: Array
    b_o: Array


class Step(NamedTuple):
    """Every wire of the cell at one step: x is (B, I), all others are (B, H)."""

    x: Array
    h_prev: Array
    c_prev: Array
    z_f: Array
    f: Array
    z_i: Array
    i: Array
    z_c: Array
    c_tilde: Array
    z_o: Array
    o: Array
    c: Array
    h: Array


class Slopes(NamedTuple):
    """What :func:`step_back` returns: the slopes of the loss at everything that went in."""

    gradients: Gates
    grad_x: Array
    grad_h_prev: Array
    grad_c_prev: Array


class Run(NamedTuple):
    """What :func:`forward` returns: all h as (B, T, H), the last (h, c), and every step."""

    outputs: Array
    state: State
    steps: list[Step]


def step(w: Gates, x: Array, h_prev: Array, c_prev: Array) -> Step:
    """Let one time step pass for every sequence of the batch.

    Implements :eq:`eq-numpy-gates`, :eq:`eq-numpy-state`.

    Parameters
    ----------
    w
        The weights.
    x
        The inputs, (B, I).
    h_prev, c_prev
        The memories after the step before, (B, H).
    """
    # [h′, x]: both side by side, so that each gate needs one product
    h_x = np.concatenate((h_prev, x), axis=1)
    # f = σ([h′, x] W_fᵀ + b_f)
    z_f = h_x @ w.W_f.T + w.b_f
    f = sigmoid(z_f)
    # i = σ([h′, x] W_iᵀ + b_i)
    z_i = h_x @ w.W_i.T + w.b_i
    i = sigmoid(z_i)
    # c̃ = tanh([h′, x] W_cᵀ + b_c)
    z_c = h_x @ w.W_c.T + w.b_c
    c_tilde = np.tanh(z_c)
    # o = σ([h′, x] W_oᵀ + b_o)
    z_o = h_x @ w.W_o.T + w.b_o
    o = sigmoid(z_o)
    # c = f ⊙ c′ + i ⊙ c̃
    c = f * c_prev + i * c_tilde
    # h = o ⊙ tanh(c)
    h = o * np.tanh(c)
    return Step(x, h_prev, c_prev, z_f, f, z_i, i, z_c, c_tilde, z_o, o, c, h)


def step_back(w: Gates, step: Step, grad_h: Array, grad_c: Array) -> Slopes:
    """Walk back through one step.

    Implements :eq:`eq-numpy-delta-c`, :eq:`eq-numpy-delta-gates`.
    Implements :eq:`eq-numpy-weight-gradients`, :eq:`eq-numpy-delta-back`.

    Parameters
    ----------
    w, step
        The weights, and what :func:`step` returned for them.
    grad_h, grad_c
        The slopes of the loss at h and c, (B, H): all that comes from above and from later steps.
    """
    x, h_prev, c_prev, _, f, _, i, _, c_tilde, _, o, c, _ = step
    tanh_c = np.tanh(c)
    delta_h = grad_h
    # h = o ⊙ tanh(c), so δc gains δh ⊙ o ⊙ (1 − tanh² c)
    delta_c = grad_c + delta_h * o * (1.0 - tanh_c**2)
    # c = f ⊙ c′ + i ⊙ c̃ and σ′ = σ (1 − σ), tanh′ = 1 − tanh²; each δ belongs to a z
    delta_f = delta_c * c_prev * f * (1.0 - f)
    delta_i = delta_c * c_tilde * i * (1.0 - i)
    delta_c_tilde = delta_c * i * (1.0 - c_tilde**2)
    delta_o = delta_h * tanh_c * o * (1.0 - o)
    # z = [h′, x] Wᵀ + b: W gains δᵀ [h′, x] and b gains δ, summed over the batch
    h_x = np.concatenate((h_prev, x), axis=1)
    deltas = (delta_f, delta_i, delta_c_tilde, delta_o)
    gradients = [slope for delta in deltas for slope in (delta.T @ h_x, delta.sum(axis=0))]
    # Back to [h′, x] through all four gates, and to c′ through the forget gate
    delta_h_x = delta_f @ w.W_f + delta_i @ w.W_i + delta_c_tilde @ w.W_c + delta_o @ w.W_o
    hidden = h_prev.shape[1]
    return Slopes(Gates(*gradients), delta_h_x[:, hidden:], delta_h_x[:, :hidden], delta_c * f)


def forward(w: Gates, x: Array, state: State | None = None) -> Run:
    """Let all steps pass, and keep every wire of each.

    Parameters
    ----------
    w
        The weights.
    x
        The inputs, (B, T, I).
    state
        (h, c) before the first step, each (B, H); zeros if None.
    """
    _check(w, x)
    zeros = np.zeros((len(x), len(w.b_f)), dtype=np.result_type(w.W_f, x))
    h, c = (zeros, zeros) if state is None else state
    steps = []
    for t in range(x.shape[1]):
        steps.append(step(w, x[:, t], h, c))
        h, c = steps[-1].h, steps[-1].c
    return Run(np.stack([each.h for each in steps], axis=1), (h, c), steps)


def backward(
    w: Gates, steps: Sequence[Step], grad_outputs: Array, grad_state: State | None = None
) -> tuple[Gates, Array, State]:
    """Walk back through all steps: backpropagation through time.

    Implements :eq:`eq-numpy-delta-h`.

    Parameters
    ----------
    w, steps
        The weights, and the steps that :func:`forward` kept.
    grad_outputs
        The slopes of the loss at every h, from above, (B, T, H).
    grad_state
        The slopes at the last (h, c), from beyond the last step; zeros if None.

    Returns
    -------
    gradients, grad_x, grad_state
        The slopes at the weights, at x, (B, T, I), and at the first (h, c).
    """
    zeros = np.zeros_like(steps[-1].h)
    grad_h, grad_c = (zeros, zeros) if grad_state is None else grad_state
    total = Gates(*[np.zeros_like(each) for each in w])
    grad_x = []
    for t in reversed(range(len(steps))):
        # δh = what comes from above + what comes back from tomorrow
        delta_h = grad_outputs[:, t] + grad_h
        slopes = step_back(w, steps[t], delta_h, grad_c)
        total = Gates(*[sofar + new for sofar, new in zip(total, slopes.gradients, strict=True)])
        grad_x.append(slopes.grad_x)
        grad_h, grad_c = slopes.grad_h_prev, slopes.grad_c_prev
    return total, np.stack(grad_x[::-1], axis=1), (grad_h, grad_c)


def to_fused(w: Gates) -> tuple[Array, Array, Array]:
    """Stack the four gates as ``nn.LSTM`` does: rows i, f, g (its name for c̃), o.

    Returns
    -------
    weight_ih, weight_hh, bias
        (4H, I), (4H, H) and (4H,).
    """
    W = np.concatenate((w.W_i, w.W_f, w.W_c, w.W_o))
    hidden = len(w.b_f)
    return W[:, hidden:].copy(), W[:, :hidden].copy(), np.concatenate((w.b_i, w.b_f, w.b_c, w.b_o))


def from_fused(weight_ih: Array, weight_hh: Array, bias: Array) -> Gates:
    """Take the rows of ``nn.LSTM`` apart: the way back from :func:`to_fused`."""
    hidden = weight_hh.shape[1]
    if not len(weight_ih) == len(weight_hh) == len(bias) == 4 * hidden:
        came = f"matrices with {len(weight_ih)}, {len(weight_hh)} and {len(bias)} rows"
        todo = "pass weight_ih (4H, I), weight_hh (4H, H) and the sum of the two biases (4H,)"
        raise ShapeError(explain(came, f"4 × {hidden} rows each", todo))
    W_i, W_f, W_c, W_o = np.split(np.concatenate((weight_hh, weight_ih), axis=1), 4)
    b_i, b_f, b_c, b_o = np.split(np.array(bias), 4)
    return Gates(W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o)


def _check(w: Gates, x: Array) -> None:
    """Refuse inputs that don't fit the weights."""
    inputs = w.W_f.shape[1] - w.W_f.shape[0]
    if x.ndim != 3 or x.shape[2] != inputs or not x.shape[1]:
        expected = f"(batch, time ≥ 1, {inputs})"
        raise ShapeError(explain(f"x of shape {x.shape}", expected, "give it three axes"))
