"""Contrast: an encoder that knows a moment again in another view of it."""

from collections.abc import Sequence
from typing import NamedTuple

from torch import Tensor, nn

from asctools.events.pretraining.encoder import WithEncoder, arguments_of
from asctools.rnn.inputs import positive_sizes

__all__ = ["ContrastiveLSTM", "ContrastiveOutput"]


class ContrastiveOutput(NamedTuple):
    """Where windows and frames lie in the space in which they are compared.

    Attributes
    ----------
    projections
        Of windows, ``(N, projection_size)``.
    frame_projections
        Of frames, ``(N, frames, projection_size)``.
    """

    projections: Tensor
    frame_projections: Tensor


class ContrastiveLSTM(WithEncoder):
    """Project windows, and frames, so that two views of the same lie close to each other.

    Parameters
    ----------
    input_size, hidden_size, num_layers
        Of the encoder: as of :class:`~asctools.events.models.LSTMEventClassifier`.
    projection_size
        Numbers of a projection. Projections are for the comparison only: what is kept is below.
    dropout, bidirectional, timing_resolution_samples, features, kernels, rate
        Of the encoder.
    """

    def __init__(
        self,
        input_size: int = 6,
        hidden_size: int = 128,
        num_layers: int = 2,
        projection_size: int = 64,
        *,
        dropout: float = 0.0,
        bidirectional: bool = True,
        timing_resolution_samples: int = 10,
        features: Sequence[int] = (48, 64, 64),
        kernels: Sequence[int] = (61, 11, 5),
        rate: float = 2000.0,
    ) -> None:
        arguments = arguments_of(locals())
        positive_sizes(projection_size=projection_size)
        super().__init__(arguments, ("projection_size",))
        width = self.encoder.width
        self.of_windows = _projection(width, projection_size)
        self.of_frames = _projection(width, projection_size)

    def forward(
        self, x: Tensor, lengths: Sequence[int] | Tensor | None = None
    ) -> ContrastiveOutput:
        """Project windows of readings ``(N, T, C)``, as the sensor gives them."""
        frames, valid = self.encoder.frames(x, lengths)
        counts = valid.expand(*frames.shape[:2], 1)
        mean = (counts * frames).sum(1) / counts.sum(1)
        return ContrastiveOutput(self.of_windows(mean), self.of_frames(frames) * valid)


def _projection(width: int, size: int) -> nn.Sequential:
    """Two layers: what the comparison throws away, such as the time, the layer below may keep."""
    return nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, size))
