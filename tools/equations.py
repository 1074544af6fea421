"""Equation, function, test: which belong together, read from the files without importing any."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from tools.chapters import ROOT
from tools.dialect import Page

PACKAGE = "asctools"

_LABEL = re.compile(r":eq:`([\w-]+)`")
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True)
class Mention:
    """A docstring that names an equation."""

    label: str
    name: str  # asctools.scalar.by_hand.step
    module: str  # asctools.scalar.by_hand
    implements: bool

    @property
    def qualname(self) -> str:
        """The function's name inside its module."""
        return self.name.removeprefix(f"{self.module}.")


def mentions(root: Path = ROOT) -> list[Mention]:
    """Every label that a docstring of the library names; in a line *Implements …* it claims it."""
    found = []
    for path in sorted((root / PACKAGE).rglob("*.py")):
        module = ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for name, docstring in _docstrings(tree, module):
            for line in docstring.splitlines():
                implements = line.strip().startswith("Implements")
                found += [
                    Mention(label, name, module, implements) for label in _LABEL.findall(line)
                ]
    return found


def marked(root: Path = ROOT) -> dict[str, set[Path]]:
    """The test files that have a test marked ``@pytest.mark.equation`` for each label."""
    found: dict[str, set[Path]] = {}
    for path in sorted((root / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                for label in _marks(node):
                    found.setdefault(label, set()).add(path)
    return found


def sections_with(page: Page) -> Iterator[tuple[int, int, list[str]]]:
    """Each section of second level that has labelled equations: first line, end, their labels."""
    lines = page.text.split("\n")
    starts = [at + 1 for at, line in enumerate(lines) if line.startswith("## ")]
    equations = page.equations()
    for start, end in pairwise([1, *starts, len(lines) + 1]):
        labels = [label for label, line in equations if start <= line < end]
        if labels:
            yield start, end, labels


def _docstrings(tree: ast.Module, module: str) -> Iterator[tuple[str, str]]:
    waiting: list[tuple[str, ast.AST]] = [(module, tree)]
    while waiting:
        name, node = waiting.pop()
        if isinstance(node, (ast.Module, *_DEFINITIONS)):
            yield name, ast.get_docstring(node) or ""
            waiting += [
                (f"{name}.{child.name}", child)
                for child in node.body
                if isinstance(child, _DEFINITIONS)
            ]


def _marks(function: ast.FunctionDef) -> Iterator[str]:
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func).endswith(
            "mark.equation"
        ):
            for node in ast.walk(decorator):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value
