"""What a classifier of events says of windows, and how it says that an event is in one."""

from typing import NamedTuple

import torch
from torch import Tensor

__all__ = ["EventOutput", "soft_maximum"]


class EventOutput(NamedTuple):
    """Logits and offsets of N windows.

    Attributes
    ----------
    event_logits
        Whether each event is in the window, ``(N, E)``.
    timing_logits
        Whether it is in this frame, ``(N, frames, E)``. A softmax over the frames of a window is
        the distribution of its time; a sigmoid in each frame lets an event come twice.
    timing_offsets
        Where in the frame, in frames from its middle, ``(N, frames, E)``.
    """

    event_logits: Tensor
    timing_logits: Tensor
    timing_offsets: Tensor


def soft_maximum(timing_logits: Tensor, valid: Tensor) -> Tensor:
    """Return the logit of an event in a window from those of its frames.

    The odds that it is anywhere are the sum of the odds that it is here, or there, …: a maximum,
    softly, which every frame can raise and no number of silent frames can hide.
    Implements :eq:`eq-soft-maximum`.

    Parameters
    ----------
    timing_logits
        ``(N, frames, E)``.
    valid
        1 where a frame counts, 0 behind the end of a window, ``(N, frames, 1)``.

    Returns
    -------
    Tensor
        ``(N, E)``.
    """
    return torch.logsumexp(timing_logits.masked_fill(valid == 0, -torch.inf), dim=1)
