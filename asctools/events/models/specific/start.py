"""What a bank knows before its first step: all that a pursuit has learned, or nothing."""

import math
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import ArrayLike

from asctools.errors import ShapeError, explain
from asctools.events.models.specific.bank import ENERGY, EventTemplateBank
from asctools.events.models.specific.delays import delayed
from asctools.events.models.specific.onset import onset_delays
from asctools.events.models.specific.whitening import checked_scale, inverse_for

if TYPE_CHECKING:
    from asctools.bells.pursuit import TemplatePursuit

__all__ = ["start_from_noise", "start_from_pursuit"]


@torch.no_grad()
def start_from_pursuit(
    bank: EventTemplateBank, pursuit: "TemplatePursuit", scale: ArrayLike | None = None
) -> EventTemplateBank:
    """Give a bank the templates, the onset delays and the noise that a pursuit has learned.

    Each channel's delay is estimated and taken out of its waveform, so ``templates`` hold shapes
    and ``delays`` times. Together they are what the pursuit had, as far as it is long enough.

    Parameters
    ----------
    bank
        Of as many events and channels as the pursuit; it is changed in place.
    pursuit
        Fitted; its templates at least as long as the bank's. Where both strokes have a template
        of their own, the bank gets their mean.
    scale
        What each channel is divided by before the bank meets it, ``(C,)``: templates and noise
        are divided as well. ``model.normalise.scale`` is one. None: the bank meets what the
        pursuit met.

    Returns
    -------
    EventTemplateBank
        The bank. A bank that is not whitened gets templates and delays alone.

    Raises
    ------
    ShapeError
        If events, channels or lengths do not fit.
    """
    learned = torch.from_numpy(np.array(pursuit.templates))
    _check(bank, learned)
    divisor = checked_scale(scale, learned.shape[1])
    learned = learned / torch.from_numpy(divisor).to(learned)[:, None]
    delays = torch.from_numpy(onset_delays(learned.numpy(), bank.lead, bank.max_delay)).float()
    shapes = delayed(learned, -delays, math.ceil(bank.max_delay))
    room, length = math.ceil(bank.max_delay), bank.templates.shape[2]
    bank.templates.copy_(shapes[..., room : room + length])
    bank.delays.copy_(delays)
    if bank.inverse_spectrum is not None:
        bins = len(bank.inverse_spectrum)
        bank.inverse_spectrum.copy_(inverse_for(pursuit.spectrum, divisor, bins))
    return bank


@torch.no_grad()
def start_from_noise(
    bank: EventTemplateBank, generator: torch.Generator | None = None
) -> EventTemplateBank:
    """Give a bank random templates and no delays, as it had when it was made.

    Each template has the energy of a bell in the middle, 20 dB above noise of variance 1: one
    that begins too small has scores that say nothing, and slopes that say too much.

    Parameters
    ----------
    bank
        It is changed in place. The noise that it knows stays.
    generator
        Draws the templates; None: PyTorch's own.
    """
    deviation = math.sqrt(ENERGY / bank.templates[0].numel())
    bank.templates.normal_(0.0, deviation, generator=generator)
    bank.delays.zero_()
    return bank


def _check(bank: EventTemplateBank, learned: torch.Tensor) -> None:
    events, channels, length = bank.templates.shape
    if learned.shape[:2] != (events, channels) or learned.shape[2] < length:
        came = f"a pursuit with templates of shape {tuple(learned.shape)}"
        right = f"({events}, {channels}, {length} or more), as the bank has them"
        raise ShapeError(explain(came, right, "fit the pursuit for this bank, or make it shorter"))
