"""The page of a mined log: it stands alone, has every number, and no name becomes markup."""

import re

import pytest
from bs4 import BeautifulSoup

from asctools.course.planted import small_run
from asctools.eventlog import XESLogger, read
from asctools.eventlog.mining.mined import mined
from asctools.eventlog.mining.report_page import page
from asctools.eventlog.mining.report_text import walked
from asctools.plots import COLOURS
from tests.asctools.eventlog import foreign


@pytest.fixture(scope="module")
def late(tmp_path_factory):
    """A training that clips late, with gates and weights in its log."""
    path = tmp_path_factory.mktemp("page") / "late.xes"
    with XESLogger(path, level="weight", every={"gate": 10, "weight": 10}) as log:
        small_run(log, "late-clipping", epochs=2, iterations=30)
    return mined(read(path), "late.xes")


@pytest.fixture(scope="module")
def soup(late):
    return BeautifulSoup(page(late), "html.parser")


def texts(soup, tag):
    return [" ".join(each.get_text(" ").split()) for each in soup.find_all(tag)]


def test_it_asks_for_nothing_and_runs_nothing(late):
    html = page(late)
    assert "http" not in html
    assert not re.search(
        r"<(script|link|img|iframe|object|embed)\b|\bsrc=|@import|url\((?!#)", html
    )
    assert page(late) == html


def test_it_has_both_themes(soup):
    (style,) = soup.find_all("style")
    light, dark = style.string.split("@media (prefers-color-scheme: dark)")
    for one in COLOURS.values():
        assert f"{one.variable}: {one.light};" in light
        assert f"{one.variable}: {one.dark};" in dark.split("}")[0]


def test_it_says_what_deviates_first(late, soup):
    assert late.deviations >= 1
    (verdict,) = soup.find_all(class_="verdict")
    assert "bad" in verdict["class"]
    assert late.verdict in verdict.get_text()
    for each in late.report.deviations:
        row = next(r for r in verdict.find_all("tr") if each.sentence[1:] in r.get_text())
        assert each.often in row.get_text() and each.where in row.get_text()
    assert soup.find("main").find_all(["div", "section"])[0] is verdict


def test_every_level_has_its_pictures_with_alt_texts_and_tables(late, soup):
    heads = texts(soup, "h2")
    assert [head.split(" (")[0] for head in heads[:4]] == [
        "Everything",
        "The loop",
        "The gates",
        "The weights",
    ]
    drawings = soup.find_all("svg")
    assert len(drawings) == sum(len(graph.pictures) for graph in late.graphs) == 8
    assert all(len(drawing["aria-label"]) > 100 for drawing in drawings)
    ids = [each["id"] for drawing in drawings for each in drawing.find_all(id=True)]
    assert len(ids) == len(set(ids))
    cells = {cell.get_text() for cell in soup.find_all("td")}
    for graph in late.graphs:
        for name, count in graph.dfg.activities.items():
            assert name in cells and f"{count:,}" in cells


def test_a_healthy_training_is_called_healthy(tmp_path):
    small_run(tmp_path / "a.xes", epochs=2, iterations=30)
    found = mined(read(tmp_path / "a.xes"), "a.xes")
    assert found.deviations == 0
    assert '<div class="verdict">' in page(found)
    assert "No deviation from healthy training." in page(found)


def test_names_never_become_markup(tmp_path):
    log = read(foreign.odd(tmp_path / "odd.xes"))
    html = page(mined(log, "<b>odd</b>.xes"))
    soup = BeautifulSoup(html, "html.parser")
    assert not soup.find_all("script") and not soup.find_all("b")
    assert texts(soup, "h1") == ["<b>odd</b>.xes"]
    cells = set(texts(soup, "td"))
    assert {
        "<script>alert(1)</script>",
        "Send $5 & take $6",
        "(empty)",
        "申請を受け付ける",
    } <= cells
    assert "Not the log of a training" in html


def test_variants_are_told_in_their_first_steps():
    assert walked(("a", "b", "b", "b", "a")) == "a → b 3× → a"
    long = walked(tuple("abcdefghijkl"))
    assert long.startswith("a → b → c") and long.endswith("→ … (12 events)")


def test_of_a_training_the_iterations_are_the_variants(late):
    assert late.ways_of == "iteration"
    most, count = next(iter(late.ways.items()))
    assert most[:2] == ("ZeroGrad", "ForwardPass")
    assert count > 10
    assert sum(late.ways.values()) >= 60


def test_a_log_that_only_looks_like_a_training_is_still_drawn(tmp_path):
    events = [foreign.event(name, at) for at, name in enumerate(("ForwardPass", "Rest"))]
    log = read(foreign.write(tmp_path / "a.xes", [("a", events)]))
    found = mined(log, "a.xes")
    assert found.report is None or found.report.iterations >= 0
    assert found.graphs[0].dfg.arcs == {("ForwardPass", "Rest"): 1}
    assert page(found)
