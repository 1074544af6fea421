"""Every page of the book keeps every rule of style that a program can judge."""

from __future__ import annotations

import pytest

from tools import style
from tools.chapters import chapters
from tools.crossrefs import Book


@pytest.fixture(scope="module")
def book() -> Book:
    return Book()


def pairs() -> list[tuple[str, str]]:
    """Each page with each rule that it is held to."""
    pages = Book().pages.values()
    return [(page.name, rule) for page in pages for rule in style.rules_for(page)]


@pytest.mark.parametrize(("page", "rule"), pairs())
def test_rule(book: Book, page: str, rule: str) -> None:
    found = style.check(book.pages[page], book, rule)
    assert not found, "\n" + "\n".join(map(str, found))


def test_at_least_one_chapter_is_held_to_the_skeleton(book: Book) -> None:
    assert [page.name for page in book.pages.values() if style.is_chapter(page)]


def test_every_page_of_the_book_is_in_the_table_of_contents() -> None:
    listed = {chapter.source for chapter in chapters()}
    folder = chapters()[0].root / "book"
    written = {path for path in folder.rglob("*.md") if "_static" not in path.parts}
    assert written <= listed
