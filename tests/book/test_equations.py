"""Equation, function, test: no core equation stands without the other two, and each sign counts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tools.chapters import ROOT
from tools.crossrefs import Book
from tools.equations import marked, mentions, sections_with
from tools.style import is_chapter

# Labelled equations that need no function of ours, each with its reason.
NOT_CORE = {
    "eq-tanh": "math.tanh and torch.tanh compute it; the library has none of its own",
}

# Flips that change no result, each with its reason. Keep this near-empty.
EQUIVALENT: dict[str, str] = {}

# Modules whose equations have no sign to flip, each with its reason.
SIGNLESS = {"asctools.training.distributed": "a share is a product and a quotient"}

MENTIONS = mentions()
IMPLEMENTED = [each for each in MENTIONS if each.implements]
MODULES = sorted({each.module for each in IMPLEMENTED})


@pytest.fixture(scope="module")
def book() -> Book:
    return Book()


@pytest.fixture(scope="module")
def labels(book: Book) -> list[str]:
    """The label of every labelled equation of the book, in order."""
    return [label for page in book.pages.values() for label, _ in page.equations()]


@pytest.fixture(scope="module")
def core(book: Book) -> set[str]:
    """The labels of the chapters, but for the few that need no function."""
    chapters = [page for page in book.pages.values() if is_chapter(page)]
    return {label for page in chapters for label, _ in page.equations()} - set(NOT_CORE)


def test_a_label_labels_one_equation(labels: list[str]) -> None:
    assert [label for label, count in Counter(labels).items() if count > 1] == []
    assert [label for label in labels if not label.startswith("eq-")] == []


def test_every_core_equation_has_a_function(core: set[str]) -> None:
    assert core, "no chapter has a labelled equation"
    missing = core - {each.label for each in IMPLEMENTED}
    assert not missing, f"no docstring has a line 'Implements :eq:`...`' for {sorted(missing)}"


def test_every_core_equation_has_a_marked_test(core: set[str]) -> None:
    missing = core - set(marked())
    assert not missing, f"no test is marked @pytest.mark.equation for {sorted(missing)}"


def test_every_label_in_a_docstring_or_a_test_is_in_the_book(labels: list[str]) -> None:
    docstrings = {f"{each.name}: {each.label}" for each in MENTIONS if each.label not in labels}
    tests = {
        f"{path.relative_to(ROOT)}: {label}"
        for label, paths in marked().items()
        if label not in labels
        for path in paths
    }
    assert not docstrings | tests, f"the book has no such equation: {sorted(docstrings | tests)}"


def test_every_exception_is_needed(labels: list[str]) -> None:
    unknown = set(NOT_CORE) - set(labels)
    needless = set(NOT_CORE) & {each.label for each in IMPLEMENTED}
    assert not unknown | needless


def test_every_section_with_a_core_equation_leads_to_its_function(
    book: Book, core: set[str]
) -> None:
    functions: dict[str, set[str]] = {}
    for each in IMPLEMENTED:
        functions.setdefault(each.label, set()).add(each.name)
    lonely = []
    for page in book.pages.values():
        roles = page.roles("py:func", "py:meth", "py:class")
        for start, end, found in sections_with(page):
            linked = {r.target.lstrip("~") for r in roles if start <= r.line < end}
            lonely += [
                f"book/{page.name}.md:{start}: {label} → {' or '.join(sorted(functions[label]))}"
                for label in found
                if label in core & set(functions) and not functions[label] & linked
            ]
    assert not lonely, "no {py:func} in these sections:\n" + "\n".join(lonely)


@pytest.mark.slow
@pytest.mark.parametrize("module", MODULES)
def test_every_flipped_sign_is_noticed(module: str, tmp_path: Path) -> None:
    """Flip each sign of each implementing function; its equation's tests must fail."""
    result = tmp_path / "result.json"
    command = [sys.executable, "-m", "tools.signflip", module, str(result)]
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    ended = subprocess.run(
        command, cwd=ROOT, env=os.environ | threads, capture_output=True, text=True, check=False
    )
    assert result.exists(), ended.stdout + ended.stderr
    found = json.loads(result.read_text(encoding="utf-8"))
    assert not found["failing"], f"these tests fail without any flip: {found['failing']}"
    assert not found["untested"], f"no marked test reaches {found['untested']}"
    unnoticed = [each for each in found["unnoticed"] if each not in EQUIVALENT]
    assert not unnoticed, "no test notices that these are flipped:\n" + "\n".join(unnoticed)
    assert found["flips"] or module in SIGNLESS, f"{module} implements equations without a sign"


def test_every_equivalent_flip_is_still_there() -> None:
    known = {each.qualname for each in IMPLEMENTED}
    assert {each.partition(",")[0] for each in EQUIVALENT} <= known
