"""Rules for text: figures, sentences, terms, room between cells, the dialect."""

from __future__ import annotations

from collections.abc import Iterator

from tools.crossrefs import Book
from tools.dialect import Page
from tools.myst import DIRECTIVES, GATES, ROLES, Directive
from tools.prose import running, sentences, words

Findings = Iterator[tuple[int, str]]

SHORTEST_ALT = 40
SHORTEST_CAPTION = 5  # words
WORDS_PER_SENTENCE = 22
WORDS_BETWEEN_CELLS = 250
TERMS_PER_CHAPTER = 3
TAGS = {
    "hide-input",
    "remove-input",
    "remove-output",
    "remove-cell",
    "raises-exception",
    "live-only",
    "varies",
}


def dialect(page: Page, book: Book) -> Findings:
    """Only what reads well both on the page and in a notebook (see tools/dialect.py)."""
    for block in page.blocks():
        if isinstance(block, Directive) and block.name not in DIRECTIVES:
            yield block.line, f"{{{block.name}}} is not in the dialect of the chapters"
    for role in page.roles():
        if role.name not in ROLES:
            yield role.line, f"the role {{{role.name}}} is not in the dialect of the chapters"
    for cell in page.code:
        for tag in sorted(set(cell.tags) - TAGS):
            yield cell.line, f"the tag '{tag}' means nothing here; there are {', '.join(TAGS)}"


def figures(page: Page, book: Book) -> Findings:
    """Every figure says what one sees (alt) and what it shows (caption)."""
    for figure in page.directives("figure"):
        alt = figure.options.get("alt", "")
        if len(alt) < SHORTEST_ALT:
            yield figure.line, f"the alt text should say what one sees, it says '{alt}'"
        if words(figure.body) < SHORTEST_CAPTION:
            yield figure.line, "the figure needs a caption that says what it shows"


def sentence_length(page: Page, book: Book) -> Findings:
    """The average sentence of a page has at most 22 words."""
    text = "\n\n".join(running(cell.blocks) for cell in page.cells)
    lengths = [words(each) for each in sentences(text)]
    if lengths and sum(lengths) / len(lengths) > WORDS_PER_SENTENCE:
        average = sum(lengths) / len(lengths)
        yield 1, f"a sentence has {average:.1f} words on average; up to {WORDS_PER_SENTENCE}"


def prose_between_cells(page: Page, book: Book) -> Findings:
    """No more than 250 words from one code cell to the next; exercises begin anew."""
    since: int | None = None  # words since the last cell that a reader sees; None before the first
    begun, inside = 1, False
    for cell in page.cells:
        if cell.kind == "code":
            if since is not None and since > WORDS_BETWEEN_CELLS:
                yield begun, f"{since} words without a cell; up to {WORDS_BETWEEN_CELLS}"
            if "remove-cell" not in cell.tags:
                since = 0
            continue
        for block in cell.blocks:
            if isinstance(block, Directive) and block.name in GATES:
                since, inside = 0, block.name.endswith("-start")
            elif since is not None and not inside:
                begun = block.line if since == 0 else begun
                since += words(running([block]))


def terms_exist(page: Page, book: Book) -> Findings:
    """Every {term} is in the glossary."""
    known = glossary(book)
    for role in page.roles("term"):
        if _normal(role.target) not in known:
            yield role.line, f"'{' '.join(role.target.split())}' is not in the glossary"


def terms_linked(page: Page, book: Book) -> Findings:
    """A chapter leads to the glossary for at least three different terms."""
    linked = {_normal(role.target) for role in page.roles("term")}
    if len(linked) < TERMS_PER_CHAPTER:
        yield 1, f"{len(linked)} terms lead to the glossary; at least {TERMS_PER_CHAPTER} should"


def glossary(book: Book) -> set[str]:
    """The terms of the glossary, in lower case."""
    bodies = [each.body for page in book.pages.values() for each in page.directives("glossary")]
    lines = [line for body in bodies for line in body.splitlines()]
    return {_normal(line.split(" : ")[0]) for line in lines if line and not line[0].isspace()}


def _normal(term: str) -> str:
    return " ".join(term.split()).lower()
