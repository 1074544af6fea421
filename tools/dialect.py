"""Read a chapter: its cells, its exercises and solutions, and the line on which each stands."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from jupytext.myst import myst_to_notebook

from tools.myst import GATES, Block, DialectError, Directive, Role, Text, roles, split, walk

_EQUATION = re.compile(r"^\$\$(?:(?!^\$\$).)*?\$\$[ \t]*\((?P<label>[\w-]+)\)[ \t]*$", re.M | re.S)
_H1 = re.compile(r"^# +(?P<title>.+)$", re.MULTILINE)


@dataclass(eq=False)
class Region:
    """An exercise or a solution: everything between its start and its end."""

    kind: str
    title: str
    options: dict[str, str]
    number: int
    line: int
    blocks: list[Block] = field(default_factory=list)
    code: list[Cell] = field(default_factory=list)

    @property
    def label(self) -> str:
        """Its own label."""
        return self.options.get("label", "")

    @property
    def target(self) -> str:
        """The label of the exercise that a solution solves."""
        return self.title if self.kind == "solution" else ""


@dataclass(eq=False)
class Cell:
    """One cell of the chapter, with the line of the file on which its source begins."""

    kind: str
    source: str
    line: int
    metadata: dict[str, Any]
    blocks: list[Block] = field(default_factory=list)
    region: Region | None = None

    @property
    def tags(self) -> list[str]:
        """The tags of a code cell."""
        return list(self.metadata.get("tags", []))

    @cached_property
    def tree(self) -> ast.Module:
        """A code cell as Python, without magics and shell lines; empty where it is no Python."""
        lines = self.source.split("\n")
        try:
            return ast.parse(
                "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in lines)
            )
        except SyntaxError:
            return ast.Module(body=[], type_ignores=[])

    def calls(self, name: str | None = None) -> list[ast.Call]:
        """The calls in a code cell, of functions of that name if one is given."""
        calls = [node for node in ast.walk(self.tree) if isinstance(node, ast.Call)]
        if name is None:
            return calls
        return [call for call in calls if ast.unparse(call.func).rpartition(".")[2] == name]


@dataclass(eq=False)
class Page:
    """A chapter, read."""

    name: str
    text: str
    cells: list[Cell]
    regions: list[Region]

    @property
    def title(self) -> str:
        """The first heading of first level, else the name."""
        found = _H1.search(self.text)
        return found["title"].strip() if found else self.name

    @property
    def code(self) -> list[Cell]:
        """The code cells."""
        return [cell for cell in self.cells if cell.kind == "code"]

    def blocks(self) -> Iterator[Block]:
        """All blocks of all markdown cells, those inside directives after their parent."""
        for cell in self.cells:
            yield from walk(cell.blocks)

    def directives(self, name: str) -> list[Directive]:
        """All directives of that name, nested ones too."""
        return [b for b in self.blocks() if isinstance(b, Directive) and b.name == name]

    def roles(self, *names: str) -> list[Role]:
        """All roles of these names (any name if none is given)."""
        found = [r for b in self.blocks() if isinstance(b, Text) for r in roles(b.text, b.line)]
        found += [
            r for b in self.blocks() if isinstance(b, Directive) for r in roles(b.argument, b.line)
        ]
        return [role for role in found if not names or role.name in names]

    def equations(self) -> list[tuple[str, int]]:
        """The label of each labelled equation, with its line."""
        return [
            (found["label"], block.line + block.text.count("\n", 0, found.start()))
            for block in self.blocks()
            if isinstance(block, Text)
            for found in _EQUATION.finditer(block.text)
        ]


def parse(text: str, name: str = "") -> Page:
    """Read a chapter.

    Raises
    ------
    DialectError
        If a fence is left open within a cell, or exercises and solutions don't match their ends.
    """
    notebook = myst_to_notebook(text, add_source_map=True)
    cells = [
        Cell(cell.cell_type, cell.source, _line(text, cell, start), dict(cell.metadata))
        for cell, start in zip(notebook.cells, notebook.metadata["source_map"], strict=True)
    ]
    page = Page(name, text, cells, [])
    for cell in cells:
        if cell.kind == "markdown":
            cell.blocks = split(cell.source, cell.line)
    _gate(page)
    return page


def _line(text: str, cell: Any, start: int) -> int:
    """The line on which the source of a cell begins: behind fence, options and blank lines."""
    first = cell.source.split("\n", 1)[0]
    lines = text.split("\n")
    for number in range(start, len(lines)):
        if lines[number] == first:
            return number + 1
    return start + 1


def _gate(page: Page) -> None:
    """Find the exercises and solutions, which span cells, and what belongs to each."""
    current: Region | None = None
    for cell in page.cells:
        if cell.kind == "code":
            cell.region = current
            if current:
                current.code.append(cell)
            continue
        for block in cell.blocks:
            if isinstance(block, Directive) and block.name in GATES:
                current = _through(page, block, current)
            elif current:
                current.blocks.append(block)
    if current:
        raise DialectError(f"line {current.line}: this {current.kind} has no end.")


def _through(page: Page, gate: Directive, current: Region | None) -> Region | None:
    kind, _, side = gate.name.partition("-")
    if side == "end":
        if current is None or current.kind != kind:
            raise DialectError(f"line {gate.line}: {{{gate.name}}} ends no {kind}.")
        return None
    if current:
        raise DialectError(
            f"line {gate.line}: {{{gate.name}}} stands inside the {current.kind} of line "
            f"{current.line}, which has no end before it."
        )
    number = 1 + sum(region.kind == kind for region in page.regions)
    region = Region(kind, gate.argument, gate.options, number, gate.line)
    page.regions.append(region)
    return region
