"""Figures and text read in light and in dark."""

import pytest

from tests.browser.visits import Visit, address

CHAPTER = "1-one-cell/by-hand"
RELATIVE_LUMINANCE = """
const channel = v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
const light = css => { const [r, g, b] = css.match(/[\\d.]+/g).map(Number);
                       return 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b); };
"""
GROUND = f"""() => {{ {RELATIVE_LUMINANCE}
  return light(getComputedStyle(document.body).backgroundColor); }}"""
# The strokes and fills of one drawing that stand out least from the page.
FAINTEST_TEXT = f"""svg => {{ {RELATIVE_LUMINANCE}
  const ground = light(getComputedStyle(document.body).backgroundColor);
  const ratio = l => (Math.max(l, ground) + 0.05) / (Math.min(l, ground) + 0.05);
  const texts = [...svg.querySelectorAll('g[id*="text_"] path, g[id*="text_"] use, text')];
  return Math.min(...texts.map(t => getComputedStyle(t).fill).filter(f => f.startsWith('rgb'))
                  .map(f => ratio(light(f)))); }}"""


def test_the_switch_turns_the_page_dark_and_back(visit: Visit, served: str) -> None:
    page = visit.open(address(served, CHAPTER))
    seen = set()
    for _ in range(3):  # light, dark, automatic: the switch walks through them
        page.locator("button.theme-switch-button").first.click()
        page.wait_for_timeout(100)
        seen.add("dark" if page.evaluate(GROUND) < 0.1 else "light")
    assert seen == {"light", "dark"}


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_drawings_follow_the_theme(visit: Visit, served: str, mode: str) -> None:
    page = visit.open(address(served, CHAPTER))
    visit.set_theme(mode)
    drawings = page.locator(".asc-figure svg, .asc-drawing svg")
    assert drawings.count() >= 10
    for index in range(drawings.count()):
        drawing = drawings.nth(index)
        assert drawing.get_attribute("role") == "img"
        assert len(drawing.get_attribute("aria-label") or "") >= 30
        box = drawing.bounding_box()
        assert box is not None
        assert box["width"] > 300
        assert drawing.evaluate(FAINTEST_TEXT) >= 4.5, drawing.get_attribute("aria-label")


def test_the_same_gate_has_the_same_colour_everywhere(visit: Visit, served: str) -> None:
    page = visit.open(address(served, CHAPTER))
    for mode in ("light", "dark"):
        visit.set_theme(mode)
        for gate in ("forget", "input", "candidate", "output", "cell", "hidden"):
            wanted = page.evaluate(
                """gate => { const probe = document.createElement('i');
                   probe.style.color = `var(--asc-${gate})`; document.body.append(probe);
                   const colour = getComputedStyle(probe).color;
                   probe.remove(); return colour; }""",
                gate,
            )
            symbol = page.locator(f"mjx-container .asc-{gate}").first
            assert symbol.evaluate("e => getComputedStyle(e).color") == wanted
            drawn = page.locator(f'.asc-drawing svg [style*="--asc-{gate}"]').first
            used = drawn.evaluate(
                "e => ['fill', 'stroke', 'color'].map(part => getComputedStyle(e)[part])"
            )
            assert wanted in used
