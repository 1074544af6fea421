"""The refractory rule for a recording that comes in calls."""

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from asctools.bells.strikes import NUM_BELLS, Picks
from asctools.errors import InputError, ShapeError, explain
from asctools.events.refractory.sets import PERIOD, best_set, of_each_bell

__all__ = ["RefractoryPeriodEnforcer"]

NEARLY_NOTHING = 1e-12


class RefractoryPeriodEnforcer:
    """Keep, of each bell, the best set of picks that are a period apart, call after call.

    What a call has returned stays: later calls keep a period away from it. Calls go forward in
    time. The best set is that of one call, so a weak pick at the end of a call can still cost a
    strong one at the start of the next; :class:`OnlineRefractory` waits instead.

    A call that goes back is refused: with a lower ``global_offset`` than the call before, or with
    the same one and a first time that is earlier. So a forgotten ``global_offset`` is noticed, and
    does not quietly silence all bells.

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
        if not isinstance(num_events, int | np.integer) or num_events < 1:
            came = f"num_events={num_events!r}"
            raise InputError(explain(came, "a whole number above 0", "try 16"))
        period = _number("refractory_period_samples", refractory_period_samples, "try 4000")
        if period < 0.0:
            came = f"refractory_period_samples={refractory_period_samples!r}"
            raise InputError(explain(came, "0 or more samples", "try 4000"))
        self.num_events, self.refractory_period_samples = int(num_events), period
        self.reset()

    def reset(self) -> None:
        """Forget what was returned: another recording begins."""
        self._last = np.full(self.num_events, -np.inf)
        self._offset = self._first = -np.inf  # of the call before

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
            How sure each is, from 0 to 1, of the same shape; None: all alike, so that most are
            kept. The set with the highest sum is the best.
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
            If shapes differ, a flag is neither 0 nor 1, a time or probability that counts is none,
            or the call goes back in time.
        """
        flags, times = np.array(events), np.array(timings, dtype=np.float64)
        sure = np.ones(flags.shape) if probs is None else np.asarray(probs, dtype=np.float64)
        self._check(flags, times, sure)
        at = np.argwhere(flags == 1)
        index = tuple(at.T)
        worth = np.maximum(sure[index], NEARLY_NOTHING)  # a flag counts, however unsure
        kept = self._keep(Picks(at[:, -1], times[index], worth, worth), global_offset)
        stays = np.zeros(flags.shape, dtype=bool)
        stays[tuple(at[kept].T)] = True
        return np.where(stays, flags, 0).astype(flags.dtype), np.where(stays, times, 0.0)

    def enforce_picks(self, picks: Picks, global_offset: float = 0.0) -> Picks:
        """Leave out the picks that break the period; times stay relative to ``global_offset``.

        Scores are taken as worths: one of 0 or less is left out.
        """
        if picks.number and picks.bells.max() >= self.num_events:
            came, right = f"bell index {picks.bells.max()}", f"below {self.num_events}"
            raise InputError(explain(came, right, "set num_events to that of the model"))
        return picks.kept(self._keep(picks, global_offset))

    def _keep(self, picks: Picks, global_offset: float) -> NDArray[np.int64]:
        """Return which picks to keep, and remember them."""
        offset = _number("global_offset", global_offset, "give the sample at which the call starts")
        picks = picks._replace(times=picks.times + offset)
        first = float(picks.times.min(initial=np.inf))
        if offset < self._offset or (offset == self._offset and first < self._first):
            came = f"global_offset={global_offset!r} and times from {first:g}"
            expected = f"none before those of the last call, from {self._first:g}"
            todo = "give the sample at which each call starts as global_offset, or call reset()"
            raise InputError(explain(came, expected, todo))
        if picks.number:
            self._offset, self._first = offset, first
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
        on = flags == 1
        if not np.isfinite(times[on]).all():
            came = "an event whose time is not finite"
            raise InputError(explain(came, "a time in samples", "leave such an event out"))
        if not ((sure[on] >= 0.0) & (sure[on] <= 1.0)).all():
            came = "an event whose probability is not within 0 … 1"
            raise InputError(explain(came, "probabilities", "give sigmoid(logit) for a logit"))


def _number(name: str, value: Any, todo: str) -> float:
    try:
        number = math.nan if isinstance(value, str | bool) else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise InputError(explain(f"{name}={value!r}", "a finite number of samples", todo))
    return number
