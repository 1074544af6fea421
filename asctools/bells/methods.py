"""What is rung: rows of bells, and the times at which ringers strike them.

A row is the order in which the bells strike once each, a method is a list of rows in which no bell
moves more than one place from a row to the next.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from asctools.bells.recording import RATE
from asctools.bells.strikes import BACKSTROKE, HANDSTROKE
from asctools.errors import InputError, explain, unknown_name

__all__ = ["METHODS", "Rhythm", "Row", "ring", "rows"]

METHODS = ("plain bob", "plain hunt", "rounds")
Row = tuple[int, ...]


class Rhythm(NamedTuple):
    """How evenly the ringers strike.

    Attributes
    ----------
    gap_s
        Seconds from one bell of a row to the next.
    handstroke_gap
        How many gaps are left free before each row at handstroke.
    striking_error_s
        Standard deviation of a strike's time around its even place, in seconds.
    refractory_s
        A bell cannot strike again so soon after a strike, in seconds; 0 lets chance decide.
    """

    gap_s: float = 0.21
    handstroke_gap: float = 1.0
    striking_error_s: float = 0.064
    refractory_s: float = 2.0


def rows(method: str, n_bells: int) -> list[Row]:
    """Return the rows of a method, from rounds until rounds come back.

    Parameters
    ----------
    method
        ``"rounds"``, ``"plain hunt"`` or ``"plain bob"``.
    n_bells
        How many bells ring, 4 or more. The lists hold indices 0 (highest) to ``n_bells − 1``.

    Returns
    -------
    list
        Rows; the first and the last are rounds.

    Raises
    ------
    UnknownNameError
        If the method is none of the three.
    InputError
        If there are fewer than four bells.
    """
    if method not in METHODS:
        raise unknown_name("method", method, METHODS)
    if n_bells < 4:
        raise InputError(explain(f"{n_bells} bells", "4 or more", "let more bells ring"))
    if method == "rounds":
        return [tuple(range(n_bells))] * 2
    hunt = [0, 1] * n_bells  # in turn, all pairs change, then all but the first place
    if method == "plain bob":
        hunt[-1] = 2  # at the treble's return the second place is made as well
    row, course = tuple(range(n_bells)), [tuple(range(n_bells))]
    while len(course) == 1 or row != course[0]:
        for first in hunt:
            row = _change(row, first)
            course.append(row)
    return course


def _change(row: Row, first: int) -> Row:
    """Let the pairs of places from ``first`` on change over; the places before it stay."""
    after = list(row)
    for place in range(first, len(row) - 1, 2):
        after[place], after[place + 1] = row[place + 1], row[place]
    return tuple(after)


def ring(
    order: list[Row], rhythm: Rhythm, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]:
    """Draw when each bell of each row strikes; rows alternate, handstroke first.

    Parameters
    ----------
    order
        Rows of one length.
    rhythm
        Gaps, errors and the period within which no bell can strike twice: an error that would
        break it is drawn again.
    rng
        Source of the errors.

    Returns
    -------
    bells, times, strokes
        One entry per strike, row after row: the bell, its time in samples from the even place of
        the first one, and 0 or 1.
    """
    bells = np.array(order, dtype=np.int64)
    even = _even_places(len(bells), bells.shape[1], rhythm)
    errors = rng.normal(0.0, rhythm.striking_error_s, bells.shape)
    by_bell = np.argsort(bells, axis=1)  # column b: the place of bell b in each row
    while True:
        times = np.take_along_axis(even + errors, by_bell, axis=1)
        late, bell = np.nonzero(np.diff(times, axis=0) < rhythm.refractory_s)
        if not rhythm.refractory_s or not len(late):
            break
        again = rng.normal(0.0, rhythm.striking_error_s, len(late))
        errors[late + 1, by_bell[late + 1, bell]] = again
    strokes = np.where(np.arange(len(bells)) % 2, BACKSTROKE, HANDSTROKE)
    return bells.ravel(), (even + errors).ravel() * RATE, strokes.repeat(bells.shape[1])


def _even_places(n_rows: int, n_bells: int, rhythm: Rhythm) -> NDArray[np.float64]:
    free = rhythm.handstroke_gap * (np.arange(n_rows) // 2)  # one gap before each handstroke row
    places = np.arange(n_rows * n_bells).reshape(n_rows, n_bells) + free[:, None]
    _possible(n_bells, rhythm)
    return places * rhythm.gap_s


def _possible(n_bells: int, rhythm: Rhythm) -> None:
    shortest = (n_bells - 1) * rhythm.gap_s  # a bell that moves one place down
    if shortest > rhythm.refractory_s or not rhythm.refractory_s:
        return
    came = f"{n_bells} bells {rhythm.gap_s:g} s apart with a refractory period"
    expected = f"rows of more than {rhythm.refractory_s:g} s"
    raise InputError(explain(came, expected, "ring more bells, slower, or without the period"))
