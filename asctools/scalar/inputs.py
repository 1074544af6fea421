"""What the scalar cell refuses, said once for the plain and for the PyTorch version."""

import math
from collections.abc import Iterable, Sequence
from numbers import Real
from typing import Any

from asctools.errors import InputError, ShapeError, explain


def finite(value: object, name: str) -> float:
    """Return ``value`` as a float, or say why it is none (text, a Boolean, NaN, infinity)."""
    if type(value) is float and math.isfinite(value):  # nearly always, and in the innermost loop
        return value
    if isinstance(value, bool) or not isinstance(value, Real):
        raise InputError(
            explain(f"{value!r} as {name}", "a number", "pass a plain Python or NumPy number")
        )
    if not math.isfinite(value):
        raise InputError(explain(f"{value!r} as {name}", "a finite number", "fill the gap first"))
    return float(value)


def wires(x: object, c_prev: object, h_prev: object) -> tuple[float, float, float]:
    """Return the three numbers that enter a cell on one day as floats."""
    return finite(x, "x"), finite(c_prev, "c_prev"), finite(h_prev, "h_prev")


def sequence_of_days(days: Iterable[object]) -> list[float]:
    """Return the days as floats; refuse an empty sequence and entries that are no finite number."""
    if isinstance(days, str) or not isinstance(days, Iterable):
        raise InputError(
            explain(f"{days!r} as days", "a sequence of numbers", "write it like (0.0, 0.5)")
        )
    values = [finite(day, f"days[{position}]") for position, day in enumerate(days)]
    if not values:
        raise ShapeError(explain("no days at all", "one day or more", "pass at least one number"))
    return values


def days_of_a_trace(past: Sequence[object], kind: type) -> None:
    """Refuse an empty trace and one that does not hold days, for example bare numbers."""
    if not past or not isinstance(past[-1], kind):
        came = f"{type(past[-1]).__name__}s as past" if past else "an empty trace"
        raise ShapeError(explain(came, f"one {kind.__name__} or more", "pass what trace returned"))


def instance(value: object, kind: type, name: str) -> None:
    """Refuse a value of another type than ``kind``."""
    if not isinstance(value, kind):
        came = f"{type(value).__name__} as {name}"
        raise InputError(explain(came, f"{kind.__name__}", f"make one with {kind.__name__}(...)"))


def whole(value: object, name: str) -> int:
    """Return ``value`` as a count: a whole number, 0 or more."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise InputError(explain(f"{name}={value!r}", "a whole number, 0 or more", f"set {name}"))
    return value


def positive(value: object, name: str) -> float:
    """Return ``value`` as a finite number above 0: a learning rate, the width of a wiggle."""
    number = finite(value, name)
    if number <= 0.0:
        raise InputError(explain(f"{name}={value!r}", "a number above 0", "try a small one: 1e-3"))
    return number


def companies(values: Sequence[Any], kind: type) -> None:
    """Refuse an empty collection of companies and entries that are no company."""
    if isinstance(values, kind) or not isinstance(values, Sequence) or not values:
        came = "one bare company" if isinstance(values, kind) else f"{values!r} as companies"
        raise InputError(explain(came, "a sequence of companies", "pass a tuple like (A, B)"))
    for company in values:
        instance(company, kind, "a company")
        sequence_of_days(company.days)
        finite(company.target, f"the target of company {company.name}")
