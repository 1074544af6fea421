"""Each chapter stays within its budget, and its page says what it cost."""

import re
from html import unescape

import pytest

from tools import cards, execute
from tools.chapters import ROOT, Chapter, chapters

RUNNABLE = [chapter for chapter in chapters() if chapter.has_code]


def page(name: str) -> str:
    path = ROOT / "_build" / "html" / "book" / f"{name}.html"
    assert path.is_file(), f"{path.relative_to(ROOT)} is not built: run `make book` first"
    return unescape(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("chapter", RUNNABLE, ids=lambda chapter: chapter.name)
def test_within_its_budget(chapter: Chapter) -> None:
    card = execute.card(chapter)
    assert card is not None, f"{chapter.name} has not run: run `make book` first"
    assert card["cpu_s"] <= cards.budget(chapter)
    assert cards.budget(chapter) <= 120


@pytest.mark.parametrize("chapter", RUNNABLE, ids=lambda chapter: chapter.name)
def test_the_page_shows_what_was_measured(chapter: Chapter) -> None:
    shown = re.search(r'<dl class="asc-run-card".*?</dl>', page(chapter.name), re.DOTALL)
    if "{run-card}" not in chapter.text:
        assert shown is None
        return
    assert shown is not None
    for what, value in cards.facts(chapter, execute.card(chapter)):
        assert f"<dt>{what}</dt><dd>{value}</dd>" in shown.group()


def test_the_status_page_has_them_all() -> None:
    table = page("reference/run-cards")
    for chapter in RUNNABLE:
        card = execute.card(chapter)
        assert card is not None
        assert re.search(rf'href="[^"]*{chapter.name.rpartition("/")[2]}\.html"', table)
        assert f"{card['peak_mb']:.0f} MB" in table
