"""Waveforms of strikes at fractions of a sample, and their sum: the model of a recording."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from asctools.bells.strikes import Strikes
from asctools.errors import InputError, ShapeError, explain

__all__ = ["ONSET", "PHASES", "Shapes", "superpose"]

ONSET = 20
"""The sample of a template at which its bell strikes: 10 ms of room for channels that are early."""
PHASES = 8
"""A strike is placed on a grid of eighths of a sample, 0.0625 ms."""


class Shapes(NamedTuple):
    """The waveform of each bell and stroke, delayed by each eighth of a sample.

    Attributes
    ----------
    waves
        Shape ``(B, S, P, C, L)`` float32: bells, strokes (1 or 2), phases, channels, samples. Phase
        p of P is the waveform p/P samples later.
    onset
        The sample at which the bell strikes in phase 0.
    """

    waves: NDArray[np.float32]
    onset: int = ONSET

    @classmethod
    def of(cls, templates: ArrayLike, onset: int = ONSET, phases: int = PHASES) -> "Shapes":
        """Delay templates by fractions of a sample, as a phase in their spectra.

        Parameters
        ----------
        templates
            ``(B, C, L)``, or ``(B, S, C, L)`` with one per stroke; nothing may lie above half the
            sampling rate, and both ends should be near 0.
        onset
            The sample at which the bell strikes.
        phases
            Into how many parts a sample is divided.

        Raises
        ------
        ShapeError
            If the array has neither three nor four axes.
        """
        waves = np.asarray(templates, dtype=np.float64)
        if waves.ndim not in (3, 4):
            came = f"templates of shape {waves.shape}"
            expected = "(bells, channels, samples) or (bells, strokes, channels, samples)"
            raise ShapeError(explain(came, expected, "add or leave out an axis"))
        if waves.ndim == 3:
            waves = waves[:, None]
        length = waves.shape[-1]
        size = 2 * length  # room for what a delay moves beyond the end
        shift = np.arange(phases)[:, None] / phases
        turn = np.exp(-2j * np.pi * np.fft.rfftfreq(size) * shift)
        spectra = np.fft.rfft(waves, size)[:, :, None] * turn[:, None]
        return cls(np.fft.irfft(spectra, size)[..., :length].astype(np.float32), onset)

    def place(self, times: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the first sample and the phase of waveforms whose bell strikes at ``times``."""
        phases = self.waves.shape[2]
        first, phase = np.divmod(np.round(times * phases).astype(np.int64), phases)
        return first - self.onset, phase


def superpose(
    templates: "Shapes | ArrayLike",
    strikes: Strikes,
    amplitudes: ArrayLike,
    n: int,
    noise: ArrayLike | None = None,
) -> NDArray[np.float32]:
    r"""Add the waveforms of all strikes, and noise: what the course takes a recording to be.

    .. math:: x_c[n] = \sum_k a_k\, s_{b_k,c}(n - t_k) + w_c[n]

    Implements :eq:`eq-strike-model`.

    Parameters
    ----------
    templates
        Waveforms per bell, or per bell and stroke, as an array (onset at sample ``ONSET``) or as
        ready-made ``Shapes``. An unknown stroke sounds like a handstroke.
    strikes
        Which bell, and when, in samples; a strike outside still leaves what reaches into the sum.
    amplitudes
        The factor of each strike, shape ``(K,)``, or one for all.
    n
        How many samples to return.
    noise
        ``w``, shape ``(n, C)``; ``None`` is silence.

    Returns
    -------
    array
        Shape ``(n, C)``, float32.

    Raises
    ------
    InputError
        If a strike's bell has no template.
    """
    shapes = templates if isinstance(templates, Shapes) else Shapes.of(templates)
    known = len(shapes.waves)
    if strikes.number and strikes.bells.max() >= known:
        expected = f"an index below {known}, the number of templates"
        raise InputError(explain(f"bell {strikes.bells.max()}", expected, "give all templates"))
    total = np.zeros((shapes.waves.shape[3], n), dtype=np.float32)
    add_strikes(total, shapes, strikes, np.broadcast_to(amplitudes, strikes.times.shape))
    return total.T if noise is None else total.T + np.asarray(noise, dtype=np.float32)


def add_strikes(
    total: NDArray[np.float32], shapes: Shapes, strikes: Strikes, amplitudes: ArrayLike
) -> None:
    """Add each strike's waveform to ``total`` of shape ``(C, n)``, in place."""
    n, length = total.shape[1], shapes.waves.shape[-1]
    hands = np.clip(strikes.strokes, 0, shapes.waves.shape[1] - 1)
    first, phase = shapes.place(strikes.times)
    factors = np.asarray(amplitudes, dtype=np.float32)
    for bell, hand, start, part, a in zip(
        strikes.bells, hands, first.tolist(), phase, factors, strict=True
    ):
        begin, end = max(start, 0), min(start + length, n)
        if begin < end:
            wave = shapes.waves[bell, hand, part, :, begin - start : end - start]
            total[:, begin:end] += a * wave
