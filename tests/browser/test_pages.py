"""Every page opens, served and from a file, without an error, a foreign address, an overflow."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.visits import Visit, address
from tools.chapters import chapters

NAMES = [chapter.name for chapter in chapters()]
CHAPTER = "1-one-cell/by-hand"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

# What a theme can change.
OF_COLOUR = ["color-contrast", "link-in-text-block"]
# A long chapter has ten thousand coloured words of code, of some thirty kinds. A block all of whose
# kinds stood before is left out of axe's rounds, which would take minutes.
LEAVE_OUT_REPEATED_CODE = """() => {
  const seen = new Set();
  for (const block of document.querySelectorAll('div.highlight')) {
    const kinds = [...block.querySelectorAll('span')].map(word => word.className);
    if (kinds.length && kinds.every(kind => seen.has(kind))) block.classList.add('asc-repeated');
    kinds.forEach(kind => seen.add(kind));
  }
}"""

# (rule, part of the element that is excused): the reason stands beside each.
ALLOWED: list[tuple[str, str]] = []


# One load for three questions: setting a long chapter's equations costs more than all of them.
@pytest.mark.parametrize("name", NAMES)
def test_a_served_page_opens_and_reads_at_every_width_and_in_both_themes(
    visit: Visit, served: str, name: str
) -> None:
    page = visit.open(address(served, name))
    assert page.locator("article h1").first.is_visible()
    assert page.locator("mjx-merror").count() == 0
    assert overhang(page) <= 0
    assert visit.complaints == []  # before axe, which asks for style sheets of its own accord
    assert visit.foreign == []
    page.evaluate(LEAVE_OUT_REPEATED_CODE)
    visit.set_theme("light")
    assert findings(page, {"type": "tag", "values": WCAG}) == []
    visit.set_theme("dark")
    assert findings(page, {"type": "rule", "values": OF_COLOUR}) == []


def overhang(page: Page) -> int:
    """By how many pixels a page is wider than its window, at the width where it is worst."""
    excess = []
    for width in (390, 768, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        excess.append(
            page.evaluate(
                "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
        )
    return max(excess)


def findings(page: Page, rules: dict[str, object]) -> list[str]:
    """What axe finds with these rules, but for what is allowed."""
    options = {"runOnly": rules, "resultTypes": ["violations"]}
    found = Axe().run(page, context={"exclude": [[".asc-repeated"]]}, options=options).response
    return [
        f"{violation['id']}: {node['html'][:160]}"
        for violation in found["violations"]
        for node in violation["nodes"]
        if not any(rule == violation["id"] and part in node["html"] for rule, part in ALLOWED)
    ]


@pytest.mark.parametrize("name", NAMES)
def test_opens_from_a_file(visit: Visit, html: Path, name: str) -> None:
    page = visit.open(address(html.as_uri(), name))
    assert page.locator("article h1").first.is_visible()
    assert visit.complaints == []
    assert visit.foreign == []


def test_equations_are_drawn_and_coloured(visit: Visit, served: str) -> None:
    page = visit.open(address(served, CHAPTER))
    assert page.locator("mjx-container").count() > 30
    coloured = page.locator("mjx-container .asc-forget").first
    plain = page.locator("mjx-container").first
    colour = "element => getComputedStyle(element).color"
    assert coloured.evaluate(colour) != plain.evaluate(colour)


def test_a_cited_equation_leads_to_it(visit: Visit, served: str) -> None:
    page = visit.open(address(served, CHAPTER))
    link = page.locator('a.reference[href="#equation-eq-cell-state"]').first
    link.click()
    assert page.url.endswith("#equation-eq-cell-state")
    assert page.locator("#equation-eq-cell-state").is_visible()


def test_an_api_page_leads_to_its_equation_and_back(visit: Visit, served: str) -> None:
    page = visit.open(address(served, "reference/api/scalar-by-hand"))
    page.locator('a[href$="by-hand.html#equation-eq-forget-gate"]').first.click()
    page.wait_for_url("**/1-one-cell/by-hand.html#equation-eq-forget-gate")
    page.locator('a[href$="#asctools.scalar.by_hand.step"]').first.click()
    page.wait_for_url("**#asctools.scalar.by_hand.step")
    assert visit.complaints == []


def test_hints_unfold_by_mouse_and_keyboard(visit: Visit, served: str) -> None:
    page = visit.open(address(served, CHAPTER))
    hints = page.locator("details.sd-dropdown")
    assert hints.count() >= 6
    first, second = hints.nth(0), hints.nth(1)
    first.locator("summary").click()
    assert first.locator(".sd-summary-content").is_visible()
    second.locator("summary").focus()
    page.keyboard.press("Enter")
    assert second.locator(".sd-summary-content").is_visible()


def test_solutions_are_folded_and_unfold(visit: Visit, served: str) -> None:
    page = visit.open(address(served, CHAPTER))
    solutions = page.locator(".solution.dropdown")
    assert solutions.count() >= 6
    for index in range(solutions.count()):
        solution = solutions.nth(index)
        body = solution.locator(".solution-content, section").first
        assert not body.is_visible(), f"solution {index} is open from the start"
        solution.locator("button, summary").first.focus()
        page.keyboard.press("Enter")
        body.wait_for(state="visible")


def test_print_shows_the_text_and_no_navigation(visit: Visit, served: str) -> None:
    page = visit.open(address(served, CHAPTER))
    page.emulate_media(media="print")
    assert page.locator("h1:visible").count() == 1  # the theme prints a title of its own
    assert not page.locator(".bd-sidebar-primary").first.is_visible()
    assert not page.locator(".prev-next-footer, .prev-next-area").first.is_visible()
    cut = page.evaluate(
        """() => [...document.querySelectorAll('article pre')]
                 .filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.textContent)"""
    )
    assert cut == []
    assert len(page.pdf()) > 100_000
