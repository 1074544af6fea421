"""The refractory rule for a recording that comes in calls."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from asctools.bells.strikes import NUM_BELLS, Picks
from asctools.errors import InputError, ShapeError, explain
from asctools.events.refractory.sets import PERIOD, best_set, of_each_bell

__all__ = ["RefractoryPeriodEnforcer"]


class RefractoryPeriodEnforcer:
    """Keep, of each bell, the best set of picks that are a period apart, call after call.

    What a call has returned stays: later calls keep a period away from it. Calls go forward in
    time, and the best set is that of one call, so a weak pick at the end of a call can still cost a
    strong one at the start of the next; :class:`OnlineRefractory` waits instead.

    Parameters
    ----------
    num_events
        How many bells.
    refractory_period_samples
        The least distance of two strikes of one bell; exactly this distance is legal.
    """

    def __init__(
        self, num_events: int = NUM_BELLS, refractory_period_samples: float = PERIOD
    ) -> None:
        if num_events < 1 or not 0.0 <= refractory_period_samples < np.inf:
            came = f"num_events={num_events!r}, period {refractory_period_samples!r}"
            right = "at least one event and a period of 0 or more samples"
            raise InputError(explain(came, right, "try 16 and 4000"))
        self.num_events = num_events
        self.refractory_period_samples = float(refractory_period_samples)
        self.reset()

    def reset(self) -> None:
        """Forget what was returned: another recording begins."""
        self._last = np.full(self.num_events, -np.inf)

    def enforce(
        self,
        events: ArrayLike,
        timings: ArrayLike,
        probs: ArrayLike | None = None,
        global_offset: float = 0.0,
    ) -> tuple[NDArray[Any], NDArray[np.float64]]:
        """Switch off what breaks the period, in flags with a time for each.

        Parameters
        ----------
        events
            0 or 1 (or False, True) for each bell, shape (E,), or for K candidates of each, (K, E).
        timings
            When, in samples from ``global_offset``, of the same shape. Only those of a 1 count.
        probs
            How sure each is, of the same shape; None: all alike, so that most are kept.
        global_offset
            The sample of the recording at which this call's times start.

        Returns
        -------
        events, timings
            Copies in their shape and types. A flag that was switched off is 0, and its timing is
            0 too.

        Raises
        ------
        ShapeError, InputError
            If shapes differ, a flag is neither 0 nor 1, or a time that counts is not finite.
        """
        flags, times = np.array(events), np.array(timings, dtype=np.float64)
        sure = np.ones(flags.shape) if probs is None else np.asarray(probs, dtype=np.float64)
        self._check(flags, times, sure)
        at = np.argwhere(flags == 1)
        index = tuple(at.T)
        kept = self._keep(Picks(at[:, -1], times[index] + global_offset, sure[index], sure[index]))
        stays = np.zeros(flags.shape, dtype=bool)
        stays[tuple(at[kept].T)] = True
        return np.where(stays, flags, 0).astype(flags.dtype), np.where(stays, times, 0.0)

    def enforce_picks(self, picks: Picks, global_offset: float = 0.0) -> Picks:
        """Leave out the picks that break the period; times stay relative to ``global_offset``."""
        if picks.number and picks.bells.max() >= self.num_events:
            came, right = f"bell index {picks.bells.max()}", f"below {self.num_events}"
            raise InputError(explain(came, right, "set num_events to that of the model"))
        return picks.kept(self._keep(picks._replace(times=picks.times + global_offset)))

    def _keep(self, picks: Picks) -> NDArray[np.int64]:
        """Return which picks (times of the recording) to keep, and remember them."""
        period = self.refractory_period_samples
        legal = np.flatnonzero(picks.times - period >= self._last[picks.bells])
        later = picks.kept(legal)
        best = of_each_bell(later, lambda times, scores: best_set(times, scores, period))
        np.maximum.at(self._last, later.bells[best], later.times[best])
        return legal[best]

    def _check(self, flags: NDArray[Any], times: NDArray[Any], sure: NDArray[Any]) -> None:
        if flags.ndim not in (1, 2) or flags.shape[-1] != self.num_events:
            right = f"({self.num_events},) or (K, {self.num_events})"
            todo = "give a flag for each bell, or use enforce_picks for a list of picks"
            raise ShapeError(explain(f"events of shape {flags.shape}", right, todo))
        if not flags.shape == times.shape == sure.shape:
            came = f"events {flags.shape}, timings {times.shape}, probs {sure.shape}"
            raise ShapeError(explain(came, "one shape", "give a time for each flag"))
        if not np.isin(flags, (0, 1)).all():
            raise InputError(explain("an event that is neither 0 nor 1", "flags", "use probs > .5"))
        if not (np.isfinite(times[flags == 1]).all() and np.isfinite(sure[flags == 1]).all()):
            came = "an event whose time or probability is not finite"
            raise InputError(explain(came, "finite numbers", "leave such an event out"))
