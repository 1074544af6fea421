"""The fast twins: PyTorch's own layers with a head, used like the networks of ``cells``.

``nn.LSTM`` runs its loop over time outside Python. :class:`Readout` gives it a head and the
promises of :class:`~asctools.rnn.loop.Recurrent`; :func:`to_readout` and :func:`from_readout`
carry the weights over and back.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from asctools.errors import InputError, ShapeError, explain
from asctools.rnn.cells import LSTM
from asctools.rnn.inputs import as_sequences, check_state, end_of_each, positive_sizes
from asctools.rnn.loop import State

__all__ = ["Readout", "from_readout", "set_forget_bias", "to_readout"]

# nn.LSTM stacks the gates in this order: input, forget, candidate (its g), output.
TORCH_ORDER = ("input_gate", "forget_gate", "cell_gate", "output_gate")


class Readout(nn.Module):
    """One of PyTorch's recurrent layers and a linear head ``i2o`` on what it says at each step.

    Parameters
    ----------
    core
        ``nn.RNN``, ``nn.LSTM`` or ``nn.GRU`` with ``batch_first=True``, of any number of layers,
        in one direction or both.
    output_size
        Numbers that the head says at each step.
    dropout
        Share of the core's outputs that are set to 0 in training, before the head.

    Raises
    ------
    InputError
        If the core is something else or not batch-first, or a size does not fit.
    """

    def __init__(self, core: nn.RNNBase, output_size: int, dropout: float = 0.0) -> None:
        super().__init__()
        positive_sizes(output_size=output_size)
        if not isinstance(core, nn.RNN | nn.LSTM | nn.GRU) or not core.batch_first:
            right = "nn.RNN, nn.LSTM or nn.GRU with batch_first=True"
            raise InputError(explain(f"{core} as core", right, "make one of these"))
        self.core = core
        self.output_size = output_size
        self.dropout = nn.Dropout(dropout)
        directions = 1 + core.bidirectional
        features = directions * (core.proj_size or core.hidden_size)
        weight = core.weight_ih_l0
        self.i2o = nn.Linear(features, output_size, device=weight.device, dtype=weight.dtype)

    @property
    def input_size(self) -> int:
        """Features of a step."""
        return int(self.core.input_size)

    @property
    def hidden_size(self) -> int:
        """Cells in a layer."""
        return int(self.core.hidden_size)

    def initHidden(self, batch_size: int = 1) -> Tensor | State:  # noqa: N802, an older name
        """Return the state before the first step, all 0, in the shape that ``nn.LSTM`` takes.

        Each part is ``(layers · directions, batch_size, hidden_size)``.
        """
        core, like = self.core, next(self.core.parameters())
        rows = core.num_layers * (1 + core.bidirectional)
        h = like.new_zeros(rows, batch_size, core.proj_size or core.hidden_size)
        if not isinstance(core, nn.LSTM):
            return h
        return h, like.new_zeros(rows, batch_size, core.hidden_size)

    def forward(
        self,
        input: Tensor,
        hidden: Tensor | State | None = None,
        lengths: Sequence[int] | Tensor | None = None,
    ) -> tuple[Tensor, Tensor | State]:
        """Read sequences, as :meth:`asctools.rnn.loop.Recurrent.forward` says.

        Only the state has another shape, that of ``nn.LSTM``: see :meth:`initHidden`. A backward
        direction starts at each sequence's own end.
        """
        x = as_sequences(input, self.input_size, next(self.core.parameters()).dtype)
        if hidden is not None:
            self._check(hidden, len(x))
        if lengths is None:
            said, state = self.core(x, hidden)
            outputs = self.i2o(self.dropout(said))
        else:
            ends = end_of_each(lengths, x).cpu()
            said, state = self._read(x, hidden, ends)
            running = (torch.arange(x.shape[1]) < ends[:, None]).to(x.device)
            outputs = self.i2o(self.dropout(said)) * running[:, :, None]
        return outputs if input.ndim == 3 else outputs[:, 0], state

    def _read(
        self, x: Tensor, state: Tensor | State | None, ends: Tensor
    ) -> tuple[Tensor, Tensor | State]:
        """Let the core read sequences of unequal length.

        Packed sequences are several times slower than full ones, so what all of them have is
        read at once, and only their tails are packed. A backward direction starts at each end.
        """
        shared = int(ends.min())
        if self.core.bidirectional:
            return self._read_packed(x, state, ends)
        said, state = self.core(x[:, :shared], state)
        rows = (ends > shared).nonzero()[:, 0]
        behind = said.new_zeros(len(x), x.shape[1] - shared, said.shape[2])
        if len(rows):
            parts = state if isinstance(state, tuple) else (state,)
            at = rows.to(x.device)
            going = tuple(part[:, at].contiguous() for part in parts)
            tails, new = self._read_packed(x[at, shared:], _as(state, going), ends[rows] - shared)
            behind = behind.index_copy(0, at, tails)
            last = new if isinstance(new, tuple) else (new,)
            moved = (p.index_copy(1, at, q) for p, q in zip(parts, last, strict=True))
            state = _as(state, tuple(moved))
        return torch.cat((said, behind), 1), state

    def _read_packed(
        self, x: Tensor, state: Tensor | State | None, ends: Tensor
    ) -> tuple[Tensor, Tensor | State]:
        packed = pack_padded_sequence(x, ends, batch_first=True, enforce_sorted=False)
        said, new = self.core(packed, state)
        return pad_packed_sequence(said, batch_first=True, total_length=x.shape[1])[0], new

    def _check(self, hidden: Tensor | State, batch: int) -> None:
        zeros = self.initHidden(batch)
        if isinstance(zeros, tuple) and self.core.proj_size == 0:
            check_state(hidden, tuple(zeros[0].shape), ("h", "c"))
        elif not isinstance(zeros, tuple):
            check_state(hidden, tuple(zeros.shape), ("h",))


def _as(like: Tensor | State, parts: State) -> Tensor | State:
    return parts if isinstance(like, tuple) else parts[0]


def to_readout(model: LSTM) -> Readout:
    """Return the fast twin of an LSTM of four linear layers: the same numbers, out of ``nn.LSTM``.

    Its second bias, ``bias_hh_l0``, is 0 and frozen: two trainable biases have the same gradient,
    so their sum would move twice as far in a step, and the twins would part in training.
    """
    if not isinstance(model, LSTM):
        came = f"{type(model).__name__} as model"
        raise InputError(explain(came, "asctools.rnn.LSTM", "make one, or wrap it in Readout"))
    H, weight = model.hidden_size, model.i2o.weight
    with torch.random.fork_rng(devices=[]):  # its first numbers are overwritten: draw none
        core = nn.LSTM(model.input_size, H, batch_first=True)
        twin = Readout(core, model.output_size).to(weight)
    layers = [getattr(model, gate) for gate in TORCH_ORDER]
    weights = torch.cat([layer.weight for layer in layers])
    bias = torch.cat([layer.bias for layer in layers])
    core.load_state_dict(
        {
            "weight_ih_l0": weights[:, H:],
            "weight_hh_l0": weights[:, :H],
            "bias_ih_l0": bias,
            "bias_hh_l0": torch.zeros_like(bias),
        }
    )
    core.bias_hh_l0.requires_grad_(False)
    twin.i2o.load_state_dict(model.i2o.state_dict())
    return twin


def from_readout(twin: Readout) -> LSTM:
    """Return the LSTM of four linear layers with a twin's numbers; two biases are added into one.

    Raises
    ------
    ShapeError
        If the twin's core is no ``nn.LSTM`` of one layer and one direction, without projection.
    """
    core = twin.core if isinstance(twin, Readout) else twin
    plain = isinstance(core, nn.LSTM) and core.num_layers == 1
    if core is twin or not plain or core.bidirectional or core.proj_size:
        right = "a Readout of nn.LSTM(I, H, batch_first=True)"
        raise ShapeError(explain(str(twin), right, "only such a one has four gates and no more"))
    held = core.state_dict()
    with torch.random.fork_rng(devices=[]):
        model = LSTM(core.input_size, core.hidden_size, twin.output_size).to(twin.i2o.weight)
    weights = torch.cat((held["weight_hh_l0"], held["weight_ih_l0"]), 1).chunk(4)
    none = weights[0].new_zeros(4 * core.hidden_size)  # nn.LSTM(..., bias=False) has no biases
    biases = (held.get("bias_ih_l0", none) + held.get("bias_hh_l0", none)).chunk(4)
    for gate, W, b in zip(TORCH_ORDER, weights, biases, strict=True):
        getattr(model, gate).load_state_dict({"weight": W, "bias": b})
    model.i2o.load_state_dict(twin.i2o.state_dict())
    return model


def set_forget_bias(model: nn.Module, value: float = 1.0) -> nn.Module:
    """Set the biases of every forget gate in a model to one number, and return the model.

    It finds each ``nn.LSTM`` (the second of its two biases becomes 0) and each linear layer that
    is called ``forget_gate``. ``nn.LSTM`` itself draws them near 0.

    Raises
    ------
    InputError
        If the model has no forget gate.
    """
    biases = [name for name, _ in model.named_parameters() if _is_forget_bias(model, name)]
    if not biases:
        came = f"{type(model).__name__} as model"
        raise InputError(explain(came, "one with forget gates and biases", "use an LSTM"))
    with torch.no_grad():
        for name in biases:
            bias = model.get_parameter(name)
            if name.endswith("forget_gate.bias"):
                bias.fill_(value)
            else:  # rows i, f, g, o
                bias.chunk(4)[1].fill_(0.0 if "bias_hh" in name else value)
    return model


def _is_forget_bias(model: nn.Module, name: str) -> bool:
    owner, _, last = name.rpartition(".")
    torch_s = isinstance(model.get_submodule(owner), nn.LSTM) and last.startswith("bias_")
    return torch_s or name.endswith("forget_gate.bias")
