"""What a strike looks like in a recording: a waveform per bell, or one per bell and stroke."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from asctools.bells.strikes import BACKSTROKE, Strikes

__all__ = ["LEAD", "PHASES", "Placement", "Templates", "delayed", "gathered", "place"]

LEAD = 20  # samples of a template before its strike: a channel may be up to 5 ms, 10 samples, early
PHASES = 8  # a strike is placed on the nearest eighth of a sample, 0.03 ms away at most


class Templates(NamedTuple):
    """Waveforms of strikes.

    Attributes
    ----------
    waveforms
        Shape ``(K, C, L)``: K templates, C channels, L samples; the strike is at sample ``LEAD``.
    bells
        Whose template each one is, ``(K,)`` int64. Two of a bell stand side by side, first the
        handstroke's.
    """

    waveforms: NDArray[np.float32]
    bells: NDArray[np.int64]

    @property
    def number(self) -> int:
        """How many there are (``len`` of a named tuple counts its fields)."""
        return len(self.bells)

    @property
    def length(self) -> int:
        """Samples of a template."""
        return self.waveforms.shape[2]


class Placement(NamedTuple):
    """Where strikes put their templates in a signal.

    Attributes
    ----------
    kinds
        Which template, ``(n,)``.
    starts
        The sample at which the template begins, ``(n,)``; below 0 if before the signal.
    phases
        Eighths of a sample by which it is later than that, ``(n,)``, 0 … 7.
    """

    kinds: NDArray[np.int64]
    starts: NDArray[np.int64]
    phases: NDArray[np.int64]


def place(strikes: Strikes, per_bell: int = 1) -> Placement:
    """Put the strikes of a signal onto the grid of eighths of a sample.

    With two templates per bell an unknown stroke counts as a handstroke.
    """
    eighths = np.round(PHASES * strikes.times).astype(np.int64)
    second = (strikes.strokes == BACKSTROKE) & (per_bell == 2)
    return Placement(strikes.bells * per_bell + second, eighths // PHASES - LEAD, eighths % PHASES)


def delayed(waveforms: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return each waveform, (K, L, C), at all delays: (K, 8, L, C), eighths of a sample.

    A delay by a fraction turns the phase of each frequency. What leaves the L samples is lost.
    """
    spectrum = np.fft.rfft(waveforms, _padded(waveforms.shape[-2]), axis=-2)[:, None]
    turned = spectrum * _turns(waveforms.shape[-2])
    shifted = np.fft.irfft(turned, axis=-2)[:, :, : waveforms.shape[-2]]
    return shifted.astype(waveforms.dtype)


def gathered(bins: NDArray[np.floating]) -> NDArray[np.floating]:
    """Undo the delays of (K, 8, L, C) and add up: the transpose of :func:`delayed`, (K, L, C)."""
    spectrum = np.fft.rfft(bins, _padded(bins.shape[-2]), axis=-2)
    turned = spectrum * np.conj(_turns(bins.shape[-2]))
    summed = np.fft.irfft(turned.sum(axis=1), axis=-2)[:, : bins.shape[-2]]
    return summed.astype(bins.dtype)


def _padded(length: int) -> int:
    """A power of 2 with room behind, so that a delayed end does not come round to the front."""
    return int(2 ** np.ceil(np.log2(length + LEAD)))


def _turns(length: int) -> NDArray[np.complexfloating]:
    """The factors exp(−i ω p / 8), shape (8, frequencies, 1)."""
    frequency = np.fft.rfftfreq(_padded(length))[:, None]
    delay = np.arange(PHASES)[:, None, None] / PHASES
    return np.exp(-2j * np.pi * frequency * delay).astype(np.complex64)
