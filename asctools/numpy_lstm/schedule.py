"""Learning rates that change: a cosine with a warm-up, and patience with a loss that stands still.

A schedule is a function: how many steps are done → η of the next. It has no state, so a training
that is resumed needs nothing but the number of steps.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from asctools.errors import InputError, explain

Schedule = Callable[[int], float]


def constant(learning_rate: float) -> Schedule:
    """Return the schedule that never changes."""
    _check("learning_rate", learning_rate, learning_rate > 0.0, "a number above 0")
    return partial(_always, learning_rate=float(learning_rate))


def cosine(peak: float, iterations: int, *, warm_up: int = 0, floor: float = 0.0) -> Schedule:
    """Return the schedule that :func:`cosine_rate` describes.

    Parameters
    ----------
    peak
        η at its highest.
    iterations
        After how many steps ``floor`` is reached; it stays there.
    warm_up
        How many of them climb to the peak, in a straight line.
    floor
        η at the end.
    """
    _check("peak", peak, peak > 0.0, "a number above 0")
    _check("floor", floor, 0.0 <= floor <= peak, f"a number from 0 to the peak, {peak}")
    _check("iterations", iterations, iterations >= 1, "1 or more")
    _check("warm_up", warm_up, 0 <= warm_up < iterations, f"0 to {iterations - 1}")
    return partial(
        cosine_rate, peak=float(peak), iterations=iterations, warm_up=warm_up, floor=float(floor)
    )


def cosine_rate(
    step: int, peak: float, iterations: int, warm_up: int = 0, floor: float = 0.0
) -> float:
    """Return the learning rate after ``step`` steps: up to the peak, then down half a cosine.

    Implements :eq:`eq-cosine`. Source: Loshchilov & Hutter 2017.
    """
    if step < warm_up:
        return peak * (step + 1) / (warm_up + 1)
    share = min(1.0, (step - warm_up) / (iterations - warm_up))
    # η = η_min + ½ (η_max − η_min) (1 + cos(π t / T))
    return floor + 0.5 * (peak - floor) * (1.0 + math.cos(math.pi * share))


@dataclass
class Patience:
    """The best loss so far, and how many looks at the loss have passed without a better one.

    Attributes
    ----------
    limit
        After how many looks without a better one the patience has ended; None: never.
    min_delta
        By how much a loss must be below the best to count as better.
    best
        The lowest loss that counted.
    counter
        Looks since then, or since :meth:`reset`.
    """

    limit: int | None = None
    min_delta: float = 0.0
    best: float = math.inf
    counter: int = 0

    def look(self, loss: float) -> bool:
        """Count one look; return whether the loss is better than the best before."""
        better = loss < self.best - self.min_delta
        if better:
            self.best, self.counter = loss, 0
        else:
            self.counter += 1
        return better

    @property
    def ended(self) -> bool:
        """Whether there were too many looks without a better loss."""
        return self.limit is not None and self.counter >= self.limit

    def reset(self) -> None:
        """Start counting again; the best stays."""
        self.counter = 0


def _always(step: int, learning_rate: float) -> float:
    return learning_rate


def _check(name: str, value: object, right: bool, expected: str) -> None:
    if not right:
        raise InputError(explain(f"{name}={value!r}", expected, f"set another {name}"))
