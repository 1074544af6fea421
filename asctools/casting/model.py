"""The network of the chapter: an LSTM reads a window, and a pooling over time asks what it saw."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from asctools.casting.settings import Model
from asctools.rnn.inputs import as_sequences, end_of_each
from asctools.rnn.readout import set_forget_bias
from asctools.settings import read, to_dict

__all__ = ["SteelDefectLSTM", "folded", "pooled"]


class SteelDefectLSTM(nn.Module):
    """Tell from a window of readings whether there will be a defect.

    Parameters
    ----------
    config
        The settings of :class:`~asctools.casting.settings.Model`, or names and values for some of
        them, ``{"hidden_size": 64}``; None: all defaults. A whole configuration will do as well:
        its section ``model`` counts.

    Attributes
    ----------
    config
        All settings, as plain names and values: what a checkpoint keeps.

    Raises
    ------
    UnknownNameError, InputError
        If a setting is unknown or out of range; the message names it.
    """

    def __init__(self, config: Model | Mapping[str, Any] | None = None) -> None:
        super().__init__()
        model = config if isinstance(config, Model) else read(Model, _section(config), "model")
        self.config = to_dict(model)
        self.input_size, self.fold, self.pooling = model.input_size, model.fold, model.pooling
        self.lstm = nn.LSTM(
            model.input_size * model.fold,
            model.hidden_size,
            num_layers=model.num_layers,
            batch_first=True,
            dropout=model.dropout if model.num_layers > 1 else 0.0,  # it warns if there is one
        )
        self.dropout = nn.Dropout(model.dropout)
        self.head = nn.Linear(model.hidden_size, 1)
        set_forget_bias(self, model.forget_bias)

    def forward(self, x: Tensor, lengths: Sequence[int] | Tensor | None = None) -> Tensor:
        """Return logits ``(N,)``: above 0 speaks for a defect.

        Parameters
        ----------
        x
            Normalised windows ``(N, T, input_size)``.
        lengths
            Readings of each window, where they differ; what stands behind them is not read.

        Raises
        ------
        ShapeError, InputError
            If shapes, dtype or lengths do not fit.
        """
        x = as_sequences(x, self.input_size, self.head.weight.dtype)
        if lengths is None:
            said, _ = self.lstm(folded(x, self.fold))
            return self._judge(pooled(said, self.pooling))
        ends = end_of_each(lengths, x).to(x.device)
        behind = torch.arange(x.shape[1], device=x.device) >= ends[:, None]
        said, _ = self.lstm(folded(x.masked_fill(behind[:, :, None], 0.0), self.fold))
        return self._judge(pooled(said, self.pooling, -(-ends // self.fold)))

    def _judge(self, seen: Tensor) -> Tensor:
        logits: Tensor = self.head(self.dropout(seen))[:, 0]
        return logits


def folded(x: Tensor, fold: int) -> Tensor:
    """Return ``(N, ⌈T / fold⌉, fold · C)``: readings side by side, filled up with 0 at the end."""
    N, T, C = x.shape
    return F.pad(x, (0, 0, 0, -T % fold)).reshape(N, -1, fold * C)


def pooled(said: Tensor, how: str, ends: Tensor | None = None) -> Tensor:
    """Return one vector for all steps of a window, ``(N, H)``.

    Parameters
    ----------
    said
        What the LSTM says at each step, ``(N, T, H)``.
    how
        ``"max"``: the highest that each cell ever said; ``"mean"``; ``"last"``: the last step.
    ends
        Steps of each window, ``(N,)``; None: all of them.
    """
    if ends is None:
        return said[:, -1] if how == "last" else said.amax(1) if how == "max" else said.mean(1)
    if how == "last":
        return said[torch.arange(len(said), device=said.device), ends - 1]
    behind = (torch.arange(said.shape[1], device=said.device) >= ends[:, None])[:, :, None]
    if how == "max":
        return said.masked_fill(behind, -torch.inf).amax(1)
    return said.masked_fill(behind, 0.0).sum(1) / ends[:, None]


def _section(config: Mapping[str, Any] | None) -> Any:
    """Return the section ``model`` of a whole configuration, or what is the section itself."""
    for name in ("lstm_model", "model"):
        if isinstance(config, Mapping) and name in config:
            config = config[name]
    return config
