"""The cell of :mod:`asctools.scalar.by_hand` in PyTorch, which derives the gradients itself.

The names are the same: twelve parameters called as in ``by_hand.Weights``, and the wires of a day
called as in ``by_hand.Day``. Every tensor is a single number, of shape ``()``.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from asctools.dataset.companies import COMPANIES, Company
from asctools.errors import ShapeError, explain, unknown_name
from asctools.scalar import inputs
from asctools.scalar.by_hand import Weights
from asctools.scalar.checkpoint import load_checkpoint, save_checkpoint

__all__ = [
    "DayTensors",
    "ScalarLSTM",
    "TorchTraining",
    "from_torch_lstm",
    "load_checkpoint",
    "save_checkpoint",
    "to_torch_lstm",
    "train_cell",
]

# nn.LSTM stacks the gates in this order: input, forget, candidate (its g), output.
TORCH_ORDER = ("i", "f", "c", "o")


class DayTensors(NamedTuple):
    """Every wire of the cell on one day, named as in ``by_hand.Day``; each of shape ``()``."""

    x: Tensor
    c_prev: Tensor
    h_prev: Tensor
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


class ScalarLSTM(nn.Module):
    """One LSTM cell with twelve scalar parameters.

    Parameters
    ----------
    init
        How to draw the weights, always with PyTorch's global generator: seed it before.

        ``"normal"``: the eight weights from N(0, 1) in the order w_fh, w_fx, w_ih, w_ix, w_ch,
        w_cx, w_oh, w_ox; the four biases are 0. With ``torch.manual_seed(42)`` these are the
        numbers of ``by_hand.INITIAL``.

        ``"uniform"``: all twelve from U(−1, 1), which is what ``nn.LSTM`` uses at hidden size 1,
        and in its order: w_ix, w_fx, w_cx, w_ox; w_ih, w_fh, w_ch, w_oh; b_i, b_f, b_c, b_o.
        After the same seed they are the numbers of ``nn.LSTM(1, 1)`` without its second bias.

    Raises
    ------
    UnknownNameError
        If ``init`` is another name.
    """

    w_fh: nn.Parameter
    w_fx: nn.Parameter
    b_f: nn.Parameter
    w_ih: nn.Parameter
    w_ix: nn.Parameter
    b_i: nn.Parameter
    w_ch: nn.Parameter
    w_cx: nn.Parameter
    b_c: nn.Parameter
    w_oh: nn.Parameter
    w_ox: nn.Parameter
    b_o: nn.Parameter

    def __init__(self, init: str = "normal") -> None:
        super().__init__()
        self._fill(_draw(init))

    @classmethod
    def from_weights(cls, weights: Weights, dtype: torch.dtype | None = None) -> "ScalarLSTM":
        """Make a cell of known numbers; nothing is drawn, so PyTorch's generator stays put.

        ``dtype`` is PyTorch's default when None; ``torch.float64`` keeps every digit.
        """
        inputs.instance(weights, Weights, "weights")
        cell = cls.__new__(cls)
        nn.Module.__init__(cell)
        cell._fill({name: torch.tensor(w, dtype=dtype) for name, w in weights._asdict().items()})
        return cell

    def _fill(self, values: dict[str, Tensor]) -> None:
        for name in Weights._fields:
            setattr(self, name, nn.Parameter(values[name]))

    def weights(self) -> Weights:
        """Return the twelve numbers as plain floats."""
        return Weights(*(getattr(self, name).item() for name in Weights._fields))

    def step(
        self, x: Tensor | float, c: Tensor | float = 0.0, h: Tensor | float = 0.0
    ) -> DayTensors:
        """Let one day pass.

        Implements :eq:`eq-forget-gate`, :eq:`eq-input-gate`, :eq:`eq-candidate`.
        Implements :eq:`eq-cell-state`, :eq:`eq-output-gate`, :eq:`eq-hidden-state`.

        Parameters
        ----------
        x
            The day's value: a number, or a tensor of shape ``()``.
        c, h
            Long-term and short-term memory of the day before, likewise.

        Returns
        -------
        DayTensors
            Every wire's value; ``c`` and ``h`` go on to the next day.

        Raises
        ------
        InputError, ShapeError
            If a value is no finite number, or a tensor of another shape.
        """
        x, c_prev, h_prev = self._wire(x, "x"), self._wire(c, "c"), self._wire(h, "h")
        z_f = self.w_fh * h_prev + self.w_fx * x + self.b_f
        f = torch.sigmoid(z_f)
        z_i = self.w_ih * h_prev + self.w_ix * x + self.b_i
        i = torch.sigmoid(z_i)
        z_c = self.w_ch * h_prev + self.w_cx * x + self.b_c
        c_tilde = torch.tanh(z_c)
        z_o = self.w_oh * h_prev + self.w_ox * x + self.b_o
        o = torch.sigmoid(z_o)
        c = f * c_prev + i * c_tilde
        h = o * torch.tanh(c)
        return DayTensors(x, c_prev, h_prev, z_f, f, z_i, i, z_c, c_tilde, z_o, o, c, h)

    def _wire(self, value: Tensor | float, name: str) -> Tensor:
        """Return one wire's value as a tensor of shape () in the cell's precision."""
        if not isinstance(value, Tensor):
            return self.w_fh.new_tensor(inputs.finite(value, name))
        if value.ndim:
            came = f"a tensor of shape {tuple(value.shape)} as {name}"
            raise ShapeError(explain(came, "a single number, shape ()", "pass one day at a time"))
        inputs.finite(value.item(), name)
        return value if value.dtype == self.w_fh.dtype else value.to(self.w_fh.dtype)

    def _days(self, days: Tensor | Iterable[float]) -> tuple[Tensor, ...]:
        """Return the days one by one, each of shape (), after a look at all of them."""
        if not isinstance(days, Tensor):
            return self.w_fh.new_tensor(inputs.sequence_of_days(days)).unbind()
        if days.ndim != 1 or not len(days):
            came = f"days of shape {tuple(days.shape)}"
            todo = "flatten it with days.reshape(-1), or pass one sequence at a time"
            raise ShapeError(explain(came, "shape (n,) with n ≥ 1", todo))
        inputs.sequence_of_days(days.tolist())  # names the day that is not finite
        return days.to(self.w_fh).unbind()

    def trace(
        self, days: Tensor | Iterable[float], c: Tensor | float = 0.0, h: Tensor | float = 0.0
    ) -> list[DayTensors]:
        """Let any number of days pass, and keep every wire of each.

        Parameters
        ----------
        days
            A tensor of shape ``(n,)`` or any sequence of ``n`` numbers, ``n`` ≥ 1.
        c, h
            The memories before the first day.

        Raises
        ------
        InputError, ShapeError
            If there is no day, one is no finite number, or the tensor has another shape.
        """
        past = []
        for x in self._days(days):
            past.append(self.step(x, c, h))
            c, h = past[-1].c, past[-1].h
        return past

    def forward(self, days: Tensor | Iterable[float]) -> Tensor:
        """Return the short-term memory h after the last day, shape ``()``: what the cell says."""
        return self.trace(days)[-1].h


def _draw(init: str) -> dict[str, Tensor]:
    """Draw one number after the other, so that the order is plain to see."""
    if init == "normal":
        order = [f"w_{gate}{wire}" for gate in "fico" for wire in "hx"]
        drawn = {name: torch.randn(()) for name in order}
        return drawn | {f"b_{gate}": torch.zeros(()) for gate in "fico"}
    if init == "uniform":
        order = [kind.format(gate) for kind in ("w_{}x", "w_{}h", "b_{}") for gate in TORCH_ORDER]
        return {name: torch.empty(()).uniform_(-1.0, 1.0) for name in order}
    raise unknown_name("init", init, ("normal", "uniform"))


def to_torch_lstm(cell: ScalarLSTM) -> nn.LSTM:
    """Put the twelve numbers into an ``nn.LSTM(1, 1)`` of the same precision.

    Its rows are input, forget, candidate, output. It has two biases where the cell has one: the
    cell's go into ``bias_ih_l0``, and ``bias_hh_l0`` is 0. Both get the same gradient, so if both
    are trained their sum moves twice as fast; for the cell's digits freeze the second with
    ``lstm.bias_hh_l0.requires_grad_(False)``.

    Input and output have the shape ``(n, 1)``. PyTorch's generator is left as it was.
    """
    inputs.instance(cell, ScalarLSTM, "cell")
    lstm = nn.LSTM(1, 1, device="meta", dtype=cell.w_fh.dtype)  # no numbers, so none are drawn
    lstm.to_empty(device=cell.w_fh.device)

    def rows(name: str) -> Tensor:
        return torch.stack([getattr(cell, name.format(gate)) for gate in TORCH_ORDER]).detach()

    lstm.load_state_dict(
        {
            "weight_ih_l0": rows("w_{}x").reshape(4, 1),
            "weight_hh_l0": rows("w_{}h").reshape(4, 1),
            "bias_ih_l0": rows("b_{}"),
            "bias_hh_l0": torch.zeros_like(rows("b_{}")),
        }
    )
    return lstm


def from_torch_lstm(lstm: nn.LSTM) -> ScalarLSTM:
    """Make a cell of an ``nn.LSTM(1, 1)``; its two biases are added.

    Raises
    ------
    InputError, ShapeError
        If it is no ``nn.LSTM``, or one of another size or kind.
    """
    inputs.instance(lstm, nn.LSTM, "lstm")
    size = (lstm.input_size, lstm.hidden_size, lstm.num_layers)
    if size != (1, 1, 1) or lstm.bidirectional or lstm.proj_size:
        raise ShapeError(explain(str(lstm), "LSTM(1, 1)", "only that holds just twelve numbers"))
    held = lstm.state_dict()
    none = held["weight_ih_l0"].new_zeros(4)  # nn.LSTM(1, 1, bias=False) has no biases
    bias = held.get("bias_ih_l0", none) + held.get("bias_hh_l0", none)
    values = {}
    for row, gate in enumerate(TORCH_ORDER):
        values[f"w_{gate}x"] = held["weight_ih_l0"][row, 0].item()
        values[f"w_{gate}h"] = held["weight_hh_l0"][row, 0].item()
        values[f"b_{gate}"] = bias[row].item()
    return ScalarLSTM.from_weights(Weights(**values), dtype=bias.dtype)


class TorchTraining(NamedTuple):
    """How a training went: as ``by_hand.Training``, with the optimiser to go on with."""

    optimizer: torch.optim.Optimizer
    losses: list[float]
    predictions: list[tuple[float, ...]]


def train_cell(
    cell: ScalarLSTM,
    epochs: int = 2000,
    optimizer: torch.optim.Optimizer | None = None,
    *,
    learning_rate: float = 1e-3,
    companies: Sequence[Company] = COMPANIES,
) -> TorchTraining:
    """Show the companies to the cell, one after the other, with a step after each.

    The cell is changed in place. Without an ``optimizer`` it is Adam with ``learning_rate``; to go
    on with a training, pass the one it returned. The companies may have different numbers of days.
    """
    inputs.companies(companies, Company)
    if optimizer is None:
        rate = inputs.positive(learning_rate, "learning_rate")
        optimizer = torch.optim.Adam(cell.parameters(), lr=rate)
    losses, predictions = [], []
    for _ in range(inputs.whole(epochs, "epochs")):
        said, errors = [], []
        for company in companies:
            optimizer.zero_grad()
            h = cell(company.days)
            loss = (h - company.target) ** 2
            loss.backward()
            optimizer.step()
            said.append(h.item())
            errors.append(loss.item())
        predictions.append(tuple(said))
        losses.append(sum(errors))
    return TorchTraining(optimizer, losses, predictions)
