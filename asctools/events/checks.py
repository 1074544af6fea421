"""Settings that are numbers: what is none is refused with a sentence, not with a TypeError."""

import math
from numbers import Real
from typing import Any

import numpy as np

from asctools.errors import InputError, explain

__all__ = ["checked_threshold", "positive", "real"]


def real(value: Any, name: str, expected: str, todo: str) -> float:
    """Return a real number as a float; True, texts and None are none.

    Raises
    ------
    InputError
        If it is something else, or NaN.
    """
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Real) or math.isnan(value):
        raise InputError(explain(f"{name}={value!r}", expected, todo))
    return float(value)


def positive(value: Any, name: str, todo: str) -> float:
    """Return a finite number above 0.

    Raises
    ------
    InputError
        If it is something else.
    """
    expected = "a number above 0"
    number = real(value, name, expected, todo)
    if not 0 < number < np.inf:
        raise InputError(explain(f"{name}={value!r}", expected, todo))
    return number


def checked_threshold(threshold: Any) -> float:
    """Return a threshold above 0 and below 1.

    Raises
    ------
    InputError
        If it is another number, or none.
    """
    expected, todo = "a probability between 0 and 1", "take that of the model file"
    least = real(threshold, "threshold", expected, todo)
    if not 0.0 < least < 1.0:
        raise InputError(explain(f"threshold={threshold!r}", expected, todo))
    return least
