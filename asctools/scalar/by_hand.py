"""One LSTM cell in plain Python floats, with its gradients and its training written out.

Every formula of the chapter stands above the line that computes it, and every name is the symbol
of that formula: w_fh is the weight from h to the forget gate f, z_f the gate before squashing.

Source of the cell: Hochreiter & Schmidhuber 1997 with the forget gate of Gers et al. 2000.
"""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from asctools.dataset.companies import COMPANIES, Company
from asctools.scalar import inputs


class Weights(NamedTuple):
    """The twelve numbers of the cell: for each gate the weight of h, the weight of x, the bias."""

    w_fh: float
    w_fx: float
    b_f: float
    w_ih: float
    w_ix: float
    b_i: float
    w_ch: float
    w_cx: float
    b_c: float
    w_oh: float
    w_ox: float
    b_o: float


# Eight draws from N(0, 1) with PyTorch's generator at seed 42, biases 0. PyTorch draws in single
# precision; written out here are exactly those numbers.
INITIAL = Weights(
    *(0.33669036626815796, 0.12880940735340118, 0.0),
    *(0.23446236550807953, 0.23033303022384644, 0.0),
    *(-1.1228563785552979, -0.18632829189300537, 0.0),
    *(2.2082014083862305, -0.637997031211853, 0.0),
)

# What 5000 epochs make of them, rounded to two decimals: the cell for a pocket calculator.
POCKET = Weights(
    *(2.70, 1.63, 1.62),
    *(2.00, 1.65, 0.62),
    *(1.41, 0.94, -0.32),
    *(4.38, -0.19, 0.59),
)


class Day(NamedTuple):
    """Every wire of the cell on one day: what came in, each z before squashing, what goes out."""

    x: float
    c_prev: float
    h_prev: float
    z_f: float
    f: float
    z_i: float
    i: float
    z_c: float
    c_tilde: float
    z_o: float
    o: float
    c: float
    h: float


def sigmoid(z: float) -> float:
    """Squash any number into 0 … 1.

    Implements :eq:`eq-sigmoid`, in two forms of which each avoids large exponentials.
    """
    # σ(z) = 1 / (1 + e⁻ᶻ)
    if z >= 0.0:
        return 1.0 / (1.0 + math.exp(-z))
    # σ(z) = eᶻ / (1 + eᶻ)
    return math.exp(z) / (1.0 + math.exp(z))


def step(weights: Weights, x: float, c_prev: float = 0.0, h_prev: float = 0.0) -> Day:
    """Let one day pass.

    Implements :eq:`eq-forget-gate`, :eq:`eq-input-gate`, :eq:`eq-candidate`.
    Implements :eq:`eq-cell-state`, :eq:`eq-output-gate`, :eq:`eq-hidden-state`.

    Parameters
    ----------
    x
        The day's value.
    c_prev, h_prev
        Long-term and short-term memory of the day before.

    Raises
    ------
    InputError
        If ``weights`` is no :class:`Weights` or a value is no finite number.
    """
    inputs.instance(weights, Weights, "weights")
    x, c_prev, h_prev = inputs.wires(x, c_prev, h_prev)
    w = weights
    # f = σ(w_fh h′ + w_fx x + b_f)        h′, c′: yesterday's
    z_f = w.w_fh * h_prev + w.w_fx * x + w.b_f
    f = sigmoid(z_f)
    # i = σ(w_ih h′ + w_ix x + b_i)
    z_i = w.w_ih * h_prev + w.w_ix * x + w.b_i
    i = sigmoid(z_i)
    # c̃ = tanh(w_ch h′ + w_cx x + b_c)
    z_c = w.w_ch * h_prev + w.w_cx * x + w.b_c
    c_tilde = math.tanh(z_c)
    # o = σ(w_oh h′ + w_ox x + b_o)
    z_o = w.w_oh * h_prev + w.w_ox * x + w.b_o
    o = sigmoid(z_o)
    # c = f c′ + i c̃
    c = f * c_prev + i * c_tilde
    # h = o tanh(c)
    h = o * math.tanh(c)
    return Day(x, c_prev, h_prev, z_f, f, z_i, i, z_c, c_tilde, z_o, o, c, h)


def trace(weights: Weights, days: Iterable[float], c: float = 0.0, h: float = 0.0) -> list[Day]:
    """Let any number of days pass, and keep every wire of each; ``c`` and ``h`` are the start."""
    past = []
    for x in inputs.sequence_of_days(days):
        past.append(step(weights, x, c, h))
        c, h = past[-1].c, past[-1].h
    return past


def predict(weights: Weights, days: Iterable[float]) -> float:
    """Return the short-term memory h after the last day: what the cell says."""
    return trace(weights, days)[-1].h


def loss(weights: Weights, days: Iterable[float], target: float) -> float:
    """Return how wrong the cell is on one company.

    Implements :eq:`eq-squared-error`.
    """
    # L = (h − y)²
    return (predict(weights, days) - inputs.finite(target, "target")) ** 2


def backward(weights: Weights, past: Sequence[Day], target: float) -> Weights:
    """Walk back through the days of a trace: backpropagation through time by hand.

    Implements :eq:`eq-delta-h`, :eq:`eq-delta-c`, :eq:`eq-delta-gates`.
    Implements :eq:`eq-weight-gradients`, :eq:`eq-delta-back`.
    Implements :eq:`eq-sigmoid-slope`, :eq:`eq-tanh-slope`, :eq:`eq-chain-rule`.

    Returns dL/dw for each of the twelve numbers, under the name of the number.
    """
    inputs.instance(weights, Weights, "weights")
    inputs.days_of_a_trace(past, Day)
    w, y = weights, inputs.finite(target, "target")
    # Only the last h meets the target: δh = dL/dh = 2 (h − y), and no δc comes from beyond it
    delta_h = 2.0 * (past[-1].h - y)
    delta_c = 0.0
    total = [0.0] * len(w)
    for day in reversed(past):
        tanh_c = math.tanh(day.c)
        # h = o tanh(c), so δc gains δh o (1 − tanh² c)
        delta_c += delta_h * day.o * (1.0 - tanh_c**2)
        # c = f c′ + i c̃ and σ′ = σ (1 − σ), tanh′ = 1 − tanh²; each δ belongs to a z
        delta_f = delta_c * day.c_prev * day.f * (1.0 - day.f)
        delta_i = delta_c * day.c_tilde * day.i * (1.0 - day.i)
        delta_c_tilde = delta_c * day.i * (1.0 - day.c_tilde**2)
        delta_o = delta_h * tanh_c * day.o * (1.0 - day.o)
        # z = w_h h′ + w_x x + b, so w_h gains δ h′, w_x gains δ x and b gains δ
        deltas = (delta_f, delta_i, delta_c_tilde, delta_o)
        today = [delta * wire for delta in deltas for wire in (day.h_prev, day.x, 1.0)]
        total = [sofar + new for sofar, new in zip(total, today, strict=True)]
        # Back to yesterday: δh′ through the four gates, δc′ = δc f
        delta_h = w.w_fh * delta_f + w.w_ih * delta_i + w.w_ch * delta_c_tilde + w.w_oh * delta_o
        delta_c *= day.f
    return Weights(*total)


def gradients(weights: Weights, days: Iterable[float], target: float) -> Weights:
    """Return dL/dw for each of the twelve numbers: through the days, and :func:`backward`."""
    return backward(weights, trace(weights, days), target)


def numerical_gradients(
    weights: Weights, days: Iterable[float], target: float, epsilon: float = 1e-6
) -> Weights:
    """Return the same slopes without any derivation: wiggle each number and look at the loss.

    Implements :eq:`eq-central-difference`.
    """
    inputs.instance(weights, Weights, "weights")
    days = inputs.sequence_of_days(days)
    epsilon = inputs.positive(epsilon, "epsilon")
    slopes = []
    for name, w in weights._asdict().items():
        # dL/dw ≈ (L(w + ε) − L(w − ε)) / 2ε
        above = loss(weights._replace(**{name: w + epsilon}), days, target)
        below = loss(weights._replace(**{name: w - epsilon}), days, target)
        slopes.append((above - below) / (2.0 * epsilon))
    return Weights(*slopes)


class AdamState(NamedTuple):
    """What Adam remembers: how many steps, and running means of each slope and its square."""

    step: int
    m: Weights
    v: Weights

    @classmethod
    def zero(cls) -> "AdamState":
        """Return the state before the first step."""
        return cls(0, Weights(*[0.0] * 12), Weights(*[0.0] * 12))


def adam_step(
    weights: Weights,
    gradient: Weights,
    state: AdamState,
    learning_rate: float = 1e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
) -> tuple[Weights, AdamState]:
    """Move every number a little downhill, and return the numbers and what Adam remembers.

    Implements :eq:`eq-adam-moments`, :eq:`eq-adam-update`. Source: Kingma & Ba 2015, Algorithm 1.
    """
    inputs.instance(weights, Weights, "weights")
    inputs.instance(gradient, Weights, "gradient")
    inputs.instance(state, AdamState, "state")
    t = state.step + 1
    # m ← β₁ m + (1 − β₁) g
    m = [beta1 * m + (1.0 - beta1) * g for m, g in zip(state.m, gradient, strict=True)]
    # v ← β₂ v + (1 − β₂) g²
    v = [beta2 * v + (1.0 - beta2) * g**2 for v, g in zip(state.v, gradient, strict=True)]
    # m̂ = m / (1 − β₁ᵗ),  v̂ = v / (1 − β₂ᵗ)
    m_share, v_share = 1.0 - beta1**t, 1.0 - beta2**t
    m_hat, v_hat = [mean / m_share for mean in m], [mean / v_share for mean in v]
    # w ← w − η m̂ / (√v̂ + ε)
    moved = [
        w - learning_rate * m / (math.sqrt(v) + epsilon)
        for w, m, v in zip(weights, m_hat, v_hat, strict=True)
    ]
    return Weights(*moved), AdamState(t, Weights(*m), Weights(*v))


class Training(NamedTuple):
    """Where a training ended, and how it got there.

    Pass ``weights`` and ``state`` to :func:`train` and it goes on as if it had never stopped.
    ``predictions`` holds one number per company for each epoch and ``losses`` the sum of their
    squared errors; both are taken just before the company's own update.
    """

    weights: Weights
    state: AdamState
    losses: list[float]
    predictions: list[tuple[float, ...]]


def train(
    weights: Weights = INITIAL,
    epochs: int = 2000,
    *,
    learning_rate: float = 1e-3,
    state: AdamState | None = None,
    companies: Sequence[Company] = COMPANIES,
) -> Training:
    """Show the companies to the cell, one after the other, with an Adam step after each.

    Parameters
    ----------
    weights, state
        Where to start; ``state`` as a former training returned it, or None for a fresh start.
    epochs
        How often every company is shown.
    companies
        What to learn; the numbers of days may differ.
    """
    state = AdamState.zero() if state is None else state
    inputs.instance(weights, Weights, "weights")
    inputs.instance(state, AdamState, "state")
    inputs.companies(companies, Company)
    learning_rate = inputs.positive(learning_rate, "learning_rate")
    losses, predictions = [], []
    for _ in range(inputs.whole(epochs, "epochs")):
        said = []
        for company in companies:
            past = trace(weights, company.days)
            gradient = backward(weights, past, company.target)
            weights, state = adam_step(weights, gradient, state, learning_rate)
            said.append(past[-1].h)
        predictions.append(tuple(said))
        losses.append(sum((h - c.target) ** 2 for h, c in zip(said, companies, strict=True)))
    return Training(weights, state, losses, predictions)
