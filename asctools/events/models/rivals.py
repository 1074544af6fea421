"""A rival without memory: a small U-Net, as seismologists pick the arrivals of waves with."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from asctools.errors import InputError, explain
from asctools.events.models.frames import counts_of_frames, valid_frames
from asctools.events.models.layers import Convolution
from asctools.events.models.normalise import Normalise
from asctools.events.models.output import EventOutput, soft_maximum
from asctools.rnn.inputs import as_sequences, end_of_each

__all__ = ["UNetEventClassifier"]

STRIDES = (2, 5, 4, 4)  # down to 80 ms; the first two make frames
FRAME = 2  # so many steps down, and none further up again
COARSEST = 160  # samples


class UNetEventClassifier(nn.Module):
    """Go down to coarse steps to see far, and up again to see sharply.

    At each step up, what was seen on the way down stands beside what came from below. It has the
    interface of :class:`~asctools.events.models.LSTMEventClassifier`, and about its size.

    Parameters
    ----------
    input_size, num_events, dropout, refractory_period_samples, rate
        As there.
    timing_resolution_samples
        Samples of a frame: 10.
    features
        Of each step down.
    kernel
        Length of each convolution, in steps of what it reads; the first has four times as many.

    Notes
    -----
    The idea of the shape is that of Ronneberger et al. (2015), and of its use that of Zhu and
    Beroza (2019), *PhaseNet*. This network is a smaller one of its own.
    """

    def __init__(
        self,
        input_size: int = 6,
        num_events: int = 16,
        dropout: float = 0.1,
        timing_resolution_samples: int = 10,
        refractory_period_samples: int = 4000,
        *,
        features: Sequence[int] = (32, 64, 64, 96),
        kernel: int = 7,
        rate: float = 2000.0,
    ) -> None:
        super().__init__()
        self.arguments: dict[str, Any] = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in locals().items()
            if name not in ("self", "__class__")
        }
        if timing_resolution_samples != STRIDES[0] * STRIDES[1]:
            came = f"timing_resolution_samples={timing_resolution_samples!r}"
            raise InputError(explain(came, "10", "use LSTMEventClassifier for other frames"))
        self.resolution, self.num_events, self.input_size = 10, num_events, input_size
        self.refractory_period_samples = refractory_period_samples
        self.normalise = Normalise(input_size, rate)
        before = (input_size, *features[:-1])
        kernels = (4 * kernel + 1, *[kernel] * 3)
        self.down = nn.ModuleList(
            Convolution(*sizes) for sizes in zip(before, features, kernels, STRIDES, strict=True)
        )
        above = features[FRAME - 1 : -1]  # what each step up finds beside it
        self.up = nn.ModuleList(
            Convolution(low + high, high, kernel)
            for low, high in zip(features[FRAME:], above, strict=True)
        )
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(features[FRAME - 1], 2 * num_events)
        nn.init.zeros_(self.head.bias)
        nn.init.constant_(self.head.bias[:num_events], -5.0)

    def forward(self, x: Tensor, lengths: Sequence[int] | Tensor | None = None) -> EventOutput:
        """Say what is in windows ``(N, T, input_size)``, and when."""
        x = as_sequences(x, self.input_size, self.head.weight.dtype)
        N, T, _ = x.shape
        count = counts_of_frames(T, self.resolution)
        ends = end_of_each([T] * N if lengths is None else lengths, x).to(x.device)
        y = self.normalise(x) * valid_frames(ends, 1, T, x)
        frames = self._up(self._down(F.pad(y, (0, 0, 0, -T % COARSEST)), ends), ends)
        said = self.head(self.dropout(frames[:, :, :count].transpose(1, 2)))
        logits, offsets = said.split(self.num_events, dim=2)
        valid = valid_frames(ends, self.resolution, count, said)
        return EventOutput(soft_maximum(logits, valid), logits, offsets)

    def _down(self, x: Tensor, ends: Tensor) -> list[Tensor]:
        """Return what is seen at each step from the frames on, the finest first."""
        y, per_step, seen = x.transpose(1, 2), 1, []
        for layer, stride in zip(self.down, STRIDES, strict=True):
            per_step *= stride
            y = _silent(layer(y), ends, per_step)
            seen.append(y)
        return seen[FRAME - 1 :]

    def _up(self, seen: list[Tensor], ends: Tensor) -> Tensor:
        y, per_step = seen[-1], COARSEST
        steps = zip(reversed(seen[:-1]), reversed(self.up), reversed(STRIDES), strict=False)
        for beside, layer, stride in steps:
            per_step //= stride
            wide = y.repeat_interleave(stride, dim=2)
            y = _silent(layer(torch.cat([wide, beside], dim=1)), ends, per_step)
        return y


def _silent(y: Tensor, ends: Tensor, per_step: int) -> Tensor:
    """Return features ``(N, D, steps)`` with silence behind the end of each window."""
    return y * valid_frames(ends, per_step, y.shape[2], y).transpose(1, 2)
