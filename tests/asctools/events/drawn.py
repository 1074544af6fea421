"""Strikes and picks drawn by hypothesis, on a grid of a quarter sample, so that ties happen."""

from __future__ import annotations

from hypothesis import strategies as st

from asctools.bells.strikes import Picks, Strikes

BELLS = 3


def times(most: int = 12, end: int = 60) -> st.SearchStrategy[list[float]]:
    """Times in quarter samples: all sums and differences of them are exact."""
    return st.lists(st.integers(0, 4 * end).map(lambda k: k / 4.0), max_size=most)


def scores(number: int) -> st.SearchStrategy[list[float]]:
    """As many scores, in eighths, so that many are equal."""
    return st.lists(st.integers(1, 8).map(lambda k: k / 8.0), min_size=number, max_size=number)


def bells(number: int) -> st.SearchStrategy[list[int]]:
    """As many bells."""
    return st.lists(st.integers(0, BELLS - 1), min_size=number, max_size=number)


@st.composite
def strikes(draw: st.DrawFn, most: int = 12, end: int = 60) -> Strikes:
    """Draw the strikes of a few bells."""
    when = draw(times(most, end))
    return Strikes.make(draw(bells(len(when))), when)


@st.composite
def picks(draw: st.DrawFn, most: int = 12, end: int = 60) -> Picks:
    """Draw the picks of a few bells."""
    when = draw(times(most, end))
    return Picks.make(draw(bells(len(when))), when, draw(scores(len(when))))
