"""Types and ranges of values: does one fit, and how does one say in words what would?"""

from __future__ import annotations

import math
import re
import types
from collections.abc import Mapping
from numbers import Integral, Real
from typing import Any, NamedTuple, Union, get_args, get_origin

from asctools.errors import AscError, InputError, explain
from asctools.settings.names import unknown

__all__ = ["Range", "allowed", "alternatives", "fitted", "in_yaml"]

WORDS = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}
NUMBER = re.compile(r"[-+]?(\d[\d_]*\.?\d*|\.\d+)([eE][-+]?\d+)?")


class Range(NamedTuple):
    """Which values of a type are allowed: bounds of a number, choices of a text, the unit."""

    least: float | None = None
    above: float | None = None
    most: float | None = None
    below: float | None = None
    choices: tuple[str, ...] = ()
    unit: str = ""

    def holds(self, number: float) -> bool:
        """Return whether a number lies within the bounds; NaN and infinity never do."""
        return (
            math.isfinite(number)
            and (self.least is None or number >= self.least)
            and (self.above is None or number > self.above)
            and (self.most is None or number <= self.most)
            and (self.below is None or number < self.below)
        )


def fitted(kind: Any, within: Range, value: Any, name: str) -> Any:
    """Return a value in the type of its key: ``1`` as 1.0 where a float is wanted, a list as tuple.

    Parameters
    ----------
    kind
        ``bool``, ``int``, ``float``, ``str``, a ``Mapping[str, …]``, a ``tuple[…]``, any of them
        ``| None``, or a union.
    within
        The range; it holds for each number or text of several.
    value
        What came.
    name
        The full key, for the message: ``"training.learning_rate"``.

    Raises
    ------
    InputError, UnknownNameError
        If it does not fit; the message says what would.
    """
    for each in alternatives(kind):
        try:
            return _as(each, within, value)
        except (TypeError, OverflowError):
            continue
    raise _refusal(kind, within, value, name)


def allowed(kind: Any, within: Range) -> str:
    """Say in words what fits: ``"a number above 0, at most 1"``."""
    words = [_described(each, within) for each in alternatives(kind)]
    unit = f" ({within.unit})" if within.unit else ""
    return ", or ".join(words) + unit


def in_yaml(value: Any) -> str:
    """Write a value as one would in YAML, in one line."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(in_yaml, value))}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{name}: {in_yaml(part)}' for name, part in value.items())}}}"
    if isinstance(value, float):
        return _digits(value)
    return _quoted(value) if isinstance(value, str) and not _plain(value) else str(value)


def alternatives(kind: Any) -> tuple[Any, ...]:
    """Return the members of a union, or the one kind that it is."""
    union = get_origin(kind) in (Union, types.UnionType)
    return get_args(kind) if union else (kind,)


def _as(kind: Any, within: Range, value: Any) -> Any:
    """Return the value as this one kind, or raise a TypeError."""
    origin = get_origin(kind) or kind
    if origin is types.NoneType:
        good = value is None
    elif origin is tuple:
        return _as_tuple(get_args(kind), within, value)
    elif origin is Mapping:
        return _as_mapping(get_args(kind)[1], within, value)
    elif origin is bool:
        good = isinstance(value, bool)
    elif origin in (int, float):
        wanted = Integral if origin is int else Real
        number = isinstance(value, wanted) and not isinstance(value, bool)
        good = number and within.holds(float(value))
        value = origin(value) if good else value
    elif origin is str:
        good = isinstance(value, str) and (not within.choices or value in within.choices)
    else:
        good = isinstance(value, origin)
    if not good:
        raise TypeError
    return value


def _as_tuple(kinds: tuple[Any, ...], within: Range, value: Any) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple) or not value:
        raise TypeError
    each = kinds[:1] * len(value) if kinds[-1] is Ellipsis else kinds
    if len(each) != len(value):
        raise TypeError
    return tuple(_as(kind, within, part) for kind, part in zip(each, value, strict=True))


def _as_mapping(kind: Any, within: Range, value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
        raise TypeError
    if kind is Any:
        return dict(value)
    return {name: _as(kind, within, part) for name, part in value.items()}


def _described(kind: Any, within: Range) -> str:
    origin = get_origin(kind) or kind
    if origin is types.NoneType:
        return "null"
    if origin is tuple:
        first, *others = get_args(kind)
        one = _described(first, within)
        many = "a list" if others == [Ellipsis] else f"a list of {len(others) + 1}"
        return f"{many}, each {one}"
    if origin is Mapping:
        of = get_args(kind)[1]
        return "names with values" if of is Any else f"names, each with {_described(of, within)}"
    if origin is str and within.choices:
        return f"one of {', '.join(within.choices)}"
    if origin in (int, float):
        return WORDS[origin] + _bounds(within)
    return WORDS.get(origin, "a section")


def _bounds(within: Range) -> str:
    """Say the bounds as they follow upon "a number": " above 0, at most 1", ", 1 or more"."""
    if within.least is not None and within.most is not None:
        return f" from {_short(within.least)} to {_short(within.most)}"
    told = [] if within.above is None else [f" above {_short(within.above)}"]
    told += [] if within.least is None else [f", {_short(within.least)} or more"]
    told += [] if within.most is None else [f", at most {_short(within.most)}"]
    told += [] if within.below is None else [f"{',' if told else ''} below {_short(within.below)}"]
    return "".join(told)


def _refusal(kind: Any, within: Range, value: Any, name: str) -> AscError:
    """Build the error: the key, the value, what is allowed, and the likeliest cause."""
    if within.choices and isinstance(value, str):
        return unknown(f"{value!r} as {name}", value, within.choices)
    came = f"{value!r} as {name}"
    right = allowed(kind, within)
    numeric = any(each in (int, float) for each in alternatives(kind))
    if numeric and isinstance(value, str) and NUMBER.fullmatch(value.strip()):
        todo = f"that is a text: write {in_yaml(_number(value))} without quotes"
        if "e" in value.lower():
            todo += " (PyYAML takes 1e-3 for a text and 1.0e-3 for a number)"
        return InputError(explain(came, right, todo))
    if isinstance(value, bool):
        todo = "true and false (in YAML also yes, no, on, off) are no numbers and no texts"
        return InputError(explain(came, right, todo))
    if value is None:
        todo = "write a value behind the colon, or leave the key out for its default"
        return InputError(explain(f"nothing as {name}", right, todo))
    return InputError(explain(came, right, f"change {name}"))


def _number(text: str) -> float | int:
    try:
        return int(text)
    except ValueError:
        return float(text)


def _short(number: float) -> str:
    return f"{number:g}"


def _digits(number: float) -> str:
    """Write a number as YAML 1.1 takes it for one: 1.0e-05, not 1e-05."""
    if isinstance(number, float) and number.is_integer() and abs(number) < 1e15:
        return f"{number:.1f}"
    text = repr(number)
    mantissa, e, exponent = text.partition("e")
    return f"{mantissa}.0e{exponent}" if e and "." not in mantissa else text


def _quoted(text: str) -> str:
    import yaml  # here, not above: numbers and names need none

    dumped: str = yaml.safe_dump(text, default_style='"', allow_unicode=True, width=float("inf"))
    return dumped.strip()


def _plain(text: str) -> bool:
    """Return whether YAML reads a text as itself without quotes."""
    words = ("null", "true", "false", "yes", "no", "on", "off", "y", "n")
    return bool(re.fullmatch(r"[A-Za-z_][\w./-]*", text)) and text.lower() not in words
