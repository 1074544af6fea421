"""Every claim of the book, as it ran: it holds, and what it is compared with does not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from asctools.course.claims import CLAIM_KEY
from tools import style
from tools.chapters import Chapter, chapters
from tools.crossrefs import Book
from tools.dialect import Cell
from tools.execute import executed

CHAPTERS = [chapter for chapter in chapters() if chapter.has_code]


@pytest.fixture(scope="module")
def book() -> Book:
    return Book()


def claims(book: Book, chapter: Chapter) -> Iterator[tuple[Cell, int, list[dict[str, object]]]]:
    """Each cell that claims something: how often its source does, and what came out."""
    ran = [cell for cell in executed(chapter).cells if cell.cell_type == "code"]
    for cell, run in zip(book.pages[chapter.name].code, ran, strict=True):
        shown = [
            out.metadata[CLAIM_KEY] for out in run.outputs if CLAIM_KEY in out.get("metadata", {})
        ]
        calls = len(cell.calls("claim"))
        if (calls or shown) and "raises-exception" not in cell.tags:
            yield cell, calls, shown


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_every_claim_holds_and_its_baseline_does_not(book: Book, chapter: Chapter) -> None:
    for cell, calls, shown in claims(book, chapter):
        where = f"book/{chapter.name}.md:{cell.line}"
        assert len(shown) == calls, f"{where}: a claim that the reader does not see"
        for each in shown:
            assert each["holds"] is True, f"{where}: {each}"
            compared = "baseline" in cell.source
            assert each["baseline_holds"] is (False if compared else None), f"{where}: {each}"


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_every_chapter_claims_something_against_a_baseline(book: Book, chapter: Chapter) -> None:
    if not style.is_chapter(book.pages[chapter.name]):
        return
    compared = [
        each
        for _, _, shown in claims(book, chapter)
        for each in shown
        if each["baseline_holds"] is False
    ]
    assert compared, f"{chapter.name} compares nothing with a baseline"


def test_a_sentence_is_claimed_once(book: Book) -> None:
    sentences = [
        each["sentence"]
        for chapter in CHAPTERS
        for _, _, shown in claims(book, chapter)
        for each in shown
    ]
    assert len(sentences) == len(set(sentences))
