"""Delay waveforms by fractions of a sample, so that a gradient reaches the delay."""

import math

import torch
from torch import Tensor

__all__ = ["delayed", "fast_size", "within"]


def delayed(waveforms: Tensor, delays: Tensor, room: int = 0) -> Tensor:
    r"""Return waveforms that begin later by their delays, which need not be whole samples.

    A delay turns the phase of each frequency, the faster ones further. The turn has a derivative,
    so a delay is learned like any weight.

    .. math:: s(t - \tau) \longleftrightarrow S(f)\, e^{-2 \pi i f \tau}

    Implements :eq:`eq-onset-delay`.

    Parameters
    ----------
    waveforms
        Real, ``(..., L)``; nothing in them should be as fast as half the sampling rate.
    delays
        τ in samples, later is positive; broadcast against ``waveforms`` without its last axis.
    room
        Samples to add on both sides, at least as many as the longest delay if nothing is to be
        lost. With 0, what leaves the L samples is lost.

    Returns
    -------
    Tensor
        ``(..., L + 2 * room)``; with a delay of 0 the waveform stands at sample ``room``.
    """
    length = waveforms.shape[-1]
    size = fast_size(2 * (length + 2 * room))  # what goes round the end comes back into silence
    frequency = torch.fft.rfftfreq(size, device=waveforms.device, dtype=waveforms.dtype)
    angle = -2 * math.pi * frequency * (delays[..., None] + room)
    spectrum = torch.fft.rfft(waveforms, size)
    turned = spectrum * torch.polar(torch.ones_like(angle), angle)
    return torch.fft.irfft(turned, size)[..., : length + 2 * room]


def within(delays: Tensor, most: float) -> Tensor:
    """Return delays that lie within ±``most``, with a gradient that does not end at the border.

    A plain ``clamp`` has no gradient outside, so what was pushed out once would stay there. Here
    the value is cut and the gradient is passed on as if it were not.
    """
    return delays + (delays.clamp(-most, most) - delays).detach()


def fast_size(least: int) -> int:
    """Return the next even number of no prime factors but 2, 3 and 5: FFTs like it.

    >>> fast_size(4081)
    4096
    """
    size = least + least % 2
    while _without(size, 2, 3, 5) > 1:
        size += 2
    return size


def _without(number: int, *factors: int) -> int:
    for factor in factors:
        while number % factor == 0:
            number //= factor
    return number
