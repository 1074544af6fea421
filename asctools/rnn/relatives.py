"""Networks of the cells in :mod:`asctools.rnn.family`, called like :class:`asctools.rnn.LSTM`.

The GRU and stacked layers need no class: put ``nn.GRU``, or ``nn.LSTM`` with ``num_layers``, into a
:class:`~asctools.rnn.Readout`.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from asctools.rnn.cells import Gates
from asctools.rnn.family import (
    CoupledGates,
    Norms,
    Peepholes,
    coupled_step,
    layer_norm_step,
    peephole_step,
)
from asctools.rnn.inputs import as_sequences
from asctools.rnn.loop import Recurrent, State
from asctools.rnn.readout import Readout

__all__ = ["BothEnds", "CoupledLSTM", "LayerNormLSTM", "PeepholeLSTM"]

Device = str | torch.device


class PeepholeLSTM(Recurrent):
    """An LSTM whose gates see the memory itself, :func:`~asctools.rnn.family.peephole_step`.

    Parameters and ``forward`` are those of :class:`~asctools.rnn.loop.Recurrent`; the state is
    (h, c). The peepholes begin at 0, where it is a plain LSTM.
    """

    state_names = ("h", "c")

    def __init__(
        self, input_size: int, hidden_size: int, output_size: int, device: Device = "auto"
    ) -> None:
        super().__init__(input_size, hidden_size, output_size, device)
        self.forget_gate = self._gate(bias=1.0)
        self.input_gate, self.cell_gate, self.output_gate = (self._gate() for _ in range(3))
        self.peepholes = nn.Parameter(torch.zeros(3, hidden_size, device=self._device))

    def _step(self, x: Tensor, state: State) -> State:
        layers = (self.forget_gate, self.input_gate, self.cell_gate, self.output_gate)
        w = Gates(*(tensor for layer in layers for tensor in (layer.weight, layer.bias)))
        return peephole_step(w, Peepholes(*self.peepholes), x, *state)


class CoupledLSTM(Recurrent):
    """An LSTM that writes as much as it forgets, :func:`~asctools.rnn.family.coupled_step`.

    Parameters and ``forward`` are those of :class:`~asctools.rnn.loop.Recurrent`; the state is
    (h, c).
    """

    state_names = ("h", "c")

    def __init__(
        self, input_size: int, hidden_size: int, output_size: int, device: Device = "auto"
    ) -> None:
        super().__init__(input_size, hidden_size, output_size, device)
        self.forget_gate = self._gate(bias=1.0)
        self.cell_gate, self.output_gate = self._gate(), self._gate()

    def _step(self, x: Tensor, state: State) -> State:
        layers = (self.forget_gate, self.cell_gate, self.output_gate)
        w = CoupledGates(*(tensor for layer in layers for tensor in (layer.weight, layer.bias)))
        return coupled_step(w, x, *state)


class LayerNormLSTM(Recurrent):
    """An LSTM whose sums are normalised, :func:`~asctools.rnn.family.layer_norm_step`.

    Parameters and ``forward`` are those of :class:`~asctools.rnn.loop.Recurrent`; the state is
    (h, c). Gains begin at 1, biases at 0, those of the forget gate at 1.
    """

    state_names = ("h", "c")

    def __init__(
        self, input_size: int, hidden_size: int, output_size: int, device: Device = "auto"
    ) -> None:
        super().__init__(input_size, hidden_size, output_size, device)
        weights = torch.stack([self._gate().weight.detach() for _ in range(4)])
        self.weight = nn.Parameter(weights)
        biases = torch.zeros(4, hidden_size, device=self._device)
        biases[0] = 1.0
        self.gains, self.biases = nn.Parameter(torch.ones_like(biases)), nn.Parameter(biases)
        self.memory_norm = nn.LayerNorm(hidden_size, device=self._device)

    def _step(self, x: Tensor, state: State) -> State:
        norms = Norms(self.gains, self.biases, self.memory_norm.weight, self.memory_norm.bias)
        return layer_norm_step(self.weight, norms, x, *state)


class BothEnds(Readout):
    """A bidirectional network that speaks once about a whole sequence.

    A :class:`~asctools.rnn.Readout` in both directions says something at every step, and at the
    last step its backward direction has read one step only. Here the head sees each direction
    where it has read everything, and the outputs hold that answer at every step.

    Parameters
    ----------
    core, output_size, dropout
        As for ``Readout``; the core is bidirectional.
    """

    def forward(
        self,
        input: Tensor,
        hidden: Tensor | State | None = None,
        lengths: Sequence[int] | Tensor | None = None,
    ) -> tuple[Tensor, Tensor | State]:
        """Read sequences ``(batch, time, input_size)``, as ``Readout`` does."""
        x = as_sequences(input, self.input_size, next(self.core.parameters()).dtype)
        _, state = super().forward(x, hidden, lengths)
        h = state[0] if isinstance(state, tuple) else state
        answer = self.i2o(self.dropout(torch.cat((h[-2], h[-1]), -1)))
        outputs = answer[:, None].expand(-1, x.shape[1], -1)
        return outputs if input.ndim == 3 else outputs[:, 0], state
