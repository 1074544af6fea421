"""Words, sentences and sections: what a reader reads."""

from __future__ import annotations

import pytest

from tools.dialect import parse
from tools.equations import sections_with
from tools.prose import running, sections, sentences, words


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Two words", 2),
        ("A formula $x = a + b$ is one word", 6),
        ("and so is `code = 1 + 2`", 4),
        ("a {term}`cell state` has two, {eq}`eq-x` one", 7),
        ("[the link](x/y.md) has its text", 5),
        ("# A heading is no prose\n\n| nor | a |\n|---|---|\n", 0),
        ("$$\nx = 1 + 2\n$$ (eq-x)\n\nBelow.", 1),
        ("<!-- a comment\nover two lines -->\n% and another\n(a-target)=\nText.", 1),
        ("don't, 1.62 and e.g. h'", 5),
    ],
)
def test_words(text, count):
    assert words(text) == count


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("One. Two! Is it three? Yes.", 4),
        ("It is 1.62 at e.g. day one, i.e. early.", 1),
        ("- an item\n- another\n\nA paragraph\nover two lines.", 3),
        ("He said: “No.” She left.", 2),
        ("$x$ is a symbol. $y$ is one too.", 2),
    ],
)
def test_sentences(text, count):
    assert len(sentences(text)) == count


def test_running_text_leaves_out_what_is_folded_and_captions():
    page = parse(
        "Seen.\n\n:::{note}\nSeen too.\n:::\n\n:::{dropdown} Answer\nFolded.\n:::\n\n"
        "```{figure} x.svg\nA caption.\n```\n"
    )
    assert [each for each in running(page.cells[0].blocks).split("\n") if each] == [
        "Seen.",
        "Seen too.",
    ]


PAGE = """\
# T

$$
a = 1
$$ (eq-a)

## One

**Predict.** More?

- first
- second

## Two

$$
b = 1
$$ (eq-b)

### Deeper

$$
c = 1
$$ (eq-c)
"""


def test_sections_are_headings_and_bold_beginnings():
    found = {section.title: section for section in sections(parse(PAGE))}
    assert list(found) == ["T", "One", "Predict", "Two", "Deeper"]
    assert found["Predict"].line == 9
    assert [item.strip() for item in found["Predict"].items] == ["- first", "- second"]


def test_sections_with_equations():
    assert [labels for _, _, labels in sections_with(parse(PAGE))] == [["eq-a"], ["eq-b", "eq-c"]]
    assert [start for start, _, _ in sections_with(parse(PAGE))] == [1, 14]
