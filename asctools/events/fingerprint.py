"""What is usual in the training data, so that a recording of something else can be told.

A network answers whatever it is given. A bell frame that it never heard, a wrong sampling rate, a
swapped cable or other units give picks too, and they look like any others. So the model remembers
three plain things about its training data, and compares each new recording with them.
"""

from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import NamedTuple

import numpy as np

__all__ = ["Fingerprint", "features"]

EDGES_HZ = (15.0, 60.0, 120.0, 200.0, 300.0, 450.0, 650.0, 1000.0)
NORMAL_RANGE = 3.29  # between the quantiles .05 and .95 of a normal distribution of deviation 1
# Other recordings of the frame that it was measured on give up to 1.7, other frames 2.4 and more.
UNLIKE = 2.1
UNLIKE_LEVEL, LOUDER = 4.0, 0.05  # deviations, and decades: 12 per cent
MOST_PIECES = 30  # as if no recording had more: its pieces are alike
FEWEST_PIECES = 10
TINY = 1e-30


class Fingerprint(NamedTuple):
    """Median and deviation, over pieces of the training data, of three kinds of features.

    Attributes
    ----------
    level
        Decimal logarithm of the root mean square of each channel, after the high-pass filter,
        ``(2, C)``.
    colour
        Decimal logarithm of the share of power in each band of ``EDGES_HZ``, channel by channel,
        ``(2, C · 7)``.
    pattern
        Correlation between each two channels, ``(2, C (C − 1) / 2)``.
    number
        Of pieces that were measured.
    """

    level: np.ndarray
    colour: np.ndarray
    pattern: np.ndarray
    number: int = 300

    @classmethod
    def of(cls, pieces: list[np.ndarray], rate: float) -> "Fingerprint":
        """Return the fingerprint of high-passed pieces ``(T, C)``."""
        kinds = zip(*(features(piece, rate) for piece in pieces), strict=True)
        level, colour, pattern = (_median_and_deviation(np.stack(kind)) for kind in kinds)
        return cls(level, colour, pattern, len(pieces))

    def fits(self, channels: int) -> bool:
        """Whether it was measured as it is measured here; an older version's may not be."""
        pairs = channels * (channels - 1) // 2
        sizes = (channels, channels * (len(EDGES_HZ) - 1), pairs)
        return [part.shape for part in self[:3]] == [(2, size) for size in sizes]

    def unlike(self, pieces: list[np.ndarray], rate: float) -> list[str]:
        """Return a sentence for each kind of feature in which pieces are not as usual.

        If few pieces were measured, nobody knows what is usual, and nothing is said.
        """
        if self.number < FEWEST_PIECES:
            return []
        now = Fingerprint.of(pieces, rate)
        spread = np.sqrt(1.0 / min(len(pieces), MOST_PIECES) + 1.0 / self.number)
        level, colour, pattern = (
            (new[0] - old[0]) / np.maximum(spread * old[1], TINY)
            for old, new in zip(self[:3], now[:3], strict=True)
        )
        return [*self._other_level(now.level[0], level), *_other_sound(colour, pattern)]

    def _other_level(self, now: np.ndarray, z: np.ndarray) -> Iterator[str]:
        more = now - self.level[0]
        other = (np.abs(z) > UNLIKE_LEVEL) & (np.abs(more) > LOUDER)
        if other.all() and np.ptp(more) < 3 * LOUDER:
            yield (
                f"All channels are {10 ** np.median(more):.3g} times as loud as in the training "
                "data: other units, another full scale, or more noise?"
            )
        elif other.any():
            each = ", ".join(f"{k + 1} ({10 ** more[k]:.3g} times)" for k in np.flatnonzero(other))
            yield (
                f"Channels are not as loud as in the training data: {each}. Another bell frame, "
                "another place, or a swapped cable?"
            )


def features(piece: np.ndarray, rate: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return level, colour and pattern of one high-passed piece ``(T, C)``."""
    signal = np.asarray(piece, dtype=np.float64)
    rms = np.maximum(np.sqrt((signal**2).mean(axis=0)), TINY)
    whole = signal / rms
    power = np.abs(np.fft.rfft(whole, axis=0)) ** 2
    edges = np.searchsorted(np.fft.rfftfreq(len(signal), 1.0 / rate), EDGES_HZ)
    bands = np.stack([power[low:high].sum(axis=0) for low, high in pairwise(edges)])
    share = bands / np.maximum(bands.sum(axis=0), TINY)
    correlation = whole.T @ whole / len(signal)
    pairs = list(combinations(range(signal.shape[1]), 2))
    pattern = np.array([correlation[pair] for pair in pairs])
    return np.log10(rms), np.log10(np.maximum(share, 1e-9)).ravel(), pattern


def _other_sound(colour: np.ndarray, pattern: np.ndarray) -> Iterator[str]:
    if _size(colour) > UNLIKE:
        yield (
            "Its power is spread otherwise over the frequencies than in the training data: "
            "a wrong sampling rate, or other bells?"
        )
    if _size(pattern) > UNLIKE:
        yield (
            "Its channels go together otherwise than in the training data: another bell frame, or "
            "the channels in another order?"
        )


def _size(z: np.ndarray) -> float:
    return float(np.sqrt((z**2).mean())) if z.size else 0.0


def _median_and_deviation(values: np.ndarray) -> np.ndarray:
    low, middle, high = np.quantile(values, (0.05, 0.5, 0.95), axis=0)
    return np.stack([middle, (high - low) / NORMAL_RANGE])
