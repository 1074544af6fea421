"""What a bank hears in a window, sample by sample and frame by frame."""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from asctools.events.models.specific.bank import EventTemplateBank
from asctools.events.models.specific.explaining import explain_away, likelihood_ratio

__all__ = ["Heard", "deviations", "evidence", "hear"]

FAINT = 1e-3  # an energy far below that of the noise
SILENT = -4.0  # a likelihood ratio below it tells nothing more


class Heard(NamedTuple):
    """What the bank has heard: scores in deviations, and ratios of each frame.

    Attributes
    ----------
    scores
        Of each template with all other sure strikes taken out, ``(N, T, E)``.
    alone, first
        The highest log-likelihood ratio in each frame, ``(N, frames, E)``: with the others taken
        out, and before.
    loudness
        Log energy of each channel in each frame, ``(N, frames, C)``.
    """

    scores: Tensor
    alone: Tensor
    first: Tensor
    loudness: Tensor


def hear(
    bank: EventTemplateBank, x: Tensor, inside: Tensor, resolution: int, rounds: int, period: int
) -> Heard:
    """Score every sample, take sure strikes out, and put the best of each frame together.

    The gradient comes to the bank through the scores of what is left alone.

    Parameters
    ----------
    bank
        The templates.
    x
        Normalised readings, ``(N, T, C)``, 0 behind the end of a window.
    inside
        1 inside a window and 0 behind its end, ``(N, T, 1)``.
    resolution
        Samples of a frame.
    rounds, period
        As for :func:`~asctools.events.models.specific.explaining.explain_away`.
    """
    filters = bank.filters()
    # A strike before the window is still heard in it: there is room for that.
    early = bank.templates.shape[2] - bank.lead
    longer = F.pad(x, (0, 0, early, 0))
    with torch.no_grad():
        heard = bank.scored(longer, filters)
        may = F.pad(inside, (0, 0, early, 0), value=1.0)
        rest, own = explain_away(bank, filters, longer, heard, may, rounds, period)
    scores = (bank.scored(rest, filters) + own)[:, early:] * inside
    ratios = (likelihood_ratio(each, filters.energies) for each in (scores, heard[:, early:]))
    alone, first = (_highest(each.masked_fill(inside == 0, SILENT), resolution) for each in ratios)
    return Heard(scores, alone, first, _loudness(x, resolution))


def deviations(ratio: Tensor) -> Tensor:
    """Return ratios on the scale of scores: half a square becomes its root, silence about −1."""
    above = (2 * ratio.clamp(min=0.0) + 1).sqrt() - 1
    return torch.where(ratio > 0, above, ratio.clamp(SILENT, 0.0) / 4)


def evidence(ratio: Tensor) -> Tensor:
    """Return ratios so squeezed that no logit made of them is lost in rounding."""
    return torch.log1p(ratio.clamp(min=0.0)) + ratio.clamp(SILENT, 0.0) / 4


def _highest(ratio: Tensor, resolution: int) -> Tensor:
    """Return the highest ratio in each frame; the last frame may be cut short."""
    longer = F.pad(ratio.transpose(1, 2), (0, -ratio.shape[1] % resolution), value=SILENT)
    return F.max_pool1d(longer, resolution).transpose(1, 2)


def _loudness(x: Tensor, resolution: int) -> Tensor:
    """Return the log energy of each channel in each frame."""
    longer = F.pad(x.square().transpose(1, 2), (0, -x.shape[1] % resolution))
    energy = F.avg_pool1d(longer, resolution).transpose(1, 2)
    return torch.log(energy + FAINT)
