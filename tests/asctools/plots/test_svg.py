"""The SVG writer: themed, accessible, alone on its page, the same in every process."""

import os
import re
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from asctools.plots import COLOURS, colour, new_figure, style
from asctools.plots.svg import to_svg

ALT = "A line that rises from one to three, and two hatched bars beside it."
THEMED = re.compile(r"var\(--asc-[a-z-]+, #[0-9a-f]{6}\)")

DRAW = """
from asctools.plots import colour, new_figure, style
from asctools.plots.svg import to_svg
with style():
    figure, axes = new_figure(4.0, 3.0)
    axes.plot([1, 2, 3], marker="o", color=colour("cell"))
    axes.bar([1, 2], [1, 2], hatch="//", edgecolor=colour("forget"), facecolor="none")
    axes.set_title(r"$\\tilde{c}_t$ & so on")
"""


def drawn(name="test figure", **options):
    scope = {}
    exec(DRAW, scope)
    return to_svg(scope["figure"], ALT, name, **options)


def parsed(svg):
    return ElementTree.fromstring(svg)


def ids(svg):
    return {element.get("id") for element in parsed(svg).iter() if element.get("id")}


def references(svg):
    return set(re.findall(r"url\(#([^)]+)\)", svg)) | set(re.findall(r'href="#([^"]+)"', svg))


def test_it_scales_with_its_frame():
    root = parsed(drawn())
    assert root.get("viewBox") == "0 0 288 216"
    assert root.get("width") is None
    assert root.get("height") is None


def test_it_says_what_one_sees_whatever_characters_that_takes():
    nasty = 'A "quoted" line, a < b & c > d, and an apostrophe\'s end.\n\n  On two lines.'
    figure, _ = new_figure()
    root = parsed(to_svg(figure, nasty, "nasty"))
    assert root.get("role") == "img"
    assert root.get("aria-label") == " ".join(nasty.split())


def test_it_brings_nothing_that_reaches_beyond_itself():
    svg = drawn()
    assert svg.startswith("<svg ")
    assert not re.search(r"<style|<metadata|<!|<\?|<script|\sxlink:", svg)
    # The namespace is a name, the only address in the file.
    assert re.findall(r"https?://[^\"]+", svg) == ["http://www.w3.org/2000/svg"]


def test_ids_are_needed_resolved_and_its_own():
    svg = drawn("one")
    assert references(svg) == ids(svg)
    assert len(ids(svg)) > 5
    assert all(id_.startswith("asc-one-") for id_ in ids(svg))
    assert not ids(svg) & ids(drawn("two"))


def test_names_without_letters_still_keep_drawings_apart():
    assert not ids(drawn("∂")) & ids(drawn("σ"))


def test_every_colour_is_a_role_with_its_fallback():
    svg = drawn()
    assert not re.search(r"#[0-9a-fA-F]{6}\b", THEMED.sub("", svg))
    for role in ("cell", "forget", "ink", "muted", "grid"):
        assert f"var({COLOURS[role].variable}, {COLOURS[role].fallback})" in svg
    # A variable does nothing in fill="…" or stroke="…".
    assert not re.search(r'(fill|stroke)="[^"]*var', svg)


def test_the_hatch_keeps_its_role():
    patterns = [one for one in parsed(drawn()).iter() if one.tag.endswith("pattern")]
    assert len(patterns) == 1
    strokes = [child.get("style", "") for child in patterns[0]]
    assert any(f"stroke: var({COLOURS['forget'].variable}" in one for one in strokes)


def test_text_in_matplotlibs_own_black_becomes_ink():
    figure, axes = new_figure()
    axes.text(0.5, 0.5, "plain", color="black")
    axes.plot([0, 1], color="#000000")
    svg = to_svg(figure, ALT, "black")
    ink = f"var(--asc-ink, {COLOURS['ink'].fallback})"
    assert parsed(svg).get("style") == f"fill: {ink}"
    assert f"stroke: {ink}" in svg
    assert "#000000" not in svg


def test_numbers_are_short_but_not_wrong():
    with style():
        figure, axes = new_figure(4.0, 4.0)
        axes.set_position((0.0, 0.0, 1.0, 1.0))
        axes.set(xlim=(0, 3), ylim=(0, 1))
        axes.plot([0, 3], [1 / 3, 1 / 3], color=colour("loss"))
    svg = to_svg(figure, ALT, "numbers")
    assert "M 0 192 L 288 192" in svg  # a third of 288 points, from below
    assert not re.search(r"\d\.\d{5,}", re.sub(r"aria-label=\"[^\"]*\"", "", svg))


def test_a_title_is_there_when_asked_for():
    assert "<title>" not in drawn()
    root = parsed(drawn(title="Rise & fall"))
    assert root[0].tag.endswith("title")
    assert root[0].text == "Rise & fall"


def test_two_figures_differ_and_one_does_not():
    assert drawn() == drawn()
    figure, axes = new_figure()
    axes.plot([1, 2, 3], color=colour("cell"))
    before = to_svg(figure, ALT, "same")
    axes.lines[0].set_ydata([1, 2, 4])
    assert to_svg(figure, ALT, "same") != before


@pytest.mark.parametrize("seed", ["0", "1"])
def test_the_bytes_are_the_same_in_every_process(seed):
    program = DRAW + f"print(to_svg(figure, {ALT!r}, 'test figure'))"
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"}
    other = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, check=True
    )
    assert other.stdout.decode().strip() == drawn()
