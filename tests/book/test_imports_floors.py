"""The floors of asctools: a module imports only from floors below its own.

So a process miner needs no network, a reader of the first chapters needs no PyTorch, and nothing
that a user imports brings in what only the book uses.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tools.chapters import ROOT

# Bottom first. A part that stands on a floor need not be written yet.
FLOORS = (
    ("errors",),
    ("settings",),
    ("plots",),
    ("dataset",),
    ("scalar",),
    ("rnn",),
    ("numpy_lstm",),
    ("eventlog",),
    ("training",),
    ("rnn_trainer", "casting"),
    ("bells",),
    ("events",),
    ("striking", "doctor", "tasks"),
    ("cli",),
    ("__main__",),
    ("course",),
)

# Where PyTorch may be imported when the module is. Everywhere else it is imported when used.
TORCH = (
    "scalar.cell",
    "scalar.checkpoint",
    "scalar.lightning",
    "scalar.shapes",
    "rnn",
    "training",
    "rnn_trainer",
    "casting.model",
    "events.data",
    "events.models",
    "events.losses",
    "events.trainers",
    "events.detect",
    "events.specific_loss",
    "events.rescoring",
    "events.pretraining",
)
TORCH_PACKAGES = {"torch", "pytorch_lightning", "lightning", "torchmetrics", "tensorboard"}

# pm4py is AGPL-3.0: one module imports it, and only when it is called.
PM4PY = ("eventlog.pm4py_bridge",)

PACKAGE = "asctools"


@dataclass(frozen=True)
class Import:
    """One import: in which module, of what, on which line, and whether it runs at once."""

    module: str  # below asctools: scalar.by_hand
    target: str  # asctools.errors, torch.nn
    line: int
    at_once: bool

    def __str__(self) -> str:
        return f"{PACKAGE}.{self.module}, line {self.line} imports {self.target}"


def imports(root: Path) -> list[Import]:
    """Every import in the library."""
    found = []
    for path in sorted((root / PACKAGE).rglob("*.py")):
        parts = path.relative_to(root / PACKAGE).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        module = ".".join(parts[:-1] if is_package else parts)
        package = [PACKAGE, *(parts[:-1])]
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node, at_once in _statements(tree, True):
            found += [
                Import(module, target, node.lineno, at_once)
                for target in _targets(node, package, root)
            ]
    return found


def _statements(node: ast.AST, at_once: bool) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child, at_once
        later = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        types = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)
        yield from _statements(child, at_once and not later and not types)


def _targets(node: ast.Import | ast.ImportFrom, package: list[str], root: Path) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
        return
    base = package[: len(package) - node.level + 1] if node.level else []
    name = ".".join([*base, *([node.module] if node.module else [])])
    if name != PACKAGE:
        yield name
        return
    for alias in node.names:  # `from asctools import errors` names a part, `__version__` does not
        below = root / PACKAGE / alias.name
        is_part = below.is_dir() or below.with_suffix(".py").is_file()
        yield f"{PACKAGE}.{alias.name}" if is_part else PACKAGE


def part(dotted: str) -> str:
    """The part of the library, as FLOORS names it, that a module below asctools belongs to."""
    return dotted.partition(".")[0]


def floor(dotted: str) -> int | None:
    """The number of the floor on which a module stands, from the bottom; None if on none."""
    return next((at for at, parts in enumerate(FLOORS) if part(dotted) in parts), None)


def upward(found: list[Import]) -> list[str]:
    """The imports that don't lead down."""
    wrong = []
    for each in found:
        package, _, target = each.target.partition(".")
        if package != PACKAGE or not target:
            continue
        here, there = floor(each.module), floor(target)
        inside = part(each.module) == part(target)
        if not inside and (here is None or there is None or there >= here):
            wrong.append(str(each))
    return wrong


def forbidden(found: list[Import]) -> list[str]:
    """The imports of PyTorch and pm4py outside the modules that may import them."""
    wrong = []
    for each in found:
        package = part(each.target)
        torch = package in TORCH_PACKAGES and each.at_once and not _in(each.module, TORCH)
        pm4py = package == "pm4py" and (each.at_once or not _in(each.module, PM4PY))
        if torch or pm4py:
            wrong.append(str(each))
    return wrong


def _in(module: str, names: tuple[str, ...]) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in names)


@pytest.fixture(scope="module")
def library() -> list[Import]:
    return imports(ROOT)


def test_every_part_stands_on_a_floor() -> None:
    parts = {path.stem for path in (ROOT / PACKAGE).iterdir() if path.suffix == ".py"}
    parts |= {path.name for path in (ROOT / PACKAGE).iterdir() if any(path.glob("*.py"))}
    known = {name for names in FLOORS for name in names}
    assert parts - known == {"__init__"}


def test_a_module_imports_only_from_floors_below(library: list[Import]) -> None:
    assert len(library) > 10
    assert upward(library) == []


def test_pytorch_and_pm4py_are_imported_only_where_they_may_be(library: list[Import]) -> None:
    assert forbidden(library) == []


def test_the_package_itself_imports_nothing(library: list[Import]) -> None:
    assert [str(each) for each in library if not each.module] == []


@pytest.mark.parametrize(
    ("path", "text", "checker"),
    [
        ("errors.py", "from asctools.plots import show", upward),
        ("errors.py", "def f():\n    import asctools.plots.style", upward),
        ("scalar/by_hand.py", "from ..course import claims", upward),
        ("dataset/companies.py", "from asctools import course", upward),
        ("doctor.py", "from asctools import striking", upward),
        ("news.py", "from asctools.errors import AscError", upward),
        ("scalar/by_hand.py", "import torch.nn as nn", forbidden),
        ("scalar/cellar.py", "from torch import nn", forbidden),
        ("course/x.py", "class A:\n    import pytorch_lightning", forbidden),
        ("eventlog/dfg.py", "def f():\n    import pm4py", forbidden),
        ("eventlog/pm4py_bridge.py", "import pm4py", forbidden),
    ],
)
def test_what_leads_up_or_is_too_heavy_is_found(tmp_path, path, text, checker) -> None:
    write(tmp_path, path, text)
    (found,) = checker(imports(tmp_path))
    assert path.removesuffix(".py").replace("/", ".") in found


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("scalar/by_hand.py", "from asctools.errors import AscError\nfrom . import cell"),
        ("scalar/by_hand.py", "from ..dataset.companies import COMPANY_A"),
        ("scalar/cell.py", "import torch"),
        ("doctor.py", "from asctools import __version__\ndef f():\n    import torch"),
        ("eventlog/pm4py_bridge.py", "def f():\n    import pm4py"),
        (
            "plots/x.py",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from torch import Tensor",
        ),
    ],
)
def test_what_leads_down_is_not_found(tmp_path, path, text) -> None:
    write(tmp_path, path, text)
    assert upward(imports(tmp_path)) == forbidden(imports(tmp_path)) == []


def write(root: Path, path: str, text: str) -> None:
    for name in (path, "errors.py", "striking.py", "course/__init__.py", "plots/__init__.py"):
        (root / PACKAGE / name).parent.mkdir(parents=True, exist_ok=True)
        (root / PACKAGE / name).touch()
    (root / PACKAGE / path).write_text(text + "\n", encoding="utf-8")
