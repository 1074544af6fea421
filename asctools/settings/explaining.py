"""The manual of a schema, out of the schema: as YAML with comments, and as a table."""

from __future__ import annotations

import textwrap
from inspect import getdoc
from typing import Any

from asctools.settings.kinds import allowed, in_yaml
from asctools.settings.names import unknown
from asctools.settings.reading import to_dict
from asctools.settings.section import Key, Section, keys

__all__ = ["explained", "rows", "table"]

WIDTH = 98


def explained(section: Section, only: str | None = None) -> str:
    """Return a section as YAML in which each key is explained above its value.

    What comes out can be saved and used: it is the configuration.

    Parameters
    ----------
    section
        With the values to show: ``Config()`` has the defaults.
    only
        The full name of a section or a key, to see just that; None: all of it.

    Raises
    ------
    UnknownNameError
        If there is no such key.
    """
    lines = _lines(section, 0) if only is None else _only(section, only.split("."))
    return "\n".join(lines).strip() + "\n"


def rows(section: type[Section], path: str = "") -> list[tuple[str, str, str, str]]:
    """Return full name, default, what is allowed and the sentence of every key in and below."""
    found = []
    for each in keys(section):
        full = f"{path}.{each.name}" if path else each.name
        if each.section is not None:
            found += rows(each.section, full)
        else:
            words = allowed(each.kind, each.allowed)
            found.append((full, in_yaml(each.default), words, each.about))
    return found


def table(section: type[Section], path: str = "") -> str:
    """Return the schema as a table in Markdown."""
    head = ["| key | default | allowed | what it does |", "|---|---|---|---|"]
    body = [
        f"| `{name}` | `{default}` | {words} | {about} |".replace("\n", " ")
        for name, default, words, about in rows(section, path)
    ]
    return "\n".join([*head, *body]) + "\n"


def _lines(section: Section, indent: int) -> list[str]:
    lines = []
    for each in keys(type(section)):
        value = getattr(section, each.name)
        if isinstance(value, Section) and indent == 0:
            lines += ["", *_comment(_summary(value), 0), f"{each.name}:", *_lines(value, 2)]
        elif isinstance(value, Section):
            inline = f"{' ' * indent}{each.name}: {in_yaml(to_dict(value))}"
            lines += [*_comment(each.about, indent), inline]
        else:
            lines += _one(each, value, indent)
    return lines


def _one(each: Key, value: Any, indent: int) -> list[str]:
    words = allowed(each.kind, each.allowed)
    comment = _comment(f"{each.about} {words[:1].upper()}{words[1:]}.", indent)
    return [*comment, f"{' ' * indent}{each.name}: {in_yaml(value)}"]


def _only(section: Section, path: list[str]) -> list[str]:
    known = {each.name: each for each in keys(type(section))}
    if path[0] not in known:
        raise unknown(f"{path[0]!r} to explain", path[0], known, "one of the keys")
    value, indent = getattr(section, path[0]), 2
    if not isinstance(value, Section):
        if len(path) > 1:
            raise unknown(f"{'.'.join(path)!r} to explain", path[1], [path[0]], "the key")
        return _one(known[path[0]], value, 0)
    below = _lines(value, indent) if len(path) == 1 else _indented(_only(value, path[1:]), indent)
    return [*_comment(_summary(value), 0), f"{path[0]}:", *below]


def _indented(lines: list[str], indent: int) -> list[str]:
    return [f"{' ' * indent}{line}" for line in lines]


def _comment(text: str, indent: int) -> list[str]:
    head = f"{' ' * indent}# "
    return textwrap.wrap(text, WIDTH, initial_indent=head, subsequent_indent=head)


def _summary(section: Section) -> str:
    return (getdoc(type(section)) or "").split("\n\n")[0].replace("\n", " ")
