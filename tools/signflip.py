"""Flip every sign of a function, one at a time, and see whether the tests of its equation notice.

    python -m tools.signflip asctools.scalar.by_hand result.json

flips each + and − of the functions of that module which implement an equation, runs the tests
that are marked with one of their labels until one fails, and lists the flips that no test noticed.
The new code is put into the function object itself, so that whoever imported the function, and
however, meets the flipped one.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

import pytest
from _pytest.runner import runtestprotocol

from tools.chapters import ROOT
from tools.equations import marked, mentions

_FLIPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.USub: ast.UAdd,
}
Signed = ast.BinOp | ast.AugAssign | ast.UnaryOp


@dataclass(frozen=True)
class Site:
    """One sign in a function: the how-manieth, where, and the expression that it stands in."""

    qualname: str
    index: int
    line: int
    expression: str

    def __str__(self) -> str:
        return f"{self.qualname}, line {self.line}: {self.expression}"


def sites(source: str, qualname: str) -> list[Site]:
    """The signs of a function and of the private functions of its module that it calls.

    Signs in indices, in ``range`` and in messages are no part of an equation and are left out.
    """
    tree = ast.parse(source)
    return [
        Site(name, index, node.lineno, ast.unparse(node))
        for name in _with_helpers(tree, qualname)
        for index, node in enumerate(_signs(_find(tree, name)))
    ]


def flipped_code(source: str, filename: str, site: Site) -> CodeType:
    """The compiled function of ``site`` with that one sign flipped."""
    tree = ast.parse(source)
    node = list(_signs(_find(tree, site.qualname)))[site.index]
    node.op = _FLIPPED[type(node.op)]()  # type: ignore[assignment]
    found = _code(compile(tree, filename, "exec"), site.qualname)
    assert found is not None
    return found


@contextmanager
def flipped(module: ModuleType, site: Site) -> Iterator[None]:
    """The module with that one sign flipped, for as long as the context lasts."""
    function = _function(module, site.qualname)
    before = function.__code__
    function.__code__ = flipped_code(inspect.getsource(module), str(module.__file__), site)
    try:
        yield
    finally:
        function.__code__ = before


class Proof:
    """The pytest plugin: instead of running the tests once, run them for every flip."""

    def __init__(self, module: str, root: Path = ROOT) -> None:
        self.module = module
        self.labels: dict[str, set[str]] = {}  # function → the labels that it implements
        for mention in mentions(root):
            if mention.module == module and mention.implements:
                self.labels.setdefault(mention.qualname, set()).add(mention.label)
        self.failing: list[str] = []  # tests that fail without any flip
        self.untested: list[str] = []  # functions without a marked test
        self.unnoticed: list[str] = []
        self.flips = 0

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run what was collected, in pytest's place."""
        items = [item for item in session.items if _labels(item)]
        items.sort(key=lambda item: item.path.stem != f"test_{self.module.rpartition('.')[2]}")
        self.failing = [item.nodeid for item in items if _fails(item)]
        module = importlib.import_module(self.module)
        source = inspect.getsource(module)
        for qualname, labels in self.labels.items():
            tests = [item for item in items if _labels(item) & labels]
            if not tests:
                self.untested.append(qualname)
            for site in sites(source, qualname):
                self.flips += 1
                with flipped(module, site):
                    if not any(_fails(item) for item in tests):
                        self.unnoticed.append(str(site))
        return True


def test_files(module: str, root: Path = ROOT) -> list[Path]:
    """The files with tests of the equations that this module implements."""
    labels = {each.label for each in mentions(root) if each.module == module and each.implements}
    return sorted(
        {path for label, paths in marked(root).items() if label in labels for path in paths}
    )


def _with_helpers(tree: ast.Module, qualname: str) -> list[str]:
    """The function, and the module's own private functions that it calls, directly or not."""
    private = {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("_")
    }
    names = [qualname]
    for name in names:
        called = {
            node.func.id
            for node in ast.walk(_find(tree, name))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        names += sorted((called & private) - set(names))
    return names


def _find(tree: ast.Module, qualname: str) -> ast.FunctionDef:
    node: ast.Module | ast.ClassDef | ast.FunctionDef = tree
    for part in qualname.split("."):
        node = next(
            child
            for child in node.body
            if isinstance(child, ast.FunctionDef | ast.ClassDef) and child.name == part
        )
    assert isinstance(node, ast.FunctionDef)
    return node


def _signs(function: ast.FunctionDef) -> Iterator[Signed]:
    waiting: list[ast.AST] = list(reversed(function.body))
    while waiting:
        node = waiting.pop()
        if isinstance(node, Signed) and type(node.op) in _FLIPPED:
            yield node
        if isinstance(node, ast.Raise | ast.JoinedStr | ast.Assert):
            continue
        if isinstance(node, ast.Subscript):
            waiting.append(node.value)
        elif not (isinstance(node, ast.Call) and ast.unparse(node.func) == "range"):
            waiting += reversed(list(ast.iter_child_nodes(node)))


def _code(code: CodeType, qualname: str) -> CodeType | None:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            if constant.co_qualname == qualname:
                return constant
            deeper = _code(constant, qualname)
            if deeper is not None:
                return deeper
    return None


def _function(module: ModuleType, qualname: str) -> FunctionType:
    found: object = module
    for part in qualname.split("."):
        found = inspect.getattr_static(found, part)
    found = getattr(found, "__func__", getattr(found, "fget", found))
    function = inspect.unwrap(found)  # type: ignore[arg-type]
    assert isinstance(function, FunctionType)
    return function


def _labels(item: pytest.Item) -> set[str]:
    return {label for mark in item.iter_markers("equation") for label in mark.args}


def _fails(item: pytest.Item) -> bool:
    return any(report.failed for report in runtestprotocol(item, log=False, nextitem=None))


def main(module: str, result: str, root: Path = ROOT) -> int:
    """Prove one module and write what was found as JSON."""
    proof = Proof(module, root)
    files = [str(path) for path in test_files(module, root)]
    if files:
        pytest.main(
            [*files, "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-o", "timeout=20"],
            plugins=[proof],
        )
    else:
        proof.untested = list(proof.labels)
    found = {name: getattr(proof, name) for name in ("failing", "untested", "unnoticed", "flips")}
    Path(result).write_text(json.dumps(found, indent=1), encoding="utf-8")
    return 1 if proof.failing or proof.untested or proof.unnoticed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
