"""A recurrent network and an LSTM, gate by gate.

The formulas are plain functions, :func:`rnn_step` and :func:`lstm_step`; :class:`RNN` and
:class:`LSTM` hold the weights, in linear layers on the concatenation of h_{t−1} and x_t, h first.
Four linear layers and a loop in Python are easy to read and slow: once you trust them, go on with
:func:`asctools.rnn.readout.to_readout`.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from asctools.errors import InputError, explain
from asctools.rnn.loop import Recurrent, State

__all__ = ["LSTM", "RNN", "Gates", "Step", "lstm_step", "rnn_step"]


def rnn_step(W: Tensor, b: Tensor, x: Tensor, h_prev: Tensor) -> Tensor:
    """Let one step of a plain recurrent network pass.

    Implements :eq:`eq-rnn-step`.

    Parameters
    ----------
    W, b
        Weights on [h_prev, x] of shape ``(H, H + I)``, biases ``(H,)``.
    x, h_prev
        ``(batch, I)`` and ``(batch, H)``.

    Returns
    -------
    Tensor
        h, of shape ``(batch, H)``.
    """
    # h = tanh(W [h_prev, x] + b)
    return torch.tanh(torch.cat((h_prev, x), 1) @ W.T + b)


class Gates(NamedTuple):
    """The weights of an LSTM: each W of shape ``(H, H + I)`` on [h_prev, x], each b ``(H,)``."""

    W_f: Tensor
    b_f: Tensor
    W_i: Tensor
    b_i: Tensor
    W_c: Tensor
    b_c: Tensor
    W_o: Tensor
    b_o: Tensor


class Step(NamedTuple):
    """Every wire of one step of an LSTM, each of shape ``(batch, H)``, named as on paper."""

    z_f: Tensor
    f: Tensor
    z_i: Tensor
    i: Tensor
    z_c: Tensor
    c_tilde: Tensor
    z_o: Tensor
    o: Tensor
    c: Tensor
    h: Tensor


def lstm_step(w: Gates, x: Tensor, h_prev: Tensor, c_prev: Tensor) -> Step:
    """Let one step of an LSTM pass.

    Implements :eq:`eq-lstm-gates`, :eq:`eq-lstm-state`.

    Parameters
    ----------
    w
        The weights.
    x, h_prev, c_prev
        ``(batch, I)``, and the two memories, each ``(batch, H)``.

    Returns
    -------
    Step
        Every wire; ``c`` and ``h`` go on to the next step.
    """
    hx = torch.cat((h_prev, x), 1)
    # z = W [h_prev, x] + b for each gate; f, i, o are σ(z), the candidate is tanh(z)
    z_f = hx @ w.W_f.T + w.b_f
    f = torch.sigmoid(z_f)  # how much of c_prev to keep
    z_i = hx @ w.W_i.T + w.b_i
    i = torch.sigmoid(z_i)  # how much of the candidate to write
    z_c = hx @ w.W_c.T + w.b_c
    c_tilde = torch.tanh(z_c)  # what could be written
    z_o = hx @ w.W_o.T + w.b_o
    o = torch.sigmoid(z_o)  # how much of the memory to show
    # c = f ⊙ c_prev + i ⊙ c_tilde,  h = o ⊙ tanh(c)
    c = f * c_prev + i * c_tilde
    h = o * torch.tanh(c)
    return Step(z_f, f, z_i, i, z_c, c_tilde, z_o, o, c, h)


class RNN(Recurrent):
    """A plain recurrent network: one linear layer ``i2h`` on [h, x], tanh, and the head ``i2o``.

    Parameters, ``forward`` and ``initHidden`` are those of
    :class:`~asctools.rnn.loop.Recurrent`; its state is h, of shape ``(batch, hidden_size)``.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        output_size: int,
        device: str | torch.device = "auto",
    ) -> None:
        super().__init__(input_size, hidden_size, output_size, device)
        self.i2h = self._gate()

    def _step(self, x: Tensor, state: State) -> State:
        return (rnn_step(self.i2h.weight, self.i2h.bias, x, state[0]),)


class LSTM(Recurrent):
    """An LSTM out of four linear layers, the forget gate's biases 1, and the head ``i2o`` on h.

    Parameters, ``forward`` and ``initHidden`` are those of
    :class:`~asctools.rnn.loop.Recurrent`; its state is (h, c), each ``(batch, hidden_size)``.

    Attributes
    ----------
    forget_gate, input_gate, cell_gate, output_gate
        ``nn.Linear`` from [h_prev, x] to ``hidden_size``; the cell gate makes the candidate.
    keep_steps
        Set it to True and ``steps`` holds every wire of the last forward pass, one :class:`Step`
        for each step of time. It costs memory, so it is False.
    """

    state_names = ("h", "c")

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        output_size: int,
        device: str | torch.device = "auto",
    ) -> None:
        super().__init__(input_size, hidden_size, output_size, device)
        # σ(1) = .73: an untrained cell keeps most of its memory from step to step.
        self.forget_gate = self._gate(bias=1.0)
        self.input_gate = self._gate()
        self.cell_gate = self._gate()
        self.output_gate = self._gate()
        self.keep_steps = False
        self.steps: list[Step] = []

    def weights(self) -> Gates:
        """Return the weights as :func:`lstm_step` takes them; they are not copied."""
        layers = (self.forget_gate, self.input_gate, self.cell_gate, self.output_gate)
        return Gates(*(tensor for layer in layers for tensor in (layer.weight, layer.bias)))

    def trace(self, input: Tensor, hidden: Tensor | State | None = None) -> Step:
        """Read sequences and return every wire at every step, each ``(batch, time, H)``."""
        before, self.keep_steps = self.keep_steps, True
        try:
            self(input, hidden)
            return Step(*(torch.stack(wire, 1) for wire in zip(*self.steps, strict=True)))
        finally:
            self.keep_steps, self.steps = before, []

    @property
    def gates(self) -> dict[str, Tensor]:
        """The gates of the last forward pass by name, each ``(batch, time, H)``."""
        return self._stacked("f", "i", "c_tilde", "o")

    @property
    def gate_gradients(self) -> dict[str, Tensor]:
        """The slopes of the loss at the gates' sums z, by gate, once ``backward()`` has run."""
        return self._stacked("z_f", "z_i", "z_c", "z_o", slope=True)

    def _stacked(self, *wires: str, slope: bool = False) -> dict[str, Tensor]:
        columns = [[getattr(step, wire) for step in self.steps] for wire in wires]
        if slope:  # a step behind the loss has none
            backward = any(z.grad is not None for z in columns[-1])
            columns = [
                [torch.zeros_like(z) if z.grad is None else z.grad for z in column]
                for column in columns
            ]
        if not self.steps or (slope and not backward):
            came = "a call that kept no steps" if not self.steps else "no backward pass"
            todo = "set keep_steps = True, call the network, then loss.backward()"
            raise InputError(explain(came, "kept steps with what was asked for", todo))
        names = ("forget", "input", "candidate", "output")
        return {n: torch.stack(c, 1).detach() for n, c in zip(names, columns, strict=True)}

    def _start(self, hidden: Tensor | State | None, batch: int) -> State:
        self.steps = []
        return super()._start(hidden, batch)

    def _step(self, x: Tensor, state: State) -> State:
        step = lstm_step(self.weights(), x, *state)
        if self.keep_steps:
            self.steps.append(step)
            for z in (step.z_f, step.z_i, step.z_c, step.z_o):
                if z.requires_grad:
                    z.retain_grad()
        return step.h, step.c
