"""The built pages: every link leads somewhere, nothing is fetched from elsewhere, none is heavy."""

from __future__ import annotations

import pytest

from tools.chapters import ROOT, chapters
from tools.pages import Site

OWN_WEIGHT = 1_500_000  # bytes beyond the theme and MathJax


@pytest.fixture(scope="module")
def site() -> Site:
    folder = ROOT / "_build" / "html"
    if not (folder / "book" / "index.html").is_file():
        pytest.fail("There are no built pages. Run `make book` first.")
    return Site(folder)


def names() -> list[str]:
    return [chapter.name for chapter in chapters()]


@pytest.mark.parametrize("name", names())
def test_every_page_of_the_book_is_built_and_light(site: Site, name: str) -> None:
    page = f"book/{name}.html"
    assert page in site.pages, "it is in _toc.yml and was not built: run `make book`"
    assert site.own_weight(page) < OWN_WEIGHT


def test_every_link_leads_somewhere(site: Site) -> None:
    found = list(site.dead_links())
    assert not found, "\n" + "\n".join(found)


def test_everything_that_a_page_loads_is_there(site: Site) -> None:
    found = list(site.missing_resources())
    assert not found, "\n" + "\n".join(found)


def test_nothing_is_loaded_from_elsewhere(site: Site) -> None:
    found = list(site.foreign_resources())
    assert not found, "\n" + "\n".join(found)


def test_every_picture_has_a_text(site: Site) -> None:
    found = list(site.nameless_pictures())
    assert not found, "\n" + "\n".join(found)
