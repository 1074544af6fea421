"""What a classifier of events is asked to make small, term by term.

Everything is worked out on frames of ``timing_resolution_samples`` samples. Frame k covers the
samples r·k … r·k + r − 1; its middle, where an offset is 0, is r·k + (r − 1) / 2.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, fields

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from asctools.errors import InputError, ShapeError, explain
from asctools.events.models.frames import in_frames, valid_frames

__all__ = [
    "EventLoss",
    "EventTimingLoss",
    "distances",
    "offset_loss",
    "refractory_term",
    "timing_likelihood",
    "total_loss",
]


@dataclass(frozen=True)
class EventLoss:
    """A loss and what it is made of: tensors of shape ``()``, as attributes and as keys.

    Attributes
    ----------
    total_loss
        The weighted sum of the others.
    event_loss
        Whether an event is in the window: cross-entropy of the soft maximum, in nats an event.
    timing_loss
        In which frame: cross-entropy of all frames, in nats an event.
    offset_loss
        Where in the frame.
    refractory_loss
        Strikes of one event, expected too close to each other.
    """

    total_loss: Tensor
    event_loss: Tensor
    timing_loss: Tensor
    offset_loss: Tensor
    refractory_loss: Tensor

    def __getitem__(self, name: str) -> Tensor:
        part: Tensor = getattr(self, name)
        return part

    def __iter__(self) -> Iterator[str]:
        return (field.name for field in fields(self))

    def keys(self) -> Iterator[str]:
        """Give the names of the parts."""
        return iter(self)


class EventTimingLoss(nn.Module):
    """Which event, in which frame, where in the frame, and not twice within the period.

    Parameters
    ----------
    event_weight, timing_weight, refractory_weight
        What each term counts for; the timing weight counts for the offset as well.
    timing_resolution_samples
        Samples of a frame, as the model's.
    refractory_period_samples
        An event does not come back before so many samples.
    spread
        Deviation, in frames, of the bump around a strike that the frames are to follow; 0: the
        one frame in which it lies.
    positive_weight
        What a frame with a strike counts for; there are hundreds without.
    reach
        Frames around a strike whose offset is trained, on each side.
    near
        In frames: what is closer may be one strike, and the refractory term lets it be.
    """

    def __init__(
        self,
        event_weight: float = 1.0,
        timing_weight: float = 1.0,
        refractory_weight: float = 0.1,
        *,
        timing_resolution_samples: int = 10,
        refractory_period_samples: int = 4000,
        spread: float = 1.0,
        positive_weight: float = 1.0,
        reach: float = 1.5,
        near: int = 6,
    ) -> None:
        super().__init__()
        self.weights = _checked(event_weight, timing_weight, refractory_weight)
        self.resolution = timing_resolution_samples
        self.period = -(-refractory_period_samples // timing_resolution_samples)
        self.spread, self.positive_weight = spread, positive_weight
        self.reach, self.near = reach, near

    def forward(
        self,
        event_logits: Tensor,
        timing_logits: Tensor,
        event_labels: Tensor,
        event_timings: Tensor,
        timing_offsets: Tensor | None = None,
        lengths: Tensor | None = None,
    ) -> EventLoss:
        """Compare what a model says with what happened.

        Parameters
        ----------
        event_logits
            Whether each event is in the window, ``(N, E)``.
        timing_logits
            Whether it is in this frame, ``(N, frames, E)``.
        event_labels
            0 or 1, ``(N, E)``.
        event_timings
            In samples, ``(N, E)``, or ``(N, E, K)`` with NaN where fewer than K strikes are; what
            stands at an event that is absent does not matter.
        timing_offsets
            Where in the frame, in frames from its middle, ``(N, frames, E)``.
        lengths
            Samples of each window, ``(N,)``, where they differ.

        Raises
        ------
        ShapeError
            If the shapes do not fit each other.
        """
        _fitting(event_logits, timing_logits, event_labels, event_timings, timing_offsets)
        count = timing_logits.shape[1]
        valid = valid_frames(lengths, self.resolution, count, timing_logits)
        away = distances(event_labels, event_timings, count, self.resolution)
        event = F.binary_cross_entropy_with_logits(event_logits, event_labels.to(event_logits))
        target = self._target(away)
        timing = timing_likelihood(timing_logits, target, valid, self.positive_weight)
        offset = timing_logits.new_zeros(())
        if timing_offsets is not None:
            offset = offset_loss(timing_offsets, away, valid, self.reach)
        chance = timing_logits.sigmoid() * valid
        refractory = refractory_term(chance, self.period, self.near)
        total = total_loss(self.weights, event, timing, offset, refractory)
        return EventLoss(total, event, timing, offset, refractory)

    def _target(self, away: Tensor) -> Tensor:
        """Return the chance of a strike that each frame is to say, ``(N, frames, E)``."""
        if not self.spread:
            return ((away >= -0.5) & (away < 0.5)).to(away)
        return torch.exp(-0.5 * (away / self.spread) ** 2)


def distances(event_labels: Tensor, event_timings: Tensor, count: int, resolution: int) -> Tensor:
    """Return how far each frame's middle is from the nearest strike, in frames.

    Parameters
    ----------
    event_labels, event_timings
        As :class:`EventTimingLoss` takes them.
    count, resolution
        The number of frames, and samples of a frame.

    Returns
    -------
    Tensor
        ``(N, frames, E)``: time of the strike less that of the frame; infinite without a strike.
    """
    times = event_timings if event_timings.ndim == 3 else event_timings[..., None]
    struck = (event_labels > 0)[..., None] & ~times.isnan()
    at = in_frames(times, resolution).masked_fill(~struck, torch.inf)  # (N, E, K)
    frame = torch.arange(count, device=at.device, dtype=at.dtype)
    away = at[:, None] - frame[:, None, None]  # (N, frames, E, K)
    if away.shape[-1] == 1:
        return away[..., 0]
    return away.gather(-1, away.abs().argmin(-1, keepdim=True))[..., 0]


def timing_likelihood(
    timing_logits: Tensor, target: Tensor, valid: Tensor, positive_weight: float = 1.0
) -> Tensor:
    """Return the cross-entropy of all frames: the sum over a window, the mean over its events.

    Each frame is asked by itself whether the event strikes in it, so an event may strike twice.
    Implements :eq:`eq-timing-likelihood`.

    Parameters
    ----------
    timing_logits, target
        What the model says, and the chance that it should say, ``(N, frames, E)``.
    valid
        1 where a frame counts, 0 behind the end of a window, ``(N, frames, 1)``.
    positive_weight
        What a strike counts for.
    """
    yes = positive_weight * target * F.logsigmoid(timing_logits)
    no = (1.0 - target) * F.logsigmoid(-timing_logits)
    return -(valid * (yes + no)).sum(1).mean()


def offset_loss(offsets: Tensor, away: Tensor, valid: Tensor, reach: float = 1.5) -> Tensor:
    """Return how wrong the offsets are in the frames near a strike, by Huber's loss.

    Implements :eq:`eq-offset-loss`.

    Parameters
    ----------
    offsets, away
        Where the strike is, seen from the frame's middle, and where it is in truth, in frames,
        ``(N, frames, E)``.
    valid
        As for :func:`timing_likelihood`.
    reach
        Frames on each side of a strike that count.
    """
    counts = valid * (away.abs() <= reach)
    wrong = (offsets - away.masked_fill(counts == 0, 0.0)).abs()
    huber = torch.where(wrong < 1.0, 0.5 * wrong**2, wrong - 0.5)
    return (counts * huber).sum() / counts.sum().clamp(min=1.0)


def refractory_term(chance: Tensor, period: int, near: int = 6) -> Tensor:
    """Return the expected number of pairs of strikes of one event that come too close.

    Two frames make a pair if they are at least ``near`` and less than ``period`` apart. The
    running sum of the chances gives all partners of a frame at once, so the cost is that of one
    pass, not that of all pairs.

    Implements :eq:`eq-refractory-term`.

    Parameters
    ----------
    chance
        Of a strike in each frame, ``(N, frames, E)``.
    period
        In frames; a distance of exactly the period is legal.
    near
        In frames; what is closer may belong to one strike.

    Returns
    -------
    Tensor
        The mean over windows and events, of shape ``()``.
    """
    before = F.pad(chance.cumsum(1), (0, 0, 1, 0))  # before[k] = chance of frames 0 … k − 1
    frame = torch.arange(chance.shape[1], device=chance.device)
    newest = (frame - near + 1).clamp(min=0)
    oldest = (frame - period + 1).clamp(min=0)
    partners = before[:, torch.maximum(newest, oldest)] - before[:, oldest]
    return (chance * partners).sum(1).mean()


def total_loss(
    weights: tuple[float, float, float],
    event: Tensor,
    timing: Tensor,
    offset: Tensor,
    refractory: Tensor,
) -> Tensor:
    """Return the weighted sum of the terms.

    Implements :eq:`eq-event-loss`.
    """
    event_weight, timing_weight, refractory_weight = weights
    return event_weight * event + timing_weight * (timing + offset) + refractory_weight * refractory


def _checked(event: float, timing: float, refractory: float) -> tuple[float, float, float]:
    named = {"event_weight": event, "timing_weight": timing, "refractory_weight": refractory}
    for name, weight in named.items():
        if not (math.isfinite(weight) and weight >= 0.0):
            came = f"{name}={weight!r}"
            raise InputError(explain(came, "a number from 0 on", "0 leaves the term out"))
    return event, timing, refractory


def _fitting(
    event_logits: Tensor,
    timing_logits: Tensor,
    labels: Tensor,
    timings: Tensor,
    offsets: Tensor | None,
) -> None:
    N, E = event_logits.shape
    wrong = {
        "timing_logits": timing_logits.ndim != 3 or timing_logits.shape[::2] != (N, E),
        "event_labels": labels.shape != (N, E),
        "event_timings": timings.shape[:2] != (N, E) or timings.ndim > 3,
        "timing_offsets": offsets is not None and offsets.shape != timing_logits.shape,
    }
    if bad := [name for name, is_wrong in wrong.items() if is_wrong]:
        came = f"{', '.join(bad)} of another shape than event_logits {N, E} asks for"
        todo = "pass them in this order: event_logits, timing_logits, event_labels, event_timings"
        raise ShapeError(explain(came, f"{N} windows of {E} events", todo))
