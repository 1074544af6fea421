"""From readings to frames that know of each other: what all networks on frames have in common."""

from collections.abc import Sequence
from typing import Any, Self

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from asctools.errors import InputError, explain, unknown_name
from asctools.events.models.frames import counts_of_frames, valid_frames
from asctools.events.models.front_end import FrontEnd, strides_of
from asctools.events.models.layers import DilatedConvolutions, LocalAttention, Recurrence
from asctools.events.models.normalise import Normalise
from asctools.rnn.inputs import as_sequences, end_of_each, positive_sizes
from asctools.rnn.readout import set_forget_bias

__all__ = ["ATTENTION", "RECURRENT", "Backbone"]

RECURRENT = ("lstm", "tcn", "none")
ATTENTION = ("none", "local", "all")
WHOLE = (
    "input_size",
    "hidden_size",
    "num_layers",
    "timing_resolution_samples",
    "lookahead_frames",
)
NEAR_S = 0.2  # how far away frames may ask each other


class Backbone(nn.Module):
    """Normalised readings through convolutions to frames, and an LSTM over the frames.

    :class:`~asctools.events.models.LSTMEventClassifier` is a backbone with heads on it. What is
    pretrained is a backbone with something else on it, so each of its weights has a place there.

    Parameters
    ----------
    input_size, hidden_size, num_layers, dropout, bidirectional, timing_resolution_samples
        As of :class:`~asctools.events.models.LSTMEventClassifier`.
    recurrent, attention, causal, lookahead_frames, features, kernels, rate
        As there.

    Attributes
    ----------
    normalise
        Measures of the training data.
    width
        Numbers of a frame: what the memory says of it, and beside it what the convolutions said.
    resolution
        Samples of a frame.

    Raises
    ------
    InputError, UnknownNameError
        If an argument is out of range, or a name unknown.
    """

    def __init__(
        self,
        input_size: int = 6,
        hidden_size: int = 128,
        num_layers: int = 2,
        dropout: float = 0.3,
        bidirectional: bool = True,
        timing_resolution_samples: int = 10,
        *,
        recurrent: str = "lstm",
        attention: str = "none",
        causal: bool = False,
        lookahead_frames: int = 8,
        features: Sequence[int] = (48, 64, 64),
        kernels: Sequence[int] = (61, 11, 5),
        rate: float = 2000.0,
    ) -> None:
        _check({name: value for name, value in locals().items() if name != "self"})
        super().__init__()
        self.input_size, self.resolution = input_size, timing_resolution_samples
        self.causal, self.lookahead = causal, lookahead_frames if causal else 0
        self.normalise = Normalise(input_size, rate)
        self.front_end = FrontEnd(input_size, features, kernels, self.resolution, causal)
        width = self.front_end.features
        self.memory = _memory(
            recurrent, width, hidden_size, num_layers, dropout, bidirectional, causal
        )
        remembered = 0 if self.memory is None else self.memory.features
        self.attention = None
        if attention != "none":
            near = round(NEAR_S * rate / self.resolution) if attention == "local" else None
            self.attention = LocalAttention(remembered or width, near, causal)
        if recurrent == "lstm":
            set_forget_bias(self, 1.0)
        self.width = width + remembered
        self._frozen = 0

    def forward(self, x: Tensor, lengths: Sequence[int] | Tensor | None = None) -> Any:
        """Return what is known of each frame, ``(N, frames, width)``.

        Parameters
        ----------
        x
            Readings as the sensor gives them, ``(N, T, input_size)``, float32.
        lengths
            Readings of each window, where they differ; what stands behind them is not read.

        Raises
        ------
        ShapeError, InputError
            If shapes, dtype or lengths do not fit.
        """
        return self.frames(x, lengths)[0]

    def frames(
        self, x: Tensor, lengths: Sequence[int] | Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Return the frames, and 1 for each that counts, ``(N, frames, 1)`` or ``(1, 1, 1)``."""
        dtype = next((each.dtype for each in self.parameters()), torch.float32)
        x = as_sequences(x, self.input_size, dtype)
        T = x.shape[1]
        count = counts_of_frames(T, self.resolution)
        if lengths is None and T % self.resolution:
            lengths = [T] * len(x)  # the last frame is cut short, for each layer
        ends = None if lengths is None else end_of_each(lengths, x).to(x.device)
        x = self.normalise(x)
        if ends is not None:
            x = x * valid_frames(ends, 1, T, x)
        # A causal network goes on into the silence behind a window: it answers late.
        more = (count + self.lookahead) * self.resolution - T
        seen = None if self.causal else ends
        y = self._remember(self.front_end(F.pad(x, (0, 0, 0, more)), seen), seen)
        return y[:, self.lookahead :], valid_frames(ends, self.resolution, count, y)

    def stages(self) -> dict[str, nn.Module]:
        """Return the parts that learn, from the readings upwards: each convolution, the memory."""
        layers = {f"front_end.{n}": layer for n, layer in enumerate(self.front_end.layers)}
        above = {"memory": self.memory, "attention": self.attention}
        return layers | {name: part for name, part in above.items() if part is not None}

    def freeze_backbone(self, stages: int | None = None) -> None:
        """Let only what stands on the backbone learn.

        What the layers have measured, the means of the batch normalisation, stays as well.

        Parameters
        ----------
        stages
            Freeze only so many of :meth:`stages`, from the readings upwards; those above learn.
        """
        number = len(self.stages())
        self._frozen = number if stages is None else max(0, min(stages, number))
        for at, part in enumerate(self.stages().values()):
            part.requires_grad_(at >= self._frozen)
            part.train(self.training and at >= self._frozen)

    def unfreeze_backbone(self) -> None:
        """Let everything learn again."""
        self.freeze_backbone(0)

    def train(self, mode: bool = True) -> Self:
        """Switch dropout and batch normalisation on; what is frozen stays as it is."""
        super().train(mode)
        for part in list(self.stages().values())[: self._frozen]:
            part.eval()
        return self

    def _remember(self, frames: Tensor, ends: Tensor | None) -> Tensor:
        """Let frames know of each other; what they said themselves stays beside it."""
        valid = valid_frames(ends, self.resolution, frames.shape[1], frames)
        y = frames
        if isinstance(self.memory, Recurrence):
            y = self.memory(y, None if ends is None else counts_of_frames(ends, self.resolution))
        elif self.memory is not None:
            y = self.memory(y, valid)
        if self.attention is not None:
            y = self.attention(y, valid)
        return y if self.memory is None else torch.cat([y, frames], dim=2)


def _memory(
    recurrent: str,
    width: int,
    hidden: int,
    layers: int,
    dropout: float,
    bidirectional: bool,
    causal: bool,
) -> Recurrence | DilatedConvolutions | None:
    if recurrent == "lstm":
        return Recurrence(width, hidden, layers, dropout, bidirectional and not causal)
    if recurrent == "tcn":
        return DilatedConvolutions(width, causal=causal)
    return None


def _check(arguments: dict[str, Any]) -> None:
    positive_sizes(**{name: arguments[name] for name in WHOLE})
    for name in ("features", "kernels"):
        positive_sizes(**{f"{name}[{n}]": size for n, size in enumerate(arguments[name])})
    for name, known in (("recurrent", RECURRENT), ("attention", ATTENTION)):
        if arguments[name] not in known:
            raise unknown_name(name, arguments[name], known)
    features, kernels = arguments["features"], arguments["kernels"]
    strides = (*strides_of(arguments["timing_resolution_samples"]), 1)
    if len(features) != 3 or len(kernels) != 3 or any(map(int.__lt__, kernels, strides)):
        came = f"features={list(features)}, kernels={list(kernels)}"
        right = f"three of each, kernels no shorter than their strides {strides}"
        raise InputError(explain(came, right, "leave both out to begin with"))
    if not 0.0 <= arguments["dropout"] < 1.0:
        came = f"dropout={arguments['dropout']!r}"
        raise InputError(explain(came, "a number from 0 to below 1", "set dropout"))
