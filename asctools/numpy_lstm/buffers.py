"""Memory that the fast layer writes into, laid out once for a number of steps and sequences.

Where an array lies matters as well as what is computed with it: matrix products on the 16-byte
boundaries that NumPy gives can take a third longer than on 64. And to cut a slice costs a tenth of
a microsecond, so all slices of all steps are cut once.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

LINE = 64  # bytes: a line of the cache, and the width of the widest registers
# How many numbers of each kind the walk back prepares at a time: 64 kB of float32, so that all
# kinds together are still in the second-level cache when they are used.
CHUNK = 2**14


def aligned(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    """Return an array like ``numpy.empty`` that begins at a multiple of 64 bytes."""
    size = math.prod(shape) * dtype.itemsize
    raw = np.empty(size + LINE, np.uint8)
    start = -raw.ctypes.data % LINE
    return raw[start : start + size].view(dtype).reshape(shape)


class ForwardStep(NamedTuple):
    """The slices of one step forward; each is (B, H), or several of that side by side."""

    h_prev: Array
    z: Array  # the four sums, in the shape that the product gives
    gates: Array  # the same memory as z: o, i, f, g
    sigmoids: Array  # o, i, f
    i_f: Array
    g_c: Array  # g and c_prev
    products: Array  # i ⊙ g and f ⊙ c_prev
    written: Array  # the first of them
    kept: Array  # the second
    c: Array
    tanh_c: Array
    o: Array
    h: Array


class BackwardStep(NamedTuple):
    """The slices of one step back; the first three are what δh and δc are multiplied with."""

    to_o: Array
    to_ifg: Array
    to_c: Array
    f: Array
    delta_o: Array
    delta_ifg: Array
    delta: Array  # all four, in the shape that the product takes


class Buffers:
    """All memory of a layer for T steps of B sequences, and its slices for every step.

    A single sequence needs one product a step for all four gates. A batch takes four smaller ones,
    one for each gate: on matrices with M·N·K ≤ 10⁶ OpenBLAS skips its repacking and is up to half
    as fast again.

    Attributes
    ----------
    wires
        For every step o, i, f, g and c_prev, as (T + 1, 5, B, H); c_prev of the step after the
        last is the last c. What is cheap to compute again, tanh(c) and the products, is not kept:
        to fetch it from far memory would take longer.
    h
        h before the first step and after each, (T + 1, B, H).
    """

    def __init__(
        self, time: int, batch: int, input_size: int, hidden: int, dtype: np.dtype[Any]
    ) -> None:
        self.sizes = (time, batch, input_size, hidden)
        self.single = batch == 1
        self.dtype = dtype
        empty = self.empty
        columns, rows, wide = self._shapes()
        self.x_columns, self.h_columns = empty(*columns(input_size)), empty(*columns(hidden))
        self.bias_columns = empty(*columns(1))
        self.h_rows = empty(*rows)
        self.wires = empty(time + 1, 5, batch, hidden)
        self.products, self.tanh_c = empty(2, batch, hidden), empty(batch, hidden)
        self.h = empty(time + 1, batch, hidden)
        self.h_part = empty(*wide)
        self.forward_steps = [self._forward_step(t) for t in range(time)]
        self._x_part: Array | None = None
        self._backward: BackwardBuffers | None = None

    def empty(self, *shape: int) -> Array:
        """Return new memory of the layer's precision."""
        return aligned(shape, self.dtype)

    def _shapes(self) -> Any:
        """Return the shapes of weights right of a product, of those of the way back, of z."""
        _, batch, _, H = self.sizes
        if self.single:
            return lambda n: (4 * H, n), (4 * H, H), (1, 4 * H)
        return lambda n: (4, n, H), (4, H, H), (4, batch, H)

    @property
    def x_part(self) -> Array:
        """What x adds to the sums of all steps: (T, 4H) for a single sequence, else (4, T·B, H)."""
        if self._x_part is None:
            time, batch, _, H = self.sizes
            shape = (time, 4 * H) if self.single else (4, time * batch, H)
            self._x_part = self.empty(*shape)
        return self._x_part

    @property
    def x_parts(self) -> list[Array]:
        """The same for every step, each in the shape of z."""
        time, batch, _, H = self.sizes
        if self.single:
            return list(self.x_part.reshape(time, 1, 4 * H))
        return list(self.x_part.reshape(4, time, batch, H).swapaxes(0, 1))

    @property
    def backward(self) -> BackwardBuffers:
        """What only the walk back needs; made when first asked for."""
        if self._backward is None:
            self._backward = BackwardBuffers(self)
        return self._backward

    def _forward_step(self, t: int) -> ForwardStep:
        wires, products = self.wires[t], self.products
        return ForwardStep(
            h_prev=self.h[t],
            z=wires[:4].reshape(self.h_part.shape),
            gates=wires[:4],
            sigmoids=wires[:3],
            i_f=wires[1:3],
            g_c=wires[3:5],
            products=products,
            written=products[0],
            kept=products[1],
            c=self.wires[t + 1, 4],
            tanh_c=self.tanh_c,
            o=wires[0],
            h=self.h[t + 1],
        )


class BackwardBuffers:
    """The memory of the walk back.

    Attributes
    ----------
    delta
        The slopes at the sums of o, i, f, g, as (4, T, B, H); in memory the steps of a single
        sequence are (T, 4H), so that one product takes all four.
    factors
        What δh and δc of a chunk of steps are multiplied with, (chunk, 5, B, H).
    """

    def __init__(self, forward: Buffers) -> None:
        time, batch, input_size, H = forward.sizes
        empty = forward.empty
        self.single = forward.single
        self.chunk = min(max(CHUNK // (batch * H), 1), time)
        self.factors = empty(self.chunk, 5, batch, H)
        if self.single:
            self.delta = empty(time, 4, 1, H).swapaxes(0, 1)
        else:
            self.delta = empty(4, time, batch, H)
        self.delta_h, self.delta_c, self.through_o, self.later = empty(4, batch, H)
        self.by_gate = empty(4, batch, H)
        self.one_hot = empty(time * batch, input_size)
        self.steps = [self._step(t, forward.wires[t]) for t in range(time)]

    def _step(self, t: int, wires: Array) -> BackwardStep:
        factors, delta = self.factors[t % self.chunk], self.delta[:, t]
        return BackwardStep(
            to_o=factors[0],
            to_ifg=factors[1:4],
            to_c=factors[4],
            f=wires[2],
            delta_o=delta[0],
            delta_ifg=delta[1:],
            delta=delta.reshape(1, -1) if self.single else delta,
        )
