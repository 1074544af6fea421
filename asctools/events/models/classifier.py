"""The classifier of the course: which event, and when, from a window of readings."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from asctools.errors import InputError, explain, unknown_name
from asctools.events.models.frames import counts_of_frames, valid_frames
from asctools.events.models.front_end import FrontEnd, strides_of
from asctools.events.models.layers import DilatedConvolutions, LocalAttention, Recurrence
from asctools.events.models.normalise import Normalise
from asctools.events.models.output import EventOutput, soft_maximum
from asctools.rnn.inputs import as_sequences, end_of_each, positive_sizes
from asctools.rnn.readout import set_forget_bias

__all__ = ["ATTENTION", "RECURRENT", "LSTMEventClassifier"]

RECURRENT = ("lstm", "tcn", "none")
ATTENTION = ("none", "local", "all")
WHOLE = (
    "input_size",
    "hidden_size",
    "num_layers",
    "num_events",
    "timing_resolution_samples",
    "refractory_period_samples",
    "lookahead_frames",
)
NEAR_S = 0.2  # how far away frames may ask each other
RARE = -5.0  # the logit of a strike before anything is learned: one frame in 150


class LSTMEventClassifier(nn.Module):
    """Convolutions make frames of samples, an LSTM reads the frames, two heads say what and when.

    Parameters
    ----------
    input_size
        Channels of a reading.
    hidden_size, num_layers
        Cells in a layer of the LSTM, and its layers; of the convolutions that may stand in for it,
        features and layers.
    num_events
        Kinds of events.
    dropout
        Share dropped between layers of the LSTM, and before the heads.
    bidirectional
        Whether the LSTM reads backwards as well; a causal model does not.
    timing_resolution_samples
        Samples of a frame. With 1 there are no convolutions: the LSTM reads every sample.
    refractory_period_samples
        An event does not come back before so many samples; detection goes by it.
    recurrent
        What remembers: ``"lstm"``, ``"tcn"``: dilated convolutions, or ``"none"``.
    attention
        Whether frames may ask each other: ``"none"``, ``"local"``: within 0.2 s, or ``"all"``.
    causal
        What is said of a frame depends on no sample later than ``lookahead_frames`` behind it.
    lookahead_frames
        Of a causal model: so late the answer comes.
    features, kernels
        Of the three convolutions.
    rate
        Samples a second, for the high-pass filter of the normaliser.

    Attributes
    ----------
    arguments
        What it was called with: enough to build it again.
    normalise
        Measures of the training data; :class:`~asctools.events.trainers.SupervisedTrainer` fits
        them if nobody has.

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
        num_events: int = 16,
        dropout: float = 0.3,
        bidirectional: bool = True,
        timing_resolution_samples: int = 10,
        refractory_period_samples: int = 4000,
        *,
        recurrent: str = "lstm",
        attention: str = "none",
        causal: bool = False,
        lookahead_frames: int = 8,
        features: Sequence[int] = (48, 64, 64),
        kernels: Sequence[int] = (61, 11, 5),
        rate: float = 2000.0,
    ) -> None:
        super().__init__()
        self.arguments: dict[str, Any] = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in locals().items()
            if name not in ("self", "__class__")
        }
        _check(self.arguments)
        self.resolution = timing_resolution_samples
        self.num_events, self.input_size = num_events, input_size
        self.refractory_period_samples = refractory_period_samples
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
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(width + remembered, 2 * num_events)
        nn.init.zeros_(self.head.bias)
        nn.init.constant_(self.head.bias[:num_events], RARE)
        if recurrent == "lstm":
            set_forget_bias(self, 1.0)
        self._frozen = False

    def forward(self, x: Tensor, lengths: Sequence[int] | Tensor | None = None) -> EventOutput:
        """Say what is in windows, and when.

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
        frames, valid = self._frames(x, lengths)
        logits, offsets = self.head(self.dropout(frames)).split(self.num_events, dim=2)
        return EventOutput(soft_maximum(logits, valid), logits, offsets)

    def get_embeddings(self, x: Tensor, lengths: Sequence[int] | Tensor | None = None) -> Tensor:
        """Return what the heads see of each frame, ``(N, frames, D)``."""
        return self._frames(x, lengths)[0]

    def freeze_backbone(self) -> None:
        """Let only the head learn; what the layers below have measured stays as well."""
        self._freeze(True)

    def unfreeze_backbone(self) -> None:
        """Let everything learn again."""
        self._freeze(False)

    def train(self, mode: bool = True) -> "LSTMEventClassifier":
        """Switch dropout and batch normalisation on; a frozen backbone stays as it is."""
        super().train(mode)
        if self._frozen:
            for part in self._backbone():
                part.eval()
        return self

    def _backbone(self) -> list[nn.Module]:
        parts = (self.front_end, self.memory, self.attention)
        return [part for part in parts if part is not None]

    def _freeze(self, frozen: bool) -> None:
        self._frozen = frozen
        for part in self._backbone():
            part.requires_grad_(not frozen)
            part.train(self.training and not frozen)

    def _frames(self, x: Tensor, lengths: Sequence[int] | Tensor | None) -> tuple[Tensor, Tensor]:
        """Return what is known of each frame, and which frames count."""
        x = as_sequences(x, self.input_size, self.head.weight.dtype)
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
