"""Rows to be scored, with everything that is awkward: ties, weights, single rows, empty classes."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st


class Rows(NamedTuple):
    """Targets, scores from 0 to 1, and weights or None."""

    y: np.ndarray
    p: np.ndarray
    weight: np.ndarray | None


@st.composite
def rows(draw: Any, both: bool = False, largest: int = 60) -> Rows:
    """Draw rows; with ``both``, of both classes, each with a weight above 0."""
    n = draw(st.integers(2, largest))
    y = np.array(draw(st.lists(st.integers(0, 1), min_size=n, max_size=n)))
    if both:
        y[draw(st.integers(0, n - 1))] ^= y.min() == y.max()
    level = st.integers(0, 6).map(lambda k: k / 6)
    one = st.one_of(level, st.floats(0.0, 1.0)) if draw(st.booleans()) else level
    p = np.array(draw(st.lists(one, min_size=n, max_size=n)))
    if draw(st.booleans()):
        return Rows(y, p, None)
    least = 0.01 if both else 0.0
    weight = st.one_of(st.just(least), st.floats(0.01, 100.0))
    drawn = np.array(draw(st.lists(weight, min_size=n, max_size=n)))
    drawn[0] = 1.0
    return Rows(y, p, drawn)
