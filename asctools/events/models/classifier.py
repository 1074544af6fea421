"""The classifier of the course: which event, and when, from a window of readings."""

from collections.abc import Sequence
from typing import Any

from torch import Tensor, nn

from asctools.events.models.backbone import ATTENTION, RECURRENT, Backbone
from asctools.events.models.output import EventOutput, soft_maximum
from asctools.rnn.inputs import positive_sizes

__all__ = ["ATTENTION", "RECURRENT", "LSTMEventClassifier"]

RARE = -5.0  # the logit of a strike before anything is learned: one frame in 150


class LSTMEventClassifier(Backbone):
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
        arguments: dict[str, Any] = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in locals().items()
            if name not in ("self", "__class__")
        }
        own = {n: arguments[n] for n in ("num_events", "refractory_period_samples")}
        positive_sizes(**own)
        super().__init__(**{n: value for n, value in arguments.items() if n not in own})
        self.arguments, self.num_events = arguments, num_events
        self.refractory_period_samples = refractory_period_samples
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(self.width, 2 * num_events)
        nn.init.zeros_(self.head.bias)
        nn.init.constant_(self.head.bias[:num_events], RARE)

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
        frames, valid = self.frames(x, lengths)
        logits, offsets = self.head(self.dropout(frames)).split(self.num_events, dim=2)
        return EventOutput(soft_maximum(logits, valid), logits, offsets)

    def get_embeddings(self, x: Tensor, lengths: Sequence[int] | Tensor | None = None) -> Tensor:
        """Return what the heads see of each frame, ``(N, frames, D)``."""
        return self.frames(x, lengths)[0]
