"""Rules for code cells: their length, their pictures, their claims."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from statistics import median

from tools.crossrefs import Book
from tools.dialect import Cell, Page

Findings = Iterator[tuple[int, str]]

LONGEST = 30
LONGEST_NINE_TENTHS = 20
LONGEST_MEDIAN = 8
SHORTEST_ALT = 40
LONGEST_CLAIM_CELL = 20

UNSEEN_TAGS = {"hide-input", "remove-input", "remove-cell"}
LEARNED = re.compile(r"\b(?:learn(?:s|ed|t)?|trained|training|beats?|outperforms?)\b", re.I)


def lines(cell: Cell) -> int:
    """How many lines that are not blank a cell has."""
    return sum(bool(line.strip()) for line in cell.source.splitlines())


def length(page: Page, book: Book) -> Findings:
    """No cell over 30 lines; of those that a reader sees, nine tenths up to 20, half up to 8."""
    for cell in page.code:
        if lines(cell) > LONGEST:
            yield cell.line, f"a cell of {lines(cell)} lines; the longest may have {LONGEST}"
    seen = sorted(lines(cell) for cell in page.code if not UNSEEN_TAGS & set(cell.tags))
    if not seen:
        return
    if median(seen) > LONGEST_MEDIAN:
        yield 1, f"the median cell has {median(seen):g} lines; it may have {LONGEST_MEDIAN}"
    tall = seen[(9 * len(seen) - 1) // 10]
    if tall > LONGEST_NINE_TENTHS:
        yield 1, f"a tenth of the cells have {tall} lines or more; {LONGEST_NINE_TENTHS} may be"


def pictures(page: Page, book: Book) -> Findings:
    """Every figure is shown with ``show(fig, alt=...)``, and its text says what one sees."""
    for cell, call in ((each, call) for each in page.code for call in each.calls()):
        name = ast.unparse(call.func)
        if name.endswith("plt.show"):
            yield _line(cell, call), "show figures with asctools.plots.show(fig, alt=...)"
        elif name in {"show", "plots.show", "asctools.plots.show"}:
            alt = next((word.value for word in call.keywords if word.arg == "alt"), None)
            if alt is None:
                yield _line(cell, call), "this figure has no alt= text"
            elif (text := _literal(alt)) is None:
                yield _line(cell, call), "write the alt text at the call, not in a variable"
            elif len(text) < SHORTEST_ALT:
                yield _line(cell, call), f"the alt text says too little: '{text}'"


def claims(page: Page, book: Book) -> Findings:
    """A claim has a cell of its own; one about a trained model has a baseline beside it."""
    for cell in page.code:
        tree, calls = cell.tree, cell.calls("claim")
        if not calls:
            continue
        if lines(cell) > LONGEST_CLAIM_CELL:
            yield cell.line, f"a claim's cell may have {LONGEST_CLAIM_CELL} lines"
        last = tree.body[-1]
        if len(calls) > 1 or not (isinstance(last, ast.Expr) and last.value is calls[0]):
            yield cell.line, "a claim is the last line of a cell of its own"
        helpers = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.Assign, ast.AnnAssign)
        for node in tree.body[:-1]:
            if not isinstance(node, helpers):
                yield _line(cell, node), "beside a claim, only what the claim itself needs"
        for call in calls:
            yield from ((_line(cell, call), message) for message in _weak_points(call))


def _weak_points(call: ast.Call) -> Iterator[str]:
    given = dict(zip(("sentence", "condition", "of", "baseline"), call.args, strict=False))
    given |= {word.arg: word.value for word in call.keywords if word.arg}
    sentence = _literal(given["sentence"]) if "sentence" in given else None
    if sentence is None:
        yield "write the sentence of a claim at the call"
    elif LEARNED.search(sentence) and "baseline" not in given:
        yield f"'{sentence}' is about a trained model: give of= and baseline="
    if isinstance(given.get("condition"), ast.Constant):
        yield "the condition of this claim can't fail"
    both = [ast.dump(given[name]) for name in ("of", "baseline") if name in given]
    if len(both) == 2 and both[0] == both[1]:
        yield "of= and baseline= are the same"


def _literal(node: ast.expr) -> str | None:
    """The text of a string, with the gaps of an f-string left out; None for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_literal(part) or "…" for part in node.values)
    return None


def _line(cell: Cell, node: ast.stmt | ast.expr) -> int:
    return cell.line + node.lineno - 1
