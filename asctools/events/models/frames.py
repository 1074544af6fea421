"""Frames: pieces of a few samples, the steps in which a network walks through a recording.

Frame k covers the samples r·k … r·k + r − 1. Its middle is r·k + (r − 1) / 2.
"""

from collections.abc import Sequence
from typing import TypeVar

import torch
from torch import Tensor

__all__ = ["counts_of_frames", "in_frames", "in_samples", "valid_frames"]

T = TypeVar("T", int, Tensor)


def counts_of_frames(samples: T, resolution: int) -> T:
    """Return the number of frames that so many samples fill; the last may be cut short."""
    return -(-samples // resolution)


def in_frames(times: Tensor, resolution: int) -> Tensor:
    """Return times in frames: k at the middle of frame k."""
    return (times - (resolution - 1) / 2) / resolution


def in_samples(frames: Tensor, resolution: int) -> Tensor:
    """Return times in samples, of frame and offset added up: the inverse of :func:`in_frames`."""
    return frames * resolution + (resolution - 1) / 2


def valid_frames(
    lengths: Sequence[int] | Tensor | None, resolution: int, count: int, like: Tensor
) -> Tensor:
    """Return 1 where a frame lies in its window and 0 behind its end.

    Parameters
    ----------
    lengths
        Samples of each window, ``(N,)``; None: all frames count.
    resolution, count
        Samples of a frame, and the number of frames.
    like
        A tensor of the device and the dtype that are wanted.

    Returns
    -------
    Tensor
        ``(N, frames, 1)``, or ``(1, 1, 1)`` of ones if all frames count.
    """
    if lengths is None:
        return torch.ones(1, 1, 1, device=like.device, dtype=like.dtype)
    ends = counts_of_frames(torch.as_tensor(lengths, device=like.device), resolution)
    return (torch.arange(count, device=like.device) < ends[:, None])[..., None].to(like)
