"""The generated notebooks under nbval itself: exact cells are compared, and nothing else."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tools import notebooks
from tools.chapters import ROOT, find
from tools.crossrefs import Book
from tools.execute import read
from tools.kernel import run

PAGE = """
    # A chapter

    ```{code-cell} ipython3
    :tags: [remove-cell]

    from myst_nb import glue

    three = 3
    glue("three", three, display=False)
    ```

    ```{code-cell} ipython3
    print("exact", three - 1)
    ```

    ```{code-cell} ipython3
    import time

    print("before")
    time.time()
    ```

    ```{code-cell} ipython3
    class Picture:
        def _repr_mimebundle_(self, include=None, exclude=None):
            other = {"text/html": str(time.time()), "application/x.y+json": {"x": 1}}
            return {"text/plain": "Figure: a line"} | other


    Picture()
    ```

    ```{code-cell} ipython3
    object()
    ```

    ```{code-cell} ipython3
    :tags: [raises-exception]

    1 / 0
    ```

    ```{code-cell} ipython3
    :tags: [remove-output]

    print(time.time())
    ```

    ```{code-cell} ipython3
    from IPython.display import HTML

    HTML(str(time.time()))
    ```
"""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """The notebook of a chapter that has really run, beside the rules for nbval."""
    root = tmp_path_factory.mktemp("book")
    source = root / "book" / "a-chapter.md"
    source.parent.mkdir()
    source.write_text("\n".join(line[4:] for line in PAGE.splitlines()), encoding="utf-8")
    (root / "_toc.yml").write_text("format: jb-book\nroot: book/a-chapter\n")
    chapter = find("a-chapter", root)
    executed = read(chapter)
    run(executed)
    chapter.notebook.parent.mkdir()
    notebook = notebooks.build(chapter, executed, Book(root))
    chapter.notebook.write_bytes(notebooks.as_bytes(notebook))
    shutil.copy(ROOT / "notebooks" / "conftest.py", chapter.notebook.parent)
    return chapter.notebook


def nbval(path: Path) -> tuple[int, str]:
    """Run nbval as the README says, and return its exit code and what it printed."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--nbval", str(path)]
    command += ["--nbval-current-env", "--nbval-sanitize-with"]
    command += [str(ROOT / "tests" / "book" / "sanitize.cfg"), "-c", "/dev/null", "-q"]
    ended = subprocess.run(
        command, cwd=path.parent, capture_output=True, text=True, timeout=200, check=False
    )
    return ended.returncode, ended.stdout


CHANGES = {"exact 2": "exact 3", "a line": "a circle", "division": "multiplication"}


def with_changes(stored: Path, folder: Path) -> Path:
    """A copy of the notebook in which three stored outputs differ."""
    text = stored.read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            changed = json.dumps(output)
            for old, new in CHANGES.items():
                changed = changed.replace(old, new)
            output.update(nbformat.from_dict(json.loads(changed)))
    path = folder / stored.name
    nbformat.write(notebook, path)
    shutil.copy(stored.parent / "conftest.py", folder)
    return path


def test_time_alone_makes_the_comparison_fail_where_it_is_compared(stored):
    code, text = nbval(stored)
    assert (code, "Cell outputs differ" in text) == (1, True)
    assert "1 failed, 7 passed" in text, text
    assert "time.time()" in text


def test_changed_outputs_are_found(stored, tmp_path):
    _, text = nbval(with_changes(stored, tmp_path))
    assert "4 failed, 4 passed" in text, text
    for new in ("exact 3", "a circle", "multiplication by zero"):
        assert new in text, text
