"""The search finds what a reader would look for, served and from a file."""

from pathlib import Path

import pytest

from tests.browser.visits import Visit


@pytest.mark.parametrize(
    ("words", "page"),
    [
        ("forget gate", "by-hand"),
        ("checkpoint", "by-hand"),
        ("sigmoid", "maths-refresher"),
        ("squared error", "by-hand"),
    ],
)
@pytest.mark.parametrize("place", ["served", "file"])
def test_finds(visit: Visit, served: str, html: Path, words: str, page: str, place: str) -> None:
    base = served if place == "served" else html.as_uri()
    visit.open(f"{base}/search.html?q={words.replace(' ', '+')}")
    results = visit.page.locator("#search-results a")
    results.first.wait_for()
    visit.page.wait_for_timeout(300)
    links = results.evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert any(page in link for link in links), links
    assert visit.foreign == []


def test_the_search_key_opens_the_search(visit: Visit, served: str) -> None:
    visit.open(f"{served}/book/index.html")
    visit.page.keyboard.press("Control+k")
    field = visit.page.locator('input[type="search"]:visible').first
    field.wait_for()
    field.fill("candidate")
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_url("**/search.html?q=candidate*")
    found = visit.page.locator('#search-results a[href*="glossary"]').first
    found.wait_for()
    assert visit.page.locator("#search-results a").count() > 1
