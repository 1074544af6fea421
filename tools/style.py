"""Hold every page to the rules of the book that a program can judge.

    python -m tools.style            # all pages
    python -m tools.style by-hand    # one

Each rule is a function that looks at one page and yields what it finds. A page with code is a
*chapter*, with a skeleton to keep, unless it belongs to the reference or is about the book itself.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tools import style_cells, style_exercises, style_skeleton, style_text
from tools.chapters import ROOT, ChapterError, find
from tools.crossrefs import Book
from tools.dialect import Page
from tools.myst import DialectError

Rule = Callable[[Page, Book], Iterator[tuple[int, str]]]

NO_CHAPTERS = ("index", "start/how-to-use", "reference/")

ANY_PAGE: dict[str, Rule] = {
    "figures": style_text.figures,
    "sentences": style_text.sentence_length,
    "terms": style_text.terms_exist,
}
CODE_PAGE: dict[str, Rule] = {
    "dialect": style_text.dialect,
    "cell-length": style_cells.length,
    "pictures": style_cells.pictures,
    "claims": style_cells.claims,
    "prose-between-cells": style_text.prose_between_cells,
    "exercises": style_exercises.exercises,
    "solutions": style_exercises.solutions,
}
CHAPTER: dict[str, Rule] = {
    "skeleton": style_skeleton.skeleton,
    "terms-linked": style_text.terms_linked,
}
RULES = ANY_PAGE | CODE_PAGE | CHAPTER


@dataclass(frozen=True)
class Finding:
    """One place where a page breaks a rule."""

    page: str
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"book/{self.page}.md:{self.line}: {self.rule}: {self.message}"


def is_chapter(page: Page) -> bool:
    """Whether the page teaches: it has code, and is neither reference nor about the book."""
    return bool(page.code) and not page.name.startswith(NO_CHAPTERS)


def rules_for(page: Page) -> dict[str, Rule]:
    """The rules that this page is held to."""
    rules = dict(ANY_PAGE)
    if page.code:
        rules |= CODE_PAGE
    if is_chapter(page):
        rules |= CHAPTER
    return rules


def check(page: Page, book: Book, rule: str) -> list[Finding]:
    """What one rule finds on one page."""
    return [Finding(page.name, line, rule, message) for line, message in RULES[rule](page, book)]


def main(arguments: list[str] | None = None) -> int:
    """Print what is found; 0 if nothing is."""
    parser = argparse.ArgumentParser(prog="python -m tools.style", description=__doc__)
    parser.add_argument("pages", nargs="*", help="these pages only (default: all)")
    options = parser.parse_args(arguments)
    try:
        book = Book(ROOT)
        names = [find(name).name for name in options.pages] or list(book.pages)
        pages = [book.pages[name] for name in names]
    except (ChapterError, DialectError) as error:
        print(error, file=sys.stderr)
        return 2
    findings = [
        each for page in pages for rule in rules_for(page) for each in check(page, book, rule)
    ]
    for finding in sorted(findings, key=lambda each: (each.page, each.line)):
        print(finding)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
