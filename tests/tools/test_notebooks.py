"""From a chapter and its run to the notebook that JupyterLab opens."""

from __future__ import annotations

import json

import nbformat
import pytest
from nbformat.v4 import new_output

from tools import notebooks
from tools.chapters import ChapterError, find
from tools.crossrefs import Book, CrossReferenceError
from tools.execute import read
from tools.notebook_text import NotebookTextError

PAGE = """
    # One cell by hand

    ```{run-card}
    ```

    After {glue:text}`epochs` epochs the loss is {glue:text}`loss:.2f` ({term}`squared error`).
    As {cite:t}`hochreiter1997lstm` and others {cite:p}`gers2000forget,hochreiter1997lstm` say;
    `{term}` stays. See {doc}`../start/how-to-use`, {doc}`the other <other>`, {eq}`eq-x`,
    {eq}`eq-y`, {ref}`ex-twice`, {ref}`fig-x`, {ref}`there <sec-there>`,
    {py:func}`~asctools.scalar.by_hand.step`, [the other](other.md), press {kbd}`Tab`.

    $$
    x = 1
    $$ (eq-x)

    ```{figure} ../../figs/x.svg
    :name: fig-x
    :alt: A line.

    The {term}`line`.
    ```

    ```{code-cell} ipython3
    :tags: [remove-cell]

    from myst_nb import glue
    epochs = 2000
    glue("epochs", epochs, display=False)
    glue("loss", 0.12345, display=False)
    ```

    ```{code-cell} ipython3
    print(1)
    ```

    ```{code-cell} ipython3
    :tags: [hide-input]

    show(fig, epochs)
    ```

    ```{exercise-start} Twice as much
    :label: ex-twice
    ```
    **Code** · level 1 of 3 · 5 minutes

    :::{dropdown} Hint 1
    Plus.
    :::

    ```{code-cell} ipython3
    def twice(x): ...
    ```

    ```{exercise-end}
    ```

    ```{solution-start} ex-twice
    :label: sol-twice
    :class: dropdown
    ```

    ```{code-cell} ipython3
    def twice(x): return x + x
    ```

    :::{note}
    So it is.
    :::

    ```{solution-end}
    ```

    ## There
"""

OTHER = """
    # The other

    $$
    y = 1
    $$ (eq-y)

    (sec-there)=
    ## A place

    ```{code-cell} ipython3
    1
    ```
"""

PICTURE = {"text/plain": "Figure: a line", "text/html": "<figure></figure>"}


def glue(name, value):
    data = {"application/papermill.record/text/plain": repr(value)}
    scrap = {"name": name, "mime_prefix": "application/papermill.record/"}
    return new_output("display_data", data=data, metadata={"scrapbook": scrap})


@pytest.fixture
def root(write_book):
    return write_book(
        start__how_to_use="# How to use this book\n", one__by_hand=PAGE, one__other=OTHER
    )


@pytest.fixture
def chapter(root):
    return find("by-hand", root)


def ran(chapter, *outputs):
    """The chapter as a run leaves it, with these outputs for its first code cells."""
    notebook = read(chapter)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell, each in zip(code, outputs, strict=False):
        cell.outputs = each
        cell.metadata["execution"] = {"iopub.status.busy": "2026-01-01T00:00:00Z"}
    return notebook


@pytest.fixture
def built(root, chapter):
    executed = ran(
        chapter,
        [glue("epochs", 2000), glue("loss", 0.12345)],
        [new_output("stream", name="stdout", text="1\n")],
        [new_output("execute_result", data=PICTURE, execution_count=77)],
    )
    return notebooks.build(chapter, executed, Book(root))


def text_of(notebook):
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def code_of(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_glued_values_stand_in_the_text_formatted(built):
    assert "After 2000 epochs the loss is 0.12 (squared error)." in text_of(built)


def test_citations_are_plain_text(built):
    text = text_of(built)
    assert "As Hochreiter and Schmidhuber [1997] and others" in text
    assert "[Gers et al., 2000; Hochreiter and Schmidhuber, 1997] say" in text


def test_pages_become_links_to_notebooks_or_to_their_text(built):
    text = text_of(built)
    assert "[How to use this book](../../book/start/how-to-use.md)" in text
    assert text.count("(other.ipynb)") == 3
    assert "[the other](other.ipynb)" in text
    assert '[(1)](other.ipynb "The other")' in text
    assert "[there](other.ipynb)" in text


def test_references_within_the_page_stay_references(built):
    text = text_of(built)
    assert "{eq}`eq-x`" in text
    assert "$$ (eq-x)" in text
    assert "[Exercise 1](#ex-twice)" in text
    assert "[the figure](#fig-x)" in text
    assert "(ex-twice)=\n#### Exercise 1: Twice as much" in text


def test_what_jupyterlab_renders_is_kept(built):
    text = text_of(built)
    figure = "```{figure} ../../figs/x.svg\n:name: fig-x\n:alt: A line.\n\nThe line.\n```"
    assert figure in text
    assert ":::{dropdown} Hint 1\nPlus.\n:::" in text
    assert "press {kbd}`Tab`" in text
    assert "`step`" in text
    assert "`{term}` stays" in text


def test_no_role_or_directive_is_left_that_only_the_page_build_knows(built):
    text = text_of(built)
    for name in (
        "run-card",
        "exercise-",
        "solution-",
        "{term}`l",
        "{glue",
        "{cite",
        "{doc}",
        "{py",
    ):
        assert name not in text


def test_a_solution_is_folded(built):
    at = next(n for n, cell in enumerate(built.cells) if "(sol-twice)=" in cell.source)
    heading, code, text, after = built.cells[at:]
    assert heading.source == "(sol-twice)=\n##### Solution to exercise 1"
    assert heading.metadata == {"jp-MarkdownHeadingCollapsed": True}
    assert code.metadata.jupyter == {"source_hidden": True, "outputs_hidden": True}
    assert text.source == ":::{note}\nSo it is.\n:::"
    assert after.source == "## There"
    assert [cell.metadata for cell in (text, after)] == [{}, {}]


def test_only_a_solution_and_what_is_unseen_are_folded(built):
    folded = [sorted(cell.metadata.get("jupyter", {})) for cell in code_of(built)]
    both = ["outputs_hidden", "source_hidden"]
    assert folded == [["source_hidden"], [], ["source_hidden"], [], both]


@pytest.mark.parametrize("after", ["So it is.", "```{code-cell} ipython3\n    1\n    ```"])
def test_what_would_be_folded_away_with_a_solution_is_refused(write_book, after):
    root = write_book(t=PAGE.replace("## There", after))
    with pytest.raises(NotebookTextError, match="let a heading or an exercise follow"):
        notebooks.build(find("t", root), None, Book(root))


def test_outputs_are_text_and_counted_as_of_one_run(built):
    glued, printed, shown, _, _ = code_of(built)
    assert glued.outputs == []
    assert printed.outputs == [{"output_type": "stream", "name": "stdout", "text": "1\n"}]
    assert shown.outputs[0].data == {"text/plain": "Figure: a line"}
    assert shown.outputs[0].execution_count == 3
    assert [cell.execution_count for cell in code_of(built)] == [1, 2, 3, 4, 5]


def test_only_what_cannot_be_compared_is_left_out_of_the_comparison(built):
    tags = [cell.metadata.get("tags", []) for cell in code_of(built)]
    assert tags == [["remove-cell", "nbval-ignore-output"], [], ["hide-input"], [], []]


def glues(*cells):
    """A chapter whose unseen cells have these sources."""
    parts = [f"```{{code-cell}} ipython3\n:tags: [remove-cell]\n\n{each}\n```\n" for each in cells]
    return "# T\n\n" + "\n".join(parts) + "\n{glue:text}`a`\n"


@pytest.mark.parametrize(
    ("cells", "kept"),
    [
        (["from myst_nb import glue\n\nglue('a', 1)", "glue('b', 2)"], []),
        (["from myst_nb import glue\n\nglue('a', 1)", "x = 1\nglue('b', x)"], []),
        (["from myst_nb import glue", "glue('a', 1)"], []),
        (["import os"], [0]),
        (["glue('a', 1)", "glue('b', 2).x"], [1]),
    ],
)
def test_a_cell_that_only_glues_is_for_the_page_alone(write_book, cells, kept):
    root = write_book(t=glues(*cells))
    built = notebooks.build(find("t", root), None, Book(root))
    assert [cell.source for cell in code_of(built)] == [cells[at] for at in kept]


READS = "```{{code-cell}} ipython3\n{}\n```\n"


@pytest.mark.parametrize(
    ("unseen", "reader", "left"),
    [
        ("x = 1\ny = 2\nglue('a', x + y)", "print(x)", "x = 1"),
        ("x = 1\ny = x\nglue('a', y)", "print(y)", "x = 1\ny = x"),
        ("x = 1\n\n# why\ny = 2\nglue('a', x)", "def f():\n    return y", "# why\ny = 2"),
        ("gap = 1\nglue('a', gap)", "f = lambda gap: gap", None),
        ("for x in (1, 2):\n    glue('a', x)\nclose()", "print(x)", "close()"),
        ("for x in (1, 2):\n    glue('a', x)\n    close()", "1", "for x in (1, 2):"),
        ("from os import sep, path\nglue('a', 1)", "print(sep)", "from os import sep, path"),
        ("x = []\nx += [1]\nglue('a', x)", "1", "x = []\nx += [1]"),
        ("x = 1\nglue('a', x)", "%timeit x", "x = 1"),
    ],
)
def test_what_only_the_glue_reads_is_left_out(write_book, unseen, reader, left):
    root = write_book(t=glues(unseen) + READS.format(reader))
    sources = [cell.source for cell in code_of(notebooks.build(find("t", root), None, Book(root)))]
    assert sources[-1] == reader
    assert (sources[0] if sources[1:] else None) == left or sources[0].startswith(str(left))


def test_a_computed_minus_is_a_minus(write_book):
    root = write_book(t=glues("glue('a', -0.2)"))
    executed = ran(find("t", root), [glue("a", -0.2)])
    text = text_of(notebooks.build(find("t", root), executed, Book(root)))
    assert text.endswith("−0.2")


def test_only_labelled_equations_are_counted_as_on_the_page(write_book):
    unseen = "$$\nx = 1\n$$\n\n$$\ny = 2\n$$ (eq-y)\n\n$$ z = 3 $$\n\nfor $x$ and `$$`"
    root = write_book(t=f"# T\n\n{unseen}\n\n```{{code-cell}} ipython3\n1\n```\n")
    text = text_of(notebooks.build(find("t", root), None, Book(root)))
    assert "```{math}\n:enumerated: false\nx = 1\n```" in text
    assert "$$\ny = 2\n$$ (eq-y)" in text
    assert "```{math}\n:enumerated: false\nz = 3\n```" in text
    assert "for $x$ and `$$`" in text


def test_a_notebook_counts_as_its_page_does(root, chapter):
    toc = root / "_toc.yml"
    part = "\n  numbered: 1\n  chapters:\n  - file: book/"
    listed = [f"- caption: Start{part}start/how-to-use", f"- caption: I{part}one/by-hand"]
    listed += [f"- caption: II{part}one/other", "- caption: III\n  chapters: []"]
    toc.write_text("root: book/index\nparts:\n" + "\n".join(listed), encoding="utf-8")
    cells = notebooks.build(chapter, None, Book(root)).cells
    assert cells[0].source.startswith("---\nnumbering:\n  enumerator: 2.%s\n---\n\n# One cell")
    assert "[Exercise 2.1](#ex-twice)" in cells[0].source
    assert '[(3.1)](other.ipynb "The other")' in cells[0].source
    titles = [cell.source.split("\n")[1] for cell in cells if "-twice)=\n" in cell.source]
    assert titles == ["#### Exercise 2.1: Twice as much", "##### Solution to exercise 2.1"]


def test_no_trace_of_the_run_or_of_the_machine(root, built):
    content = notebooks.as_bytes(built).decode()
    assert "2026" not in content
    assert str(root) not in content
    assert json.loads(content)["metadata"] == {
        "kernelspec": {
            "display_name": "Python 3 (ipykernel)",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python"},
    }


def test_bytes_are_the_same_every_time(root, chapter):
    def once():
        return notebooks.as_bytes(notebooks.build(chapter, None, Book(root)))

    assert once() == once()


def test_ids_survive_an_edit_elsewhere_and_the_outputs(root, chapter, built):
    before = [cell.id for cell in built.cells]
    chapter.source.write_text(chapter.text.replace("print(1)", "print(2)"), encoding="utf-8")
    after = [cell.id for cell in notebooks.build(chapter, None, Book(root)).cells]
    assert len(set(before) ^ set(after)) == 2
    assert len(before) == len(after)


def test_equal_cells_get_different_ids(write_book):
    cell = "```{code-cell} ipython3\n1\n```\n"
    root = write_book(twice=f"# T\n\n{cell}\n{cell}")
    ids = [c.id for c in notebooks.build(find("twice", root), None, Book(root)).cells]
    assert len(set(ids)) == 3


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("{glue:text}`nothing`", NotebookTextError, "no cell glues 'nothing'"),
        ("{sub}`2`", NotebookTextError, r"can't show \{sub\}"),
        ("{cite:t}`nobody`", CrossReferenceError, "'nobody' is cited"),
        ("{doc}`nowhere`", CrossReferenceError, "'nowhere', which is no page"),
        ("[x](nowhere.md)", CrossReferenceError, r"'nowhere.md', which is no page"),
        ("{eq}`eq-nothing`", CrossReferenceError, "labels nothing"),
        (":::{tab-set}\nx\n:::", NotebookTextError, r"line 14: a notebook can't show \{tab-set\}"),
    ],
)
def test_what_cannot_be_shown_is_named(write_book, text, error, message):
    root = write_book(one__by_hand=f"# T\n\n{text}\n\n```{{code-cell}} ipython3\n1\n```\n")
    chapter = find("by-hand", root)
    with pytest.raises(error, match=message):
        notebooks.build(chapter, ran(chapter), Book(root))


def test_a_run_of_other_code_is_refused(root, chapter):
    executed = ran(chapter)
    executed.cells[1].source = "print(0)"
    with pytest.raises(ChapterError, match="has changed since it ran"):
        notebooks.build(chapter, executed, Book(root))


class TestOutputs:
    """What becomes of single outputs."""

    @pytest.fixture
    def build(self, write_book):
        def build(*outputs, tags=""):
            root = write_book(t=f"# T\n\n```{{code-cell}} ipython3\n{tags}\n1\n```\n")
            chapter = find("t", root)
            return code_of(notebooks.build(chapter, ran(chapter, list(outputs)), Book(root)))[0]

        return build

    def test_stream_pieces_are_joined_and_addresses_masked(self, build):
        pieces = [new_output("stream", name="stdout", text=t) for t in ("a", "b at 0x7f01ab")]
        assert build(*pieces).outputs[0].text == "ab at 0x0"

    def test_an_error_keeps_its_last_line_only(self, build):
        error = new_output("error", ename="ValueError", evalue="no", traceback=["File /tmp/x", "…"])
        assert build(error).outputs[0].traceback == ["ValueError: no"]

    @pytest.mark.parametrize("tag", ["varies", "remove-output", "remove-cell"])
    def test_tags_that_stop_the_comparison(self, build, tag):
        cell = build(new_output("stream", name="stdout", text="1"), tags=f":tags: [{tag}]\n")
        assert cell.metadata.tags == [tag, "nbval-ignore-output"]
        assert bool(cell.outputs) == (tag == "varies")

    @pytest.mark.parametrize(
        ("data", "compared"),
        [
            ({"text/plain": "x", "text/html": "<b>x</b>"}, True),
            ({"text/html": "<b>x</b>"}, False),
            ({"text/plain": "<IPython.core.display.HTML object>", "text/html": "<b>x</b>"}, False),
            ({"text/plain": "W()", "application/vnd.jupyter.widget-view+json": {}}, False),
        ],
    )
    def test_html_without_text_is_not_compared(self, build, data, compared):
        cell = build(new_output("display_data", data=data))
        assert ("nbval-ignore-output" not in cell.metadata.get("tags", [])) == compared


class TestMain:
    """The command, on outputs handed in."""

    @pytest.fixture(autouse=True)
    def _outputs(self, monkeypatch):
        printed = new_output("stream", name="stdout", text="1\n")
        values = [glue("epochs", 2000), glue("loss", 0.12345)]
        monkeypatch.setattr(
            notebooks.execute, "executed", lambda chapter: ran(chapter, values, [printed])
        )

    def test_writes_then_is_in_step(self, root, capsys):
        assert notebooks.main(["--check"], root) == 1
        assert "notebooks/one/by-hand.ipynb: out of step" in capsys.readouterr().out
        assert notebooks.main([], root) == 0
        assert "notebooks/one/by-hand.ipynb: written" in capsys.readouterr().out
        assert notebooks.main(["--check"], root) == 0
        assert capsys.readouterr().out == ""

    def test_check_writes_nothing(self, root):
        notebooks.main(["--check"], root)
        assert not (root / "notebooks").exists()

    def test_a_changed_number_is_out_of_step(self, root, chapter, capsys):
        notebooks.main([], root)
        stored = chapter.notebook.read_text(encoding="utf-8")
        chapter.notebook.write_text(stored.replace("After 2000", "After 2001"), encoding="utf-8")
        assert notebooks.main(["--check", "by-hand"], root) == 1
        assert notebooks.main(["--check", "other"], root) == 0

    def test_a_notebook_without_chapter_is_named_and_left(self, root, capsys):
        stray = root / "notebooks" / "old.ipynb"
        stray.parent.mkdir()
        nbformat.write(nbformat.v4.new_notebook(), stray)
        assert notebooks.main([], root) == 1
        assert "notebooks/old.ipynb: no chapter gives this" in capsys.readouterr().out
        assert stray.exists()

    def test_an_unknown_chapter_is_an_error(self, root, capsys):
        assert notebooks.main(["by-hnad"], root) == 2
        assert "Did you mean" in capsys.readouterr().err


def test_a_chapter_that_has_not_run_gives_a_clear_error(root, capsys):
    assert notebooks.main(["--check", "by-hand"], root) == 2
    assert "make book" in capsys.readouterr().err
