"""Write ``notebooks/``: the chapters as JupyterLab shows them, with text-only reference outputs.

    python -m tools.notebooks            # write what is out of step (make references calls this)
    python -m tools.notebooks --check    # only say what is out of step; exit code 1 if anything is
    python -m tools.notebooks by-hand    # one chapter

The outputs are those of the last run (``tools.execute``). The bytes depend on nothing else: no
time, no machine, no count of earlier runs.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections import Counter
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tools import execute
from tools.chapters import ROOT, Chapter, ChapterError, find
from tools.crossrefs import Book, CrossReferenceError
from tools.dialect import Cell, Page, Region
from tools.kernel import LIVE_ONLY
from tools.myst import DialectError
from tools.notebook_code import without_glue
from tools.notebook_numbers import front_matter
from tools.notebook_outputs import IGNORE, as_text, cannot_compare, glued_values
from tools.notebook_text import NotebookTextError, Part, Writer, end_of_fold

# What a page hides or folds is folded in JupyterLab.
_FOLDED_TAGS = {"hide-input", "hide-cell", "remove-input", "remove-cell"}
_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
_TROUBLE = (ChapterError, CrossReferenceError, DialectError, NotebookTextError)


def build(chapter: Chapter, executed: NotebookNode | None, book: Book) -> NotebookNode:
    """The notebook of a chapter.

    Parameters
    ----------
    chapter
        The chapter; its source gives the cells.
    executed
        The chapter as it ran, with outputs. None gives a notebook without outputs and glued
        values; its cells, ids and code are those of the full one.
    book
        Titles, labels and works that the chapter points at.

    Raises
    ------
    ChapterError
        If ``executed`` ran other code than the chapter has now.
    NotebookTextError
        If something stands where JupyterLab would show it wrongly, or fold it away.
    """
    page = book.pages[chapter.name]
    end_of_fold(page)
    outputs = _outputs(page, executed)
    glued = None if executed is None else _glued(outputs)
    writer = Writer(book, chapter, glued)
    unglued = without_glue(page)
    cells: list[NotebookNode] = []
    region: Region | None = None
    for cell in page.cells:
        if cell.kind == "code":
            source = unglued.get(cell, cell.source)
            made = _code_cell(cell, source, outputs.pop(0))
            cells += [made] if source else []
            continue
        parts, region = writer.cell(cell, region)
        cells += [_text_cell(cell, part) for part in parts]
    if cells and cells[0].cell_type == "markdown":
        cells[0].source = front_matter(writer.prefix) + cells[0].source
    _number(cells, ran=executed is not None)
    _unique_ids(cells)
    return new_notebook(cells=cells, metadata=_METADATA)


def _outputs(page: Page, executed: NotebookNode | None) -> list[list[NotebookNode]]:
    """The outputs of each code cell in order; empty lists before the chapter has run."""
    if executed is None:
        return [[] for _ in page.code]
    ran = [cell for cell in executed.cells if cell.cell_type == "code"]
    if [cell.source.strip() for cell in ran] != [cell.source.strip() for cell in page.code]:
        raise ChapterError(f"{page.name} has changed since it ran: run `make book` first.")
    return [cell.outputs for cell in ran]


def _glued(outputs: list[list[NotebookNode]]) -> dict[str, str]:
    return {key: text for each in outputs for key, text in glued_values(each).items()}


def _text_cell(cell: Cell, part: Part) -> NotebookNode:
    """A text cell; below the heading of a solution JupyterLab folds all that is no heading."""
    metadata = {"jp-MarkdownHeadingCollapsed": True} if part.folds else {}
    return new_markdown_cell(part.text, id=digest(cell), metadata=metadata)


def _code_cell(cell: Cell, source: str, outputs: list[NotebookNode]) -> NotebookNode:
    tags = cell.tags
    silent = bool({"remove-output", "remove-cell"} & set(tags))
    metadata: dict[str, object] = {}
    if cell.region and cell.region.kind == "solution":
        metadata["jupyter"] = {"source_hidden": True, "outputs_hidden": True}
    elif _FOLDED_TAGS & set(tags) and LIVE_ONLY not in tags:
        metadata["jupyter"] = {"source_hidden": True}
    if LIVE_ONLY in tags:
        tags = [*tags, "nbval-skip"]
    elif cannot_compare(outputs, tags):
        tags = [*tags, IGNORE]
    if tags:
        metadata["tags"] = tags
    shown = [] if silent else as_text(outputs)
    return new_code_cell(source, id=digest(cell), metadata=metadata, outputs=shown)


def digest(cell: Cell) -> str:
    """An id from the source as written, so that an edit changes the ids of no other cell."""
    return hashlib.sha256(f"{cell.kind}\0{cell.source}".encode()).hexdigest()[:12]


def _unique_ids(cells: list[NotebookNode]) -> None:
    seen: Counter[str] = Counter()
    for cell in cells:
        seen[cell.id] += 1
        if seen[cell.id] > 1:
            cell["id"] = f"{cell.id}-{seen[cell.id]}"


def _number(cells: list[NotebookNode], ran: bool) -> None:
    """Execution counts as of one run from top to bottom. nbval compares cells that have one."""
    count = 0
    for cell in cells:
        if cell.cell_type == "code":
            count += 1
            cell["execution_count"] = count if ran else None
            for output in cell.outputs:
                if output.output_type == "execute_result":
                    output["execution_count"] = count


def as_bytes(notebook: NotebookNode) -> bytes:
    """The file of a notebook, checked against the notebook format."""
    nbformat.validate(notebook)
    text: str = nbformat.writes(notebook, version=4)
    return (text.rstrip("\n") + "\n").encode()


def out_of_step(wanted: list[Chapter], book: Book) -> dict[Chapter, bytes]:
    """The chapters whose notebook differs from what its source and last run give."""
    fresh = {each: as_bytes(build(each, execute.executed(each), book)) for each in wanted}
    return {each: new for each, new in fresh.items() if _stored(each.notebook) != new}


def orphans(book: Book) -> list[Path]:
    """Notebooks that no chapter of the book gives."""
    known = {chapter.notebook for chapter in book.chapters.values() if chapter.has_code}
    found = (book.root / "notebooks").rglob("*.ipynb")
    return sorted(
        each for each in found if each not in known and ".ipynb_checkpoints" not in each.parts
    )


def _stored(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".tmp")
    beside.write_bytes(content)
    beside.replace(path)


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Write or check the notebooks; 0 when all is in step, 1 when not, 2 when it can't be told."""
    parser = argparse.ArgumentParser(prog="python -m tools.notebooks", description=__doc__)
    parser.add_argument("chapters", nargs="*", help="these chapters only (default: all)")
    parser.add_argument("--check", action="store_true", help="compare and write nothing")
    options = parser.parse_args(arguments)
    try:
        book = Book(root)
        named = [find(name, root) for name in options.chapters] or list(book.chapters.values())
        different = out_of_step([each for each in named if each.has_code], book)
        strays = orphans(book)
    except _TROUBLE as error:
        print(error, file=sys.stderr)
        return 2
    for chapter, content in different.items():
        where = chapter.notebook.relative_to(root).as_posix()
        print(f"{where}: {'out of step' if options.check else 'written'}")
        if not options.check:
            _write(chapter.notebook, content)
    for stray in strays:
        print(f"{stray.relative_to(root).as_posix()}: no chapter gives this notebook, delete it")
    if options.check and different:
        print("Run `make references` and read the difference before you commit it.")
    return 1 if strays or (options.check and different) else 0


if __name__ == "__main__":
    sys.exit(main())
