"""The notebooks in the repository are what the chapters give, hold text only, and tell no tales."""

from __future__ import annotations

import json
import re

import nbformat
import pytest

from tools import notebooks
from tools.cards import trains
from tools.chapters import Chapter, chapters
from tools.crossrefs import Book
from tools.execute import executed
from tools.myst import roles
from tools.notebook_outputs import IGNORE, glued_values

LARGEST = 400_000  # bytes

CHAPTERS = [chapter for chapter in chapters() if chapter.has_code]

# Where files live on somebody's machine. A path inside the repository begins otherwise.
ABSOLUTE_PATH = re.compile(
    r"(?<![\w./~<-])/(?:home|root|work|tmp|usr|opt|var|mnt|Users|private)/"
    r"|\b[A-Z]:\\\\?(?:Users|Windows|Program)"
    r"|ipykernel_\d+"
)


@pytest.fixture(scope="module")
def book() -> Book:
    return Book()


@pytest.fixture(params=CHAPTERS, ids=lambda chapter: chapter.name, scope="module")
def chapter(request: pytest.FixtureRequest) -> Chapter:
    found: Chapter = request.param
    if not found.notebook.is_file():
        pytest.fail(f"{found.notebook.name} is not there: run `make references`")
    return found


@pytest.fixture(scope="module")
def stored(chapter: Chapter) -> nbformat.NotebookNode:
    return nbformat.read(chapter.notebook, as_version=4)


def code(notebook: nbformat.NotebookNode) -> list[tuple[str, str, list[str]]]:
    """Id, source and tags of each code cell; whether a cell can be compared is known by its run."""
    return [
        (cell.id, cell.source, [tag for tag in cell.metadata.get("tags", []) if tag != IGNORE])
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


def test_cells_are_those_of_the_chapter(
    chapter: Chapter, stored: nbformat.NotebookNode, book: Book
) -> None:
    """This needs no run: ids are made from the chapter's text, so every edit shows."""
    fresh = notebooks.build(chapter, None, book)
    assert code(stored) == code(fresh), "run `make references`"
    assert [cell.id for cell in stored.cells] == [cell.id for cell in fresh.cells]


def test_text_has_the_numbers_of_the_last_run(
    chapter: Chapter, stored: nbformat.NotebookNode, book: Book
) -> None:
    run = executed(chapter)
    varying = {
        key
        for cell in run.cells
        if "varies" in cell.metadata.get("tags", [])
        for key in glued_values(cell.get("outputs", []))
    }
    fresh = {cell.id: cell.source for cell in notebooks.build(chapter, run, book).cells}
    free = {
        notebooks.digest(cell)
        for cell in book.pages[chapter.name].cells
        if varying
        & {r.content.partition(":")[0] for r in roles(cell.source) if r.name == "glue:text"}
    }
    old = [
        cell.source
        for cell in stored.cells
        if cell.cell_type == "markdown"
        and cell.id.partition("-")[0] not in free
        and fresh.get(cell.id) != cell.source
    ]
    assert not old, "run `make references`; these texts are not those of the last run:\n" + (
        "\n---\n".join(old)
    )


def test_the_file_is_normal(chapter: Chapter, stored: nbformat.NotebookNode) -> None:
    """Valid, in the one form that the tool writes, and small."""
    content = chapter.notebook.read_bytes()
    assert content == notebooks.as_bytes(stored)
    assert len(content) < LARGEST


def test_outputs_are_text(stored: nbformat.NotebookNode) -> None:
    kinds = {
        kind
        for cell in stored.cells
        for output in cell.get("outputs", [])
        for kind in output.get("data", {})
    }
    assert kinds <= {"text/plain"}
    known = {"tags", "jupyter", "jp-MarkdownHeadingCollapsed"}
    assert {key for cell in stored.cells for key in cell.metadata} <= known


def test_nothing_tells_of_the_machine_that_ran_it(chapter: Chapter) -> None:
    text = chapter.notebook.read_text(encoding="utf-8")
    assert [found.group() for found in ABSOLUTE_PATH.finditer(text)] == []
    assert str(chapter.root) not in text


def test_most_cells_can_be_compared(chapter: Chapter, stored: nbformat.NotebookNode) -> None:
    """Trained digits differ between processors, so a chapter that trains may show more of them."""
    share = 1 / 2 if trains(chapter) else 1 / 4
    cells = [cell for cell in stored.cells if cell.cell_type == "code" and cell.outputs]
    ignored = [cell for cell in cells if IGNORE in cell.metadata.get("tags", [])]
    assert len(ignored) <= len(cells) * share


def test_no_notebook_is_left_without_a_chapter(book: Book) -> None:
    assert notebooks.orphans(book) == []


@pytest.mark.parametrize(
    "text",
    [
        "/home/somebody/x.py",
        "File /home/someone/x.py",
        "'/tmp/chapter-x/y'",
        "C:\\Users\\x",
        "ipykernel_123",
    ],
)
def test_paths_of_a_machine_are_recognised(text: str) -> None:
    assert ABSOLUTE_PATH.search(json.dumps(text))


@pytest.mark.parametrize("text", ["../../figs/x.svg", "and/or", "dL/dw", "book/home/x", "a /tmp b"])
def test_other_slashes_are_not(text: str) -> None:
    assert not ABSOLUTE_PATH.search(json.dumps(text))
