"""Which pick belongs to which strike: one to one, as many pairs as there can be, the nearest."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from asctools.bells.recording import RATE
from asctools.bells.strikes import Picks, Strikes
from asctools.errors import InputError, ShapeError, explain
from asctools.events.refractory.sets import best_set, of_each_bell

__all__ = [
    "Matches",
    "PicksOf",
    "Pooled",
    "StrikesOf",
    "WorthAt",
    "match",
    "paired",
    "pool",
    "samples",
]

PicksOf = Picks | Sequence[Picks]  # of one recording, or of each window
StrikesOf = Strikes | Sequence[Strikes]
WorthAt = Callable[[NDArray[np.float64], float], NDArray[np.float64]]
Indices = NDArray[np.int64]
Times = NDArray[np.float64]
Flags = NDArray[np.bool_]


class Matches(NamedTuple):
    """Pairs of a pick and the strike that it found.

    Attributes
    ----------
    picks, strikes
        Index of the pick and of the strike of each pair, both (m,).
    """

    picks: Indices
    strikes: Indices


class Pooled(NamedTuple):
    """Picks and strikes of many windows in one; a key says which may be matched.

    Attributes
    ----------
    picks, strikes
        All of them, one window after another.
    pick_window, strike_window
        The window of each.
    number
        How many windows there are.
    """

    picks: Picks
    strikes: Strikes
    pick_window: Indices
    strike_window: Indices
    number: int

    def above(
        self, threshold: float, period: float | None = None, worth: WorthAt | None = None
    ) -> "Pooled":
        """Leave out the picks below a threshold, and those that break a refractory period."""
        keep = np.flatnonzero(self.picks.scores >= threshold)
        picks, window = self.picks.kept(keep), self.pick_window[keep]
        if period is not None:
            value = picks.scores if worth is None else worth(picks.scores, threshold)
            each = picks._replace(bells=self.keys()[0][keep], scores=value)
            keep = of_each_bell(each, lambda times, w: best_set(times, w, period))
            picks, window = picks.kept(keep), window[keep]
        return self._replace(picks=picks, pick_window=window)

    def keys(self) -> tuple[Indices, Indices]:
        """Return a number for each window and bell, of each pick and each strike."""
        bells = 1 + max(self.picks.bells.max(initial=0), self.strikes.bells.max(initial=0))
        return (
            self.pick_window * bells + self.picks.bells,
            self.strike_window * bells + self.strikes.bells,
        )

    def on_a_line(self, gap: float) -> tuple[Times, Times]:
        """Return all times as those of one long recording, windows and bells a gap apart."""
        times = np.concatenate([self.picks.times, self.strikes.times])
        step = np.ptp(times) + gap + 1.0 if len(times) else 0.0
        picks, strikes = self.keys()
        return self.picks.times + step * picks, self.strikes.times + step * strikes

    def matches(self, tolerance: float) -> Matches:
        """Match within windows and bells."""
        picks, strikes = self.keys()
        return paired(picks, self.picks.times, strikes, self.strikes.times, tolerance)


def match(picks: Picks, truth: Strikes, tolerance: float) -> Matches:
    """Pair picks with strikes of the same bell that are at most ``tolerance`` samples away.

    Each pick and each strike is in one pair at most. There are as many pairs as possible, and of
    the ways to have as many, the one with the least total distance is taken.

    Parameters
    ----------
    picks, truth
        Of one recording or window.
    tolerance
        In samples; exactly this far away still counts.

    Returns
    -------
    Matches
        In order of the strikes.

    Notes
    -----
    The number of pairs is that of Raffel et al. (2014), *mir_eval*, whose matching is also the
    largest; there which pairs are taken is open.
    """
    _check_tolerance(tolerance)
    return paired(picks.bells, picks.times, truth.bells, truth.times, tolerance)


def pool(picks: PicksOf, truth: StrikesOf) -> Pooled:
    """Pool many windows, so that they are matched in one go."""
    picked = [picks] if isinstance(picks, Picks) else list(picks)
    struck = [truth] if isinstance(truth, Strikes) else list(truth)
    if len(picked) != len(struck):
        came = f"picks of {len(picked)} windows and strikes of {len(struck)}"
        raise ShapeError(explain(came, "as many of each", "give one Picks for each Strikes"))
    windows = np.arange(len(struck))
    return Pooled(
        Picks(*map(np.concatenate, zip(Picks.none(), *picked, strict=True))),
        Strikes(*map(np.concatenate, zip(Strikes.none(), *struck, strict=True))),
        windows.repeat([each.number for each in picked]),
        windows.repeat([each.number for each in struck]),
        len(struck),
    )


def samples(tolerance_ms: float, rate: float = RATE) -> float:
    """Return a tolerance in samples, checked."""
    _check_tolerance(tolerance_ms)
    return tolerance_ms * rate / 1000.0


def paired(
    pick_keys: Indices, pick_times: Times, strike_keys: Indices, strike_times: Times, tol: float
) -> Matches:
    """Match within equal keys, group by group: what a gap above ``tol`` separates never pairs."""
    n = len(pick_times)
    key = np.concatenate([pick_keys, strike_keys])
    time = np.concatenate([pick_times, strike_times])
    order = np.lexsort((time, key))
    order = order[_in_reach(key[order], time[order], order < n, tol)]
    apart = (np.diff(key[order]) != 0) | (np.diff(time[order]) > tol)
    starts = np.concatenate([[0], 1 + np.flatnonzero(apart), [len(order)]])
    # Nearly every group is one pick and one strike
    twos = starts[:-1][np.diff(starts) == 2]
    pair = np.sort(np.stack([order[twos], order[twos + 1]]), axis=0)
    pairs = [np.stack([pair[0], pair[1] - n])]
    for at in np.flatnonzero(np.diff(starts) > 2):
        group = order[starts[at] : starts[at + 1]]
        p, s = group[group < n], group[group >= n] - n
        i, j = _aligned(pick_times[p], strike_times[s], tol)
        pairs.append(np.stack([p[i], s[j]]))
    picks, strikes = np.concatenate(pairs, axis=1)
    in_order = np.argsort(strikes)
    return Matches(picks[in_order], strikes[in_order])


def _in_reach(key: Indices, time: Times, is_pick: Flags, tol: float) -> Flags:
    """Return which of sorted times have one of the other kind at most ``tol`` away.

    Far from any strike there may be thousands of picks; none of them matters.
    """
    near = np.zeros(len(key), dtype=bool)
    for way in (slice(None), slice(None, None, -1)):  # what comes before; then what comes after
        k, t, kind, seen = key[way], time[way], is_pick[way], near[way]
        for here in (True, False):
            last = np.maximum.accumulate(np.where(kind == here, -1, np.arange(len(k))))
            with_one = (kind == here) & (last >= 0)
            seen |= with_one & (k[last] == k) & (np.abs(t - t[last]) <= tol)
    return near


def _aligned(p: Times, s: Times, tol: float) -> tuple[list[int], list[int]]:
    """Match two ascending lists of times.

    On a line the best pairs never cross, so a dynamic programme over prefixes finds them. A pair is
    worth ``bonus`` less its distance, and the bonus is more than all distances together.
    """
    bonus = 1.0 + tol * min(len(p), len(s))
    best = np.zeros((len(p) + 1, len(s) + 1))
    distance = np.abs(p[:, None] - s)
    worth = np.where(distance <= tol, bonus - distance, -np.inf)
    for i in range(len(p)):
        diagonal = np.append(0.0, best[i, :-1] + worth[i])
        best[i + 1] = np.maximum.accumulate(np.maximum(best[i], diagonal))
    pairs = []
    i, j = len(p), len(s)
    while i and j:
        if best[i, j] == best[i - 1, j]:
            i -= 1
        elif best[i, j] == best[i, j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            pairs.append((i, j))
    return [i for i, _ in pairs], [j for _, j in pairs]


def _check_tolerance(tolerance: float) -> None:
    if not 0.0 <= tolerance < np.inf:
        came = f"{tolerance!r} as tolerance"
        raise InputError(explain(came, "0 or more, finite", "try 5 ms, 10 samples at 2000 Hz"))
