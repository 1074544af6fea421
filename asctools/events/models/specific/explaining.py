"""Explain a signal by the strikes that are sure, so that each other strike is heard without them.

This is the pursuit of :mod:`asctools.bells.pursuit`, a batch at a time: where that takes the best
strike and looks again, a round here takes all strikes that no other is near to.
"""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from asctools.bells.pursuit.peak import FINE, REACH, UPSAMPLE
from asctools.events.models.specific.bank import TINY, EventTemplateBank, Filters
from asctools.events.models.specific.delays import delayed, fast_size

__all__ = ["Explained", "Strikes", "explain_away", "likelihood_ratio", "peak", "surest"]

VARIANCE = 0.3  # of the strength of strikes around 1, as the pursuit has it
NEAR = 100  # samples: of strikes that are nearer to each other a round takes the better one
LEAST = 6.0  # the likelihood ratio from which on a strike is subtracted


class Explained(NamedTuple):
    """A signal without its sure strikes, and what these add to the scores of their own events.

    Attributes
    ----------
    rest
        ``(N, T, C)``: what no strike has explained.
    own
        ``(N, T, E)``: what its own strikes add to the score of each event. The scores of ``rest``
        and this are the scores that an event has when all others are silent.
    """

    rest: Tensor
    own: Tensor


class Strikes(NamedTuple):
    """Strikes that a round has taken, n of them: window, sample, event, each ``(n,)``."""

    windows: Tensor
    times: Tensor
    events: Tensor


@torch.no_grad()
def explain_away(
    bank: EventTemplateBank,
    filters: Filters,
    x: Tensor,
    scores: Tensor,
    valid: Tensor,
    rounds: int = 2,
    period: int = 4000,
) -> Explained:
    """Subtract from a signal the strikes that are sure.

    Parameters
    ----------
    bank, filters
        The templates, and what ``bank.filters()`` makes of them.
    x
        Signals as the bank hears them, ``(N, T, C)``.
    scores
        What ``bank.scored(x, filters)`` says of them, ``(N, T, E)``.
    valid
        Where a strike may be, ``(N, T, 1)``: nowhere behind the end of a window.
    rounds
        How often it looks again.
    period
        Samples in which an event comes once.

    Notes
    -----
    Mallat and Zhang (1993), *Matching pursuits with time-frequency dictionaries*, take one strike
    at a time. No gradient flows through what is subtracted.
    """
    energies = filters.energies
    own = x.new_zeros(*x.shape[:2], bank.num_events)
    closed = (valid == 0).expand_as(own)
    for each in range(rounds):
        scores = valid * (scores if each == 0 else bank.scored(x, filters))
        ratio = likelihood_ratio(scores, energies).masked_fill(closed, -torch.inf)
        found = surest(ratio, period)
        if not len(found.times):
            break
        fraction, height = peak(scores, found)
        E = energies[found.events]
        strength = (height * E.sqrt() + 1 / VARIANCE) / (E + 1 / VARIANCE)
        shapes = strength[:, None, None] * _waveforms(bank, found, fraction)
        before = bank.lead + bank.room
        x = valid * _added(x, -shapes.transpose(1, 2), found, before)
        answer, early = _answers(filters, shapes, found.events)
        of_event = F.one_hot(found.events, bank.num_events).to(answer)
        own = _added(own, answer[..., None] * of_event[:, None], found, early)
        closed = closed | _around(found, period, own.shape)
    return Explained(x, own)


def likelihood_ratio(scores: Tensor, energies: Tensor) -> Tensor:
    """Return the log-likelihood ratio of a strike against none, for scores in deviations.

    As :func:`asctools.bells.pursuit.scores.amplitude_score` for a score of c = z √E; a strike
    upside down gets the ratio of silence. It puts weak and loud events on one scale.
    """
    c = (scores * energies.sqrt() + 1 / VARIANCE).clamp(min=0.0)
    known = torch.log1p(VARIANCE * energies) / 2 + 1 / (2 * VARIANCE)
    return c.square() / (2 * (energies + 1 / VARIANCE)) - known


def surest(ratio: Tensor, period: int) -> Strikes:
    """Return the strikes that no likelier one is near to, and no likelier one of their event.

    Parameters
    ----------
    ratio
        Of a strike against none, ``(N, T, E)``; minus infinity where none may be.
    period
        Samples in which an event comes once.
    """
    best, event = ratio.max(2)
    around = F.max_pool1d(best[:, None], 2 * NEAR + 1, stride=1, padding=NEAR)[:, 0]
    windows, times = ((best == around) & (best >= LEAST)).nonzero(as_tuple=True)
    events, worth = event[windows, times], best[windows, times]
    same = (windows[:, None] == windows) & (events[:, None] == events)
    close = (times[:, None] - times).abs() < period
    first = torch.arange(len(times), device=times.device)
    better = (worth > worth[:, None]) | ((worth == worth[:, None]) & (first < first[:, None]))
    kept = ~(same & close & better).any(1)
    return Strikes(windows[kept], times[kept], events[kept])


def peak(scores: Tensor, at: Strikes) -> tuple[Tensor, Tensor]:
    """Return where, beside the samples ``at``, the scores are highest, and how high.

    Eight values per sample, then a parabola, as :func:`asctools.bells.pursuit.peak.top`.

    Returns
    -------
    tuple of Tensor
        Samples, −½ … ½, and the highest of the eight values per sample, both ``(n,)``.
    """
    reach = torch.arange(-REACH, REACH + 1, device=scores.device)
    padded = F.pad(scores, (0, 0, REACH, REACH))
    around = padded[at.windows[:, None], at.times[:, None] + REACH + reach, at.events[:, None]]
    fine = around @ torch.as_tensor(FINE.T, dtype=scores.dtype, device=scores.device)
    top = 1 + fine[:, 1:-1].argmax(1, keepdim=True)
    low, middle, high = (fine.gather(1, top + step)[:, 0] for step in (-1, 0, 1))
    bend = (low - 2 * middle + high).clamp(max=-TINY)
    place = (top[:, 0] - fine.shape[1] // 2 + (low - high) / (2 * bend)) / UPSAMPLE
    return place.clamp(-0.5, 0.5), middle


def _waveforms(bank: EventTemplateBank, found: Strikes, fraction: Tensor) -> Tensor:
    """Return what each strike looks like, ``(n, C, L + 2 * room)``."""
    late = bank.onset_delays[found.events] + fraction[:, None]
    return delayed(bank.templates[found.events], late, bank.room)


def _answers(filters: Filters, shapes: Tensor, events: Tensor) -> tuple[Tensor, int]:
    """Return how the filter of its own event answers to each strike, and from how early on."""
    kernels = filters.filters[events]
    early = kernels.shape[2] - 1
    size = fast_size(shapes.shape[2] + early)
    product = torch.fft.rfft(F.pad(shapes, (early, 0)), size) * torch.fft.rfft(kernels, size).conj()
    answer = torch.fft.irfft(product.sum(1), size)[:, : shapes.shape[2] + early]
    return answer * (filters.energies[events] + TINY).rsqrt()[:, None], early


def _added(x: Tensor, pieces: Tensor, at: Strikes, before: int) -> Tensor:
    """Add pieces ``(n, M, D)`` to signals ``(N, T, D)``; piece k begins ``before`` its strike."""
    N, T, D = x.shape
    M = pieces.shape[1]
    longer = F.pad(x, (0, 0, before, M)).reshape(-1, D)
    first = at.windows * (T + before + M) + at.times
    index = first[:, None] + torch.arange(M, device=x.device)
    longer.index_add_(0, index.flatten(), pieces.reshape(-1, D))
    return longer.view(N, -1, D)[:, before : before + T]


def _around(found: Strikes, period: int, shape: torch.Size) -> Tensor:
    """Return where the period forbids a strike, ``(N, T, E)``."""
    edges = torch.zeros(shape[0], shape[1] + 1, shape[2], device=found.times.device)
    for time, step in ((found.times - period + 1, 1.0), (found.times + period, -1.0)):
        place = (found.windows, time.clamp(0, shape[1]), found.events)
        edges.index_put_(place, torch.full_like(place[1], step, dtype=edges.dtype), accumulate=True)
    return edges.cumsum(1)[:, :-1] > 0
