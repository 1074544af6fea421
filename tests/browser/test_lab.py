"""A notebook in JupyterLab, as a reader opens it, reads it and runs it."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.lab import Lab, Opened, folded, open_notebook, server, without_outputs
from tests.browser.visits import Visit
from tools.chapters import ROOT
from tools.notebook_numbers import prefixes

RUN, READ = "start/maths-refresher", "1-one-cell/by-hand"
RAW = (
    "enumerator",
    ":::",
    "```",
    "$$",
    "{glue",
    "{eq}",
    "{term}",
    "{doc}",
    "{cite",
    "{ref}",
    "{dropdown}",
)
# A word or two of plain text, and a number that the page build fills in behind them.
GLUED = re.compile(r"(?P<before>[A-Za-z][A-Za-z ,]{7,30}) \{glue:text\}`")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(150)]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with server(tmp_path_factory.mktemp("lab")) as running:
        yield running


def reads_well(opened: Opened, source: Path) -> None:
    """Directives, equations, figures and numbers are shown, not their markup."""
    text = opened.text
    assert [mark for mark in RAW if mark in text] == []
    assert opened.count("details") == opened.written(r"^:::\{dropdown\}") > 5
    labelled = opened.written(r"^\$\$ \([\w-]+\)$")
    numbers = opened.page.locator('.myst a[title="Link to this Equation"]').all_text_contents()
    chapter = prefixes(ROOT)[source.relative_to(ROOT / "book").with_suffix("").as_posix()]
    assert numbers == [f"({chapter}{number})" for number in range(1, labelled + 1)]
    unlabelled = opened.written(r"^```\{math\}")
    assert opened.count(".katex-display") == labelled + unlabelled > 5
    assert opened.count(".katex-error") == 0
    images = opened.page.locator(".myst figure img")
    assert images.count() == opened.written(r"^```\{figure\}") > 0
    for image in images.all():
        image.scroll_into_view_if_needed()
        opened.page.wait_for_function(
            "image => image.complete && image.naturalWidth > 100", arg=image.element_handle()
        )
        assert image.get_attribute("alt")
    befores = {found["before"].lstrip() for found in GLUED.finditer(source.read_text("utf-8"))}
    filled = [each for each in befores if re.search(rf"{re.escape(each)} −?\d", text)]
    assert len(filled) == len(befores) > 5


def solutions_are_folded(opened: Opened) -> None:
    """Below its heading a solution is out of sight, and everything else is in sight."""
    hidden = folded(opened.file)
    assert len(hidden) >= 8
    seen = opened.cells.evaluate_all("cells => cells.map(cell => cell.checkVisibility())")
    assert [at for at, is_seen in enumerate(seen) if not is_seen] == hidden


def test_lab_starts_in_the_folder_of_the_notebooks(lab: Lab) -> None:
    with urllib.request.urlopen(lab.url("/"), timeout=30) as answer:
        assert answer.url.partition("?")[0] == f"{lab.address}/lab/tree/notebooks"


def test_a_notebook_reads_well_before_it_is_run(visit: Visit, lab: Lab) -> None:
    opened = open_notebook(visit.page, lab, READ)
    reads_well(opened, ROOT / "book" / f"{READ}.md")
    solutions_are_folded(opened)
    assert visit.foreign == []


def test_a_notebook_runs_from_top_to_bottom(visit: Visit, lab: Lab) -> None:
    without_outputs(lab.root / "notebooks" / f"{RUN}.ipynb")
    opened = open_notebook(visit.page, lab, RUN)
    opened.run_all()
    code = [at for at, cell in enumerate(opened.file.cells) if cell.cell_type == "code"]

    meant = [
        at for at in code if "raises-exception" in opened.file.cells[at].metadata.get("tags", [])
    ]
    assert opened.failed() == meant

    verdicts = opened.page.locator(".asc-check")
    stubs = opened.page.locator(".asc-check-open")
    exercises = opened.written(r"^#### Exercise")
    assert stubs.count() == exercises > 3
    for stub in stubs.all():
        expect(stub).to_contain_text("not started")
        expect(stub).to_be_visible()
    assert opened.page.locator(".asc-check-passed").count() == exercises
    assert verdicts.count() == 2 * exercises
    solutions_are_folded(opened)

    figures = opened.page.locator(".jp-OutputArea-output figure.asc-figure svg[role=img]")
    assert figures.count() == sum("show(" in opened.file.cells[at].source for at in code) > 0
    for figure in figures.all():
        assert len(figure.get_attribute("aria-label") or "") > 40
        box = figure.bounding_box()
        assert box and box["width"] > 300 and box["height"] > 100
    reads_well(opened, ROOT / "book" / f"{RUN}.md")
    assert visit.foreign == []


def test_a_solution_unfolds(visit: Visit, lab: Lab) -> None:
    opened = open_notebook(visit.page, lab, RUN)
    first = opened.cells.nth(folded(opened.file)[0])
    expect(first).to_be_hidden()
    opened.page.locator(".jp-showHiddenCellsButton").first.click()
    expect(first).to_be_visible()
