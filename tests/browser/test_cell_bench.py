"""The cell bench in a real browser: drag, read the page, recompute in Python."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from asctools.course.widgets import (
    StillFigure,
    carried_by_lstm,
    carried_by_rnn,
    cell_bench,
    source,
    training_stages,
)
from asctools.dataset.companies import COMPANIES
from asctools.scalar import by_hand
from asctools.scalar.by_hand import INITIAL, POCKET, Weights
from tests.browser.alone import serve, write_pages
from tests.browser.bench_page import Bench, check, number, numbers_in, wires
from tests.browser.visits import Visit, address

CHAPTER = "1-one-cell/by-hand"  # the page of the book that holds the bench
BENCH = '[data-asc-widget="cell-bench"] form'
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SMALLEST_TARGET = 24  # px
PLACES = ("file", "book")


@pytest.fixture(scope="module")
def figure() -> Iterator[StillFigure]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ASC_STATIC", "1")
        yield cell_bench()


@pytest.fixture(scope="module")
def folder(figure: StillFigure, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bench")
    broken = figure.html.replace("export default { render };", "throw new Error('broken');")
    assert broken != figure.html
    pages = {"one": figure.html, "two": figure.html * 2, "broken": broken}
    return write_pages(folder, "Bench", pages)


@pytest.fixture(scope="module")
def site(folder: Path) -> Iterator[str]:
    with serve(folder) as where:
        yield where


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest) -> str:
    """The address of a bench: alone in a file, and in the chapter of the book, served."""
    if request.param == "book":
        return address(request.getfixturevalue("served"), CHAPTER)
    return f"{request.getfixturevalue('folder').as_uri()}/one.html"


@pytest.fixture
def bench(visit: Visit, place: str) -> Bench:
    return open_bench(visit, place)


@pytest.fixture
def alone(visit: Visit, folder: Path) -> Bench:
    """The bench in a file of its own: for what the page around it cannot change."""
    return open_bench(visit, f"{folder.as_uri()}/one.html")


def open_bench(visit: Visit, where: str, width: int = 1440, height: int = 1000) -> Bench:
    visit.page.set_viewport_size({"width": width, "height": height})
    page = visit.open(where)
    root = page.locator(BENCH)
    root.first.wait_for()
    return Bench(page, root.first)


# ---- arithmetic ----


def cases() -> list[tuple[Weights, list[float]]]:
    """Seeded weights and days, ordinary and extreme."""
    rng = random.Random(20)
    chosen = [(w, list(c.days)) for w in (INITIAL, POCKET) for c in COMPANIES]
    for scale, longest in ((1.0, 12), (3.0, 8), (30.0, 4), (1000.0, 2)):
        for _ in range(60):
            weights = Weights(*(rng.gauss(0.0, scale) for _ in range(12)))
            days = [rng.gauss(0.0, scale) for _ in range(rng.randint(1, longest))]
            chosen.append((weights, days))
    for value in (0.0, -0.0, 6.0, -6.0, 40.0, -40.0, 750.0, -750.0, 1e-300, 1e6, -1e6):
        chosen.append((Weights(*[value] * 12), [0.0, 1.0, -1.0, 10.0, -10.0]))
        chosen.append((POCKET._replace(b_f=value, b_o=-value), [value, 0.5]))
    return chosen


def test_javascript_computes_what_python_computes(visit: Visit) -> None:
    chosen = cases()
    module = source.read("cell-bench").esm
    found = visit.page.evaluate(
        """async ([module, cases]) => {
             const blob = new Blob([module], { type: 'text/javascript' });
             const { trace, carried } = await import(URL.createObjectURL(blob));
             return cases.map(([w, days]) => [trace(w, days), carried(w, days)]); }""",
        [module, [[list(weights), days] for weights, days in chosen]],
    )
    worst = 0.0
    for (weights, days), (traced, carried) in zip(chosen, found, strict=True):
        for day, theirs in zip(by_hand.trace(weights, days), traced, strict=True):
            ours = wires(day)
            assert set(theirs) == set(ours)
            worst = max(worst, *(gap(ours[wire], theirs[wire]) for wire in ours))
        for key, slopes in (
            ("lstm", carried_by_lstm(weights, days)),
            ("rnn", carried_by_rnn(weights, days)),
        ):
            theirs = [each[key] for each in carried]
            worst = max(worst, *(gap(a, b) for a, b in zip(slopes, theirs, strict=True)))
    assert worst < 1e-12


def gap(ours: float, theirs: float) -> float:
    """The difference, as a share of what is larger than one."""
    assert math.isfinite(ours)
    assert math.isfinite(theirs)
    return abs(ours - theirs) / max(1.0, abs(ours))


# ---- what the page shows ----


def test_every_number_at_the_start(bench: Bench, visit: Visit) -> None:
    seen = bench.read()
    check(seen)
    assert bench.weights() == POCKET
    assert (seen["day"], seen["company"], seen["pressed"]) == (1, "A", ["pocket"])
    assert visit.complaints == []
    assert visit.foreign == []


def test_no_number_but_those_that_are_checked(alone: Bench) -> None:
    texts = alone.root.evaluate(
        """bench => { const found = [];
          const walker = document.createTreeWalker(bench, NodeFilter.SHOW_TEXT);
          const known = '[data-weight], [data-wire], [data-symbol], [data-says], [data-where],'
            + ' [data-score], [data-series], [data-stage], .choice, .note, svg .end, .fine, label';
          while (walker.nextNode()) {
            const node = walker.currentNode;
            if (/\\d/.test(node.textContent) && !node.parentElement.closest(known))
              found.push(node.textContent); }
          return found; }"""
    )
    assert [text.strip() for text in texts] == ["A: left of day 1", "B: left of day 1"]


def test_drag_each_slider_read_the_page_and_recompute(bench: Bench) -> None:
    rng = random.Random(7)
    for k in range(12):
        before, share = bench.weights(), rng.random()
        bench.drag(k, share)
        after = bench.weights()
        assert abs(after[k] - (12.0 * share - 6.0)) < 0.15
        assert [w for n, w in enumerate(after) if n != k] == [
            w for n, w in enumerate(before) if n != k
        ]
        seen = bench.read()
        assert seen["pressed"] == []
        check(seen)


def test_each_slider_by_the_keyboard(bench: Bench) -> None:
    for k in range(12):
        before = bench.weight(k)
        bench.slider(k).focus()
        for key, step in (("ArrowRight", 0.01), ("ArrowLeft", -0.01), ("ArrowUp", 0.01)):
            was = bench.weight(k)
            bench.page.keyboard.press(key)
            assert bench.weight(k) == pytest.approx(was + step, abs=1e-9)
        bench.page.keyboard.press("PageDown")
        assert bench.weight(k) < before - 0.5
        check(bench.read())
        bench.page.keyboard.press("Home" if k % 2 else "End")
        assert bench.weight(k) == (-6.0 if k % 2 else 6.0)
        check(bench.read())


def test_days_by_buttons_and_keys(bench: Bench) -> None:
    walked = []
    for act in (
        lambda: bench.root.locator('[data-step="-1"]').press("Enter"),  # no day before the first
        lambda: bench.press('step="1"'),
        lambda: bench.page.keyboard.press("Enter"),
        lambda: bench.page.keyboard.press("ArrowRight"),
        lambda: bench.page.keyboard.press("ArrowRight"),  # there is no fifth day
        lambda: bench.press('step="-1"'),
        lambda: bench.page.keyboard.press("ArrowLeft"),
        lambda: bench.root.locator("[name=day]:checked").focus(),
        lambda: bench.page.keyboard.press("ArrowLeft"),
        lambda: bench.page.keyboard.press("ArrowRight"),
        lambda: bench.choose("day", 4),
        lambda: bench.choose("company", "B"),
        lambda: bench.page.keyboard.press("ArrowUp"),
    ):
        act()
        seen = bench.read()
        check(seen)
        walked.append(f"{seen['company']}{seen['day']}")
    assert " ".join(walked) == "A1 A2 A3 A4 A4 A3 A2 A2 A1 A2 A4 B4 A4"


def test_the_ends_of_the_days_are_marked(alone: Bench) -> None:
    back, on = (alone.root.locator(f'[data-step="{by}"]') for by in (-1, 1))
    assert (back.get_attribute("aria-disabled"), on.get_attribute("aria-disabled")) == (
        "true",
        "false",
    )
    alone.choose("day", 4)
    assert (back.get_attribute("aria-disabled"), on.get_attribute("aria-disabled")) == (
        "false",
        "true",
    )


def test_stages_are_those_that_python_trains(alone: Bench) -> None:
    for name, weights in training_stages().items():
        alone.press(f'stage="{name}"')
        assert alone.weights() == weights
        seen = alone.read()
        assert seen["pressed"] == [name]
        check(seen)


def test_days_can_be_changed_within_reason(alone: Bench) -> None:
    field = alone.root.locator('[data-days="A"][data-t="0"]')
    for typed, kept in (("0.5", "0.5"), ("-2", "-2"), ("11", "1"), ("", "1"), ("10", "10")):
        field.fill("")
        field.press_sequentially(typed)
        field.press("Tab")
        assert field.input_value() == kept, typed
        check(alone.read())
    field.press("ArrowDown")
    assert float(field.input_value()) == 9.95
    check(alone.read())


def test_reset_brings_everything_back(alone: Bench) -> None:
    start = alone.read()
    alone.press('stage="untrained"')
    alone.drag(4, 0.9)
    alone.root.locator('[data-days="B"][data-t="2"]').fill("0.75")
    alone.choose("company", "B")
    alone.choose("day", 3)
    assert alone.read() != start
    alone.press("reset")
    assert alone.read() == start


def test_one_line_says_what_changed(alone: Bench) -> None:
    line = alone.root.locator("[data-news]")
    assert line.get_attribute("role") == "status"
    line.evaluate(
        """line => { window.told = 0;
             new MutationObserver(() => window.told++).observe(line, {childList: true}); }"""
    )
    before = alone.read()["says"]
    alone.drag(2, 0.2)
    text, after = alone.news(), alone.read()["says"]
    assert alone.page.evaluate("window.told") == 1, "a drag is told once"
    assert text.startswith(f"b_f from 1.62 to {alone.read()['weights']['2']}. A says ")
    assert numbers_in(text) == [after["A"], before["A"], after["B"], before["B"]]
    alone.choose("day", 2)
    text, seen = alone.news(), alone.read()["wires"]
    assert text.startswith("Day 2 of A: ")
    assert numbers_in(text) == [seen["kept"], seen["written"], seen["c"], seen["h"]]
    alone.press('stage="3000"')
    assert alone.news().startswith("Weights after 3000 epochs. A says ")
    alone.root.locator('[data-days="B"][data-t="3"]').fill("0")
    text, after = alone.news(), alone.read()["says"]
    assert text.startswith(f"x₄ of B from 1.00 to 0.00. A says {after['A']} as before; B says ")


# ---- for everybody ----


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_axe_finds_nothing(bench: Bench, visit: Visit, mode: str) -> None:
    visit.set_theme(mode)
    options = {"runOnly": {"type": "tag", "values": WCAG}}
    for act in (lambda: None, lambda: bench.press('stage="untrained"'), lambda: bench.drag(6, 0.1)):
        act()
        found = Axe().run(bench.page, context="[data-asc-widget]", options=options).response
        assert [
            f"{v['id']}: {n['html'][:160]}" for v in found["violations"] for n in v["nodes"]
        ] == []


@pytest.mark.parametrize("width", [320, 390, 760, 1200])
def test_fits_any_width_and_any_finger(visit: Visit, place: str, width: int) -> None:
    bench = open_bench(visit, place, width)
    bench.press('stage="untrained"')  # the longest numbers
    edge = bench.page.evaluate("document.documentElement.clientWidth")
    assert bench.page.evaluate("document.documentElement.scrollWidth") <= edge
    boxes = bench.root.evaluate(
        """bench => [...bench.querySelectorAll('*')].filter(n => !n.closest('.unseen'))
             .map(n => [n.outerHTML.slice(0, 90), n.getBoundingClientRect()])
             .map(([html, b]) => [html, b.left, b.right])"""
    )
    assert [html for html, left, right in boxes if left < -1 or right > edge + 1] == []
    for control in bench.root.locator("button, .choice, input:not([type=radio])").all():
        box = control.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= SMALLEST_TARGET


def test_every_control_has_a_label_of_its_own(alone: Bench) -> None:
    named = alone.root.evaluate(
        """bench => [...bench.querySelectorAll('input')].map(node =>
             [node.type, [...node.labels].map(label => label.textContent.trim()).join('')])"""
    )
    names = [name for _, name in named]
    assert all(names)
    assert len(set(names)) == len(names) == 12 + 8 + 4 + 2
    sliders = [name for kind, name in named if kind == "range"]
    assert sliders[:3] == [
        "wfh, weight of h in the forget gate",
        "wfx, weight of x in the forget gate",
        "bf, bias of the forget gate",
    ]


def test_the_keyboard_comes_in_and_out_and_sees_where_it_is(visit: Visit, place: str) -> None:
    visit.page.emulate_media(reduced_motion="reduce")  # the theme scrolls smoothly, else
    bench = open_bench(visit, place, 390, 844)
    where = f"""() => {{ const bench = document.querySelector('{BENCH}');
      const node = document.activeElement;
      if (!bench.contains(node)) return null;
      const shown = node.closest('.choice, .slider') ?? node;
      const box = node.getBoundingClientRect();
      const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
      return [getComputedStyle(shown).outlineStyle, shown.contains(top)]; }}"""
    stops_at_most = 6 + 2 + 2 + 8 + 12  # buttons, steps, two groups of radio buttons, days, sliders
    first, last = bench.root.locator("button").first, bench.slider(11)
    for key, control in (("Tab", first), ("Shift+Tab", last)):
        control.focus()
        stops = []
        while len(stops) <= stops_at_most and (stop := bench.page.evaluate(where)):
            stops.append(stop)
            bench.page.keyboard.press(key)
        assert 28 <= len(stops) <= stops_at_most, "the keyboard does not get out"
        assert all(outline == "solid" for outline, _ in stops[1:])
        assert all(visible for _, visible in stops), "something lies over the focus"


def test_nothing_moves_by_itself_for_those_who_ask(alone: Bench) -> None:
    alone.page.emulate_media(reduced_motion="reduce")
    alone.press('step="1"')
    moving = alone.root.evaluate(
        """bench => [bench, ...bench.querySelectorAll('*')].filter(node => {
             const style = getComputedStyle(node);
             return node.getAnimations().length || style.animationName !== 'none'
               || parseFloat(style.transitionDuration) > 0.001;
             }).map(node => node.outerHTML.slice(0, 90))"""
    )
    assert moving == []


# ---- the block itself ----


def test_it_works_when_it_is_served(visit: Visit, site: str) -> None:
    bench = open_bench(visit, f"{site}/one.html")
    bench.drag(7, 0.2)
    bench.press('step="1"')
    check(bench.read())
    assert visit.complaints == []
    assert visit.foreign == []


def test_two_benches_on_a_page_do_not_mix(visit: Visit, site: str) -> None:
    page = visit.open(f"{site}/two.html")
    page.locator(BENCH).nth(1).wait_for()
    first, second = (Bench(page, page.locator(BENCH).nth(n)) for n in (0, 1))
    still = second.read()
    first.drag(2, 0.1)
    first.choose("day", 3)
    first.choose("company", "B")
    assert second.read() == still
    check(first.read())
    second.press('stage="5000"')
    second.root.locator("label", has_text="bias of the output gate").click()
    page.keyboard.press("ArrowRight")
    assert first.weight(11) == POCKET.b_o
    assert second.weight(11) == round(training_stages()["5000"].b_o, 2) + 0.01
    check(second.read())
    assert visit.complaints == []


def test_the_picture_stands_in_where_no_scripts_run(chromium: Browser, folder: Path) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{folder.as_uri()}/one.html")
    drawing = page.get_by_role("img", name=re.compile("long-term memory of companies A and B"))
    assert drawing.is_visible()
    box = drawing.bounding_box()
    assert box is not None
    assert box["width"] > 300
    assert page.locator("noscript figcaption").is_visible()
    assert page.locator(BENCH).count() == 0
    context.close()


def test_the_picture_stands_in_for_a_broken_module(visit: Visit, site: str) -> None:
    page = visit.open(f"{site}/broken.html")
    page.get_by_role("img", name=re.compile("long-term memory")).wait_for()
    assert any("broken" in complaint for complaint in visit.complaints)


def test_the_chapter_opens_it_from_a_file_too(visit: Visit, html: Path) -> None:
    bench = open_bench(visit, address(html.as_uri(), CHAPTER))
    bench.drag(0, 0.3)
    assert number(bench.read()["weights"]["0"]) < 0
    check(bench.read())
    assert visit.complaints == []
    assert visit.foreign == []
