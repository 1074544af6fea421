"""The pursuit itself: take the best strike, subtract it, look again."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from asctools.bells.pursuit.peak import REACH, top
from asctools.bells.pursuit.scores import EIGHTHS, FilterBank, amplitude_score, likely_amplitude

__all__ = ["Found", "Scene", "pursue"]


class Found(NamedTuple):
    """One strike that the pursuit took."""

    kind: int
    """Which template."""
    start: int
    """Sample at which the template begins."""
    fraction: float
    """Samples by which the best place lies beside ``start``, −½ … ½."""
    score: float
    """Log-likelihood ratio against no strike."""
    amplitude: float
    """1 for a strike of usual strength."""


class Scene:
    """The scores of a signal, from which strikes are taken one by one.

    Parameters
    ----------
    bank
        The templates and the noise.
    bells
        Whose template each is, (K,).
    traces
        Scores of each template at each start, (K, J). They are changed.
    first
        The start, in samples, that column 0 stands for.
    period
        Samples in which a bell strikes once; 0 for no such rule.
    variance
        Of the amplitudes.
    """

    def __init__(
        self,
        bank: FilterBank,
        bells: NDArray[np.int64],
        traces: NDArray[np.floating],
        first: int,
        period: int,
        variance: float,
    ) -> None:
        self.bank, self.bells, self.first, self.period = bank, bells, first, period
        self.variance = variance
        self.traces = traces
        self.closed = np.zeros(traces.shape, dtype=bool)
        self.scores = self._score(slice(None))

    def close(self, start: int, stop: int) -> None:
        """Allow no strike that begins at ``start <= sample < stop``."""
        self._close(slice(None), start, stop)

    def best(self) -> Found:
        """Return the strike with the highest score; −∞ if no place is left."""
        kind, column = map(int, np.unravel_index(np.argmax(self.scores), self.scores.shape))
        if self.closed[kind, column]:
            return Found(kind, column + self.first, 0.0, -np.inf, 0.0)
        return self.at(kind, column)

    def at(self, kind: int, column: int) -> Found:
        """Return the strike of a template whose score is highest at a column."""
        fraction, c = self._top(kind, column)
        E = float(self.bank.energies[kind])
        score = float(amplitude_score(c, E, self.variance))
        amplitude = float(likely_amplitude(c, E, self.variance))
        return Found(kind, column + self.first, fraction, score, amplitude)

    def take(self, found: Found) -> None:
        """Subtract a strike from all scores, and close its bell for the period."""
        columns = self.subtract(found, found.amplitude)
        self.scores[:, columns] = self._score(columns)
        same = np.flatnonzero(self.bells == self.bells[found.kind])
        # One more than the period: the fractions of two strikes may come closer by one sample.
        gap = self.period + 1 if self.period else 1
        self._close(slice(same[0], same[-1] + 1), found.start - gap + 1, found.start + gap)

    def subtract(self, found: Found, amplitude: float) -> slice:
        """Subtract so much of a strike from the traces, and return the columns that it changed."""
        reach = self.bank.length
        columns = self._columns(found.start - reach, found.start + reach + 1)
        lag = columns.start + self.first - found.start + reach
        late = EIGHTHS + round(2 * EIGHTHS * found.fraction)
        response = self.bank.responses[late, found.kind]
        self.traces[:, columns] -= amplitude * response[:, lag : lag + columns.stop - columns.start]
        return columns

    def score_again(self) -> None:
        """Work out the scores anew, after the traces were changed."""
        self.scores = self._score(slice(None))

    def _close(self, kinds: slice, start: int, stop: int) -> None:
        columns = self._columns(start, stop)
        self.closed[kinds, columns] = True
        self.scores[kinds, columns] = -np.inf

    def _columns(self, start: int, stop: int) -> slice:
        last = self.traces.shape[1]
        return slice(*(min(max(sample - self.first, 0), last) for sample in (start, stop)))

    def _score(self, columns: slice) -> NDArray[np.floating]:
        energies = self.bank.energies[:, None]
        scores = amplitude_score(self.traces[:, columns], energies, self.variance)
        return np.where(self.closed[:, columns], -np.inf, scores)

    def _top(self, kind: int, column: int) -> tuple[float, float]:
        """Samples by which the top of the peak at ``column`` lies beside it, and its height."""
        inside = slice(max(column - REACH, 0), column + REACH + 1)
        around = np.zeros(2 * REACH + 1)
        place = inside.start - column + REACH
        values = self.traces[kind, inside]
        around[place : place + len(values)] = values
        return top(around)


def pursue(scene: Scene, threshold: float, known: Sequence[Found] = ()) -> Iterator[Found]:
    """Take strikes from a scene, the best first, until none reaches the threshold.

    Parameters
    ----------
    scene
        It is used up.
    threshold
        The least score of a strike.
    known
        Strikes that are subtracted first.

    Yields
    ------
    Found
        In the order in which they were taken, without the known ones.

    Notes
    -----
    Mallat and Zhang (1993), *Matching pursuits with time-frequency dictionaries*.
    """
    for found in known:
        scene.take(found)
    while (found := scene.best()).score >= threshold:
        yield found
        scene.take(found)
