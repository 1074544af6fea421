"""Read YAML without its traps: no key twice, 1e-3 is a number, and an error names the line."""

from __future__ import annotations

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from asctools.errors import InputError, explain
from asctools.settings.kinds import in_yaml

__all__ = ["parse_yaml", "read_yaml", "to_yaml"]


class _Strict(yaml.SafeLoader):
    """PyYAML's safe loader with two changes."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        """Refuse a key that stands twice: the second would silently win."""
        lines: dict[Any, int] = {}
        for name, _ in node.value:
            if name.tag == "tag:yaml.org,2002:merge":
                continue  # what is merged may be overwritten: that is what merging is for
            if name.value in lines:
                line = name.start_mark.line + 1
                came = f"{name.value!r} twice, in lines {lines[name.value]} and {line}"
                raise InputError(explain(came, "each key once", "delete one of the two"))
            lines[name.value] = name.start_mark.line + 1
        return super().construct_mapping(node, deep)


# PyYAML speaks YAML 1.1, in which 1e-3 is a text; everybody who writes it means the number.
_Strict.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"[-+]?\d[\d_]*(\.[\d_]*)?[eE][-+]?\d+$"),
    list("-+0123456789"),
)


def read_yaml(path: str | Path) -> dict[str, Any]:
    """Return what a YAML file says; an empty one says nothing, and so everything by default.

    Raises
    ------
    InputError
        If there is no such file, it is no YAML, has a key twice, or is no mapping.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
        came = f"{path}, which cannot be read ({reason})"
        raise InputError(explain(came, "a YAML file", "check the path")) from error
    return parse_yaml(text, str(path))


def parse_yaml(text: str, source: str = "the text") -> dict[str, Any]:
    """Return what a YAML text says; see :func:`read_yaml`."""
    try:
        content = yaml.load(text, _Strict)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark is not None else ""
        problem = getattr(error, "problem", None) or "it cannot be read"
        came = f"{source}, which is no YAML{where} ({problem})"
        todo = "look at that line and the one above: indents, colons, quotes"
        raise InputError(explain(came, "a YAML file", todo)) from error
    except InputError as error:
        raise InputError(f"{source}: {error}") from None
    if content is None:
        return {}
    if not isinstance(content, dict):
        came = f"{source}, which holds a {type(content).__name__}"
        raise InputError(explain(came, "names with values", "write lines such as 'training:'"))
    return content


def to_yaml(content: dict[str, Any], indent: int = 0) -> str:
    """Write nested names and values as YAML, one key a line, in their order."""
    lines = []
    for name, value in content.items():
        head = f"{' ' * indent}{name}:"
        if isinstance(value, dict) and value:
            lines.append(f"{head}\n{to_yaml(value, indent + 2)}")
        else:
            lines.append(f"{head} {in_yaml(value)}\n")
    return "".join(lines)
