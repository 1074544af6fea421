"""The fast layer: the cell of :mod:`asctools.numpy_lstm.cell`, for all steps, in one direction.

Time comes first here, (T, B, ...), so that everything of one step lies side by side. What makes it
fast; the chapter measures each:

- the slopes of the weights come from one product over all steps, after the walk back;
- what x adds to the sums comes from one product before the walk forward, or, where x is a symbol,
  from looking up a row;
- each step writes into memory that is there already (``out=``) and was cut into slices once;
- the four gates are squashed by a single tanh, see :mod:`asctools.numpy_lstm.order`;
- what the steps back multiply δh and δc with is known after the walk forward, so it is computed
  for several steps at once;
- what is cheap to compute again is not kept;
- memory lies where products and caches like it, see :mod:`asctools.numpy_lstm.buffers`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from asctools.numpy_lstm.buffers import BackwardBuffers, BackwardStep, Buffers
from asctools.numpy_lstm.order import NAMES, sum_of, sum_of_products, to_columns, to_rows

Array = NDArray[Any]
State = tuple[Array, Array]
Arrival = tuple[Any, Array, Array]


class Weights(NamedTuple):
    """One direction of one layer as ``nn.LSTM`` keeps it, with a single bias; also its slopes."""

    weight_ih: Array  # (4H, I)
    weight_hh: Array  # (4H, H)
    bias: Array  # (4H,)


class LayerSlopes(NamedTuple):
    """What comes out of the walk back."""

    grad_x: Array | None  # (T, B, I)
    gradients: Weights
    grad_h: Array  # at the memories before the first step, (B, H)
    grad_c: Array


class Layer:
    """One layer in one direction, with the memory that it keeps from forward to backward."""

    def __init__(self, input_size: int, hidden_size: int, dtype: np.dtype[Any]) -> None:
        self.input_size, self.hidden_size, self.dtype = input_size, hidden_size, dtype
        self._half, self._one = np.array(0.5, dtype), np.array(1.0, dtype)
        self._buffers: Buffers | None = None
        self._x = np.empty((0, 0, 0), dtype)

    def __getstate__(self) -> dict[str, Any]:
        """Leave the memory out of copies and pickles, where slices would lose their arrays."""
        return self.__dict__ | {"_buffers": None, "_x": np.empty((0, 0, 0), self.dtype)}

    @property
    def buffers(self) -> Buffers:
        """The memory of the last forward."""
        assert self._buffers is not None
        return self._buffers

    @property
    def c(self) -> Array:
        """The memory c after every step of the last forward, (T, B, H), a view."""
        return self.buffers.wires[1:, 4]

    @property
    def gates(self) -> dict[str, Array]:
        """Every gate of the last forward, (B, T, H) each, views."""
        by_gate = self.buffers.wires[:-1].swapaxes(0, 1)
        return {name: by_gate[k].swapaxes(0, 1) for k, name in enumerate(NAMES)}

    @property
    def gate_gradients(self) -> dict[str, Array]:
        """The slopes at the sum of every gate in the last backward, (B, T, H) each, views."""
        delta = self.buffers.backward.delta
        return {name: delta[k].swapaxes(0, 1) for k, name in enumerate(NAMES)}

    def forward(self, w: Weights, x: Array, h_0: Array, c_0: Array) -> Array:
        """Let all steps pass.

        Parameters
        ----------
        w
            The weights.
        x
            (T, B, I); or integers (T, B), each of which stands for a one-hot vector.
        h_0, c_0
            The memories before the first step, (B, H).

        Returns
        -------
        numpy.ndarray
            h after every step, (T, B, H): a view, which the next call overwrites.
        """
        time, batch = x.shape[:2]
        sizes = (time, batch, self.input_size, self.hidden_size)
        if self._buffers is None or self._buffers.sizes != sizes:
            self._buffers = Buffers(*sizes, self.dtype)
        buffers = self._buffers
        self._x = np.ascontiguousarray(x)
        buffers.h[0], buffers.wires[0, 4] = h_0, c_0
        table = self._project(w)
        self._walk(to_columns(w.weight_hh, buffers.h_columns), table)
        return buffers.h[1:]

    def _project(self, w: Weights) -> Array | None:
        """Compute what x and the bias add to the sums of all steps.

        For a batch of symbols this would fill the cache with copies of a few rows: then a table of
        those rows is returned instead, (4, I, H), and every step looks up its own.
        """
        buffers, x = self.buffers, self._x
        W_x = to_columns(w.weight_ih, buffers.x_columns)
        b = to_columns(w.bias[:, None], buffers.bias_columns)
        if x.ndim == 3:
            np.matmul(x.reshape(-1, self.input_size), W_x, out=buffers.x_part)
            np.add(buffers.x_part, b, out=buffers.x_part)
            return None
        if buffers.single:
            np.add(W_x[x[:, 0]], b, out=buffers.x_part)
            return None
        return np.add(W_x, b, out=W_x)

    def _walk(self, W_h: Array, table: Array | None) -> None:
        """Let the steps pass, one after the other."""
        half, h_part = self._half, self.buffers.h_part
        x_parts = self.buffers.x_parts if table is None else []
        for t, step in enumerate(self.buffers.forward_steps):
            # z = h′ W_h + what x and b add
            np.matmul(step.h_prev, W_h, out=h_part)
            if table is None:
                np.add(x_parts[t], h_part, out=step.z)
            else:
                # "clip" writes into out at once, "raise" would copy; all symbols are in range
                np.take(table, self._x[t], axis=1, out=step.z, mode="clip")
                np.add(step.z, h_part, out=step.z)
            # o, i, f = ½ + ½ tanh(z), where z was halved;  g = tanh(z)
            np.tanh(step.gates, out=step.gates)
            np.multiply(step.sigmoids, half, out=step.sigmoids)
            np.add(step.sigmoids, half, out=step.sigmoids)
            # c = i ⊙ g + f ⊙ c′
            np.multiply(step.i_f, step.g_c, out=step.products)
            np.add(step.written, step.kept, out=step.c)
            # h = o ⊙ tanh(c)
            np.tanh(step.c, out=step.tanh_c)
            np.multiply(step.o, step.tanh_c, out=step.h)

    def backward(
        self,
        w: Weights,
        grad_h: Array,
        grad_state: State | None = None,
        last: Array | None = None,
        *,
        need_x: bool = True,
    ) -> LayerSlopes:
        """Walk back through all steps of the last forward.

        Parameters
        ----------
        w
            The weights that forward was given.
        grad_h
            The slopes at h of every step, from above, (T, B, H).
        grad_state
            The slopes at h and c after the last step of each sequence, (B, H); zeros if None.
        last
            Which step is the last of each sequence, (B,); T − 1 for all if None.
        need_x
            Whether the slopes at x are wanted; symbols have none.
        """
        back = self.buffers.backward
        W_h = to_rows(w.weight_hh, self.buffers.h_rows)
        self._walk_back(W_h, grad_h, _arrivals(grad_state, last, len(grad_h)))
        delta = back.delta.reshape(4, -1, self.hidden_size)
        grad_hh = sum_of_products(delta, self.buffers.h[:-1].reshape(-1, self.hidden_size))
        grad_x = None
        if self._x.ndim == 2:
            grad_ih = sum_of_products(delta, _one_hot(self._x.reshape(-1), back.one_hot))
            # Every δ is in the column of one symbol, so the sum of the columns is that of all
            grad_b = grad_ih @ np.ones(self.input_size, self.dtype)
        else:
            grad_ih = sum_of_products(delta, self._x.reshape(-1, self.input_size))
            grad_b = sum_of(delta)
            if need_x:
                W_x = to_rows(w.weight_ih, np.empty_like(w.weight_ih))
                by_gate = delta @ W_x.reshape(4, self.hidden_size, self.input_size)
                grad_x = by_gate.sum(axis=0).reshape(self._x.shape)
        gradients = Weights(grad_ih, grad_hh, grad_b)
        return LayerSlopes(grad_x, gradients, back.later.copy(), back.delta_c.copy())

    def _walk_back(self, W_h: Array, grad_h: Array, arrivals: dict[int, Arrival]) -> None:
        """Walk back, chunk by chunk: first the factors of a chunk, then its steps."""
        back = self.buffers.backward
        back.delta_c[...] = 0.0
        back.later[...] = 0.0
        time, size = len(grad_h), back.chunk
        for start in range((time - 1) // size * size, -1, -size):
            stop = min(start + size, time)
            self._prepare(start, stop)
            for t in range(stop - 1, start - 1, -1):
                _step_back(back, back.steps[t], W_h, grad_h[t], arrivals.get(t))

    def _prepare(self, start: int, stop: int) -> None:
        """Compute what the steps back multiply δh and δc with: it needs no δ."""
        wires = self.buffers.wires[start:stop]
        o, i, i_f, g, g_c = (wires[:, k] for k in (0, 1, slice(1, 3), 3, slice(3, 5)))
        c, h = self.c[start:stop], self.buffers.h[start + 1 : stop + 1]
        factors = self.buffers.backward.factors[: stop - start]
        to_o, to_i_f, to_g, to_c = (factors[:, k] for k in (0, slice(1, 3), 3, 4))
        # δo = δh ⊙ tanh(c) ⊙ o (1 − o), and o tanh(c) is h: so h − h o
        np.multiply(h, o, out=to_o)
        np.subtract(h, to_o, out=to_o)
        # δi = δc ⊙ g ⊙ i (1 − i), and δf = δc ⊙ c′ ⊙ f (1 − f)
        np.subtract(self._one, i_f, out=to_i_f)
        np.multiply(to_i_f, i_f, out=to_i_f)
        np.multiply(to_i_f, g_c, out=to_i_f)
        # δg = δc ⊙ i (1 − g²) = δc ⊙ (i − i g²)
        np.multiply(g, g, out=to_g)
        np.multiply(i, to_g, out=to_g)
        np.subtract(i, to_g, out=to_g)
        # δc gains δh ⊙ o (1 − tanh² c) = δh ⊙ (o − h tanh c)
        np.tanh(c, out=to_c)
        np.multiply(h, to_c, out=to_c)
        np.subtract(o, to_c, out=to_c)


def _step_back(
    back: BackwardBuffers, step: BackwardStep, W_h: Array, grad_h: Array, arrival: Arrival | None
) -> None:
    """Walk back through one step; δh comes from above, from later, and where a sequence ends."""
    delta_h, delta_c = back.delta_h, back.delta_c
    np.add(grad_h, back.later, out=delta_h)
    if arrival is not None:
        rows, from_h, from_c = arrival
        delta_h[rows] += from_h
        delta_c[rows] += from_c
    np.multiply(delta_h, step.to_o, out=step.delta_o)
    np.multiply(delta_h, step.to_c, out=back.through_o)
    np.add(delta_c, back.through_o, out=delta_c)
    np.multiply(delta_c, step.to_ifg, out=step.delta_ifg)
    np.multiply(delta_c, step.f, out=delta_c)
    if back.single:
        np.matmul(step.delta, W_h, out=back.later)
    else:
        np.matmul(step.delta, W_h, out=back.by_gate)
        np.add.reduce(back.by_gate, axis=0, out=back.later)


def _arrivals(grad_state: State | None, last: Array | None, time: int) -> dict[int, Arrival]:
    """Return for each step at which sequences end: which they are, and the slopes from beyond."""
    if grad_state is None:
        return {}
    h, c = grad_state
    if last is None:
        return {time - 1: (slice(None), h, c)}
    ends = {int(t): np.flatnonzero(last == t) for t in np.unique(last)}
    return {t: (rows, h[rows], c[rows]) for t, rows in ends.items()}


def _one_hot(symbols: Array, out: Array) -> Array:
    """Fill (n, V) with zeros and a 1 in each row."""
    out[...] = 0.0
    out[np.arange(len(symbols)), symbols] = 1.0
    return out
