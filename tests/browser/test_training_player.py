"""The training-log player in a real browser: drag, play, read the page, recompute in Python."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from asctools.course.widgets import StillFigure, source, training_player
from asctools.eventlog.dfg import discover
from asctools.eventlog.layout import END, START
from tests.asctools.course.played import Played, played, small_log
from tests.browser.alone import fits, serve, write_pages
from tests.browser.training_page import NAME, PLAYER, PlayerPage, check, counted
from tests.browser.visits import Visit, address

CHAPTER = "2-from-scratch/mining-the-training"  # the page of the book that holds the player
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SMALLEST_TARGET = 24  # px
RUNS = {"healthy": None, "late <b> & on": "late-clipping", "leaking": "training-validation"}
MIDNIGHT = datetime(2026, 1, 1)
SHORTEST, LONGEST = 1e-4, 1600.0  # seconds of the training, milliseconds on the screen
FRAME = 40.0  # milliseconds that a frame may be late

Logs = list[tuple[str, pd.DataFrame]]


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Logs:
    folder = tmp_path_factory.mktemp("logs")
    return [(name, small_log(folder, bug, epochs=2, iterations=40)) for name, bug in RUNS.items()]


@pytest.fixture(scope="module")
def figure(logs: Logs) -> StillFigure:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ASC_STATIC", "1")
        made = training_player(logs)
    assert isinstance(made, StillFigure)
    return made


@pytest.fixture(scope="module")
def folder(figure: StillFigure, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages with a player, with two, and with a broken one."""
    broken = figure.html.replace("export default { render };", "throw new Error('broken');")
    assert broken != figure.html
    pages = {"one": figure.html, "two": figure.html * 2, "broken": broken}
    return write_pages(tmp_path_factory.mktemp("player"), "Player", pages)


@pytest.fixture(scope="module")
def shared(chromium: Browser, folder: Path) -> Iterator[Visit]:
    """One page for all tests that leave it as it was."""
    context = chromium.new_context(viewport={"width": 1000, "height": 1000})
    context.set_default_timeout(30_000)
    visit = Visit(context.new_page())
    visit.open(f"{folder.as_uri()}/one.html").locator(PLAYER).wait_for()
    yield visit
    context.close()


@pytest.fixture
def player(shared: Visit) -> Iterator[PlayerPage]:
    shared.page.set_viewport_size({"width": 1000, "height": 1000})
    player = PlayerPage(shared.page, shared.page.locator(PLAYER))
    player.root.locator("details").evaluate("node => { node.open = false; }")
    player.set(0, 0)
    yield player
    assert shared.complaints == []
    assert shared.foreign == []


def call(visit: Visit, script: str, given: Any) -> Any:
    """Run a function in the browser on the module's exports and some JSON."""
    return visit.page.evaluate(
        f"""async ([module, given]) => {{
             const blob = new Blob([module], {{ type: 'text/javascript' }});
             const js = await import(URL.createObjectURL(blob));
             return ({script})(js, given); }}""",
        [source.read("training-player").esm, given],
    )


# ---- arithmetic ----


def test_javascript_counts_what_discover_counts(
    visit: Visit, figure: StillFigure, logs: Logs
) -> None:
    rng = random.Random(1)
    names = figure.state["names"]
    labels = [*names, START, END]
    for number, (_, log) in enumerate(logs):
        ks = [0, 1, 2, len(log) - 1, len(log), *(rng.randrange(len(log)) for _ in range(12))]
        given = {"names": names, "words": figure.state["words"]}
        given |= {"run": figure.state["runs"][number], "size": len(names), "ks": ks}
        found = call(
            visit,
            """({ unpack, tally }, given) => { const run = unpack(given, given.run);
                 return given.ks.map(k => tally(run, given.size, k)); }""",
            given,
        )
        for k, tally in zip(ks, found, strict=True):
            arcs = {
                tuple(labels[int(code)] for code in key.split()): values
                for key, values in tally["arcs"].items()
            }
            assert {arc: n for arc, (n, _) in arcs.items()} == counted(log, k)
            graph = discover(log.iloc[: max(1, k)])
            for arc, (_, seconds) in arcs.items():
                assert seconds == pytest.approx(graph.seconds.get(arc, 0.0), rel=0.004, abs=1e-9)
            for activity, (n, seconds) in zip(names, tally["events"], strict=True):
                assert n == (graph.activities.get(activity, 0) if k else 0)
                assert seconds == pytest.approx(graph.into.get(activity, 0.0), rel=0.004)


# ---- what the reader does ----


def test_the_slider_by_mouse_and_by_key(
    player: PlayerPage, figure: StillFigure, logs: Logs
) -> None:
    check(player.read(), logs, figure.state)
    rng = random.Random(2)
    for run in range(len(logs)):
        player.choose(run)
        for share in (rng.random(), rng.random(), 1.0):
            player.drag(share)
            seen = player.read()
            assert abs(seen["at"] / seen["last"] - share) < 0.02
            check(seen, logs, figure.state)
    player.slider.focus()
    walked = []
    for key in ("Home", "ArrowRight", "ArrowRight", "ArrowLeft", "PageUp", "PageUp", "PageDown"):
        player.page.keyboard.press(key)
        walked.append(player.read()["at"])
        check(player.read(), logs, figure.state)
    ends = iteration_ends(logs[2][1])
    assert walked == [0, 1, 2, 1, ends[0], ends[1], ends[0]]


def iteration_ends(log: pd.DataFrame) -> list[int]:
    """After how many events each iteration's learning is over, with the look that follows it."""
    iterations = log["iteration"].fillna(0).astype(int)
    cases = log["case:concept:name"]
    first = cases[log["iteration"].fillna(0) > 0].groupby(iterations).first()
    return [
        1 + max(i for i in range(len(log)) if iterations.iloc[i] == n and cases.iloc[i] == case)
        for n, case in first.items()
    ]


def test_steps_runs_and_the_chart(player: PlayerPage, figure: StillFigure, logs: Logs) -> None:
    ends = iteration_ends(logs[1][1])
    player.choose(1)
    for name, at in (
        ("One iteration on", ends[0]),
        ("One iteration on", ends[1]),
        ("One event back", ends[1] - 1),
        ("One iteration back", ends[0]),
        ("One event on", ends[0] + 1),
        ("One iteration back", ends[0]),
        ("One iteration back", 0),
        ("One event back", 0),
    ):
        player.press(name)
        seen = player.read()
        assert seen["at"] == at
        assert seen["status"] == seen["words"]
        check(seen, logs, figure.state)
    for nth in (1, 2):
        player.press("next deviation")
        seen = player.read()
        assert seen["deviations"] == str(nth)
        assert " Here " in seen["words"]
        check(seen, logs, figure.state)
    # another run goes on at the same iteration
    iteration = seen["iteration"]
    player.choose(2)
    assert player.read()["iteration"] == iteration
    check(player.read(), logs, figure.state)
    for n in (1, 17, 80):
        player.click_chart(n, of=80)
        seen = player.read()
        assert (seen["iteration"], seen["at"]) == (f"{n} of 80", iteration_ends(logs[2][1])[n - 1])
        check(seen, logs, figure.state)
    player.slider.press("End")
    player.choose(0)
    assert player.read()["at"] == len(logs[0][1])


def test_the_table_has_all_numbers(player: PlayerPage, figure: StillFigure, logs: Logs) -> None:
    player.set(2, 300)
    assert player.read()["table"] == []
    summary = player.root.locator("summary")
    summary.click()
    for at in (300, 200):
        player.slider.fill(str(at))
        seen = player.read()
        assert len(seen["table"]) == len(counted(logs[2][1], at))
        check(seen, logs, figure.state)
    summary.click()


# ---- playing ----


def waits(run: Played, speed: int) -> list[float]:
    """Milliseconds that each event takes on the screen."""
    return [min(LONGEST, 1000.0 * speed * max(SHORTEST, each)) for each in run.seconds]


def open_frozen(visit: Visit, folder: Path) -> PlayerPage:
    """Open a player for which time goes on only when it is told to."""
    visit.page.clock.install(time=MIDNIGHT)
    page = visit.open(f"{folder.as_uri()}/one.html")
    player = PlayerPage(page, page.locator(PLAYER))
    player.root.wait_for()
    page.clock.pause_at(MIDNIGHT + timedelta(hours=1))
    return player


def test_plays_at_the_pace_of_the_training(
    visit: Visit, folder: Path, figure: StillFigure, logs: Logs
) -> None:
    player = open_frozen(visit, folder)
    page = player.page
    player.choose(1)
    run = played(figure.state, 1)
    assert player.read()["play"] == "Play"
    player.button.press("Enter")
    assert player.read()["play"] == "Pause"
    places = set()
    for nth in range(1, 7):
        page.clock.run_for(400)
        seen = player.read()
        check(seen, logs, figure.state)
        over = sum(waits(run, 1000)[: seen["at"]])
        assert over <= 400 * nth < over + waits(run, 1000)[seen["at"]] + FRAME
        places.add(tuple(seen["marker"]))
    assert len(places) >= 4, "the marker stands still"
    assert seen["at"] >= 2
    player.button.press("Space")
    page.clock.run_for(1000)
    assert player.read()["at"] == seen["at"]
    assert player.read()["status"] == player.read()["words"]
    # faster: what deviates is said as soon as it does, and the end stops
    player.root.locator("[data-speed]").select_option("10")
    player.button.press("Enter")
    told = set()
    for _ in range(60):
        page.clock.run_for(250)
        told.add(player.read()["status"].partition(":")[0])
        if player.read()["play"] == "Play":
            break
    seen = player.read()
    assert seen["at"] == len(logs[1][1])
    assert "Deviation" in told
    check(seen, logs, figure.state)
    player.button.press("Enter")  # once more from the beginning
    page.clock.run_for(100)
    assert player.read()["at"] < 100


def test_stops_only_at_boxes_for_those_who_want_no_motion(
    visit: Visit, folder: Path, figure: StillFigure, logs: Logs
) -> None:
    visit.page.emulate_media(reduced_motion="reduce")
    player = open_frozen(visit, folder)
    page = player.page
    player.button.press("Enter")
    stops = []
    for _ in range(10):
        page.clock.run_for(300)
        seen = player.read()
        assert seen["done"] == 0
        stops.append((seen["at"], *seen["marker"]))
    assert len({at for at, *_ in stops}) == len(set(stops)), "it moved between two stops"
    assert 4 <= stops[-1][0] <= 5  # one event each 600 ms
    player.root.locator("[data-speed]").select_option("100")
    page.clock.run_for(1900)
    seen = player.read()
    assert seen["at"] in iteration_ends(logs[0][1])
    check(seen, logs, figure.state)
    moving = player.root.evaluate(
        """form => [form, ...form.querySelectorAll('*')].filter(node => {
             const style = getComputedStyle(node);
             return node.getAnimations().length || style.animationName !== 'none'
               || parseFloat(style.transitionDuration) > 0.001 || style.scrollBehavior === 'smooth';
             }).map(node => node.outerHTML.slice(0, 90))"""
    )
    assert moving == []


# ---- for everybody ----


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_axe_finds_nothing(player: PlayerPage, shared: Visit, mode: str) -> None:
    shared.set_theme(mode)
    player.set(1, 330)
    player.press("next deviation")
    summary = player.root.locator("summary")
    summary.click()
    axe_finds_nothing(player)
    summary.click()


def axe_finds_nothing(player: PlayerPage) -> None:
    options = {"runOnly": {"type": "tag", "values": WCAG}}
    found = Axe().run(player.page, context=NAME, options=options).response
    assert [f"{v['id']}: {n['html'][:160]}" for v in found["violations"] for n in v["nodes"]] == []


def test_fits_any_width_and_any_finger(player: PlayerPage, logs: Logs) -> None:
    player.root.locator("summary").click()
    player.set(2, len(logs[2][1]))
    for width in (320, 390, 700, 1200):
        player.page.set_viewport_size({"width": width, "height": 900})
        fits(player)
    player.page.set_viewport_size({"width": 320, "height": 900})
    for control in player.root.locator(
        "button, .choice, select, summary, input:not([type=radio])"
    ).all():
        box = control.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= SMALLEST_TARGET
    player.root.locator("summary").click()


def test_every_control_has_a_label_and_the_keyboard_gets_everywhere(player: PlayerPage) -> None:
    named = player.root.evaluate(
        """form => [...form.querySelectorAll('button, input, select')].map(node =>
             node.ariaLabel ?? [...node.labels].map(label => label.innerText.trim()).join('')
             + (node.tagName === 'BUTTON' ? node.innerText.trim() : ''))"""
    )
    assert named == [
        *RUNS,
        "Play",
        *("One event back", "One event on", "One iteration back", "One iteration on"),
        "next deviation",
        "speed",
        "event",
    ]
    assert player.page.get_by_role("radiogroup", name="Run").get_by_role("radio").count() == 3
    free = "button, input, select, summary, [tabindex]"
    assert player.root.locator(f":is({free}):not([data-lm-suppress-shortcuts])").count() == 0
    where = f"""() => {{ const form = document.querySelector('{PLAYER}');
      const node = document.activeElement;
      if (!form.contains(node)) return null;
      const shown = node.closest('.choice, .slider') ?? node;
      const box = node.getBoundingClientRect();
      const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
      return [getComputedStyle(shown).outlineStyle, shown.contains(top)]; }}"""
    player.page.set_viewport_size({"width": 390, "height": 844})
    most = 1 + 1 + 4 + 1 + 1 + 1 + 1  # runs, play, steps, next deviation, speed, slider, table
    runs = player.root.locator("[name=run]").first
    for key, first in (("Tab", runs), ("Shift+Tab", player.root.locator("summary"))):
        first.focus()
        stops = []
        while len(stops) <= most and (stop := player.page.evaluate(where)):
            stops.append(stop)
            player.page.keyboard.press(key)
        assert len(stops) == most
        assert all(outline == "solid" for outline, _ in stops[1:])
        assert all(visible for _, visible in stops), "something lies over the focus"


# ---- the block itself ----


def test_two_players_on_a_page_do_not_mix(
    visit: Visit, folder: Path, figure: StillFigure, logs: Logs
) -> None:
    with serve(folder) as site:
        page = visit.open(f"{site}/two.html")
        page.locator(PLAYER).nth(1).wait_for()
        first, second = (PlayerPage(page, page.locator(PLAYER).nth(n)) for n in (0, 1))
        still = second.read()
        first.set(2, 150)
        first.root.locator("[data-speed]").select_option("10")
        assert second.read() == still
        second.root.locator("label", has_text="event").click()
        page.keyboard.press("End")
        assert (first.read()["at"], second.read()["at"]) == (150, len(logs[0][1]))
        for each in (first, second):
            check(each.read(), logs, figure.state)
        assert visit.complaints == []
        assert visit.foreign == []


def test_the_picture_stands_in(chromium: Browser, visit: Visit, folder: Path) -> None:
    """Where no scripts run, and for a broken module."""
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{folder.as_uri()}/one.html")
    drawing = page.get_by_role("img", name="The directly-follows graph of the run “healthy”")
    box = drawing.bounding_box()
    assert box is not None
    assert box["width"] > 300
    assert page.locator("noscript figcaption").is_visible()
    assert page.locator(PLAYER).count() == 0
    context.close()
    page = visit.open(f"{folder.as_uri()}/broken.html")
    page.get_by_role("img", name="The directly-follows graph").wait_for()
    assert any("broken" in complaint for complaint in visit.complaints)


def test_a_kernel_can_change_what_is_shown(visit: Visit, figure: StillFigure, logs: Logs) -> None:
    """What anywidget does: a model whose traits Python sets, and that hears of changes."""
    visit.page.set_content(f"<style>{source.read('training-player').css}</style><div id=el></div>")
    script = """({ default: { render } }, state) => {
      const heard = {};
      const model = window.model = { saved: 0, get: (key) => state[key],
        set: (key, value) => { if (state[key] === value) return;
          state[key] = value; heard['change:' + key]?.(); },
        on: (event, act) => { heard[event] = act; }, off: (event) => { delete heard[event]; },
        save_changes() { this.saved += 1; } };
      window.stop = render({ model, el: document.getElementById('el') });
      window.heard = heard; }"""
    call(visit, script, dict(figure.state))
    player = PlayerPage(visit.page, visit.page.locator("form"))
    for key, value in (("at", 120), ("run", 1), ("at", 10**6), ("speed", 10)):
        visit.page.evaluate("([key, value]) => model.set(key, value)", [key, value])
        check(player.read(), logs, figure.state)
    assert player.read()["at"] == len(logs[1][1])
    assert player.root.locator("[data-speed]").input_value() == "10"
    assert visit.page.evaluate("model.saved") == 0
    player.press("One event back")
    assert visit.page.evaluate("[model.get('at'), model.saved]") == [len(logs[1][1]) - 1, 1]
    assert visit.page.evaluate("() => { stop(); return Object.keys(heard); }") == []


# ---- in the book ----


def test_the_chapter_holds_one_that_works(visit: Visit, served: str) -> None:
    visit.page.set_viewport_size({"width": 390, "height": 844})
    page = visit.open(address(served, CHAPTER))
    player = PlayerPage(page, page.locator(PLAYER).first)
    player.root.wait_for()
    runs = player.root.locator("[name=run]").count()
    for run in range(runs):
        player.choose(run)
        player.slider.press("End")
        seen = player.read()
        assert (seen["deviations"] != "0") == (run > 0)
    player.press("One event back")
    fits(player)
    assert visit.complaints == []
    assert visit.foreign == []
    visit.set_theme("dark")
    axe_finds_nothing(player)  # last: it asks for style sheets of its own accord
