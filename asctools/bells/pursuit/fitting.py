"""The steps of a fit that are not linear algebra: prepare, measure the noise, set the threshold."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from asctools.bells.highpass import HighPass
from asctools.bells.pursuit.labelled import Labels
from asctools.bells.pursuit.least_squares import Labelled, placed
from asctools.bells.pursuit.noise import cross_spectrum
from asctools.bells.pursuit.templates import delayed, place
from asctools.bells.pursuit.threshold import best_threshold
from asctools.bells.strikes import Picks

__all__ = ["prepared", "remaining_noise", "threshold_for"]

NOISE_SAMPLES = 2_400_000  # 20 minutes
THRESHOLD_SAMPLES = 400_000  # 200 s
LEAST_SCORE = 3.0  # the best threshold is never below it


def prepared(labels: Labels, high_pass: HighPass, per_bell: int) -> list[Labelled]:
    """High-pass the signals, and put their strikes onto the grid."""
    return [
        Labelled(high_pass(signal)[0].astype(np.float32), place(of_it, per_bell))
        for signal, of_it in zip(*labels, strict=True)
    ]


def remaining_noise(
    waveforms: NDArray[np.floating], recordings: Sequence[Labelled]
) -> NDArray[np.complex128]:
    """Return the cross-spectrum of what the waveforms, (K, L, C), leave of the recordings.

    Strikes that are louder or duller than usual leave a part of themselves. That belongs to what
    hides other strikes, so it is rightly counted as noise.
    """
    shifted = delayed(waveforms)
    number = _enough([len(each.signal) for each in recordings], NOISE_SAMPLES)
    return cross_spectrum(
        each.signal - placed(shifted, each.placement, len(each.signal), each.amplitudes)
        for each in recordings[:number]
    )


def threshold_for(
    labels: Labels,
    candidates: Callable[[NDArray[np.floating], float], Picks],
    tolerance: float,
) -> float:
    """Return the threshold with the highest F1 on labelled signals.

    ``candidates`` finds everything in a signal down to a score.
    """
    number = _enough([len(signal) for signal in labels.signals], THRESHOLD_SAMPLES)
    heard = [candidates(signal, LEAST_SCORE) for signal in labels.signals[:number]]
    # A score grows with the square of a strike's strength: half-way is meant in strength.
    strengths = [picks._replace(scores=np.sqrt(picks.scores)) for picks in heard]
    truth, least = labels.strikes[:number], float(np.sqrt(LEAST_SCORE))
    return best_threshold(strengths, truth, tolerance, least) ** 2


def _enough(lengths: Sequence[int], samples: int) -> int:
    """How many signals have so many samples together."""
    return int(np.searchsorted(np.cumsum(lengths), samples)) + 1
