"""The code that a notebook needs of the cells that nobody sees on the page.

Such a cell mostly glues: it hands numbers to the text. A notebook has the numbers in its text
already, so the glue goes, and whatever was computed for the glue alone goes with it. What is left,
for example a trace that a later figure draws, stays as a folded cell.
"""

from __future__ import annotations

import ast
import re
import symtable

from tools.dialect import Cell, Page

_LOOSE = re.compile(r"\n{3,}")
_BINDS = (ast.Assign, ast.AnnAssign, ast.Import, ast.ImportFrom)


def without_glue(page: Page) -> dict[Cell, str]:
    """The source of each unseen cell that glues, without the glue; empty where nothing is left."""
    gluing = [cell for cell in page.code if "remove-cell" in cell.tags and _glues(cell)]
    left = {cell: [each for each in cell.tree.body if not _is_glue(each)] for cell in gluing}
    read = {cell: _read(cell.source) for cell in page.code if cell not in left}
    for cell in reversed(gluing):
        others = [_read(_source(each, left[each])) for each in gluing if each is not cell]
        left[cell] = _needed(left[cell], set[str]().union(*read.values(), *others))
    return {cell: _source(cell, statements) for cell, statements in left.items()}


def _glues(cell: Cell) -> bool:
    imported = (node for node in ast.walk(cell.tree) if isinstance(node, ast.ImportFrom))
    return bool(cell.calls("glue")) or any(_names(node) == {"glue"} for node in imported)


def _is_glue(statement: ast.stmt) -> bool:
    """Whether it hands over numbers and does nothing else."""
    if isinstance(statement, ast.For):
        return all(_is_glue(each) for each in [*statement.body, *statement.orelse])
    if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)):
        return False
    return ast.unparse(statement.value.func).rpartition(".")[2] == "glue"


def _needed(statements: list[ast.stmt], elsewhere: set[str]) -> list[ast.stmt]:
    """The statements that do something, or bind a name that somebody reads."""
    kept: list[ast.stmt] = []
    for statement in reversed(statements):
        if not isinstance(statement, _BINDS) or _names(statement) & elsewhere:
            kept.insert(0, statement)
            elsewhere = elsewhere | _read(ast.unparse(statement))
    return kept


def _names(statement: ast.stmt) -> set[str]:
    """The names that an import or an assignment binds, and those whose parts it changes."""
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return {each.asname or each.name.partition(".")[0] for each in statement.names}
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement]
    found = (node for target in targets for node in ast.walk(target))
    return {node.id for node in found if isinstance(node, ast.Name)}


def _read(source: str) -> set[str]:
    """The names that code takes from outside its functions; every name where it is no Python."""
    try:
        table = symtable.symtable(source, "<cell>", "exec")
    except SyntaxError:
        return set(re.findall(r"\w+", source))
    names = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced()}
    changed = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.AugAssign))
    names |= {node.target.id for node in changed if isinstance(node.target, ast.Name)}
    inner = table.get_children()
    while inner:
        scope = inner.pop()
        inner += scope.get_children()
        names |= {s.get_name() for s in scope.get_symbols() if s.is_global() and s.is_referenced()}
    return names


def _source(cell: Cell, statements: list[ast.stmt]) -> str:
    """The lines of these statements of a cell, with the blank lines and comments among them."""
    if not statements:
        return ""
    gone = {
        line
        for statement in cell.tree.body
        if statement not in statements
        for line in range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)
    }
    lines = enumerate(cell.source.split("\n"), start=1)
    return _LOOSE.sub("\n\n", "\n".join(line for at, line in lines if at not in gone)).strip("\n")
