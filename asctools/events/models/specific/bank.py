"""A bank of templates that learns: matched filters whose shapes and delays are weights."""

import math
from functools import reduce
from numbers import Real
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from asctools.errors import InputError, explain, unknown_name
from asctools.events.models.specific.delays import delayed, fast_size, within
from asctools.events.models.specific.whitening import SMEAR, identity, whitened
from asctools.rnn.inputs import as_sequences, positive_sizes

__all__ = ["NORMALISE", "EventTemplateBank", "Filters", "template_score"]

NORMALISE = ("template", "signal")
TINY = 1e-6  # energy that is none: a template of zeros scores 0
ENERGY = 100.0  # of a template made of noise: a bell in the middle, 20 dB


class Filters(NamedTuple):
    """What is correlated with a signal.

    Attributes
    ----------
    filters
        ``(E, C, M)``: templates with their delays, divided by the noise if the bank is whitened.
    energies
        The score of each template on itself, ``(E,)``: its signal-to-noise ratio where the noise
        is known, else its energy.
    before
        Samples of a filter before its strike.
    """

    filters: Tensor
    energies: Tensor
    before: int


class EventTemplateBank(nn.Module):
    """Compare a signal with a template of each event, at every sample.

    Parameters
    ----------
    num_events
        E, the kinds of events.
    num_features
        C, the channels of a reading.
    template_length
        L, the samples of a template.
    lead
        Samples of a template before its strike: a channel may hear it early.
    max_delay
        A channel begins at most so many samples before or after the strike.
    normalise
        ``"template"`` divides by the template's own size: noise of variance 1 scores with
        variance 1, so a score counts deviations. ``"signal"`` also divides by the signal's size
        near by: scores lie from −1 to 1, however loud the signal is.
    whiten
        Whether it keeps the spectrum of the noise and divides by it. Until
        :func:`~asctools.events.models.specific.start.start_from_pursuit` measures it, noise is
        taken for white.

    Attributes
    ----------
    templates : Parameter
        ``(E, C, L)``: what each channel hears, were it to begin at the strike. At first noise,
        drawn by PyTorch's generator, with the energy of a bell in the middle.
    delays : Parameter
        ``(E, C)``, in samples: how much later each channel begins. What counts is its value cut
        to ±``max_delay``, :attr:`onset_delays`.
    inverse_spectrum : Tensor
        A buffer if ``whiten``: Σ⁻¹ of the noise, ``(frequencies, C, C, 2)``, real and imaginary
        part; else None.

    Raises
    ------
    InputError, UnknownNameError
        If an argument is out of range, or a name unknown.
    """

    inverse_spectrum: Tensor | None

    def __init__(
        self,
        num_events: int = 16,
        num_features: int = 6,
        template_length: int = 80,
        *,
        lead: int = 20,
        max_delay: float = 10.0,
        normalise: str = "template",
        whiten: bool = False,
    ) -> None:
        super().__init__()
        _check(num_events, num_features, template_length, lead, max_delay, normalise, whiten)
        self.num_events, self.num_features = num_events, num_features
        self.lead, self.max_delay, self.normalise = lead, float(max_delay), normalise
        drawn = torch.randn(num_events, num_features, template_length)
        self.templates = nn.Parameter(drawn * (ENERGY / drawn[0].numel()) ** 0.5)
        self.delays = nn.Parameter(torch.zeros(num_events, num_features))
        self.room = math.ceil(max_delay) + (SMEAR if whiten else 0)
        bins = fast_size(template_length + 2 * self.room) // 2 + 1
        self.register_buffer("inverse_spectrum", identity(bins, num_features) if whiten else None)

    @property
    def onset_delays(self) -> Tensor:
        """The delays that count, ``(E, C)``, in samples, within ±``max_delay``."""
        return within(self.delays, self.max_delay)

    def waveforms(self) -> Tensor:
        """Return what a strike looks like, delays applied, ``(E, C, L)``; the strike is at lead."""
        return delayed(self.templates, self.onset_delays)

    def filters(self) -> Filters:
        """Return what is correlated with a signal, and each template's score on itself."""
        shapes = delayed(self.templates, self.onset_delays, self.room)
        filters = shapes
        if self.inverse_spectrum is not None:
            filters = whitened(shapes, self.inverse_spectrum)
        return Filters(filters, (filters * shapes).sum((1, 2)), self.lead + self.room)

    def forward(self, x: Tensor) -> Tensor:
        """Return how well each template fits a strike at each sample.

        Parameters
        ----------
        x
            Readings near size 1, ``(N, T, C)``, T ≥ 1. Before and behind them is silence, so zeros
            appended to a window change none of its scores.

        Returns
        -------
        Tensor
            ``(N, T, E)``, a view of ``(N, E, T)``.

        Raises
        ------
        ShapeError, InputError
            If shape or dtype do not fit.
        """
        return self.scored(x, self.filters())

    def scored(self, x: Tensor, filters: Filters) -> Tensor:
        """Return the scores, ``(N, T, E)``, with filters that were made before."""
        signal = as_sequences(x, self.num_features, self.templates.dtype).transpose(1, 2)
        scores = template_score(signal, filters)
        if self.normalise == "signal":
            scores = scores * _size_near(signal, filters).rsqrt()
        return scores.transpose(1, 2)

    def extra_repr(self) -> str:
        shape = ", ".join(map(str, self.templates.shape))
        return f"{shape}, normalise={self.normalise!r}, whiten={self.inverse_spectrum is not None}"


def template_score(signal: Tensor, filters: Filters) -> Tensor:
    r"""Correlate signals with all filters, in units of the deviation of a score on noise.

    .. math::

       z_e(t) = \frac{1}{\sqrt{E_e}} \sum_c \sum_l h_{e,c}(l)\, x_c(t + l),
       \qquad E_e = \sum_c \sum_l h_{e,c}(l)\, s_{e,c}(l)

    One Fourier transform serves all events.

    Implements :eq:`eq-template-score`.

    Parameters
    ----------
    signal
        ``(N, C, T)``; silence outside.
    filters
        h, with the energies E; the strike is at l = 0.

    Returns
    -------
    Tensor
        ``(N, E, T)``.
    """
    T, length = signal.shape[-1], filters.filters.shape[-1]
    size = fast_size(T + length)  # so long that the end does not come round to the start
    late = F.pad(signal, (filters.before, 0))  # a filter that begins here strikes at its place
    heard = torch.fft.rfft(late, size)[:, None].unbind(2)
    known = torch.fft.rfft(filters.filters, size).conj().unbind(1)
    # Channel by channel: all products at once are too large for the cache.
    product = reduce(torch.add, map(torch.mul, heard, known))
    scores = torch.fft.irfft(product, size)[..., :T]
    return scores * filters.energies.clamp_min(TINY).rsqrt()[:, None]


def _size_near(signal: Tensor, filters: Filters) -> Tensor:
    """Return the energy of a signal under a filter, ``(N, 1, T)``, never 0."""
    length = filters.filters.shape[-1]
    behind = length - 1 - filters.before
    power = F.pad(signal.square().sum(1, keepdim=True), (filters.before, behind))
    return F.avg_pool1d(power, length, stride=1) * length + TINY


def _check(
    num_events: int,
    num_features: int,
    template_length: int,
    lead: int,
    max_delay: float,
    normalise: str,
    whiten: bool,
) -> None:
    positive_sizes(
        num_events=num_events, num_features=num_features, template_length=template_length
    )
    if isinstance(lead, bool) or not isinstance(lead, int) or not 0 <= lead < template_length:
        came = f"lead={lead!r} in templates of {template_length} samples"
        right = "a whole number from 0 to below the length"
        raise InputError(explain(came, right, "lengthen the templates, or set lead"))
    if not isinstance(max_delay, Real) or not 0 <= max_delay < template_length:
        came = f"max_delay={max_delay!r} for templates of {template_length} samples"
        raise InputError(explain(came, "a number from 0 to below the length", "set max_delay"))
    if normalise not in NORMALISE:
        raise unknown_name("normalise", normalise, NORMALISE)
    if whiten and normalise == "signal":
        came = "whiten=True with normalise='signal'"
        right = "one of them: the size of a whitened signal is 1 already"
        raise InputError(explain(came, right, "leave normalise out"))
