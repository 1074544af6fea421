"""What an event-specific classifier says of windows, and how scores become times."""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from asctools.events.models.specific.explaining import Strikes, peak

__all__ = ["EventSpecificOutput", "offsets_of"]

REACH_FRAMES = 1.5  # on each side of a frame's middle: there its strike is looked for


class _Three(NamedTuple):
    event_logits: Tensor
    timing_logits: Tensor
    template_scores: Tensor


class EventSpecificOutput(_Three):
    """Logits and template scores of N windows: a tuple of three.

    Parameters
    ----------
    event_logits
        Whether each event is in the window, ``(N, E)``.
    timing_logits
        Whether it is in this frame, ``(N, frames, E)``.
    template_scores
        How well its template fits a strike at this sample when all other sure strikes are taken
        out, in deviations of the noise, ``(N, T, E)``.
    resolution
        Samples of a frame, which is no part of the tuple. None: as few as cover the samples.
    """

    resolution: int | None = None

    def __new__(
        cls,
        event_logits: Tensor,
        timing_logits: Tensor,
        template_scores: Tensor,
        resolution: int | None = None,
    ) -> "EventSpecificOutput":
        said = super().__new__(cls, event_logits, timing_logits, template_scores)
        said.resolution = resolution
        return said

    @property
    def timing_offsets(self) -> Tensor:
        """Where in the frame, in frames from its middle: see :func:`offsets_of`."""
        fewest = -(-self.template_scores.shape[1] // self.timing_logits.shape[1])
        return offsets_of(self.template_scores, self.resolution or fewest)


@torch.no_grad()
def offsets_of(template_scores: Tensor, resolution: int) -> Tensor:
    """Return where the template fits best near each frame, between the samples.

    Parameters
    ----------
    template_scores
        ``(N, T, E)``.
    resolution
        Samples of a frame.

    Returns
    -------
    Tensor
        ``(N, frames, E)``, in frames from each frame's middle, −1.5 … 1.5 and half a sample.
    """
    N, T, E = template_scores.shape
    count = -(-T // resolution)
    before = int(REACH_FRAMES * resolution) - resolution // 2
    width = before + resolution + before
    behind = (count - 1) * resolution + width - before - T
    scores = template_scores.transpose(1, 2)
    near = F.pad(scores, (before, max(behind, 0)), value=-torch.inf).unfold(2, width, resolution)
    first = resolution * torch.arange(count, device=scores.device) - before
    times = (near.argmax(3) + first).transpose(1, 2)
    window, _, event = torch.meshgrid(
        *(torch.arange(n, device=scores.device) for n in (N, count, E)), indexing="ij"
    )
    at = Strikes(window.flatten(), times.flatten(), event.flatten())
    beside, _ = peak(template_scores, at)
    middle = first + before + (resolution - 1) / 2
    return (times + beside.view_as(times) - middle[:, None]) / resolution
