"""The NumPy LSTM against nn.LSTM, an LSTMCell loop, a step-by-step loop and the readable cell.

One training step without the optimiser: forward, softmax head, cross-entropy and backpropagation
through time, V = 65, float32, one thread. All contenders start from the same weights and must
find the same loss. They take turns, so that noise meets all of them; each keeps its best CPU time.

The last column is the share of the matrix-product limit: the CPU time of our own matrix products
alone, shape by shape, over that of the whole step.

The libraries read the number of threads when they are loaded, so it must be set before:

    export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1
    python -m benchmarks.numpy_lstm
"""

from __future__ import annotations

import os
from collections.abc import Callable
from time import process_time
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from asctools.numpy_lstm import cell, numerics
from asctools.numpy_lstm.buffers import aligned
from asctools.numpy_lstm.model import CharLSTM

Array = NDArray[Any]
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
V = 65
SIZES = ((1, 100, 25), (1, 128, 50), (32, 100, 25), (32, 128, 50))
CPU_SECONDS = 5.0  # for each contender at each size
OURS, TORCH, LOOP, LIMIT = "numpy_lstm", "nn.LSTM", "step by step", "products alone"


class Task(NamedTuple):
    """A model and a batch of symbols, the same for every contender."""

    model: CharLSTM
    x: Array
    y: Array


def make_task(batch: int, hidden: int, time: int) -> Task:
    """Draw a model and a batch."""
    symbols = np.random.default_rng(0).integers(0, V, (batch, time + 1))
    return Task(CharLSTM(V, hidden, seed=0), symbols[:, :-1].copy(), symbols[:, 1:].copy())


def ours(task: Task) -> Callable[[], float]:
    """The fast layer of asctools."""
    return lambda: task.model.loss_and_gradients(task.x, task.y)[0]


def readable(task: Task) -> Callable[[], float]:
    """The readable cell of asctools: four gates, one step at a time."""
    p = task.model.parameters
    one_hot = np.eye(V, dtype=np.float32)

    def run() -> float:
        w = cell.from_fused(p["weight_ih_l0"], p["weight_hh_l0"], p["bias_ih_l0"])
        outputs, _, steps = cell.forward(w, one_hot[task.x])
        logits = outputs @ p["W_hy"].T + p["b_y"]
        loss, slope = numerics.softmax_cross_entropy(logits, task.y)
        cell.backward(w, steps, slope @ p["W_hy"])
        slope.reshape(-1, V).T @ outputs.reshape(-1, outputs.shape[2])
        return float(loss)

    return run


def step_by_step(task: Task) -> Callable[[], float]:
    """The loop as it is usually written first: float64, one sequence after the other.

    Every step has all its products, a softmax of its own, and an outer product for every matrix.
    """
    p = {name: value.astype(np.float64) for name, value in task.model.parameters.items()}
    W_x, W_h, b = p["weight_ih_l0"], p["weight_hh_l0"], p["bias_ih_l0"]
    W_y, b_y = p["W_hy"], p["b_y"]
    H = W_h.shape[1]

    def run_one(symbols: Array, targets: Array) -> float:
        h, c, loss = np.zeros((H, 1)), np.zeros((H, 1)), 0.0
        past = []
        for t, target in enumerate(targets):
            x = np.zeros((V, 1))
            x[symbols[t]] = 1.0
            z = W_x @ x + W_h @ h + b[:, None]
            i, f, o = (1.0 / (1.0 + np.exp(-z[k * H : (k + 1) * H])) for k in (0, 1, 3))
            g = np.tanh(z[2 * H : 3 * H])
            before = (x, h, c)
            c = f * c + i * g
            h = o * np.tanh(c)
            scores = np.exp(W_y @ h + b_y[:, None])
            p_y = scores / scores.sum()
            loss -= np.log(p_y[target, 0])
            past.append((*before, i, f, g, o, c, h, p_y))
        grads = [np.zeros_like(each) for each in (W_x, W_h, b[:, None], W_y, b_y[:, None])]
        dh_next, dc_next = np.zeros((H, 1)), np.zeros((H, 1))
        for t in reversed(range(len(targets))):
            x, h_prev, c_prev, i, f, g, o, c, h, p_y = past[t]
            dy = p_y.copy()
            dy[targets[t]] -= 1.0
            dh = W_y.T @ dy + dh_next
            tanh_c = np.tanh(c)
            dc = dh * o * (1.0 - tanh_c**2) + dc_next
            dz = np.concatenate(
                (
                    dc * g * i * (1.0 - i),
                    dc * c_prev * f * (1.0 - f),
                    dc * i * (1.0 - g**2),
                    dh * tanh_c * o * (1.0 - o),
                )
            )
            outer = (dz @ x.T, dz @ h_prev.T, dz, dy @ h.T, dy)
            for total, part in zip(grads, outer, strict=True):
                total += part
            dh_next, dc_next = W_h.T @ dz, dc * f
        return float(loss)

    def run() -> float:
        losses = [run_one(x, y) for x, y in zip(task.x, task.y, strict=True)]
        return sum(losses) / task.y.size

    return run


def _torch_parts(task: Task) -> tuple[dict[str, torch.Tensor], nn.Linear, torch.Tensor]:
    p = task.model.parameters
    core = {k: torch.tensor(v) for k, v in task.model.lstm.state_dict().items()}
    head = nn.Linear(p["W_hy"].shape[1], V)
    head.load_state_dict({"weight": torch.tensor(p["W_hy"]), "bias": torch.tensor(p["b_y"])})
    return core, head, torch.tensor(task.y).reshape(-1)


def _torch_step(
    modules: nn.ModuleList, outputs: Callable[[torch.Tensor], torch.Tensor], task: Task
) -> Callable[[], float]:
    """Return forward, head, loss and backward for a way to compute all h."""
    parameters, x = list(modules.parameters()), torch.tensor(task.x)
    y = torch.tensor(task.y).reshape(-1)

    def run() -> float:
        for each in parameters:
            each.grad = None
        h = outputs(nn.functional.one_hot(x, V).float())
        loss = nn.functional.cross_entropy(modules[1](h).reshape(-1, V), y)
        loss.backward()
        return float(loss.item())

    return run


def torch_lstm(task: Task) -> Callable[[], float]:
    """PyTorch's own layer."""
    weights, head, _ = _torch_parts(task)
    core = nn.LSTM(V, task.model.hidden_size, batch_first=True)
    core.load_state_dict(weights)
    return _torch_step(nn.ModuleList([core, head]), lambda x: core(x)[0], task)


def torch_cell(task: Task) -> Callable[[], float]:
    """A Python loop over PyTorch's cell."""
    weights, head, _ = _torch_parts(task)
    core = nn.LSTMCell(V, task.model.hidden_size)
    core.load_state_dict({name.removesuffix("_l0"): each for name, each in weights.items()})

    def outputs(x: torch.Tensor) -> torch.Tensor:
        state, h = None, []
        for t in range(x.shape[1]):
            state = core(x[:, t], state)
            h.append(state[0])
        return torch.stack(h, dim=1)

    return _torch_step(nn.ModuleList([core, head]), outputs, task)


def products_alone(task: Task) -> Callable[[], float]:
    """Our matrix products and nothing else, in the shapes in which the layer computes them."""
    (B, T), H = task.x.shape, task.model.hidden_size
    drawn = np.random.default_rng(0)

    def made(*shape: int) -> Array:
        array = aligned(shape, np.dtype(np.float32))
        array[...] = drawn.normal(size=shape)
        return array

    single = B == 1
    h, z = made(B, H), made(1, 4 * H) if single else made(4, B, H)
    forth = made(4 * H, H).T if single else made(4, H, H)
    back = made(4 * H, H) if single else made(4, H, H)
    d_h = made(1, H) if single else made(4, B, H)
    delta, inputs, states = made(4, T * B, H), made(T * B, V), made(T * B, H)
    grad_ih, grad_hh = made(4, H, V), made(4, H, H)
    W_y, logits, grad_y, grad_h = made(V, H), made(T * B, V), made(V, H), made(T * B, H)

    def run() -> float:
        for _ in range(T):
            np.matmul(h, forth, out=z)
            np.matmul(z, back, out=d_h)
        for gate in range(4):
            np.matmul(delta[gate].T, inputs, out=grad_ih[gate])
            np.matmul(delta[gate].T, states, out=grad_hh[gate])
        np.matmul(states, W_y.T, out=logits)
        np.matmul(logits, W_y, out=grad_h)
        np.matmul(logits.T, states, out=grad_y)
        return float("nan")

    return run


CONTENDERS: dict[str, Callable[[Task], Callable[[], float]]] = {
    OURS: ours,
    TORCH: torch_lstm,
    "LSTMCell loop": torch_cell,
    LOOP: step_by_step,
    "readable cell": readable,
    LIMIT: products_alone,
}


def measure(task: Task, names: tuple[str, ...], seconds: float = CPU_SECONDS) -> dict[str, float]:
    """Return each contender's best CPU time for a step in milliseconds, all taking turns."""
    steps = {name: CONTENDERS[name](task) for name in names}
    losses = {name: steps[name]() for name in names if name != LIMIT}
    first = losses[OURS]
    assert all(abs(loss - first) < 1e-4 * first for loss in losses.values()), losses
    repeats = {name: max(1, int(0.02 / _cpu_seconds(step, 1))) for name, step in steps.items()}
    best = dict.fromkeys(names, float("inf"))
    started = process_time()
    while process_time() - started < seconds * len(names):
        for name, step in steps.items():
            best[name] = min(best[name], 1e3 * _cpu_seconds(step, repeats[name]))
    return best


def _cpu_seconds(step: Callable[[], float], repeats: int) -> float:
    started = process_time()
    for _ in range(repeats):
        step()
    return (process_time() - started) / repeats


def main() -> None:
    """Measure and print the table."""
    if any(os.environ.get(name) != "1" for name in THREADS):
        raise SystemExit(f"Set {', '.join(THREADS)} to 1: this compares single threads.")
    torch.set_num_threads(1)
    print("ms of CPU for a training step without the optimiser; in brackets: how many times as")
    print(
        f"fast as {TORCH}. V = {V}, one thread, float32; the loop {LOOP} has float64 and reads one"
    )
    print("sequence after the other.")
    print(f"{'':18}" + "".join(f"{name:>18}" for name in CONTENDERS if name != LIMIT), end="")
    print(f"{'ours / loop':>14}{'share of products':>20}")
    for batch, hidden, time in SIZES:
        ms = measure(make_task(batch, hidden, time), tuple(CONTENDERS))
        row = f"B{batch:<3} H{hidden:<4} T{time:<5}"
        cells = [f"{ms[n]:9.2f} ({ms[TORCH] / ms[n]:5.2f})" for n in CONTENDERS if n != LIMIT]
        print(f"{row:18}" + "".join(f"{each:>18}" for each in cells), end="")
        print(f"{ms[LOOP] / ms[OURS]:13.1f}x{100.0 * ms[LIMIT] / ms[OURS]:19.0f}%", flush=True)


if __name__ == "__main__":
    main()
