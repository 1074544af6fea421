"""Exercises and their checker: each has the other, stubs are open, and every solution passes."""

from __future__ import annotations

from typing import Any

import pytest

from asctools.course.checks import CHECK_KEY, exercises
from tools.chapters import Chapter, chapters
from tools.crossrefs import Book
from tools.dialect import Cell
from tools.execute import executed
from tools.style_exercises import checks, label_of

CHAPTERS = [chapter for chapter in chapters() if chapter.has_code]
KNOWN = [exercise.id for exercise in exercises()]


@pytest.fixture(scope="module")
def book() -> Book:
    return Book()


def verdicts(book: Book, chapter: Chapter) -> list[tuple[Cell, list[dict[str, Any]]]]:
    """Each cell that calls the checker, with the verdicts that it showed."""
    ran = [cell for cell in executed(chapter).cells if cell.cell_type == "code"]
    return [
        (
            cell,
            [
                out.metadata[CHECK_KEY]
                for out in run.outputs
                if CHECK_KEY in out.get("metadata", {})
            ],
        )
        for cell, run in zip(book.pages[chapter.name].code, ran, strict=True)
        if cell.calls("check")
    ]


def test_every_exercise_of_the_checker_is_in_a_chapter(book: Book) -> None:
    labels = {region.label for page in book.pages.values() for region in page.regions}
    lost = [each for each in KNOWN if label_of(each) not in labels]
    assert not lost, f"no chapter has an exercise labelled {[label_of(each) for each in lost]}"
    handed_in = {each for page in book.pages.values() for r in page.regions for each in checks(r)}
    assert set(KNOWN) <= handed_in, f"no cell calls check for {sorted(set(KNOWN) - handed_in)}"


def test_every_exercise_that_a_chapter_checks_is_known(book: Book) -> None:
    unknown = [
        f"book/{page.name}.md:{region.line}: {each}"
        for page in book.pages.values()
        for region in page.regions
        for each in checks(region)
        if each not in KNOWN
    ]
    assert not unknown, unknown


def test_labels_are_unique(book: Book) -> None:
    labels = [region.label for page in book.pages.values() for region in page.regions]
    assert len(labels) == len(set(labels))


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_a_stub_is_open_and_a_solution_passes(book: Book, chapter: Chapter) -> None:
    for cell, shown in verdicts(book, chapter):
        where = f"book/{chapter.name}.md:{cell.line}"
        assert shown, f"{where}: the reader does not see what the checker says"
        if cell.region is None:
            continue
        assert {each["exercise"] for each in shown} <= set(checks(cell.region)), where
        for verdict in shown:
            if cell.region.kind == "exercise":
                assert verdict["stage"] == "not started", f"{where}: {verdict}"
            else:
                assert verdict["passed"] is True, f"{where}: {verdict}"
