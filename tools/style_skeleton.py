"""The skeleton that every chapter keeps: its parts, their order, and what each part holds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tools.crossrefs import Book
from tools.dialect import Page
from tools.myst import Directive, Text, roles
from tools.prose import Section, sections, words

Findings = Iterator[tuple[int, str]]

WARM_UPS = 3
PREDICTIONS = 3
WORDS_PER_WORK = 5
SKELETON = (
    "You will be able to",
    "You need",
    "Warm-up",
    "Break it",
    "Exercises",
    "Recap",
    "Notation added here",
    "Further reading",
)


def skeleton(page: Page, book: Book) -> Findings:
    """A chapter has the parts of the skeleton, in order, and each holds what it should."""
    found = {}
    for title in SKELETON:
        found[title] = next((s for s in sections(page) if s.title.startswith(title)), None)
        if found[title] is None:
            yield 1, f"the chapter has no '{title}'"
    lines = [section.line for section in found.values() if section]
    if lines != sorted(lines):
        yield 1, f"the parts should come in this order: {', '.join(SKELETON)}"
    yield from _head(page)
    yield from _parts(page, {title: part for title, part in found.items() if part})
    predictions = sum(section.title.startswith("Predict") for section in sections(page))
    if predictions < PREDICTIONS:
        yield 1, f"{predictions} questions to predict; a chapter has at least {PREDICTIONS}"


def _head(page: Page) -> Findings:
    """The run card stands once, between the title and the first word."""
    cards = page.directives("run-card")
    blocks = page.cells[0].blocks
    title = isinstance(blocks[0], Text) and blocks[0].text.strip().startswith("# ")
    alone = isinstance(blocks[0], Text) and len(blocks[0].text.strip().split("\n")) == 1
    below = len(blocks) > 1 and isinstance(blocks[1], Directive) and blocks[1].name == "run-card"
    if len(cards) != 1 or not (title and alone and below):
        yield 1, "a chapter has one {run-card}, directly below its title"


def _parts(page: Page, parts: dict[str, Section]) -> Findings:
    goals = parts.get("You will be able to")
    if goals and not 3 <= len(goals.items) <= 5:
        yield goals.line, f"{len(goals.items)} goals; a chapter has three to five"
    needs = parts.get("You need")
    if needs and not (roles(needs.text) or "](" in needs.text):
        yield needs.line, "'You need' should lead to what is needed"
    warm_up = parts.get("Warm-up")
    if warm_up:
        answers = _dropdowns(page, warm_up.line, _next_heading(page, warm_up.line))
        if answers < WARM_UPS:
            yield warm_up.line, f"{answers} folded answers; there are {WARM_UPS} warm-up questions"
    recap = parts.get("Recap")
    if recap and goals and len(recap.items) < len(goals.items):
        yield recap.line, "the recap should take up every goal"
    reading = parts.get("Further reading")
    if reading and len(reading.items) < 2:
        yield reading.line, "at least two works to read on"
    for item in (
        item for item in (reading.items if reading else []) if words(item) < WORDS_PER_WORK
    ):
        yield parts["Further reading"].line, f"say why one should read it: '{item.strip()}'"


def _next_heading(page: Page, line: int) -> int:
    text = page.text.split("\n")
    return next(
        (at + 1 for at in range(line, len(text)) if re.match(r"#{1,6} ", text[at])), len(text) + 1
    )


def _dropdowns(page: Page, first: int, end: int) -> int:
    return sum(first < each.line < end for each in page.directives("dropdown"))
