"""The list of chapters, and finding one by name."""

from __future__ import annotations

import pytest

from tools.chapters import ChapterError, chapters, find

CODE = "# Code\n\n```{code-cell} ipython3\n1\n```\n"


@pytest.fixture
def root(write_book):
    return write_book(
        start__how_to_use="# How\n", one__by_hand=CODE, two__by_rote=CODE, two__how_to_use=CODE
    )


def test_reading_order_and_paths(root):
    pages = chapters(root)
    assert [page.name for page in pages] == [
        "index",
        "start/how-to-use",
        "one/by-hand",
        "two/by-rote",
        "two/how-to-use",
    ]
    assert pages[2].source == root / "book" / "one" / "by-hand.md"
    assert pages[2].notebook == root / "notebooks" / "one" / "by-hand.ipynb"


def test_a_page_has_code_only_where_it_has_a_code_cell(root):
    assert [page.has_code for page in chapters(root)] == [False, False, True, True, True]


@pytest.mark.parametrize(
    "name",
    [
        "by-hand",
        "one/by-hand",
        "book/one/by-hand.md",
        "book/one/by-hand",
        "./book/one/by-hand.md",
        "notebooks/one/by-hand.ipynb",
        "book\\one\\by-hand.md",
        "/somewhere/else/book/one/by-hand.md",
    ],
)
def test_find_accepts_the_names_one_would_type(root, name):
    assert find(name, root).name == "one/by-hand"


def test_an_unknown_name_gets_near_matches_and_the_list(root):
    with pytest.raises(ChapterError, match="Did you mean one/by-hand") as caught:
        find("by-hnad", root)
    assert "two/by-rote" in str(caught.value)


def test_a_name_that_fits_two_chapters_is_refused(root):
    with pytest.raises(ChapterError, match="fits 2 chapters: start/how-to-use, two/how-to-use"):
        find("how-to-use", root)


def test_an_entry_without_a_file_is_named(root):
    (root / "book" / "one" / "by-hand.md").unlink()
    with pytest.raises(ChapterError, match="one/by-hand"):
        chapters(root)


def test_parts_and_sections_are_followed(write_book):
    root = write_book(a="# A\n", b="# B\n", c="# C\n")
    (root / "_toc.yml").write_text(
        "format: jb-book\nroot: book/index\nparts:\n- caption: One\n  chapters:\n"
        "  - file: book/a\n    sections:\n    - file: book/b.md\n- chapters:\n  - file: book/c\n"
    )
    assert [page.name for page in chapters(root)] == ["index", "a", "b", "c"]


def test_a_page_outside_book_is_refused(write_book):
    root = write_book()
    (root / "_toc.yml").write_text("format: jb-book\nroot: README\n")
    with pytest.raises(ChapterError, match="below book/"):
        chapters(root)
