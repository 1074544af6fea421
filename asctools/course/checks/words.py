"""The words in which a wrong value is described: rounded, and never with the right one."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

SIMPLE_FACTORS = {
    2.0: "exactly twice",
    0.5: "exactly half of",
    4.0: "exactly four times",
    0.25: "exactly a quarter of",
    -2.0: "twice (and with the other sign)",
    -0.5: "half of (and with the other sign)",
}


def kind_of(value: Any) -> str:
    """Name the form of a value as one would say it: "a list of 3", "a function"."""
    if isinstance(value, str):
        return "a text"
    if isinstance(value, bool):
        return "a truth value"
    if isinstance(value, (int, float)):
        return "one number"
    if isinstance(value, complex):
        return "a complex number"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, (list, tuple, dict)):
        return f"a {type(value).__name__} of {len(value)}"
    if callable(value):
        return "a function"
    return f"of type {type(value).__name__}"


def how_far(got: float, expected: float, *, exact: bool) -> str:
    """Say in which direction and roughly how far a number is off.

    The right value is not named. With `exact`, a simple factor is: it points at a forgotten 2.
    """
    if math.isnan(got):
        return "is not a number (nan): was something divided by zero?"
    if math.isinf(got):
        return "is infinite: a number grew beyond what a float can hold."
    came = f"came out as {shown(got)}"
    if 0.0 in (expected, got) or math.isinf(expected):
        return f"{came}: {'too large' if got > expected else 'too small'}."
    factor = got / expected
    if exact and (name := _simple_factor(factor)):
        return f"{came}: {name} what it should be."
    if factor < 0:
        alike = 0.999 < -factor < 1.001
        return f"{came}: {'the size is right, but ' if alike else ''}the sign is wrong."
    return f"{came}: {_size(factor, below_zero=expected < 0)}"


def shown(number: float) -> str:
    """Round a number for a message: four significant digits."""
    return f"{number:.4g}"


def _simple_factor(factor: float) -> str | None:
    for simple, name in SIMPLE_FACTORS.items():
        if math.isclose(factor, simple, rel_tol=1e-6):
            return name
    return None


def _size(factor: float, *, below_zero: bool) -> str:
    """Describe a factor between values of one sign; below zero, "large" would mislead."""
    if below_zero:
        direction = "too far below zero" if factor > 1 else "not far enough below zero"
    else:
        direction = "too large" if factor > 1 else "too small"
    times = max(factor, 1 / factor)
    if times < 1.01:
        return f"a little {direction}, by less than one per cent. Were digits dropped on the way?"
    if times < 1.25:
        return f"{direction}, but not by much."
    if times < 2:
        return f"{direction}."
    return f"{direction}, by more than a factor of {10 if times >= 10 else 2}."
