"""The bracket reader in a real browser: edit, move, hold, read the page, recompute in Python."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from asctools.course.widgets import bracket_reader, source
from asctools.course.widgets.bracket_network import Network, network_of, packed, read
from asctools.course.widgets.bracket_reader import NEAR_MISS, VALID
from asctools.dataset.parentheses import depth, generate_parentheses_dataset, is_balanced
from tests.asctools.course.counting_model import counting_model, random_model
from tests.browser.alone import fits, serve, write_pages
from tests.browser.bracket_page import NAME, READER, ReaderPage, check, network_in
from tests.browser.visits import Visit, address

CHAPTER = "1-one-cell/gates-and-memory"  # the page of the book that holds the reader
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SMALLEST_TARGET = 24  # px
HOLDS = ("0.5", "0.9", "1", "free")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages with a reader of a random network, of one that counts, of both, and a broken one."""
    folder = tmp_path_factory.mktemp("reader")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ASC_STATIC", "1")
        wild = bracket_reader(random_model(32, seed=5, scale=5.0)).html
        counts = bracket_reader(counting_model(), text=NEAR_MISS).html
    broken = wild.replace("export default { render };", "throw new Error('broken');")
    assert broken != wild
    pages = {"wild": wild, "counts": counts, "two": wild + counts, "broken": broken}
    return write_pages(folder, "Reader", pages)


@pytest.fixture(scope="module")
def site(folder: Path) -> Iterator[str]:
    with serve(folder) as where:
        yield where


@pytest.fixture(scope="module")
def wild(folder: Path) -> Network:
    return network_in((folder / "wild.html").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def counts(folder: Path) -> Network:
    return network_in((folder / "counts.html").read_text(encoding="utf-8"))


@pytest.fixture
def reader(visit: Visit, folder: Path) -> ReaderPage:
    """A reader whose network was never trained: its numbers are wild, and often wrong."""
    return open_reader(visit, f"{folder.as_uri()}/wild.html")


@pytest.fixture
def counting(visit: Visit, folder: Path) -> ReaderPage:
    """A reader whose network counts without fail."""
    return open_reader(visit, f"{folder.as_uri()}/counts.html")


def open_reader(visit: Visit, where: str, width: int = 1440, height: int = 1000) -> ReaderPage:
    visit.page.set_viewport_size({"width": width, "height": height})
    page = visit.open(where)
    root = page.locator(READER)
    root.first.wait_for()
    return ReaderPage(page, root.first)


def call(visit: Visit, script: str, given: Any) -> Any:
    """Run a function in the browser on the module's exports and some JSON."""
    return visit.page.evaluate(
        f"""async ([module, given]) => {{
             const blob = new Blob([module], {{ type: 'text/javascript' }});
             const js = await import(URL.createObjectURL(blob));
             return ({script})(js, given); }}""",
        [source.read("bracket-reader").esm, given],
    )


# ---- arithmetic ----


def strings() -> list[str]:
    """Seeded strings of each kind, and short and one-sided ones."""
    drawn = [
        text
        for kind in ("near-miss", "order", "naive")
        for text in generate_parentheses_dataset(12, 6, 60, negatives=kind, seed=3)[0]
    ]
    return [*drawn, VALID, NEAR_MISS, "(", ")", "q", "(" * 60, ")(" * 30]


def test_javascript_computes_what_python_computes(visit: Visit) -> None:
    models = [random_model(units, seed=units, scale=s) for units in (1, 8, 32) for s in (1.0, 4.0)]
    worst = 0.0
    for model in (*models, counting_model()):
        network = network_of(model)
        cases = [(text, hold) for text in strings()[::5] for hold in (None, 1.0, 0.9, 0.5)]
        found = call(
            visit,
            "({ unpack, trace }, [network, cases]) => cases.map(([text, hold]) => "
            "trace(unpack(network), text, hold))",
            [packed(network), cases],
        )
        for (text, hold), steps in zip(cases, found, strict=True):
            assert len(steps) == len(text)
            for name, ours in read(network, text, hold)._asdict().items():
                theirs = np.array([step[name] for step in steps])
                assert theirs.shape == ours.shape
                worst = max(worst, float(np.abs(theirs - ours).max()))
    assert 0.0 < worst < 1e-12


def test_javascript_counts_as_python_does(visit: Visit) -> None:
    texts = [*strings(), ""]
    script = "({ depths, truths }, texts) => texts.map((text) => [depths(text), truths(text)])"
    for text, (depths, truths) in zip(texts, call(visit, script, texts), strict=True):
        assert depths == depth(text)
        assert truths == [is_balanced(text[: t + 1]) for t in range(len(text))]


def test_a_swap_makes_a_near_miss_and_back(visit: Visit) -> None:
    texts, labels = generate_parentheses_dataset(60, 8, 60, seed=7)
    script = """({ pair, swap }, texts) => texts.map((text) => {
      const places = pair(text);
      return [places, places && swap(text, places)]; })"""
    found = call(visit, script, texts)
    valid_again = 0
    for row, (places, swapped) in enumerate(found):
        if not labels[row]:  # of a near miss, exactly the two symbols that the partner has not
            partner = texts[row - 1]
            differing = [t for t, symbol in enumerate(texts[row]) if symbol != partner[t]]
            assert (places, swapped) == (differing, partner)
        elif places:
            i, j = places
            assert texts[row][i] + texts[row][j] == "()"
            assert depth(texts[row])[i] == 1
            assert re.fullmatch("[a-z]*", texts[row][i + 1 : j])
            assert not is_balanced(swapped)
            assert call(visit, script, [swapped]) == [[places, texts[row]]]
            valid_again += 1
    assert valid_again >= 25
    # pairs between others come first; none where none has letters alone inside
    kept = {"(a)(b)(c)": [3, 5], "(a)((b))": [0, 2], "((a))": None, "ab": None, "": None}
    kept |= {")(": [0, 1], "(()": None, "))((": None, "a)b": None, "())": None, ")(a)(": None}
    assert [places for places, _ in call(visit, script, list(kept))] == list(kept.values())


def test_what_can_be_read_of_what_is_written(visit: Visit) -> None:
    written = ["(ab)", "A (1)é", "((" * 80, "x" * 119 + "\N{BELL}()"]
    found = call(visit, "({ readable }, all) => all.map(readable)", written)
    assert found[0] == ["(ab)", ""]
    assert found[1][0] == "()"
    assert found[1][1].startswith("Left out: “A”, a blank, “1”, “é”. Only the letters a to z")
    assert found[2] == ["(" * 120, "Only the first 120 symbols are kept."]
    assert found[3][0] == "x" * 119 + "("
    assert "Left out" in found[3][1]
    assert "first 120" in found[3][1]


# ---- what the page shows ----


def test_everything_at_the_start(reader: ReaderPage, wild: Network, visit: Visit) -> None:
    seen = reader.read()
    check(seen, wild)
    assert (seen["text"], seen["cursor"], seen["hold"]) == (VALID, len(VALID), "null")
    assert seen["pressed"] == ["valid"]
    assert seen["options"][0].startswith(f"unit {seen['unit']}: ")
    strengths = [abs(float(words.split()[-1].replace("−", "-"))) for words in seen["options"]]
    assert strengths == sorted(strengths, reverse=True)
    assert len(strengths) == 32
    assert visit.complaints == []
    assert visit.foreign == []


def test_write_a_string_symbol_by_symbol(reader: ReaderPage, wild: Network) -> None:
    reader.field.fill("")
    check(reader.read(), wild)
    for n, symbol in enumerate("((ab)c)d)(", 1):
        reader.page.keyboard.press(symbol)
        seen = reader.read()
        assert (len(seen["text"]), seen["cursor"]) == (n, n)
        check(seen, wild)
    # in the middle: the caret stays, and the cursor is at what was written
    for _ in range(4):
        reader.page.keyboard.press("ArrowLeft")
    reader.page.keyboard.type("xy")
    seen = reader.read()
    assert (seen["text"], seen["cursor"]) == ("((ab)cxy)d)(", 8)
    check(seen, wild)
    reader.page.keyboard.press("Backspace")
    assert reader.read()["text"] == "((ab)cx)d)("
    check(reader.read(), wild)


def test_what_cannot_be_read_is_left_out_and_said(reader: ReaderPage, wild: Network) -> None:
    status = reader.root.locator("[data-refused]")
    assert status.get_attribute("role") == "status"
    reader.field.fill("(ab)")
    assert status.inner_text() == ""
    reader.field.press("ArrowLeft")
    reader.page.keyboard.type("7")
    assert "“7”" in status.inner_text()
    assert reader.read()["text"] == "(ab)"
    reader.page.keyboard.type("c")  # the caret is still before the last symbol
    assert reader.read()["text"] == "(abc)"
    assert status.inner_text() == ""
    reader.field.fill("A [b] (c)")
    assert reader.read()["text"] == "b(c)"
    assert "“A”, a blank, “[”, “]”" in status.inner_text()
    reader.field.fill("()" * 70)
    seen = reader.read()
    assert seen["text"] == "()" * 60
    assert "first 120" in seen["refused"]
    check(seen, wild)
    reader.press("near miss")
    assert status.inner_text() == ""


def test_the_cursor_follows_the_mouse(reader: ReaderPage, wild: Network) -> None:
    for symbol in (1, 9, 26, 14):
        reader.page.mouse.click(*reader.place(symbol))
        seen = reader.read()
        assert seen["cursor"] == symbol
        check(seen, wild)
    reader.page.mouse.move(*reader.place(5))
    reader.page.mouse.down()
    for symbol in (7, 12, 20):
        x, y = reader.place(symbol)
        reader.page.mouse.move(x, y + 100)
        assert reader.read()["cursor"] == symbol
    reader.page.mouse.up()
    reader.page.mouse.move(*reader.place(3))
    assert reader.read()["cursor"] == 20
    check(reader.read(), wild)


@pytest.mark.parametrize("control", ["slider", "strip"])
def test_the_cursor_follows_the_keys(reader: ReaderPage, wild: Network, control: str) -> None:
    getattr(reader, control).focus()
    walked = []
    for key in ("ArrowRight", "ArrowLeft", "ArrowLeft", "Home", "ArrowLeft", "ArrowRight", "End"):
        reader.page.keyboard.press(key)
        seen = reader.read()
        check(seen, wild)
        walked.append(seen["cursor"])
    assert walked == [26, 25, 24, 1, 1, 2, 26]


def test_each_hold_by_mouse_and_by_key(reader: ReaderPage, wild: Network) -> None:
    shown = set()
    for value in HOLDS:
        reader.hold(value)
        seen = reader.read()
        assert seen["hold"] == ("null" if value == "free" else value)
        check(seen, wild)
        shown.add(seen["wires"]["c"])
    assert len(shown) == len(HOLDS)
    reader.page.keyboard.press("ArrowRight")
    seen = reader.read()
    assert (seen["hold"], seen["wires"]["f"]) == ("1", "1.0000")
    check(seen, wild)


def test_held_gates_make_the_count_decay(counting: ReaderPage, counts: Network) -> None:
    counting.field.fill("(((aaaa)))")
    seen = counting.read()
    check(seen, counts)
    assert seen["words"].startswith("Network and truth agree after each of the 10 symbols.")
    assert seen["goes"].endswith("correlation +1.00.")
    counting.hold("0.5")
    seen = counting.read()
    check(seen, counts)
    assert seen["words"].startswith("Network and truth differ after ")


def test_another_unit(reader: ReaderPage, wild: Network) -> None:
    for unit in ("0", "31", "7"):
        reader.root.locator("[data-unit]").select_option(unit)
        seen = reader.read()
        assert seen["unit"] == int(unit)
        check(seen, wild)
    reader.root.locator("[data-unit]").focus()
    reader.page.keyboard.press("ArrowDown")
    assert reader.read()["unit"] != 7
    check(reader.read(), wild)


def test_ready_made_strings_and_the_swap(reader: ReaderPage, wild: Network) -> None:
    for name, text in (("near miss", NEAR_MISS), ("valid", VALID)):
        reader.press(name)
        seen = reader.read()
        assert (seen["text"], seen["pressed"]) == (text, [name])
        check(seen, wild)
    assert seen["changed"] == []
    reader.press("Swap one ground-level pair")
    seen = reader.read()
    assert (seen["text"], seen["pressed"]) == (NEAR_MISS, ["near miss"])
    assert len(seen["changed"]) == 2
    check(seen, wild)
    reader.press("Swap the pair back")
    assert reader.read()["text"] == VALID
    reader.press("100 symbols")
    seen = reader.read()
    assert len(seen["text"]) == seen["cursor"] == 100
    assert " but the string is " in seen["words"]  # it is one that the network gets wrong
    check(seen, wild)


def test_a_string_without_a_pair_to_swap(reader: ReaderPage, wild: Network) -> None:
    reader.field.fill("((a))")
    assert reader.read()["swap"] == ["Swap one ground-level pair", "true"]
    reader.root.locator("[data-swap]").press("Enter")
    seen = reader.read()
    assert seen["text"] == "((a))"
    assert seen["refused"].startswith("This string has no ground-level pair")
    check(seen, wild)


def test_a_long_string_scrolls_to_the_cursor(visit: Visit, folder: Path, wild: Network) -> None:
    reader = open_reader(visit, f"{folder.as_uri()}/wild.html", 390)
    reader.press("100 symbols")
    reader.strip.focus()
    in_sight = """form => { const [band, box] = ['rect.here', '[data-scroll]']
        .map(by => form.querySelector(by).getBoundingClientRect());
      return band.left >= box.left - 1 && band.right <= box.right + 1; }"""
    for key in ("Home", *["ArrowRight"] * 30, "End", *["ArrowLeft"] * 30):
        reader.page.keyboard.press(key)
        assert reader.root.evaluate(in_sight)
    assert reader.read()["cursor"] == 70
    reader.page.mouse.click(*reader.place(72))
    assert reader.read()["cursor"] == 72
    check(reader.read(), wild)


# ---- for everybody ----


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_axe_finds_nothing(reader: ReaderPage, visit: Visit, mode: str) -> None:
    visit.set_theme(mode)
    axe_finds_nothing(reader)


def axe_finds_nothing(reader: ReaderPage) -> None:
    options = {"runOnly": {"type": "tag", "values": WCAG}}
    for act in (
        lambda: None,
        lambda: reader.press("near miss"),
        lambda: reader.field.fill("A((a))"),
        lambda: reader.root.locator("summary").click(),
        lambda: reader.press("100 symbols"),
    ):
        act()
        found = Axe().run(reader.page, context=NAME, options=options).response
        assert [
            f"{v['id']}: {n['html'][:160]}" for v in found["violations"] for n in v["nodes"]
        ] == []


@pytest.mark.parametrize("width", [320, 390, 760, 1200])
def test_fits_any_width_and_any_finger(visit: Visit, folder: Path, width: int) -> None:
    reader = open_reader(visit, f"{folder.as_uri()}/wild.html", width)
    reader.root.locator("summary").click()
    for name in ("valid", "near miss", "100 symbols"):
        reader.press(name)
        fits(reader)
    for control in reader.root.locator(
        "button, .choice, select, summary, input:not([type=radio])"
    ).all():
        box = control.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= SMALLEST_TARGET


def test_every_control_has_a_label_of_its_own(reader: ReaderPage) -> None:
    named = reader.root.evaluate(
        """form => [...form.querySelectorAll('input, select')].map(node =>
             [...node.labels].map(label => label.innerText.trim()).join(''))"""
    )
    assert named == [
        "String: letters a to z and ( )",
        "symbol",
        "unit, and how its c goes with the depth",
        *("free", "1", "0.9", "0.5"),
    ]
    group = reader.page.get_by_role("radiogroup", name="hold the forget gates of all units at")
    assert group.get_by_role("radio").count() == 4
    # JupyterLab keeps its hands off the keys
    free = "button, input, select, summary, [tabindex]"
    assert reader.root.locator(f":is({free}):not([data-lm-suppress-shortcuts])").count() == 0


def test_the_keyboard_comes_in_and_out_and_sees_where_it_is(visit: Visit, folder: Path) -> None:
    reader = open_reader(visit, f"{folder.as_uri()}/wild.html", 390, 844)
    where = f"""() => {{ const form = document.querySelector('{READER}');
      const node = document.activeElement;
      if (!form.contains(node)) return null;
      const shown = node.closest('.choice, .slider') ?? node;
      const box = node.getBoundingClientRect();
      const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
      return [getComputedStyle(shown).outlineStyle, shown.contains(top)]; }}"""
    stops_at_most = 1 + 4 + 1 + 1 + 1 + 4 + 1  # string, buttons, strip, slider, unit, holds, table
    for key, first in (("Tab", reader.field), ("Shift+Tab", reader.root.locator("summary"))):
        first.focus()
        stops = []
        while len(stops) <= stops_at_most and (stop := reader.page.evaluate(where)):
            stops.append(stop)
            reader.page.keyboard.press(key)
        assert 10 <= len(stops) <= stops_at_most, "the keyboard does not get out"
        assert all(outline == "solid" for outline, _ in stops[1:])
        assert all(visible for _, visible in stops), "something lies over the focus"


def test_nothing_moves_by_itself_for_those_who_ask(reader: ReaderPage) -> None:
    reader.page.emulate_media(reduced_motion="reduce")
    reader.press("100 symbols")
    moving = reader.root.evaluate(
        """form => [form, ...form.querySelectorAll('*')].filter(node => {
             const style = getComputedStyle(node);
             return node.getAnimations().length || style.animationName !== 'none'
               || parseFloat(style.transitionDuration) > 0.001 || style.scrollBehavior === 'smooth';
             }).map(node => node.outerHTML.slice(0, 90))"""
    )
    assert moving == []


def test_a_verdict_is_read_aloud_when_it_changes_and_not_at_each_step(reader: ReaderPage) -> None:
    line = reader.root.locator("[data-words]")
    assert line.get_attribute("role") == "status"
    line.evaluate(
        """line => { window.told = 0;
             new MutationObserver(() => window.told++).observe(line, {childList: true}); }"""
    )
    reader.strip.focus()
    for _ in range(5):
        reader.page.keyboard.press("ArrowLeft")
    assert reader.page.evaluate("window.told") == 0
    reader.press("near miss")
    assert reader.page.evaluate("window.told") == 1


# ---- the block itself ----


def test_two_readers_on_a_page_do_not_mix(
    visit: Visit, site: str, wild: Network, counts: Network
) -> None:
    page = visit.open(f"{site}/two.html")
    page.locator(READER).nth(1).wait_for()
    first, second = (ReaderPage(page, page.locator(READER).nth(n)) for n in (0, 1))
    still = second.read()
    assert still["text"] == NEAR_MISS
    first.field.fill("(a(b)c)")
    first.hold("0.5")
    first.root.locator("label", has_text="unit, and").click()
    first.page.keyboard.press("ArrowDown")
    assert second.read() == still
    check(first.read(), wild)
    second.hold("0.9")
    second.press("valid")
    second.root.locator("label", has_text=re.compile("^symbol$")).click()
    page.keyboard.press("Home")
    assert (first.read()["hold"], first.read()["cursor"]) == ("0.5", 7)
    assert (second.read()["hold"], second.read()["cursor"]) == ("0.9", 1)
    check(second.read(), counts)
    assert visit.complaints == []
    assert visit.foreign == []


def test_the_picture_stands_in_where_no_scripts_run(chromium: Browser, folder: Path) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{folder.as_uri()}/wild.html")
    drawing = page.get_by_role("img", name=re.compile(re.escape(f"The string {VALID}. ")))
    assert drawing.is_visible()
    box = drawing.bounding_box()
    assert box is not None
    assert box["width"] > 300
    assert page.locator("noscript figcaption").is_visible()
    assert page.locator(READER).count() == 0
    context.close()


def test_the_picture_stands_in_for_a_broken_module(visit: Visit, site: str) -> None:
    page = visit.open(f"{site}/broken.html")
    page.get_by_role("img", name=re.compile("The string ")).wait_for()
    assert any("broken" in complaint for complaint in visit.complaints)


def test_a_kernel_can_change_what_is_shown(visit: Visit, wild: Network) -> None:
    """What anywidget does: a model whose traits Python sets, and that hears of changes."""
    state = {"network": packed(wild), "units": [[0, 0.5], [1, 0.1]], "samples": [["valid", VALID]]}
    state |= {"text": VALID, "cursor": 3, "unit": 0, "hold": None}
    visit.page.set_content(f"<style>{source.read('bracket-reader').css}</style><div id=el></div>")
    script = """({ default: { render } }, state) => {
      const heard = {};
      const model = window.model = { saved: 0, get: (key) => state[key],
        set: (key, value) => { state[key] = value; heard['change:' + key]?.(); },
        on: (event, act) => { heard[event] = act; }, off: (event) => { delete heard[event]; },
        save_changes() { this.saved += 1; } };
      window.stop = render({ model, el: document.getElementById('el') });
      window.heard = heard; }"""
    call(visit, script, state)
    reader = ReaderPage(visit.page, visit.page.locator("form"))
    check(reader.read(), wild)
    for key, value in (("text", "(())"), ("cursor", 2), ("unit", 1), ("hold", 0.9)):
        visit.page.evaluate("([key, value]) => model.set(key, value)", [key, value])
        seen = reader.read()
        check(seen, wild)
        assert seen[key] == (value if key != "hold" else "0.9")
    assert visit.page.evaluate("model.saved") == 0
    reader.field.fill("(a)")
    assert visit.page.evaluate("[model.get('text'), model.saved]") == ["(a)", 1]
    assert visit.page.evaluate("() => { stop(); return Object.keys(heard); }") == []
    strip = visit.page.locator("[data-strip]")
    strip.evaluate("node => node.setAttribute('width', 1)")
    visit.page.set_viewport_size({"width": 400, "height": 800})
    visit.page.wait_for_timeout(200)
    assert strip.get_attribute("width") == "1", "it still draws after its end"


# ---- in the book ----


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_chapter_holds_one_that_works(visit: Visit, html: Path, served: str, mode: str) -> None:
    reader = open_reader(visit, address(served, CHAPTER), 390, 844)
    network = network_in((html / "book" / f"{CHAPTER}.html").read_text(encoding="utf-8"))
    visit.set_theme(mode)
    rng = random.Random(mode)
    for name in ("near miss", "100 symbols", "valid"):
        reader.press(name)
        reader.hold(rng.choice(HOLDS))
        reader.page.mouse.click(*reader.place(rng.randint(1, len(VALID))))
        check(reader.read(), network)
        fits(reader)
    reader.field.fill("x(y)z")
    check(reader.read(), network)
    assert visit.complaints == []
    assert visit.foreign == []
    axe_finds_nothing(reader)  # last: it asks for style sheets of its own accord
