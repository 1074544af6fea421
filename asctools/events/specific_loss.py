"""What an event-specific classifier is asked to make small: the classifier's terms and one more."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import torch
from torch import Tensor, nn

from asctools.errors import InputError, ShapeError, explain
from asctools.events.losses import EventTimingLoss, distances
from asctools.events.models.frames import counts_of_frames, valid_frames

__all__ = ["EventSpecificLoss", "SpecificLoss", "specific_total", "template_target"]

USUAL = 10.0  # deviations: what a strike of a bell in the middle scores


@dataclass(frozen=True)
class SpecificLoss:
    """A loss and what it is made of: tensors of shape ``()``, as attributes and as keys.

    Attributes
    ----------
    total_loss
        The weighted sum of the others.
    event_loss, timing_loss, refractory_loss
        As in :class:`~asctools.events.losses.EventLoss`.
    template_loss
        How far the template scores are from bumps at the strikes.
    """

    total_loss: Tensor
    event_loss: Tensor
    timing_loss: Tensor
    template_loss: Tensor
    refractory_loss: Tensor

    def __getitem__(self, name: str) -> Tensor:
        part: Tensor = getattr(self, name)
        return part

    def __iter__(self) -> Iterator[str]:
        return (field.name for field in fields(self))

    def keys(self) -> Iterator[str]:
        """Give the names of the parts."""
        return iter(self)


class EventSpecificLoss(nn.Module):
    """Which event, in which frame, what its template says, and not twice within the period.

    Parameters
    ----------
    event_weight, timing_weight, template_weight, refractory_weight
        What each term counts for.
    width
        Deviation of the bump that the template scores are to follow, in samples.
    **timing
        Further settings of :class:`~asctools.events.losses.EventTimingLoss`.
    """

    def __init__(
        self,
        event_weight: float = 1.0,
        timing_weight: float = 1.0,
        template_weight: float = 0.5,
        refractory_weight: float = 0.1,
        *,
        width: float = 10.0,
        **timing: Any,
    ) -> None:
        super().__init__()
        self.frames = EventTimingLoss(event_weight, timing_weight, refractory_weight, **timing)
        if not (0.0 <= template_weight < torch.inf and 0.0 < width < torch.inf):
            came = f"template_weight={template_weight!r}, width={width!r}"
            raise InputError(explain(came, "a number from 0 on, and one above 0", "use 0.5 and 10"))
        self.template_weight, self.width = template_weight, width
        self.resolution = self.frames.resolution

    def forward(
        self,
        event_logits: Tensor,
        timing_logits: Tensor,
        template_scores: Tensor,
        event_labels: Tensor,
        event_timings: Tensor,
        lengths: Tensor | None = None,
    ) -> SpecificLoss:
        """Compare what a model says with what happened.

        Parameters
        ----------
        event_logits, timing_logits, template_scores
            The three that :class:`~asctools.events.models.specific.EventSpecificClassifier`
            returns.
        event_labels, event_timings, lengths
            As :class:`~asctools.events.losses.EventTimingLoss` takes them.

        Raises
        ------
        ShapeError
            If the shapes do not fit each other.
        """
        said = (event_logits, timing_logits, event_labels, event_timings)
        parts = self.frames(*said, lengths=lengths)
        if template_scores.ndim != 3 or template_scores.shape[::2] != event_logits.shape:
            came = f"template_scores of shape {tuple(template_scores.shape)}"
            right = f"(N, T, E), here ({len(event_logits)}, T, {event_logits.shape[1]})"
            raise ShapeError(explain(came, right, "pass what the model returned, in its order"))
        T = template_scores.shape[1]
        if timing_logits.shape[1] != counts_of_frames(T, self.resolution):
            came = f"{timing_logits.shape[1]} frames of {T} samples"
            todo = "make the loss with the model's timing_resolution_samples"
            raise ShapeError(explain(came, f"frames of {self.resolution}", todo))
        valid = valid_frames(lengths, 1, T, template_scores)
        away = distances(event_labels, event_timings, T, 1)
        template = template_target(template_scores, away, valid, self.width)
        event_weight, timing_weight, refractory_weight = self.frames.weights
        weights = (event_weight, timing_weight, self.template_weight, refractory_weight)
        terms = (parts.event_loss, parts.timing_loss, template, parts.refractory_loss)
        return SpecificLoss(specific_total(weights, *terms), *terms)


def template_target(scores: Tensor, away: Tensor, valid: Tensor, width: float = 10.0) -> Tensor:
    r"""Return how far template scores are from bumps of height 1 at the strikes: a mean square.

    .. math:: \frac{1}{N T E} \sum_{n,t,e} \left( \frac{z_{nte}}{10} - g_{nte} \right)^2,
       \qquad g_{nte} = \exp \left( -\frac{(t - t_{ne})^2}{2 \sigma^2} \right)

    Implements :eq:`eq-template-target`.

    Parameters
    ----------
    scores
        z, in deviations, ``(N, T, E)``. A strike of usual loudness scores about 10.
    away
        From each sample to the nearest strike of the event, in samples, ``(N, T, E)``; infinite
        without one.
    valid
        1 where a sample counts, ``(N, T, 1)`` or ``(1, 1, 1)``.
    width
        σ of the bump, in samples.
    """
    target = torch.exp(-0.5 * (away / width) ** 2)
    wrong = valid * (scores / USUAL - target) ** 2
    return wrong.sum() / (valid.expand_as(scores)).sum()


def specific_total(
    weights: tuple[float, float, float, float],
    event: Tensor,
    timing: Tensor,
    template: Tensor,
    refractory: Tensor,
) -> Tensor:
    """Return the weighted sum of the terms.

    Implements :eq:`eq-specific-loss`.
    """
    event_weight, timing_weight, template_weight, refractory_weight = weights
    return (
        event_weight * event
        + timing_weight * timing
        + template_weight * template
        + refractory_weight * refractory
    )
