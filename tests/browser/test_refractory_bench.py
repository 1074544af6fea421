"""The refractory bench in a real browser: drag, choose, read the page, recompute in Python."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from asctools.course.widgets import refractory_bench, source
from asctools.course.widgets.refractory_trace import (
    RULES,
    Trace,
    counted,
    packed,
    settle,
    stored,
    unpacked,
)
from tests.asctools.course.test_refractory_bench import drawn
from tests.browser.alone import fits, serve, write_pages
from tests.browser.refractory_page import BENCH, NAME, BenchPage, check, trace_in
from tests.browser.visits import Visit, address

CHAPTER = "4-events/refractory-and-streaming"  # the page of the book that holds the bench
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SMALLEST_TARGET = 24  # px


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages with the stored trace, with two benches, and a broken one."""
    folder = tmp_path_factory.mktemp("bench")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ASC_STATIC", "1")
        own, other = refractory_bench().html, refractory_bench(drawn(0), rule="best").html
    broken = own.replace("export default { render };", "throw new Error('broken');")
    assert broken != own
    return write_pages(folder, "Bench", {"one": own, "two": own + other, "broken": broken})


@pytest.fixture(scope="module")
def trace(folder: Path) -> Trace:
    return trace_in((folder / "one.html").read_text(encoding="utf-8"))


@pytest.fixture
def bench(visit: Visit, folder: Path) -> BenchPage:
    return open_bench(visit, f"{folder.as_uri()}/one.html")


def open_bench(visit: Visit, where: str, width: int = 1200) -> BenchPage:
    visit.page.set_viewport_size({"width": width, "height": 1000})
    page = visit.open(where)
    root = page.locator(BENCH).first
    root.wait_for()
    return BenchPage(page, root)


def call(visit: Visit, script: str, given: Any) -> Any:
    """Run a function in the browser on the module's exports and some JSON."""
    return visit.page.evaluate(
        f"""async ([module, given]) => {{
             const blob = new Blob([module], {{ type: 'text/javascript' }});
             const js = await import(URL.createObjectURL(blob));
             return ({script})(js, given); }}""",
        [source.read("refractory-bench").esm, given],
    )


# ---- arithmetic ----


def test_javascript_computes_what_python_computes(visit: Visit) -> None:
    script = """({ unpack, settle, count }, [trace, cases]) => {
      const columns = trace.scores.map((each) => unpack(each, trace.frames));
      return cases.map(([threshold, dead_time, rule]) => {
        const bells = columns.map((scores, n) =>
          settle(scores, trace.strikes[n], { threshold, dead_time, rule }));
        return [bells, count(bells)]; }); }"""
    cases = list(itertools.product((0.02, 0.1, 0.3), (0.0, 0.2, 1.95, 2.0), RULES))
    deleted = lost = 0
    for each in (stored(), *(drawn(seed, bells=2) for seed in range(2))):
        sent = packed(each)
        shown = unpacked(sent)
        for case, (bells, counts) in zip(cases, call(visit, script, [sent, cases]), strict=True):
            settled = settle(shown, *case)
            for theirs, ours in zip(bells, settled, strict=True):
                columns = np.array(
                    [[p["time"], p["score"], p["kept"], p["right"]] for p in theirs["picks"]]
                ).reshape(-1, 4)
                np.testing.assert_array_equal(columns, np.stack(ours[:4], axis=1))
                assert [s["found"] for s in theirs["strikes"]] == ours.found.tolist()
                assert [s["lost"] for s in theirs["strikes"]] == ours.lost.tolist()
                deleted += int((~ours.kept).sum())
                lost += int(ours.lost.sum())
            expected = counted(settled)
            for name in ("precision", "recall", "f1"):
                assert abs(counts[name] - getattr(expected, name)) < 1e-12
            assert counts["hits"] == expected.true_positives
    assert deleted > 500
    assert lost > 50


# ---- what the page shows ----


def test_everything_at_the_start_and_after_a_drag(
    bench: BenchPage, trace: Trace, visit: Visit
) -> None:
    seen = bench.read()
    check(seen, trace)
    assert (seen["threshold"], seen["dead_time"], seen["rule"]) == (0.05, 2.0, "first")
    for key, shares in (("threshold", (0.0, 1.0, 0.15)), ("dead_time", (0.0, 1.0, 0.48))):
        values = []
        for share in shares:
            bench.drag(key, share)
            seen = bench.read()
            check(seen, trace)
            values.append(seen[key])
        ends = (0.02, 0.98) if key == "threshold" else (0.0, 4.0)
        assert (min(values), max(values)) == ends
        assert len(set(values)) == 3
    assert visit.complaints == []
    assert visit.foreign == []


def test_keys_move_the_sliders_and_choose_the_rule(bench: BenchPage, trace: Trace) -> None:
    for key, step in (("threshold", 0.01), ("dead_time", 0.05)):
        bench.slider(key).focus()
        start = bench.read()[key]
        for press, moved in (("ArrowRight", 1), ("ArrowUp", 2), ("ArrowLeft", 1), ("ArrowDown", 0)):
            bench.page.keyboard.press(press)
            seen = bench.read()
            assert seen[key] == pytest.approx(start + moved * step)
            check(seen, trace)
    kept = set()
    for rule, words in RULES.items():
        bench.choose(words)
        seen = bench.read()
        assert seen["rule"] == rule
        check(seen, trace)
        kept.add(seen["words"])
    assert len(kept) == len(RULES)
    bench.page.keyboard.press("ArrowLeft")
    assert bench.read()["rule"] == "surest"
    check(bench.read(), trace)


def test_zoom_keeps_the_middle_in_sight(bench: BenchPage, trace: Trace) -> None:
    scroll = bench.root.locator(".drawing .scroll")
    middle = "n => (n.scrollLeft + n.clientWidth / 2) / n.scrollWidth"
    wide = bench.read()["width"]
    bench.choose("4 ×")
    assert bench.read()["width"] == 4 * wide
    check(bench.read(), trace)
    assert abs(scroll.evaluate(middle) - 0.5) < 0.01
    scroll.evaluate("n => { n.scrollLeft = 0; }")
    before = scroll.evaluate(middle)
    bench.choose("16 ×")
    assert abs(scroll.evaluate(middle) - before) < 0.01
    check(bench.read(), trace)


# ---- for everybody ----


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_axe_finds_nothing(bench: BenchPage, visit: Visit, mode: str) -> None:
    visit.set_theme(mode)
    bench.root.locator("summary").click()
    axe_finds_nothing(bench)


def axe_finds_nothing(bench: BenchPage) -> None:
    options = {"runOnly": {"type": "tag", "values": WCAG}}
    found = Axe().run(bench.page, context=NAME, options=options).response
    assert [f"{v['id']}: {n['html'][:160]}" for v in found["violations"] for n in v["nodes"]] == []


@pytest.mark.parametrize("width", [320, 390, 1200])
def test_fits_any_width_and_any_finger(visit: Visit, folder: Path, width: int) -> None:
    bench = open_bench(visit, f"{folder.as_uri()}/one.html", width)
    bench.root.locator("summary").click()
    bench.choose("16 ×")
    fits(bench)
    for control in bench.root.locator(".choice, summary, input[type=range]").all():
        box = control.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= SMALLEST_TARGET


def test_every_control_is_reached_by_key_and_shows_it(bench: BenchPage) -> None:
    where = f"""() => {{
      const form = document.querySelector('{BENCH}');
      const node = document.activeElement;
      if (!form.contains(node)) return null;
      return getComputedStyle(node.closest('.choice, .slider') ?? node).outlineStyle; }}"""
    bench.root.locator("summary").click()
    bench.page.locator("#before").focus()
    stops = []
    bench.page.keyboard.press("Tab")
    while stop := bench.page.evaluate(where):
        stops.append(stop)
        bench.page.keyboard.press("Tab")
    assert stops == ["solid"] * 7  # two sliders, rules, drawing, zoom, table's fold, table


# ---- the block itself ----


def test_two_benches_on_a_page_do_not_mix(visit: Visit, folder: Path, trace: Trace) -> None:
    with serve(folder) as site:
        page = visit.open(f"{site}/two.html")
        page.locator(BENCH).nth(1).wait_for()
        first, second = (BenchPage(page, page.locator(BENCH).nth(n)) for n in (0, 1))
        before = second.read()
        first.slider("dead_time").press("End")
        first.choose("surest first")
        assert second.read() == before
        check(first.read(), trace)
        second.root.get_by_text("dead time", exact=True).click()
        page.keyboard.press("Home")
        assert (first.read()["dead_time"], second.read()["dead_time"]) == (4.0, 0.0)
        assert visit.complaints == []
        assert visit.foreign == []


def test_the_picture_stands_in(chromium: Browser, visit: Visit, folder: Path) -> None:
    """Where no scripts run, and for a broken module."""
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{folder.as_uri()}/one.html")
    drawing = page.get_by_role("img", name="picks at or above 0.05")
    box = drawing.bounding_box()
    assert box is not None
    assert box["width"] > 300
    assert page.locator("noscript figcaption").is_visible()
    assert page.locator(BENCH).count() == 0
    context.close()
    page = visit.open(f"{folder.as_uri()}/broken.html")
    page.get_by_role("img", name="picks at or above 0.05").wait_for()
    assert any("broken" in complaint for complaint in visit.complaints)


def test_a_kernel_can_change_what_is_shown(visit: Visit, folder: Path, trace: Trace) -> None:
    """What anywidget does: a model whose traits Python sets, and that hears of changes."""
    css = source.read("refractory-bench").css
    visit.page.set_content(f"<style>{css}</style><div id=el></div>")
    script = """({ default: { render } }, state) => {
      const heard = {};
      const model = window.model = { saved: 0, get: (key) => state[key],
        set: (key, value) => { if (state[key] === value) return;
          state[key] = value; heard['change:' + key]?.(); },
        on: (event, act) => { heard[event] = act; }, off: (event) => { delete heard[event]; },
        save_changes() { this.saved += 1; } };
      window.stop = render({ model, el: document.getElementById('el') });
      window.heard = heard; }"""
    ranges = {"threshold": [0.02, 0.98, 0.01], "dead_time": [0, 4, 0.05]}
    state = {"trace": packed(trace), "ranges": ranges}
    call(visit, script, {**state, "threshold": 0.3, "dead_time": 1, "rule": "best"})
    bench = BenchPage(visit.page, visit.page.locator("form"))
    check(bench.read(), trace)
    for key, value in (("threshold", 0.05), ("dead_time", 2.5), ("rule", "first")):
        visit.page.evaluate("([key, value]) => model.set(key, value)", [key, value])
        assert bench.read()[key] == value
        check(bench.read(), trace)
    assert visit.page.evaluate("model.saved") == 0
    bench.choose("best set")
    assert visit.page.evaluate("[model.get('rule'), model.saved]") == ["best", 1]
    assert visit.page.evaluate("() => { stop(); return Object.keys(heard); }") == []


# ---- in the book ----


def test_the_chapter_holds_one_that_works(visit: Visit, served: str) -> None:
    bench = open_bench(visit, address(served, CHAPTER), 390)
    bench.slider("dead_time").press("Home")
    bench.choose("best set")
    seen = bench.read()
    assert (seen["dead_time"], seen["rule"]) == (0.0, "best")
    check(seen, stored())
    fits(bench)
    assert visit.complaints == []
    assert visit.foreign == []
    visit.set_theme("dark")
    axe_finds_nothing(bench)  # last: it asks for style sheets of its own accord
