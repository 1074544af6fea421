"""Layers on top of each other, in one direction or both, with the interface of ``nn.LSTM``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asctools.errors import InputError, explain
from asctools.numpy_lstm import inputs
from asctools.numpy_lstm.layer import Layer, Weights
from asctools.numpy_lstm.parameters import Parameters, draw, fitting, suffixes, with_second_biases
from asctools.numpy_lstm.reading import Reading

Array = NDArray[Any]
State = tuple[Array, Array]
KINDS = ("weight_ih", "weight_hh", "bias_ih")


class LSTM:
    """A stack of LSTM layers in NumPy, batch first.

    Parameters
    ----------
    input_size, hidden_size, num_layers
        I, H, L.
    bidirectional
        Whether every layer also reads backwards; D is then 2, otherwise 1.
    dropout
        The share of outputs of each layer but the last that is set to 0 while ``training``.
    dtype
        ``np.float32`` or ``np.float64``: of the parameters, of all that goes in and comes out.
    seed
        For the first weights and for dropout; a number, a ``numpy.random.Generator``, or None.

    Attributes
    ----------
    parameters
        Name → array. Names, shapes and rows (i, f, g, o) are those of ``nn.LSTM``, but there is
        one bias for each layer and direction, ``bias_ih_l0``. Change them in place.
    gradients
        The same names → dL/dparameter, after :meth:`backward`; empty before. Each call makes new
        arrays.
    training
        Whether dropout is applied. True at first; set it as you like.
    rng
        The generator that dropout draws from: keep its ``bit_generator.state`` to resume.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        *,
        bidirectional: bool = False,
        dropout: float = 0.0,
        dtype: Any = np.float32,
        seed: int | np.random.Generator | None = None,
    ) -> None:
        self.input_size = inputs.size(input_size, "input_size")
        self.hidden_size = inputs.size(hidden_size, "hidden_size")
        self.num_layers = inputs.size(num_layers, "num_layers")
        self.directions = 2 if bidirectional else 1
        self.dropout = inputs.share(dropout, "dropout")
        self.dtype = inputs.precision(dtype)
        self.rng = np.random.default_rng(seed)
        self.training = True
        sizes = (self.input_size, self.hidden_size, self.num_layers, self.directions)
        self.parameters: Parameters = draw(*sizes, self.dtype, self.rng)
        self.gradients: Parameters = {}
        self._names = suffixes(self.num_layers, self.directions)
        H, D = self.hidden_size, self.directions
        widths = [self.input_size if k < D else D * H for k in range(len(self._names))]
        self._layers = [Layer(width, H, self.dtype) for width in widths]
        self._dropped: list[Array | None] = []
        self._read: Reading | None = None
        self._walked_back = False

    def forward(
        self, x: Array, state: State | None = None, lengths: Sequence[int] | Array | None = None
    ) -> tuple[Array, State]:
        """Read sequences.

        Parameters
        ----------
        x
            The inputs, (B, T, I); or integers (B, T), each of which stands for the one-hot vector
            with its 1 there.
        state
            (h, c) before the first step, each (L·D, B, H), as :meth:`forward` returned it for the
            steps before; zeros if None.
        lengths
            How many steps of each sequence are real, where they differ; the rest is padding.

        Returns
        -------
        outputs
            The h of the last layer, (B, T, D·H); 0 where there is padding.
        (h, c)
            Of every layer and direction after the last real step, each (L·D, B, H).

        Raises
        ------
        InputError, ShapeError
            If anything does not fit, holds NaN, or has another precision than the model.
        """
        x = self._inputs(x)
        batch, time = x.shape[:2]
        state = inputs.state(state, self._state_shape(batch), self.dtype, "state")
        real = None if lengths is None else inputs.lengths(lengths, batch, time)
        outputs, state = self.run(x.swapaxes(0, 1), state, real)
        return outputs.swapaxes(0, 1).copy(), state

    def backward(
        self, grad_outputs: Array, grad_state: State | None = None
    ) -> tuple[Array | None, State]:
        """Walk back through what the last :meth:`forward` read, and fill ``gradients``.

        Parameters
        ----------
        grad_outputs
            The slopes of the loss at the outputs, (B, T, D·H); what stands at padding is ignored.
        grad_state
            The slopes at the (h, c) that ``forward`` returned; zeros if None.

        Returns
        -------
        grad_x
            The slopes at x, (B, T, I); None if x was integers.
        grad_state
            The slopes at the (h, c) that ``forward`` was given, each (L·D, B, H).
        """
        read = self._must_have_read("backward")
        batch, time = read.batch, read.time
        wide = (batch, time, self.directions * self.hidden_size)
        grad_outputs = inputs.floats(grad_outputs, wide, self.dtype, "grad_outputs")
        grad_state = inputs.state(grad_state, self._state_shape(batch), self.dtype, "grad_state")
        grad_x, slopes = self.run_back(grad_outputs.swapaxes(0, 1), grad_state)
        return None if grad_x is None else grad_x.swapaxes(0, 1).copy(), slopes

    def run(self, x: Array, state: State, lengths: Array | None = None) -> tuple[Array, State]:
        """:meth:`forward` without checks, time first, (T, B, ...).

        The outputs may be a view of memory that the next call overwrites.
        """
        self._read, self._walked_back = Reading(len(x), x.shape[1], lengths), False
        self._dropped = []
        h_n, c_n = np.empty_like(state[0]), np.empty_like(state[1])
        for layer in range(self.num_layers):
            ways = []
            for way, k in self._directions(layer):
                h_0, c_0 = state[0][k], state[1][k]
                cells = self._layers[k]
                h = cells.forward(self._weights(k), self._read.turned(x, way), h_0, c_0)
                h_n[k], c_n[k] = self._read.last(h), self._read.last(cells.c)
                ways.append(self._read.turned(h, way))
            x = self._read.without_padding(_side_by_side(ways))
            if layer < self.num_layers - 1:
                x = self._drop(x)
        return x, (h_n, c_n)

    def run_back(
        self, grad_outputs: Array, grad_state: State | None = None, *, need_x: bool = True
    ) -> tuple[Array | None, State]:
        """:meth:`backward` without checks, time first, (T, B, ...)."""
        read, H = self._read, self.hidden_size
        assert read is not None
        shape = self._state_shape(read.batch)
        grad_h, grad_c = np.empty(shape, self.dtype), np.empty(shape, self.dtype)
        gradients: dict[int, Weights] = {}
        grad: Array | None = grad_outputs
        for layer in reversed(range(self.num_layers)):
            assert grad is not None
            if layer < self.num_layers - 1 and self._dropped[layer] is not None:
                grad = grad * self._dropped[layer]
            grad = read.without_padding(grad)
            grad_x = []
            for way, k in self._directions(layer):
                above = read.turned(grad[..., way * H : (way + 1) * H], way)
                beyond = None if grad_state is None else (grad_state[0][k], grad_state[1][k])
                slopes = self._layers[k].backward(
                    self._weights(k), above, beyond, read.ends, need_x=need_x or layer > 0
                )
                gradients[k], grad_h[k], grad_c[k] = slopes[1:]
                if slopes.grad_x is not None:
                    grad_x.append(read.turned(slopes.grad_x, way))
            grad = sum(grad_x[1:], start=grad_x[0]) if grad_x else None
        self.gradients = {
            f"{kind}_{name}": slope
            for k, name in enumerate(self._names)
            for kind, slope in zip(KINDS, gradients[k], strict=True)
        }
        self._walked_back = True
        return grad, (grad_h, grad_c)

    @property
    def gates(self) -> list[dict[str, Array]]:
        """What the gates said in the last :meth:`forward`, for each layer and direction.

        The order is that of h. Each is a dict of ``forget``, ``input``, ``candidate``, ``output``
        to (B, T, H): views, to be looked at before the next call. A direction that reads backwards
        has its own first step first.
        """
        self._must_have_read("gates")
        return [cells.gates for cells in self._layers]

    @property
    def gate_gradients(self) -> list[dict[str, Array]]:
        """The slopes of the loss at the sums before squashing; otherwise like :attr:`gates`."""
        if not self._walked_back:
            came = "gate_gradients before any backward through what was read last"
            raise InputError(explain(came, "a backward", "call backward first"))
        return [cells.gate_gradients for cells in self._layers]

    def state_dict(self) -> Parameters:
        """Return copies of the parameters for ``nn.LSTM``, with ``bias_hh_l0`` … = 0."""
        return with_second_biases(self.parameters)

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take the parameters of an ``nn.LSTM`` or of another LSTM; two biases are added.

        Raises
        ------
        UnknownNameError, ShapeError
            If they do not fit; then nothing is changed.
        """
        for name, value in fitting(state_dict, self.parameters).items():
            self.parameters[name][...] = value

    def _state_shape(self, batch: int) -> tuple[int, int, int]:
        return self.num_layers * self.directions, batch, self.hidden_size

    def _directions(self, layer: int) -> list[tuple[int, int]]:
        """Return for each direction of a layer its number and its place among all."""
        return [(way, layer * self.directions + way) for way in range(self.directions)]

    def _inputs(self, x: Array) -> Array:
        if isinstance(x, np.ndarray) and x.dtype.kind in "iu":
            return inputs.indices(x, (None, None), self.input_size, "x")
        return inputs.floats(x, (None, None, self.input_size), self.dtype, "x")

    def _weights(self, k: int) -> Weights:
        return Weights(*(self.parameters[f"{kind}_{self._names[k]}"] for kind in KINDS))

    def __getstate__(self) -> dict[str, Any]:
        """Leave out of copies and pickles what was read last: the layers leave it out, too."""
        return self.__dict__ | {"_read": None, "_walked_back": False, "_dropped": []}

    def _must_have_read(self, what: str) -> Reading:
        if self._read is None:
            came = f"{what} before any forward"
            raise InputError(explain(came, "a forward", "call forward first"))
        return self._read

    def _drop(self, x: Array) -> Array:
        """Set a share of x to 0 and scale the rest up, and keep the mask for the way back."""
        if not self.training or self.dropout == 0.0:
            self._dropped.append(None)
            return x
        mask = (self.rng.random(x.shape) >= self.dropout).astype(self.dtype)
        mask /= self.dtype.type(1.0 - self.dropout)
        self._dropped.append(mask)
        return x * mask


def _side_by_side(ways: list[Array]) -> Array:
    return ways[0] if len(ways) == 1 else np.concatenate(ways, axis=2)
