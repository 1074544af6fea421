"""Rules for exercises and their solutions."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tools.crossrefs import Book
from tools.dialect import Page, Region
from tools.myst import Directive, Text
from tools.prose import words

Findings = Iterator[tuple[int, str]]

SHORTEST_WORKED_TEXT = 15  # words

META = re.compile(
    r"^\*\*(?P<kind>Pencil|Code|Think|Open)\*\* · level (?P<level>[123]) of 3 · "
    r"(?P<minutes>[1-9]\d*) minutes\s*$",
    re.MULTILINE,
)


def kind(exercise: Region) -> str | None:
    """Pencil, Code, Think or Open, as its first line says; None if that line is missing."""
    first = exercise.blocks[0] if exercise.blocks else None
    found = META.match(first.text.lstrip("\n")) if isinstance(first, Text) else None
    return found["kind"] if found else None


def exercises(page: Page, book: Book) -> Findings:
    """Every exercise has a title, a label, kind, level, minutes and a hint; Code has a check."""
    for each in (region for region in page.regions if region.kind == "exercise"):
        if not each.title:
            yield each.line, "this exercise has no title"
        if not re.fullmatch(r"ex-[a-z0-9]+(?:-[a-z0-9]+)+", each.label):
            yield each.line, f"the label '{each.label}' should be ex-<chapter>-<what>"
        if kind(each) is None:
            yield each.line, "its first line should be: **Code** · level 2 of 3 · 10 minutes"
        if not _hints(each):
            yield each.line, "this exercise has no hint: :::{dropdown} Hint 1"
        if kind(each) == "Code" and each.label not in map(label_of, checks(each)):
            yield each.line, f"its stub goes to check, under the name that {each.label} is made of"


def solutions(page: Page, book: Book) -> Findings:
    """Every exercise is followed by its solution, folded, with code or a worked text."""
    open_exercise: Region | None = None
    for region in page.regions:
        if region.kind == "exercise":
            if open_exercise:
                yield open_exercise.line, "the solution should follow this exercise"
            open_exercise = region
            continue
        if open_exercise is None or region.target != open_exercise.label:
            yield region.line, f"solves '{region.target}', which isn't the exercise before it"
        elif not set(checks(open_exercise)) <= set(checks(region)):
            yield region.line, "what the exercise hands to check, the solution hands to it too"
        yield from ((region.line, message) for message in _faults(region))
        open_exercise = None
    if open_exercise:
        yield open_exercise.line, "the solution should follow this exercise"


def label_of(exercise_id: str) -> str:
    """The label of the exercise that the checker knows as ``by-hand/forward-step``."""
    return f"ex-{exercise_id.replace('/', '-')}"


def checks(region: Region) -> list[str]:
    """The names that the cells of a region hand to ``check``."""
    calls = [call for cell in region.code for call in cell.calls("check")]
    return [
        call.args[0].value
        for call in calls
        if call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    ]


def _faults(solution: Region) -> Iterator[str]:
    if "dropdown" not in solution.options.get("class", "").split():
        yield "a solution is folded: :class: dropdown"
    if solution.label != solution.target.replace("ex-", "sol-", 1):
        yield f"the label should be {solution.target.replace('ex-', 'sol-', 1)}"
    text = "\n\n".join(
        block.body if isinstance(block, Directive) else block.text for block in solution.blocks
    )
    if not solution.code and words(text) < SHORTEST_WORKED_TEXT:
        yield "a solution has code or says how one gets there"


def _hints(exercise: Region) -> list[Directive]:
    return [
        block
        for block in exercise.blocks
        if isinstance(block, Directive)
        and block.name == "dropdown"
        and block.argument.startswith("Hint")
    ]
