"""Convolutions of each event's own, in one call for all events."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from asctools.errors import InputError, ShapeError, explain
from asctools.events.models.frames import counts_of_frames
from asctools.rnn.inputs import as_sequences, positive_sizes

__all__ = ["EventSpecificCNN", "Scales"]

KERNELS = (11, 21, 41)  # samples: 5, 10 and 20 ms, for the onset, the shape and the whole event


class Scales(nn.Module):
    """Convolutions of several lengths side by side, batch normalisation and ReLU: for G groups.

    Parameters
    ----------
    groups
        G. Each has weights of its own.
    channels
        Of the input; of each group's own input if ``own``.
    features
        Of the output of each group.
    kernels
        Lengths of the convolutions, in samples; each gets its share of the features.
    stride
        Samples of a step; output k stands for the samples stride · k … stride · k + stride − 1.
    own
        Whether the input is one of each group, side by side, instead of one for all.
    """

    def __init__(
        self,
        groups: int,
        channels: int,
        features: int,
        kernels: Sequence[int] = KERNELS,
        stride: int = 1,
        own: bool = False,
    ) -> None:
        super().__init__()
        self.groups, self.stride, self.kernels = groups, stride, tuple(kernels)
        self.shares = [len(range(n, features, len(kernels))) for n in range(len(kernels))]
        inputs, cut = (groups * channels, groups) if own else (channels, 1)
        self.looks = nn.ModuleList(
            nn.Conv1d(inputs, groups * share, kernel, stride, groups=cut, bias=False)
            for share, kernel in zip(self.shares, self.kernels, strict=True)
        )
        self.norm = nn.BatchNorm1d(groups * features)

    def forward(self, x: Tensor) -> Tensor:
        """Return ``(N, G, D, T / stride)`` of ``(N, channels, T)``."""
        count = counts_of_frames(x.shape[2], self.stride)
        seen = [self._padded(look, x, count) for look in self.looks]
        parts = [part.unflatten(1, (self.groups, -1)) for part in seen]
        y: Tensor = F.relu(self.norm(torch.cat(parts, dim=2).flatten(1, 2)))
        return y.unflatten(1, (self.groups, -1))

    def _padded(self, look: nn.Module, x: Tensor, count: int) -> Tensor:
        """Convolve, seeing as much before a step's samples as behind them."""
        (kernel,) = look.kernel_size  # type: ignore[misc]
        left = (kernel - self.stride) // 2
        right = (count - 1) * self.stride + kernel - left - x.shape[2]
        y: Tensor = look(F.pad(x, (left, right)))
        return y


class EventSpecificCNN(nn.Module):
    """Look at a signal at three scales, with other eyes for each event.

    All events are computed by the same three convolutions: those of 16 events are those of one
    with 16 times the features.

    Parameters
    ----------
    num_events
        E.
    input_channels
        C, of the signal; with ``own_input``, of the signal of each event.
    output_channels
        D, the features of each event, shared out among the kernels.
    use_shared
        Whether there are features for all events in common as well.
    stride
        Samples of a step of the output; 10 gives frames of 5 ms at a tenth of the cost.
    kernels
        Lengths of the convolutions in samples, none shorter than the stride.
    own_input
        Whether every event has a signal of its own, such as its score in a bank of templates. The
        input is then ``(N, T, E)``, or ``(N, T, E, C)``, and an event sees no other's.

    Raises
    ------
    InputError
        If a size is no whole number above 0, or a kernel shorter than the stride.
    """

    def __init__(
        self,
        num_events: int = 16,
        input_channels: int = 6,
        output_channels: int = 32,
        use_shared: bool = True,
        stride: int = 1,
        *,
        kernels: Sequence[int] = KERNELS,
        own_input: bool = False,
    ) -> None:
        super().__init__()
        sizes = {f"kernels[{n}]": kernel for n, kernel in enumerate(kernels)}
        positive_sizes(num_events=num_events, input_channels=input_channels, stride=stride, **sizes)
        _check(output_channels, kernels, stride)
        self.num_events, self.input_channels, self.own_input = num_events, input_channels, own_input
        self.stride, self.output_channels = stride, output_channels
        self.events = Scales(
            num_events, input_channels, output_channels, kernels, stride, own_input
        )
        everything = num_events * input_channels if own_input else input_channels
        self.shared: Scales | None = None
        if use_shared:
            self.shared = Scales(1, everything, output_channels, kernels, stride)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return the features of each event, and those in common.

        Parameters
        ----------
        x
            ``(N, T, C)``; with ``own_input`` ``(N, T, E)`` or ``(N, T, E, C)``.

        Returns
        -------
        tuple of Tensor
            ``(N, ⌈T / stride⌉, E, D)``, and ``(N, ⌈T / stride⌉, D)``: zeros without
            ``use_shared``.

        Raises
        ------
        ShapeError, InputError
            If shape or dtype do not fit.
        """
        rows = self._rows(x)
        own = self.events(rows).permute(0, 3, 1, 2)
        if self.shared is None:
            return own, own.new_zeros(*own.shape[:2], self.output_channels)
        return own, self.shared(rows)[:, 0].transpose(1, 2)

    def _rows(self, x: Tensor) -> Tensor:
        """Return ``(N, rows, T)``, each event's rows side by side if it has its own."""
        rows = self.input_channels * (self.num_events if self.own_input else 1)
        given = x.flatten(2) if isinstance(x, Tensor) and x.ndim == 4 and self.own_input else x
        if isinstance(given, Tensor) and given.ndim != 3:
            came, right = f"input of shape {tuple(x.shape)}", f"(N, T, {rows})"
            raise ShapeError(explain(came, right, "put time second and channels last"))
        given = as_sequences(given, rows, self.events.norm.weight.dtype)
        return given.transpose(1, 2)


def _check(features: int, kernels: Sequence[int], stride: int) -> None:
    if not kernels or min(kernels) < stride:
        came = f"kernels={list(kernels)} with stride={stride}"
        raise InputError(explain(came, "kernels, none shorter than the stride", "lengthen them"))
    if isinstance(features, bool) or not isinstance(features, int) or features < len(kernels):
        came = f"output_channels={features!r} for {len(kernels)} kernels"
        raise InputError(explain(came, "a feature for each kernel or more", "set output_channels"))
