"""Reading a chapter: cells, directives, roles, exercises, and where each stands."""

from __future__ import annotations

from textwrap import dedent

import pytest

from tools.dialect import parse
from tools.myst import DialectError, Directive, Literal, Role, Text, replace_roles, roles, split

PAGE = dedent(
    """\
    # A title

    See {term}`cell
    state` and {eq}`eq-x`, not `{eq}` or ``{eq}`eq-y` ``.

    $$
    x = 1
    $$ (eq-x)

    ```{code-cell} ipython3
    :tags: [hide-input, varies]

    x = 1

    y = 2
    ```

    ```{exercise-start} Twice
    :label: ex-twice
    ```
    **Code** · level 1 of 3 · 5 minutes

    :::{dropdown} Hint 1
    Use {term}`plus`.
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
    So it is.

    ```{solution-end}
    ```
    """
)


def line_of(text: str) -> int:
    return 1 + next(i for i, line in enumerate(PAGE.splitlines()) if text in line)


def test_cells_carry_tags_and_the_line_of_their_source():
    page = parse(PAGE)
    assert [cell.kind for cell in page.cells] == ["markdown", "code"] * 3 + ["markdown"]
    first, stub, solution = page.code
    assert first.tags == ["hide-input", "varies"]
    assert [first.line, stub.line] == [line_of("x = 1") + 6, line_of("def twice(x): ...")]
    assert solution.line == line_of("return x + x")
    assert page.title == "A title"


def test_exercise_and_solution_gather_what_stands_between_their_gates():
    exercise, solution = parse(PAGE).regions
    assert (exercise.kind, exercise.title, exercise.label) == ("exercise", "Twice", "ex-twice")
    assert [type(block) for block in exercise.blocks] == [Text, Directive]
    assert [cell.source for cell in exercise.code] == ["def twice(x): ..."]
    assert (solution.target, solution.label) == ("ex-twice", "sol-twice")
    assert solution.options["class"] == "dropdown"
    assert [block.text.strip() for block in solution.blocks] == ["So it is."]
    assert exercise.number == solution.number == 1


def test_roles_are_found_with_their_lines_and_code_spans_are_not():
    found = parse(PAGE).roles()
    assert [(role.name, role.target) for role in found] == [
        ("term", "cell\nstate"),
        ("eq", "eq-x"),
        ("term", "plus"),
    ]
    assert found[2].line == line_of("Use {term}")


def test_labelled_equations_are_found():
    assert parse(PAGE).equations() == [("eq-x", line_of("$$"))]


def test_role_title_and_target():
    (role,) = roles("{doc}`the start <../start/how-to-use>`")
    assert (role.title, role.target) == ("the start", "../start/how-to-use")
    assert Role("doc", "a/b", 1).title is None


def test_replace_roles_leaves_code_alone():
    text = "{term}`a` `{term}` ``{term}`b` `` {term}`c`"
    assert replace_roles(text, lambda role: role.target.upper()) == "A `{term}` ``{term}`b` `` C"


def test_split_keeps_literal_fences_and_longer_fences():
    text = "a\n\n```python\n:::{note}\n```\n\n::::{note} Title\n:::{tip}\nx\n:::\n::::\nb"
    first, literal, note, last = split(text)
    assert isinstance(literal, Literal)
    assert literal.text == "```python\n:::{note}\n```"
    assert (note.name, note.argument) == ("note", "Title")
    assert [block.name for block in note.blocks()] == ["tip"]
    assert (first.line, literal.line, note.line, last.line) == (1, 3, 7, 12)


@pytest.mark.parametrize("head", [":alt: What\n:name: n\n", "---\nalt: What\nname: n\n---\n"])
def test_options_in_both_spellings(head):
    (figure,) = split(f"```{{figure}} x.svg\n{head}\nA caption.\n```")
    assert figure.options == {"alt": "What", "name": "n"}
    assert figure.body.strip() == "A caption."


def test_a_code_cell_inside_a_directive_is_an_error():
    with pytest.raises(DialectError, match=r"line 1: .* is not closed"):
        parse(":::{dropdown} Answer\n\n```{code-cell} ipython3\n1\n```\n:::\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("```{exercise-start} A\n```\n", "line 1: this exercise has no end"),
        ("```{exercise-end}\n```\n", "line 1: {exercise-end} ends no exercise"),
        ("```{exercise-start}\n```\n```{solution-end}\n```\n", "ends no solution"),
        ("```{exercise-start}\n```\n```{solution-start} a\n```\n", "inside the exercise of line 1"),
    ],
)
def test_gates_that_do_not_match_are_errors(text, message):
    with pytest.raises(DialectError, match=message):
        parse(text)
