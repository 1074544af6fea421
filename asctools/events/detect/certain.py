"""The best set of each bell's picks, told as soon as nothing that comes can change it."""

import numpy as np

from asctools.bells import Picks
from asctools.events.refractory import best_of_each_bell, log_odds

__all__ = ["Certain"]


class Certain:
    """Keep the refractory period over a recording that comes in pieces, and lose nothing by it.

    Two picks of a bell that lie a period or more apart do not touch each other. So when a bell has
    been silent for a period, the best set of its picks up to there is final: it is that of the
    whole recording.

    Parameters
    ----------
    period
        The least distance of two strikes of one bell, in samples; 0 keeps every pick.
    threshold
        The least score of a pick: what counts is how far above it the others are.
    """

    def __init__(self, period: float, threshold: float) -> None:
        self.period, self.threshold = period, threshold
        self._open: dict[int, list[Picks]] = {}

    def push(self, picks: Picks, now: float) -> Picks:
        """Take new picks, and return those that are final: every pick before ``now`` is given."""
        for bell in np.unique(picks.bells).tolist():
            self._open.setdefault(bell, []).append(picks.kept(picks.bells == bell))
        done = [self._settle(bell, now) for bell in sorted(self._open)]
        return Picks.together(done)

    def finish(self) -> Picks:
        """Return the rest."""
        return self.push(Picks.none(), np.inf)

    def _settle(self, bell: int, now: float) -> Picks:
        """Take the picks of one bell up to its last silence of a period."""
        known = Picks.together(self._open.pop(bell))
        ends = np.append(known.times[1:], now) - known.times >= self.period
        stop = int(np.flatnonzero(ends)[-1]) + 1 if ends.any() else 0
        if stop < known.number:
            self._open[bell] = [known.kept(np.arange(stop, known.number))]
        final = known.kept(np.arange(stop))
        if not final.number:
            return final
        return best_of_each_bell(final, self.period, lambda p: log_odds(p, self.threshold))
