"""Which bell, and when: strikes that are known, and picks that a detector believes in.

Bells are indices here, 0 (treble) to 15 (tenor); files and pictures count from 1. Times are samples
from the start of the recording or window, as fractions where they are known so well.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from asctools.errors import InputError, ShapeError, explain

__all__ = ["BACKSTROKE", "HANDSTROKE", "NUM_BELLS", "UNKNOWN_STROKE", "Picks", "Strikes"]

NUM_BELLS = 16
HANDSTROKE, BACKSTROKE, UNKNOWN_STROKE = 0, 1, -1


class Strikes(NamedTuple):
    """True strikes of a recording or window, in order of time.

    Attributes
    ----------
    bells
        Index of the bell of each strike, shape ``(n,)``, int64, 0 = treble.
    times
        When it sounds, in samples, shape ``(n,)``, float64, ascending.
    strokes
        0 handstroke, 1 backstroke, −1 unknown, shape ``(n,)``, int64.
    """

    bells: NDArray[np.int64]
    times: NDArray[np.float64]
    strokes: NDArray[np.int64]

    @classmethod
    def make(
        cls, bells: ArrayLike, times: ArrayLike, strokes: ArrayLike | None = None
    ) -> "Strikes":
        """Check strikes that come in any order, and sort them by time.

        Parameters
        ----------
        bells, times
            Bell (index) and time (samples) of each strike, both of shape ``(n,)``.
        strokes
            0, 1 or −1 of each strike, shape ``(n,)``; ``None`` means that none is known.

        Returns
        -------
        Strikes
            Sorted by time; strikes of one time stay in the order in which they came.

        Raises
        ------
        ShapeError
            If the three do not have one length, or more than one axis.
        InputError
            If a bell is no whole number from 0, a time is not finite, or a stroke is none of the
            three.
        """
        when = _column("times", times)
        which = _whole("bells", bells)
        hands = np.full(which.shape, UNKNOWN_STROKE) if strokes is None else strokes
        how = _whole("strokes", hands)
        _one_length(bells=which, times=when, strokes=how)
        _need(which >= 0, "bells", which, "indices from 0", "count the bells from 0, not from 1")
        _need(
            np.isin(how, (HANDSTROKE, BACKSTROKE, UNKNOWN_STROKE)),
            "strokes",
            how,
            "0, 1 or −1",
            "write 0 for a handstroke, 1 for a backstroke",
        )
        order = np.argsort(when, kind="stable")
        return cls(which[order], when[order], how[order])

    @classmethod
    def none(cls) -> "Strikes":
        """No strike at all: what is true of silence."""
        return cls.make([], [])

    @property
    def number(self) -> int:
        """How many strikes there are (``len`` of a named tuple counts its fields)."""
        return len(self.times)

    def within(self, start: float, stop: float) -> "Strikes":
        """Return the strikes at ``start <= time < stop`` with times from ``start`` (samples)."""
        first, last = np.searchsorted(self.times, (start, stop))
        return Strikes(
            self.bells[first:last], self.times[first:last] - start, self.strokes[first:last]
        )

    def of_bell(self, bell: int) -> NDArray[np.float64]:
        """Return the times of one bell's strikes in samples, ascending."""
        return self.times[self.bells == bell]

    def kept(self, keep: ArrayLike) -> "Strikes":
        """Return the strikes that a mask or an ascending index array of shape ``(n,)`` keeps."""
        chosen = np.asarray(keep)
        return Strikes(self.bells[chosen], self.times[chosen], self.strokes[chosen])


class Picks(NamedTuple):
    """Strikes that a detector claims, each with how sure it is.

    Attributes
    ----------
    bells
        Index of the bell, shape ``(n,)``, int64, 0 = treble.
    times
        Claimed time in samples, shape ``(n,)``, float64, ascending.
    scores
        Higher is surer, on the detector's own scale, shape ``(n,)``, float64.
    plus_minus
        Half width of the interval for the time, in samples, NaN where unknown, shape ``(n,)``.
    """

    bells: NDArray[np.int64]
    times: NDArray[np.float64]
    scores: NDArray[np.float64]
    plus_minus: NDArray[np.float64]

    @classmethod
    def make(
        cls,
        bells: ArrayLike,
        times: ArrayLike,
        scores: ArrayLike,
        plus_minus: ArrayLike | None = None,
    ) -> "Picks":
        """Check picks that come in any order, and sort them by time.

        Parameters
        ----------
        bells, times, scores, plus_minus
            As the attributes, each of shape ``(n,)``; without ``plus_minus`` it is NaN throughout.

        Returns
        -------
        Picks
            Sorted by time; picks of one time stay in the order in which they came.

        Raises
        ------
        ShapeError
            If they do not have one length, or more than one axis.
        InputError
            If a bell is no whole number from 0, or a time or score is not finite.
        """
        when = _column("times", times)
        which = _whole("bells", bells)
        sure = _column("scores", scores)
        width = np.full(when.shape, np.nan) if plus_minus is None else plus_minus
        half = np.asarray(width, dtype=np.float64)
        _one_length(bells=which, times=when, scores=sure, plus_minus=half)
        _need(which >= 0, "bells", which, "indices from 0", "count the bells from 0, not from 1")
        order = np.argsort(when, kind="stable")
        return cls(which[order], when[order], sure[order], half[order])

    @classmethod
    def none(cls) -> "Picks":
        """No pick at all: what a detector says of silence."""
        return cls.make([], [], [])

    @classmethod
    def together(cls, parts: Iterable["Picks"]) -> "Picks":
        """Join the picks of several places of one recording, sorted by time."""
        listed = list(parts)
        if not listed:
            return cls.none()
        return cls.make(*(np.concatenate(column) for column in zip(*listed, strict=True)))

    @property
    def number(self) -> int:
        """How many picks there are (``len`` of a named tuple counts its fields)."""
        return len(self.times)

    def above(self, threshold: float) -> "Picks":
        """Return the picks whose score is at least ``threshold``."""
        return self.kept(self.scores >= threshold)

    def within(self, start: float, stop: float) -> "Picks":
        """Return the picks at ``start <= time < stop`` with times from ``start`` (samples)."""
        chosen = self.kept((self.times >= start) & (self.times < stop))
        return chosen._replace(times=chosen.times - start)

    def kept(self, keep: ArrayLike) -> "Picks":
        """Return the picks that a mask or an ascending index array of shape ``(n,)`` keeps."""
        chosen = np.asarray(keep)
        return Picks(*(column[chosen] for column in self))

    def strikes(self) -> Strikes:
        """Return them as strikes of an unknown stroke: what the detector says happened."""
        return Strikes.make(self.bells, self.times)


def _column(name: str, values: ArrayLike) -> NDArray[np.float64]:
    numbers: NDArray[np.float64] = np.asarray(values, dtype=np.float64)
    _need(np.isfinite(numbers), name, numbers, "finite numbers", "leave such a strike out")
    return numbers


def _whole(name: str, values: Any) -> NDArray[np.int64]:
    numbers = _column(name, values)
    _need(numbers == np.round(numbers), name, numbers, "whole numbers", "give indices")
    return numbers.astype(np.int64)


def _one_length(**columns: NDArray[Any]) -> None:
    shapes = {name: column.shape for name, column in columns.items()}
    if len(set(shapes.values())) == 1 and all(len(shape) == 1 for shape in shapes.values()):
        return
    came = ", ".join(f"{name} of shape {shape}" for name, shape in shapes.items())
    raise ShapeError(explain(came, "one shape (n,) for all", "give one entry per strike"))


def _need(
    good: NDArray[np.bool_], name: str, values: NDArray[Any], expected: str, step: str
) -> None:
    if np.all(good):
        return
    place = int(np.flatnonzero(~np.ravel(good))[0])
    raise InputError(explain(f"{np.ravel(values)[place]} as {name}[{place}]", expected, step))
