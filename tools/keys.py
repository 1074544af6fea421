"""What a chapter's outputs depend on, as one digest.

jupyter-cache looks at the code cells of a chapter alone. A chapter also depends on the pinned
packages, on Python itself, and on every module of ``asctools`` that it imports, directly or
through others. The digest covers all of that and nothing else, so an edit in the library costs
the chapters that use it and no others.
"""

from __future__ import annotations

import ast
import hashlib
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from tools.chapters import ROOT, Chapter

PACKAGE = "asctools"

# The exercises of a chapter are looked up by name, `check("by-hand/forward-step", …)`, so no
# import statement shows which module holds them.
_CHECK_MODULES = "asctools.course.checks."


def digest(chapter: Chapter, cells: Iterable[str]) -> str:
    """Return the digest of everything that decides the outputs of these code cells."""
    cells = list(cells)
    total = hashlib.sha256(f"python {sys.version_info[:2]}".encode())
    total.update((chapter.root / "constraints.txt").read_bytes())
    for cell in cells:
        total.update(cell.encode() + b"\0")
    for path in dependencies(cells, chapter.root):
        total.update(path.relative_to(chapter.root).as_posix().encode() + b"\0")
        total.update(path.read_bytes())
    return total.hexdigest()


def dependencies(cells: Iterable[str], root: Path = ROOT) -> list[Path]:
    """Return the files of the library that these cells use, sorted.

    A module brings the modules it imports, wherever in its text the import stands, the packages
    above it, and the data files (anything but Python) that lie beside it.
    """
    waiting = {name for cell in cells for name in _cell_modules(cell)}
    found: set[Path] = set()
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        path = _module_file(name, root)
        if path is None:
            continue
        found.add(path)
        found.update(_data_files(path.parent))
        waiting.add(name.rpartition(".")[0])
        waiting.update(_imports(ast.parse(path.read_text(encoding="utf-8")), _package(name, path)))
    return sorted(found)


def _cell_modules(cell: str) -> Iterator[str]:
    """The modules that one notebook cell names; magics and shell lines are no Python."""
    code = "\n".join(line for line in cell.splitlines() if not re.match(r"\s*[%!]", line))
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return  # The cell fails when it runs, with a better message than one from here.
    yield from _imports(tree, "")
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "check" and node.args:
            exercise = node.args[0]
            if isinstance(exercise, ast.Constant) and isinstance(exercise.value, str):
                yield _CHECK_MODULES + exercise.value.partition("/")[0].replace("-", "_")


def _imports(tree: ast.AST, package: str) -> Iterator[str]:
    """Every name that might be a module of the library; names that are none are dropped later."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if _is_ours(alias.name))
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node, package)
            if _is_ours(base):
                yield base
                yield from (f"{base}.{alias.name}" for alias in node.names)


def _absolute(node: ast.ImportFrom, package: str) -> str:
    """The absolute name of what ``from … import`` names, relative dots resolved."""
    if not node.level:
        return node.module or ""
    parts = package.split(".")[: len(package.split(".")) - node.level + 1]
    return ".".join([*parts, *([node.module] if node.module else [])])


def _is_ours(name: str) -> bool:
    return name == PACKAGE or name.startswith(PACKAGE + ".")


def _module_file(name: str, root: Path) -> Path | None:
    base = root.joinpath(*name.split(".")) if name else root
    for path in (base / "__init__.py", base.with_suffix(".py")):
        if name and path.is_file():
            return path
    return None


def _package(name: str, path: Path) -> str:
    return name if path.name == "__init__.py" else name.rpartition(".")[0]


def _data_files(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.is_file() and path.suffix not in {".py", ".pyc", ".typed"}:
            yield path
