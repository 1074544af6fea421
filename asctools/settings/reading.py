"""From names and values to sections, strictly, and back."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, TypeVar

from asctools.errors import InputError, explain
from asctools.settings.kinds import in_yaml
from asctools.settings.names import unknown
from asctools.settings.section import Section, checked, keys
from asctools.settings.yaml_file import parse_yaml

__all__ = ["changed", "differences", "read", "to_dict"]

S = TypeVar("S", bound=Section)


def read(section: type[S], content: Mapping[str, Any] | None, path: str = "") -> S:
    """Make a section of what somebody wrote.

    Parameters
    ----------
    section
        Which one.
    content
        Names and values; None or a missing name means the default.
    path
        Where it stands, for the messages: ``"training"``.

    Raises
    ------
    UnknownNameError
        If a name is none of the section's; the nearest ones are suggested.
    InputError
        If a value is of the wrong type or out of range. Each message has the full name, such as
        ``training.learning_rate``.
    """
    known = {each.name: each for each in keys(section)}
    values = {}
    for name, value in mapping(content, path or "the configuration").items():
        full = f"{path}.{name}" if path else str(name)
        if name not in known:
            what = f"one of the keys of {path}:" if path else "one of the sections"
            raise unknown(f"the unknown key {full} ({in_yaml(value)})", name, known, what)
        inner = known[name].section
        if inner is not None and not isinstance(value, Section):
            values[name] = read(inner, value, full)
        else:
            values[name] = checked(known[name], value, path)
    return section(**values)


def mapping(content: Any, path: str) -> Mapping[str, Any]:
    """Return the content of a section; nothing at all is an empty one."""
    if content is None:
        return {}
    if not isinstance(content, Mapping):
        came = f"{content!r} as {path}"
        todo = "indent its keys below it, or leave it out for the defaults"
        raise InputError(explain(came, "names with values", todo))
    return content


def to_dict(section: Section) -> dict[str, Any]:
    """Return plain names and values, lists for tuples: what YAML and JSON can hold."""
    return {each.name: _plain(getattr(section, each.name)) for each in dataclasses.fields(section)}


def changed(content: Mapping[str, Any], changes: Mapping[str, Any] | list[str]) -> dict[str, Any]:
    """Return nested names and values with some of them replaced.

    Parameters
    ----------
    content
        As a YAML file gives them.
    changes
        From full keys to values; or texts ``"training.learning_rate=3e-4"``, read as YAML is.

    Raises
    ------
    InputError
        If a text has no ``=``, or a key leads through something that is no section.
    """
    if not isinstance(changes, Mapping):
        changes = dict(_change(text) for text in changes)
    new = {name: _plain(value) for name, value in content.items()}
    for full, value in changes.items():
        *path, last = full.split(".")
        inner = new
        for at, name in enumerate(path, 1):
            if inner.get(name) is None:
                inner[name] = {}
            inner = inner[name]
            if not isinstance(inner, dict):
                came = f"the key {full}, but {'.'.join(path[:at])} is {in_yaml(inner)}"
                raise InputError(explain(came, "a section there", "see --explain"))
        inner[last] = value
    return new


def differences(one: Mapping[str, Any], other: Mapping[str, Any], path: str = "") -> list[str]:
    """Return the full keys whose values differ between two nested mappings."""
    found = []
    for name in [*one, *(name for name in other if name not in one)]:
        a, b = one.get(name), other.get(name)
        full = f"{path}.{name}" if path else name
        if isinstance(a, Mapping) and isinstance(b, Mapping):
            found += differences(a, b, full)
        elif a != b:
            found.append(full)
    return found


def _change(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        came = f"{text!r} as a change"
        todo = "write --set training.learning_rate=3e-4, without blanks"
        raise InputError(explain(came, "KEY=VALUE", todo))
    return name.strip(), parse_yaml(f"value: {value}", f"the change {text!r}")["value"]


def _plain(value: Any) -> Any:
    if isinstance(value, Section):
        return to_dict(value)
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else value
