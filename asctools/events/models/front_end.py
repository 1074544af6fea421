"""From samples to frames: what a convolution does before anything remembers."""

import math
from collections.abc import Sequence

from torch import Tensor, nn

from asctools.events.models.frames import valid_frames
from asctools.events.models.layers import Convolution

__all__ = ["FrontEnd", "strides_of"]


class FrontEnd(nn.Module):
    """Three convolutions from samples ``(N, T, C)`` to frames ``(N, frames, D)``.

    The first has kernels as long as the onset of an event, and looks at all channels: it can learn
    what each event sounds like. The second reaches the rate of the frames, the third looks at
    their neighbours.

    Parameters
    ----------
    channels
        Of a reading.
    features
        Of each convolution.
    kernels
        Their lengths, each in samples of what it reads.
    resolution
        Samples of a frame; with 1 there is nothing to do, and no convolution.
    causal
        Whether a frame sees nothing behind its end.
    """

    def __init__(
        self,
        channels: int,
        features: Sequence[int] = (48, 64, 64),
        kernels: Sequence[int] = (61, 11, 5),
        resolution: int = 10,
        causal: bool = False,
    ) -> None:
        super().__init__()
        if resolution == 1:  # frames are samples already
            features = kernels = ()
        self.strides = (*strides_of(resolution), 1)[: len(features)]
        before = (channels, *features)[: len(features)]
        self.layers = nn.ModuleList(
            Convolution(*sizes, causal=causal)
            for sizes in zip(before, features, kernels, self.strides, strict=True)
        )
        self.resolution, self.features = resolution, (channels, *features)[-1]

    def forward(self, x: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return frames; what lies behind the end of a window is silence for each layer."""
        y = x.transpose(1, 2)
        per_step = 1
        for layer, stride in zip(self.layers, self.strides, strict=True):
            per_step *= stride
            y = layer(y)
            if lengths is not None:
                y = y * valid_frames(lengths, per_step, y.shape[2], y).transpose(1, 2)
        return y.transpose(1, 2)


def strides_of(resolution: int) -> tuple[int, int]:
    """Return two strides that make the resolution, the first the smaller: 10 is 2 · 5."""
    first = next(n for n in range(math.isqrt(resolution), 0, -1) if resolution % n == 0)
    return first, resolution // first
