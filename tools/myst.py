"""MyST text as directives, roles and plain text: the dialect that the book's pages are written in.

The page build understands all of MyST. The chapters use a small part of it, so that they read well
as pages and as notebooks; this module knows that part.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import yaml

ADMONITIONS = {"note", "tip", "warning", "important", "admonition"}
GATES = {"exercise-start", "exercise-end", "solution-start", "solution-end"}
DIRECTIVES = ADMONITIONS | GATES | {"dropdown", "figure", "run-card"}
PYTHON_ROLES = {"py:func", "py:class", "py:meth", "py:mod", "py:data", "py:attr", "py:exc"}
ROLES = PYTHON_ROLES | {
    "eq",
    "doc",
    "ref",
    "numref",
    "term",
    "cite:t",
    "cite:p",
    "glue:text",
    "kbd",
}

_OPEN = re.compile(r"^ {0,3}(?P<fence>`{3,}(?!.*`)|:{3,}|~{3,})(?P<info>.*)$")
_NAMED = re.compile(r"^\{(?P<name>[\w:.-]+)\}[ \t]*(?P<argument>.*)$")
_OPTION = re.compile(r"^:(?P<key>[\w-]+):[ \t]*(?P<value>.*)$")
_ROLE_OR_CODE = re.compile(
    r"\{(?P<name>[a-z][\w:.-]*)\}(?P<ticks>`+)(?P<content>(?:(?!\n\s*\n).)+?)(?<!`)(?P=ticks)(?!`)"
    r"|(?P<code>`+)(?:(?!\n\s*\n).)+?(?<!`)(?P=code)(?!`)",
    re.DOTALL,
)
_TITLED = re.compile(r"^(?P<title>.*?)\s*<(?P<target>[^<>]+)>$", re.DOTALL)


class DialectError(ValueError):
    """A chapter that can't be read: a fence left open, a solution without an end."""


@dataclass(frozen=True)
class Text:
    """Plain MyST: paragraphs, headings, lists, tables, equations."""

    text: str
    line: int


@dataclass(frozen=True)
class Literal:
    """A fenced block that only shows its content."""

    text: str
    line: int


@dataclass(frozen=True)
class Directive:
    """A fenced block with a name, such as ``:::{dropdown} Hint 1``."""

    name: str
    argument: str
    options: dict[str, str]
    body: str
    fence: str
    line: int

    @property
    def body_line(self) -> int:
        """The line of the file on which the body begins (blank lines before it not counted)."""
        return self.line + 1 + len(self.options)

    def blocks(self) -> list[Block]:
        """What the body holds, itself split into blocks."""
        return split(self.body, self.body_line)


Block = Text | Literal | Directive


@dataclass(frozen=True)
class Role:
    """Inline markup such as ``{term}`cell state```."""

    name: str
    content: str
    line: int

    @property
    def title(self) -> str | None:
        """The text that is shown, where it is given: ``title <target>``."""
        found = _TITLED.match(self.content)
        return found["title"] if found else None

    @property
    def target(self) -> str:
        """What the role points at."""
        found = _TITLED.match(self.content)
        return (found["target"] if found else self.content).strip()


def split(text: str, line: int = 1) -> list[Block]:
    """Split MyST text into plain text, literal blocks and directives, in order."""
    lines = text.split("\n")
    blocks: list[Block] = []
    plain: list[str] = []
    at = 0

    def flush() -> None:
        if any(each.strip() for each in plain):
            blocks.append(Text("\n".join(plain), line + at - len(plain)))
        plain.clear()

    while at < len(lines):
        opened = _OPEN.match(lines[at])
        if not opened or (opened["fence"][0] == ":" and not opened["info"].strip()):
            plain.append(lines[at])
            at += 1
            continue
        flush()
        end = _closing(lines, at, opened["fence"], line)
        blocks.append(_block(lines[at : end + 1], opened["fence"], opened["info"], line + at))
        at = end + 1
    flush()
    return blocks


def roles(text: str, line: int = 1) -> list[Role]:
    """The roles in a piece of text; code spans are left alone."""
    return [
        Role(found["name"], found["content"], line + text.count("\n", 0, found.start()))
        for found in _ROLE_OR_CODE.finditer(text)
        if found["name"]
    ]


def replace_roles(text: str, replacement: Callable[[Role], str]) -> str:
    """``text`` with every role replaced; code spans are left alone."""

    def swap(found: re.Match[str]) -> str:
        if not found["name"]:
            return found.group()
        return replacement(Role(found["name"], found["content"], 0))

    return _ROLE_OR_CODE.sub(swap, text)


def walk(blocks: list[Block]) -> Iterator[Block]:
    """All blocks, those inside directives after their parent."""
    for block in blocks:
        yield block
        if isinstance(block, Directive):
            yield from walk(block.blocks())


def _closing(lines: list[str], at: int, fence: str, line: int) -> int:
    closer = re.compile(rf"^ {{0,3}}{fence[0]}{{{len(fence)},}}\s*$")
    for end in range(at + 1, len(lines)):
        if closer.match(lines[end]):
            return end
    raise DialectError(
        f"line {line + at}: '{lines[at].strip()}' is not closed before the next code cell. "
        "A code cell can't stand inside a directive, except between -start and -end."
    )


def _block(lines: list[str], fence: str, info: str, line: int) -> Block:
    named = _NAMED.match(info.strip())
    if not named:
        return Literal("\n".join(lines), line)
    options, body = _options(lines[1:-1])
    return Directive(named["name"], named["argument"].strip(), options, body, fence, line)


def _options(lines: list[str]) -> tuple[dict[str, str], str]:
    """The options at the head of a directive, and its body."""
    if lines and lines[0].strip() == "---":
        end = next((i for i, each in enumerate(lines[1:], 1) if each.strip() == "---"), None)
        if end is not None:
            read = yaml.safe_load("\n".join(lines[1:end])) or {}
            return {key: str(value) for key, value in read.items()}, "\n".join(lines[end + 1 :])
    options: dict[str, str] = {}
    at = 0
    while at < len(lines) and (found := _OPTION.match(lines[at])):
        options[found["key"]] = found["value"].strip()
        at += 1
    return options, "\n".join(lines[at:]).strip("\n")
