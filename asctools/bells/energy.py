"""The humble baseline: a strike is where the energy rises, a bell is what spreads it alike."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from asctools.bells.highpass import HighPass
from asctools.bells.pursuit.threshold import best_threshold
from asctools.bells.recording import Windows
from asctools.bells.strikes import Picks, Strikes
from asctools.errors import InputError, ShapeError, explain

__all__ = ["EnergyDetector", "energy_rise", "onsets"]

AFTER, BEFORE, APART = 24, 100, 100  # samples: 12 ms are compared with 50 ms; 50 ms between onsets
SHORTEST_PAST = 20
SILENCE = 1e-6  # of the mean energy: a ratio of two silences is 1
ROUNDING = 1e-20  # of the energy before the filter: what is left of a constant
TINY = float(np.finfo(np.float64).tiny)
HEARD, BANDS = 128, 10  # a bell is known by 64 ms, in bands of equal ratio
LOWEST_BIN = 2  # of 15.6 Hz each
NEAR, TOLERANCE = 30.0, 10.0  # samples: an onset belongs to a strike so near; a hit is so near
LEAST_RISE = 0.2
VAGUE = 0.3


class EnergyDetector:
    """Energy over the recent past gives the time, its spread over bands and channels the bell.

    It knows nothing of what a strike looks like, of overlaps, or of the refractory period.

    Attributes
    ----------
    patterns
        Logarithmic energy of each bell that was learned, over channels and bands, ``(B, 6 · 10)``.
    bells
        Their indices, shape ``(B,)``.
    lags
        How long after the rise each bell's label stands, in samples, ``(B,)``.
    spread
        Standard deviation around the patterns, shape ``(60,)``: what varies much counts little.
    threshold
        The rise from which on an onset counts, chosen for the highest F1 at ±5 ms on what was
        fitted.
    """

    patterns: NDArray[np.float64]
    bells: NDArray[np.int64]
    lags: NDArray[np.float64]
    spread: NDArray[np.float64]
    threshold: float

    def fit(self, windows: Windows) -> "EnergyDetector":
        """Learn patterns, lags and the threshold from labelled windows.

        Parameters
        ----------
        windows
            Windows with their strikes.

        Returns
        -------
        EnergyDetector
            Itself.

        Raises
        ------
        InputError
            If no strike is near a rise of the energy: the labels belong to other data.
        """
        heard = [_hear(signal) for signal in windows.data]
        which, late, patterns = (
            np.concatenate(part) for part in zip(*map(_pairs, heard, windows.strikes), strict=True)
        )
        if not len(which):
            came = f"{windows.number} windows in which no strike is near a rise of the energy"
            raise InputError(explain(came, "labelled strikes", "check the labels' times and unit"))
        self.bells = np.unique(which)
        self.patterns = np.stack([patterns[which == bell].mean(0) for bell in self.bells])
        self.lags = np.array([np.median(late[which == bell]) for bell in self.bells])
        rest = patterns - self.patterns[np.searchsorted(self.bells, which)]
        self.spread = rest.std(0) + VAGUE
        named = [self._name(each) for each in heard]
        self.threshold = best_threshold(named, windows.strikes, TOLERANCE)
        return self

    def detect(self, signal: NDArray[np.floating], threshold: float | None = None) -> Picks:
        """Find strikes.

        Parameters
        ----------
        signal
            Shape ``(T, 6)``, of any length from one sample.
        threshold
            Least rise; ``None`` takes the one that was fitted.

        Returns
        -------
        Picks
            Scores are rises: natural logarithms of ratios of energies.

        Raises
        ------
        InputError
            If it has not been fitted.
        ShapeError
            If the signal is empty or has not the channels that were fitted.
        """
        if not hasattr(self, "threshold"):
            came = "an energy detector that knows no bell"
            raise InputError(explain(came, "a fitted one", "call fit(windows) first"))
        channels = self.patterns.shape[1] // BANDS
        if signal.ndim != 2 or signal.shape[1] != channels or not len(signal):
            came, expected = f"a signal of shape {signal.shape}", f"(samples, {channels})"
            raise ShapeError(explain(came, expected, "give channels as columns"))
        return self._name(_hear(signal)).above(self.threshold if threshold is None else threshold)

    def _name(self, heard: "_Heard") -> Picks:
        """Give each onset the bell of the nearest pattern."""
        far = (heard.patterns[:, None] - self.patterns) / self.spread
        best = np.square(far).sum(-1).argmin(1)
        return Picks.make(self.bells[best], heard.times + self.lags[best], heard.rises)


def energy_rise(signal: NDArray[np.floating]) -> NDArray[np.float64]:
    """Compare the energy of the next 12 ms with that of the last 50 ms, at each sample.

    Parameters
    ----------
    signal
        Shape ``(T, C)``, 2000 samples a second; slow movement is filtered out first.

    Returns
    -------
    array
        Logarithm of the ratio, shape ``(T,)``; 0 where the signal has no past yet or no future.
    """
    return _steady_and_rise(signal)[1]


def onsets(rise: NDArray[np.float64], least: float = LEAST_RISE) -> NDArray[np.int64]:
    """Return where a rise peaks: the highest within 50 ms on either side, and at least ``least``.

    Parameters
    ----------
    rise
        Shape ``(T,)``.
    least
        Lower peaks do not count.

    Returns
    -------
    array
        Samples, ascending.
    """
    from scipy.ndimage import maximum_filter1d

    highest = maximum_filter1d(rise, 2 * APART + 1, mode="nearest")
    places = np.flatnonzero((rise >= highest) & (rise >= least))
    return places[np.diff(places, prepend=-APART - 1) > APART]  # the first of equal neighbours


class _Heard(NamedTuple):
    times: NDArray[np.int64]
    rises: NDArray[np.float64]
    patterns: NDArray[np.float64]


def _hear(signal: NDArray[np.floating]) -> _Heard:
    """Find the onsets of a signal and the pattern of each."""
    steady, rise = _steady_and_rise(signal)
    times = onsets(rise)
    return _Heard(times, rise[times], _patterns(steady, times))


def _steady_and_rise(
    signal: NDArray[np.floating],
) -> tuple[NDArray[np.floating], NDArray[np.float64]]:
    """Return the filtered signal and the rise of its energy."""
    raw = signal.astype(np.float64)
    steady = HighPass()(raw)[0]
    energy = np.square(steady).sum(1)
    silence = SILENCE * energy.mean() + ROUNDING * np.square(raw).sum(1).mean() + TINY
    total = np.concatenate([[0.0], np.cumsum(energy)])
    now = np.arange(SHORTEST_PAST, len(energy) - AFTER + 1)
    past = np.minimum(now, BEFORE)
    after = (total[now + AFTER] - total[now]) / AFTER
    before = (total[now] - total[now - past]) / past
    rise = np.zeros(len(energy))
    rise[now] = np.log((after + silence) / (before + silence))
    return steady, rise


def _patterns(steady: NDArray[np.floating], times: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the logarithm of each onset's energy per channel and band, without its mean."""
    room = np.pad(steady, ((0, HEARD), (0, 0)))
    pieces = room[times[:, None] + np.arange(HEARD)] * np.hanning(2 * HEARD)[HEARD:, None]
    power = np.square(np.abs(np.fft.rfft(pieces, axis=1)))
    edges = np.geomspace(LOWEST_BIN, power.shape[1], BANDS + 1).astype(int)
    bands = np.add.reduceat(power, edges[:-1], axis=1)
    silence = SILENCE * bands.max(initial=0.0) + TINY
    logs = np.log(bands + silence).reshape(len(times), BANDS * steady.shape[1])
    return logs - logs.mean(1, keepdims=True)


def _pairs(
    heard: _Heard, strikes: Strikes
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Return bell, lag and pattern of each strike that has an onset near it."""
    if not len(heard.times) or not strikes.number:
        return np.zeros(0, np.int64), np.zeros(0), np.zeros((0, heard.patterns.shape[1]))
    late = strikes.times[:, None] - heard.times
    nearest = np.abs(late).argmin(1)
    lag = late[np.arange(strikes.number), nearest]
    near = np.abs(lag) <= NEAR
    return strikes.bells[near], lag[near], heard.patterns[nearest[near]]
