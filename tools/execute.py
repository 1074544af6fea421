"""Run the chapters that need it, in parallel, into the cache that the pages are built from.

python -m tools.execute                 # what is new or changed
python -m tools.execute --only by-hand  # one chapter
python -m tools.execute --force         # everything
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import nbformat
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.readers import get_reader

from tools import keys
from tools.chapters import ROOT, Chapter, ChapterError, chapters, find
from tools.kernel import CellError, Cost, run

# jupyter-book looks for executed notebooks here, with this reader: the two must agree.
CACHE = Path("_build") / ".jupyter_cache"
CARDS = Path("_build") / "run-cards"
_READER = {"name": "myst_nb_md", "type": "plugin"}
_NEWS_EVERY_S = 10.0


def read(chapter: Chapter) -> nbformat.NotebookNode:
    """Return the chapter as a notebook without outputs, just as the page build reads it."""
    return get_reader(_READER)(str(chapter.source))


def code_cells(notebook: nbformat.NotebookNode) -> list[str]:
    """Return the sources of the code cells."""
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def card_path(chapter: Chapter) -> Path:
    """Return where the measured cost of the chapter's last run is kept."""
    return chapter.root / CARDS / f"{chapter.name.replace('/', '--')}.json"


def card(chapter: Chapter) -> dict[str, Any] | None:
    """Return the stored run card, or None when the chapter has not run here."""
    try:
        stored: dict[str, Any] = json.loads(card_path(chapter).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return stored


def executed(chapter: Chapter) -> nbformat.NotebookNode:
    """Return the chapter with the outputs of its last run.

    Raises
    ------
    ChapterError
        If the chapter has not run since it was changed.
    """
    cache = get_cache(str(chapter.root / CACHE))
    try:
        _, notebook = cache.merge_match_into_notebook(read(chapter))
    except KeyError:
        raise ChapterError(
            f"{chapter.name} has no stored outputs for its present text: run `make book` first."
        ) from None
    return notebook


def is_fresh(chapter: Chapter) -> bool:
    """Tell whether the stored outputs belong to the chapter and the library as they are now."""
    stored, notebook = card(chapter), read(chapter)
    if stored is None or stored.get("key") != keys.digest(chapter, code_cells(notebook)):
        return False
    try:
        get_cache(str(chapter.root / CACHE)).match_cache_notebook(notebook)
    except KeyError:
        return False
    return True


def store(chapter: Chapter, notebook: nbformat.NotebookNode, cost: Cost) -> None:
    """Keep the outputs, then the run card whose key vouches for them."""
    cache = get_cache(str(chapter.root / CACHE))
    bundle = CacheBundleIn(
        notebook, str(chapter.source), data={"execution_seconds": round(cost.wall_s, 2)}
    )
    cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
    path = card_path(chapter)
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"key": keys.digest(chapter, code_cells(notebook)), **cost.as_json()}
    beside = path.with_suffix(".tmp")
    beside.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    beside.replace(path)


@dataclass
class Reporter:
    """Says how far each chapter is: at once when it starts and ends, now and then between."""

    width: int

    def __post_init__(self) -> None:
        self._spoke: dict[str, float] = {}

    def progress(self, name: str, done: int, cells: int) -> None:
        now = time.monotonic()
        if done == 0 or now - self._spoke.get(name, now) > _NEWS_EVERY_S:
            self._spoke[name] = now
            self.say(name, f"{cells} cells" if done == 0 else f"cell {done} of {cells}")

    def finished(self, name: str, cost: Cost) -> None:
        self.say(name, f"done: {cost.cpu_s:.0f} s of CPU, {cost.peak_mb:.0f} MB")

    def say(self, name: str, text: str) -> None:
        print(f"[run] {name:<{self.width}}  {text}", flush=True)


def report_failure(chapter: Chapter, notebook: nbformat.NotebookNode, failure: CellError) -> str:
    """Name the chapter, the cell, its line in the source and the error."""
    line = notebook.metadata["source_map"][failure.cell] + 1
    number = sum(cell.cell_type == "code" for cell in notebook.cells[: failure.cell + 1])
    where = chapter.source.relative_to(chapter.root)
    source = "\n".join(f"    | {text}" for text in notebook.cells[failure.cell].source.splitlines())
    detail = f"\n{failure.detail}" if failure.detail else ""
    return f"{where}:{line}: code cell {number} failed: {failure.error}\n{source}{detail}"


def execute(wanted: list[Chapter], *, force: bool = False, workers: int | None = None) -> list[str]:
    """Run the stale ones among these chapters and return a report for each that failed."""
    runnable = [chapter for chapter in wanted if chapter.has_code]
    stale = [chapter for chapter in runnable if force or not is_fresh(chapter)]
    reporter = Reporter(max((len(chapter.name) for chapter in runnable), default=0))
    if len(stale) < len(runnable):
        print(f"[run] {len(runnable) - len(stale)} of {len(runnable)} chapters are up to date")
    failures = []
    with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
        notebooks = {chapter: read(chapter) for chapter in stale}
        running = {
            pool.submit(run, notebook, partial(reporter.progress, chapter.name)): (
                chapter,
                notebook,
            )
            for chapter, notebook in notebooks.items()
        }
        for job in as_completed(running):
            chapter, notebook = running[job]
            try:
                cost = job.result()
            except CellError as failure:
                reporter.say(chapter.name, f"FAILED: {failure.error}")
                failures.append(report_failure(chapter, notebook, failure))
            else:
                store(chapter, notebook, cost)
                reporter.finished(chapter.name, cost)
    return failures


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line, run, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.execute", description=__doc__)
    parser.add_argument("--only", metavar="CHAPTER", help="run this chapter alone")
    parser.add_argument("--force", action="store_true", help="run what is up to date as well")
    parser.add_argument("--workers", type=int, help="how many at once (default: one a core)")
    options = parser.parse_args(arguments)
    try:
        wanted = [find(options.only)] if options.only else chapters(ROOT)
        failures = execute(wanted, force=options.force, workers=options.workers)
    except ChapterError as error:
        print(error, file=sys.stderr)
        return 2
    for failure in failures:
        print(f"\n{failure}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
