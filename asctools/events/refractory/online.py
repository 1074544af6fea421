"""The refractory rule for a stream: wait a stated time, then commit for good."""

import bisect
import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from asctools.bells.strikes import NUM_BELLS, Picks
from asctools.errors import InputError, explain
from asctools.events.refractory.sets import PERIOD, Worth, best_set

__all__ = ["OnlineRefractory"]

NOTHING = Picks.none()  # made once: most calls of a stream commit nothing

Waiting = tuple[float, float, float]  # time, score, plus_minus


class OnlineRefractory:
    """Commit each pick after a delay, unless what came meanwhile makes it a bad choice.

    When a pick has waited ``delay_samples``, the best set is computed over the picks of its bell
    that are known by then. The pick is committed if it is among them, and dropped if not. What was
    committed stays, and silences its bell for a period.

    With a delay of 0 the first that comes is committed; with an endless one nothing is before
    :meth:`finish`, which then gives the optimum of the whole recording. How the picks are cut into
    calls changes nothing.

    More delay is not always better: with about one period, a pick is often given up for one at the
    end of what is known, which is then given up for the next. A quarter of a period forgives most
    alarms; two periods are nearly the optimum.

    Parameters
    ----------
    num_events
        How many bells.
    period
        The least distance of two strikes of one bell, in samples; exactly this is legal.
    delay_samples
        How long a pick waits, from its own time, 0 to ``math.inf``.
    worth
        As for :func:`~asctools.events.refractory.best_of_each_bell`.
    """

    def __init__(
        self,
        num_events: int = NUM_BELLS,
        period: float = PERIOD,
        delay_samples: float = PERIOD,
        worth: Worth | None = None,
    ) -> None:
        if not (0.0 <= period < math.inf and delay_samples >= 0.0):
            came = f"period={period!r}, delay_samples={delay_samples!r}"
            raise InputError(explain(came, "0 or more samples each", "try 4000 and 4000"))
        self.num_events, self.period = num_events, float(period)
        self.delay_samples, self.worth = float(delay_samples), worth
        self.now = -math.inf
        self._last = [-math.inf] * num_events
        self._waiting: list[list[Waiting]] = [[] for _ in range(num_events)]

    @property
    def pending(self) -> int:
        """How many picks wait."""
        return sum(map(len, self._waiting))

    def push(self, picks: Picks, now: float) -> Picks:
        """Take new picks, and return those that are committed at ``now``.

        Parameters
        ----------
        picks
            In any order, each later than the ``now`` of the call before.
        now
            Up to this sample, it included, every pick has been given.

        Returns
        -------
        Picks
            In order of time, each ``delay_samples`` or more before ``now``.

        Raises
        ------
        InputError
            If a pick is late, or ``now`` goes back.
        """
        self._check(picks, now)
        for bell, *pick in zip(*map(np.ndarray.tolist, picks), strict=True):
            bisect.insort(self._waiting[bell], tuple(pick))
        self.now = now
        committed = [
            (bell, *pick)
            for bell, waiting in enumerate(self._waiting)
            if waiting
            for pick in self._due(bell, now)
        ]
        return Picks.make(*zip(*committed, strict=True)) if committed else NOTHING

    def finish(self) -> Picks:
        """Return what a long silence would decide, and be ready for another recording."""
        picks = self.push(NOTHING, math.inf)
        self.now = -math.inf
        self._last = [-math.inf] * self.num_events
        return picks

    def _due(self, bell: int, now: float) -> Iterator[Waiting]:
        """Decide the picks of a bell whose delay is over, the earliest first."""
        waiting = self._waiting[bell]
        while waiting and waiting[0][0] + self.delay_samples <= now:
            horizon = waiting[0][0] + self.delay_samples  # not `now`: it depends on the cutting
            legal = [pick for pick in waiting if pick[0] - self.period >= self._last[bell]]
            known = [pick for pick in legal if pick[0] <= horizon]
            best = [known[k] for k in self._best(known)]
            if horizon < math.inf:
                best = [pick for pick in best[:1] if pick is waiting[0]]
            del waiting[: 1 if horizon < math.inf else None]
            for pick in best:
                self._last[bell] = pick[0]
                yield pick

    def _best(self, picks: list[Waiting]) -> NDArray[np.int64]:
        times, scores, _ = np.array(picks, dtype=np.float64).reshape(-1, 3).T
        value = scores if self.worth is None else self.worth(scores)
        return best_set(times, value, self.period)

    def _check(self, picks: Picks, now: float) -> None:
        if math.isnan(now) or now < self.now:
            came, right = f"now={now!r}", f"{self.now!r} or later"
            raise InputError(explain(came, right, "push in order of time"))
        if not picks.number:
            return
        late = picks.times <= self.now
        if late.any() or (picks.times > now).any():
            at = picks.times[late][0] if late.any() else picks.times.max()
            came, right = f"a pick at {at:g}", f"one after {self.now:g} and up to now = {now:g}"
            raise InputError(explain(came, right, "give a pick before its time is past"))
        if picks.bells.max() >= self.num_events:
            came, right = f"bell index {picks.bells.max()}", f"below {self.num_events}"
            raise InputError(explain(came, right, "set num_events to that of the model"))
