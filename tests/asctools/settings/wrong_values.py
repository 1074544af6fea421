"""For every key of a section: its name misspelt, values of wrong types, values out of range."""

from collections.abc import Iterator, Mapping
from types import NoneType
from typing import Any, get_args, get_origin

from asctools.settings import Section, keys
from asctools.settings.kinds import alternatives
from asctools.settings.section import Key

OF_EVERY_TYPE: tuple[Any, ...] = (True, 3, 2.5, "some text", [1.5, "x"], {"a": {"b": 1}}, None)


def leaves(section: type[Section], path: str = "") -> Iterator[tuple[str, Key]]:
    """Every key that holds a value, with its full name."""
    for each in keys(section):
        full = f"{path}.{each.name}" if path else each.name
        if each.section is None:
            yield full, each
        else:
            yield from leaves(each.section, full)


def right(kind: Any, value: Any) -> bool:
    """Whether a value is of a kind, ranges apart: said a second time, in other words."""
    origin = get_origin(kind) or kind
    if origin is tuple:
        parts = get_args(kind)
        fits = isinstance(value, list) and len(value) > 0
        fits = fits and (parts[-1] is Ellipsis or len(parts) == len(value))
        return fits and all(right(parts[0], part) for part in value)
    if origin is Mapping:
        of = get_args(kind)[1]
        return isinstance(value, dict) and (
            of is Any or all(right(of, part) for part in value.values())
        )
    exact = {bool: (bool,), int: (int,), float: (int, float), str: (str,), NoneType: (NoneType,)}
    return type(value) in exact.get(origin, ())


def wrong_types(each: Key) -> list[Any]:
    kinds = alternatives(each.kind)
    return [value for value in OF_EVERY_TYPE if not any(right(kind, value) for kind in kinds)]


def out_of_range(each: Key) -> list[Any]:
    """Values just beyond each end, and those that are no numbers at all."""
    within, kinds = each.allowed, alternatives(each.kind)
    beyond: list[Any] = []
    whole = int in kinds or any(get_args(kind)[:1] == (int,) for kind in kinds)
    small: float = 1 if whole else 1e-9
    beyond += [] if within.least is None else [_number(within.least - small, whole)]
    beyond += [] if within.above is None else [within.above, within.above - 1]
    beyond += [] if within.most is None else [_number(within.most + small, whole)]
    beyond += [] if within.below is None else [within.below, within.below + 1]
    if float in kinds:
        beyond += [float("nan"), float("inf")]
    values = [_shaped(each, value) for value in beyond]
    if within.choices:
        values += ["", f"{within.choices[0]}s"]
    return values


def _number(value: float, whole: bool) -> float:
    return int(value) if whole else value


def _shaped(each: Key, value: float) -> Any:
    """Put a number where the key has its numbers: in a list, or behind a name."""
    for kind in alternatives(each.kind):
        if get_origin(kind) is tuple:
            parts = get_args(kind)
            return [value] * (1 if parts[-1] is Ellipsis else len(parts))
        if get_origin(kind) is Mapping:
            return {"gate": value}
    return value


def nested(full: str, value: Any) -> dict[str, Any]:
    """The configuration in which one key has a value and nothing else is said."""
    for name in reversed(full.split(".")):
        value = {name: value}
    return value
