"""A character model: an LSTM that reads symbols, and a softmax that says what comes next."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asctools.errors import InputError, explain
from asctools.numpy_lstm import inputs, saving
from asctools.numpy_lstm.buffers import aligned
from asctools.numpy_lstm.lstm import LSTM
from asctools.numpy_lstm.numerics import cross_entropies
from asctools.numpy_lstm.parameters import Parameters, uniform
from asctools.numpy_lstm.sampling import draw_symbol

Array = NDArray[Any]
State = tuple[Array, Array]


class CharLSTM:
    """Predict every next symbol of a text.

    Parameters
    ----------
    vocab_size, hidden_size, num_layers
        V, H, L.
    dtype
        ``np.float32`` or ``np.float64``.
    seed
        For the first weights: a number, a ``numpy.random.Generator``, or None.

    Attributes
    ----------
    lstm
        The :class:`~asctools.numpy_lstm.lstm.LSTM` inside.
    parameters
        Name → array: those of the LSTM, then ``W_hy`` (V, H) and ``b_y`` (V,) of the head. Change
        them in place.
    """

    def __init__(
        self,
        vocab_size: int,
        hidden_size: int,
        num_layers: int = 1,
        *,
        dtype: Any = np.float32,
        seed: int | np.random.Generator | None = None,
    ) -> None:
        self.vocab_size = inputs.size(vocab_size, "vocab_size")
        rng = np.random.default_rng(seed)
        self.lstm = LSTM(vocab_size, hidden_size, num_layers, dtype=dtype, seed=rng)
        self.hidden_size, self.num_layers = self.lstm.hidden_size, self.lstm.num_layers
        self.dtype = self.lstm.dtype
        head = {
            "W_hy": uniform((vocab_size, hidden_size), hidden_size, self.dtype, rng),
            "b_y": np.zeros(vocab_size, self.dtype),
        }
        self._kept: dict[str, Array] = {}
        self._forward: tuple[Array, Array] | None = None
        self.parameters: Parameters = self.lstm.parameters | head

    def loss_and_gradients(
        self, x: Array, y: Array, state: State | None = None
    ) -> tuple[float, Parameters, State]:
        """Read x, compare with y, and walk back.

        Parameters
        ----------
        x, y
            Symbols and those that come next, integers (B, T).
        state
            (h, c) from the steps before, each (L, B, H); zeros if None. No slope flows back into
            it: this is truncated backpropagation through time.

        Returns
        -------
        loss
            Mean cross-entropy in nats per symbol.
        gradients
            dL/dparameter under the names of ``parameters``; new arrays at every call.
        state
            (h, c) after the last step, to go on with.
        """
        loss, state = self.forward(x, y, state)
        return loss, self.backward(), state

    def forward(self, x: Array, y: Array, state: State | None = None) -> tuple[float, State]:
        """Read x and compare with y: the first half of :meth:`loss_and_gradients`.

        What :meth:`backward` needs is kept until the next call of any method that reads.
        """
        x, y, state = self._checked(x, y, state)
        h, logits, state = self._logits(x, state)
        losses, grad_logits = cross_entropies(logits, y.T.reshape(-1), out=logits)
        grad_logits /= self.dtype.type(y.size)
        self._forward = h, grad_logits
        return float(losses.mean()), state

    def backward(self) -> Parameters:
        """Walk back from the last :meth:`forward`: its second half, the gradients.

        Raises
        ------
        InputError
            If no forward came before, or another reading came in between.
        """
        if self._forward is None:
            came = "backward() with nothing to walk back from"
            todo = "call forward(x, y) directly before"
            raise InputError(explain(came, "a forward pass that is still the last", todo))
        (h, grad_logits), self._forward = self._forward, None
        grad_h = self._memory("grad_h", len(grad_logits), self.hidden_size)
        np.matmul(grad_logits, self.parameters["W_hy"], out=grad_h)
        self.lstm.run_back(grad_h.reshape(h.shape), need_x=False)
        head = {
            "W_hy": grad_logits.T @ h.reshape(-1, self.hidden_size),
            "b_y": grad_logits.sum(axis=0),
        }
        return self.lstm.gradients | head

    def loss(self, x: Array, y: Array, state: State | None = None) -> tuple[float, State]:
        """Return the mean cross-entropy in nats and the last state: no gradients."""
        losses, state = self.losses(x, y, state)
        return float(losses.mean()), state

    def losses(self, x: Array, y: Array, state: State | None = None) -> tuple[Array, State]:
        """Return the cross-entropy in nats of every symbol, (B, T), and the last state."""
        x, y, state = self._checked(x, y, state)
        _, logits, state = self._logits(x, state)
        losses, _ = cross_entropies(logits, y.T.reshape(-1))
        return np.ascontiguousarray(losses.reshape(x.shape[::-1]).T), state

    def sample(
        self,
        n: int,
        *,
        prompt: Array | None = None,
        temperature: float = 1.0,
        top_k: int | None = None,
        seed: int | np.random.Generator | None = None,
        state: State | None = None,
    ) -> Array:
        """Write n symbols.

        Parameters
        ----------
        n
            How many.
        prompt
            Symbols to read first, integers (T,); without one, the symbol 0.
        temperature
            Below 1 for what is likely, above 1 for more surprise; 0 takes the likeliest always.
        top_k
            Draw from the k likeliest only; from all if None.
        seed
            A number, a ``numpy.random.Generator``, or None.
        state
            (h, c) to begin with, each (L, 1, H).

        Returns
        -------
        numpy.ndarray
            The n symbols without the prompt, integers (n,).
        """
        rng = np.random.default_rng(seed)
        read = np.zeros(1, np.int64) if prompt is None else np.asarray(prompt)
        x = inputs.indices(read, (None,), self.vocab_size, "prompt")[None]
        written = np.empty(inputs.size(n, "n"), np.int64)
        state = inputs.state(state, self._state_shape(1), self.dtype, "state")
        for k in range(len(written)):
            _, logits, state = self._logits(x, state)
            written[k] = draw_symbol(logits[-1], temperature, top_k, rng)
            x = written[None, k : k + 1]
        return written

    def save(self, path: str | Path) -> None:
        """Write the model to an ``.npz`` file; an older one stays until the new one is complete."""
        sizes = (self.vocab_size, self.hidden_size, self.num_layers)
        saving.save(path, self, sizes)

    @classmethod
    def load(cls, path: str | Path) -> CharLSTM:
        """Read what :meth:`save` wrote; it computes the same to the last bit."""
        return saving.load(path, cls)

    def _logits(self, x: Array, state: State) -> tuple[Array, Array, State]:
        """Return h (T, B, H), the scores (T·B, V) and the last state."""
        self._forward = None  # its memory is about to be written over
        h, state = self.lstm.run(x.T, state)
        flat = h.reshape(-1, self.hidden_size)
        logits = self._memory("logits", len(flat), self.vocab_size)
        np.matmul(flat, self.parameters["W_hy"].T, out=logits)
        logits += self.parameters["b_y"]
        return h, logits, state

    def _memory(self, name: str, *shape: int) -> Array:
        """Return memory to write into: the same as in the last call, if the shape is the same."""
        if name not in self._kept or self._kept[name].shape != shape:
            self._kept[name] = aligned(shape, self.dtype)
        return self._kept[name]

    def _checked(self, x: Array, y: Array, state: State | None) -> tuple[Array, Array, State]:
        x = inputs.indices(x, (None, None), self.vocab_size, "x")
        y = inputs.indices(y, x.shape, self.vocab_size, "y")
        shape = self._state_shape(len(x))
        return x, y, inputs.state(state, shape, self.dtype, "state")

    def _state_shape(self, batch: int) -> tuple[int, int, int]:
        return self.num_layers, batch, self.hidden_size
