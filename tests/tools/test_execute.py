"""Chapters are run once, in parallel, again when they must, and failures name their place."""

import json
from pathlib import Path

import nbformat
import pytest

from tools import execute, kernel
from tools.chapters import Chapter, ChapterError

HEADER = """---
jupytext:
  text_representation: {extension: .md, format_name: myst}
kernelspec: {display_name: Python 3, language: python, name: python3}
---

# A page

"""
CELL = "```{{code-cell}} ipython3\n{}\n```\n\n"


def page(root: Path, name: str, *cells: str) -> Chapter:
    path = root / "book" / f"{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER + "".join(CELL.format(cell) for cell in cells))
    return Chapter(name, root)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "constraints.txt").write_text("numpy==2.4.6\n")
    return tmp_path


def test_runs_stores_and_is_then_up_to_date(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chapter = page(root, "part/one", "SEED = 7\nx = 2", "print(x + 1)")
    assert not execute.is_fresh(chapter)
    assert execute.execute([chapter]) == []
    assert execute.is_fresh(chapter)
    assert execute.executed(chapter).cells[-1].outputs[0]["text"] == "3\n"

    card = execute.card(chapter)
    assert card is not None
    assert card["seed"] == 7
    assert card["cpu_s"] > 0
    assert card["peak_mb"] > 10
    assert card["versions"]["python"].startswith("3.")
    assert "done" in capsys.readouterr().out

    stored = json.loads(execute.card_path(chapter).read_text())
    assert execute.execute([chapter]) == []
    assert "1 of 1 chapters are up to date" in capsys.readouterr().out
    assert json.loads(execute.card_path(chapter).read_text()) == stored


def test_prose_may_change_but_code_may_not(root: Path) -> None:
    chapter = page(root, "one", "print(1)")
    assert execute.execute([chapter]) == []
    chapter.source.write_text(chapter.text + "\nMore prose.\n")
    assert execute.is_fresh(chapter)
    chapter.source.write_text(chapter.text.replace("print(1)", "print(2)"))
    assert not execute.is_fresh(chapter)
    with pytest.raises(ChapterError, match="make book"):
        execute.executed(chapter)


def test_a_failing_cell_names_chapter_line_cell_and_error(root: Path) -> None:
    good = page(root, "good", "print('fine')")
    bad = page(root, "bad", "x = 1", "x / 0")
    (failure,) = execute.execute([good, bad])
    line = bad.text.splitlines().index("x / 0") + 1
    assert failure.startswith(f"book/bad.md:{line}: code cell 2 failed: ZeroDivisionError")
    assert "| x / 0" in failure
    assert "\x1b" not in failure
    assert execute.is_fresh(good)
    assert not execute.is_fresh(bad)


def test_a_kernel_that_dies_is_reported(root: Path) -> None:
    chapter = page(root, "one", "import os\nos._exit(3)")
    (failure,) = execute.execute([chapter])
    assert "the kernel died" in failure


def test_cells_marked_as_raising_may_raise(root: Path) -> None:
    chapter = page(root, "one", ":tags: [raises-exception]\n1 / 0", "print('after')")
    assert execute.execute([chapter]) == []


def test_a_cell_for_jupyterlab_alone_is_not_run(root: Path) -> None:
    chapter = page(root, "one", "print(1)", ":tags: [live-only, remove-cell]\n1 / 0", "print(2)")
    assert execute.execute([chapter]) == []
    first, live, last = (c for c in execute.executed(chapter).cells if c.cell_type == "code")
    assert (first.outputs[0]["text"], live.outputs, last.outputs[0]["text"]) == ("1\n", [], "2\n")


def test_a_chapter_sees_one_thread_and_an_empty_folder(root: Path) -> None:
    chapter = page(
        root, "one", "import os\nprint(os.environ['OMP_NUM_THREADS'], os.listdir(), __name__)"
    )
    assert execute.execute([chapter]) == []
    assert execute.executed(chapter).cells[-1].outputs[0]["text"] == "1 [] __main__\n"


def test_the_probe_leaves_no_trace_in_the_notebook() -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")])
    cost = kernel.run(notebook)
    assert len(notebook.cells) == 1
    assert cost.seed is None
    assert cost.wall_s > 0
