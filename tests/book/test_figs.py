"""The drawn figures: each agrees with its script, stands alone and says what it shows."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from asctools.plots import COLOURS
from asctools.plots.labels import overlaps, text_boxes
from asctools.plots.style import SMALLEST_TEXT
from figs import chain, course_map, draw

FOLDER = Path(draw.__file__).parent
DRAWINGS = {drawing.name: drawing for drawing in draw.all_drawings()}
NAMESPACE = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def redrawn(tmp_path_factory):
    folder = tmp_path_factory.mktemp("figs")
    draw.main(folder)
    return folder


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_file_is_what_its_script_draws(name, redrawn):
    stored, fresh = (folder / f"{name}.svg" for folder in (FOLDER, redrawn))
    assert stored.read_bytes() == fresh.read_bytes(), "run: python figs/draw.py"


def test_no_file_is_without_a_script_and_no_script_left_out():
    assert {path.stem for path in FOLDER.glob("*.svg")} == set(DRAWINGS)
    scripts = {path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_")}
    assert scripts - {"draw"} == {script.__name__.rpartition(".")[2] for script in draw.SCRIPTS}


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_file_says_what_it_shows(name):
    root = ElementTree.parse(FOLDER / f"{name}.svg").getroot()
    assert root.get("role") == "img"
    assert root.get("aria-label") == DRAWINGS[name].alt
    assert root.findtext(f"{NAMESPACE}title") == DRAWINGS[name].title
    assert root.get("viewBox") and root.get("width") is None and root.get("height") is None


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_file_needs_nothing_else(name):
    text = (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    assert re.findall(r"[a-z]+://[^\"]+", text) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"<(script|style|image|foreignObject|metadata|text)\b", text)
    for one in COLOURS.values():
        text = text.replace(f"var({one.variable}, {one.fallback})", "")
    assert not re.search(r"#[0-9a-f]{6}\b", text), "a colour that follows no theme"


def test_figures_on_one_page_do_not_mix():
    seen = {}
    for name in DRAWINGS:
        for id_ in re.findall(r' id="([^"]+)"', (FOLDER / f"{name}.svg").read_text("utf-8")):
            assert seen.setdefault(id_, name) == name


@pytest.mark.parametrize("name", DRAWINGS)
def test_every_text_can_be_read(name):
    figure = DRAWINGS[name].figure
    assert overlaps(figure) == []
    width, height = figure.get_size_inches() * figure.dpi
    for text, size, box in text_boxes(figure):
        assert size >= SMALLEST_TEXT, text
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height, text


def texts(name):
    return {text.get_text() for text in DRAWINGS[name].figure.axes[0].texts}


def test_the_cell_grows_by_its_symbols():
    stages = ("cell-1-forget", "cell-2-write", "cell-3-state", "cell-4-output")
    new = ({"$f_t$"}, {"$i_t$", r"$\tilde{c}_t$"}, {"$c_t$"}, {"$o_t$", "$h_t$"})
    for number, (name, symbols) in enumerate(zip(stages, new, strict=True)):
        assert symbols <= texts(name)
        for earlier in stages[:number]:
            assert not symbols & texts(earlier)
    assert set.union(*new) <= texts("cell")


def test_what_was_there_before_is_grey():
    def tone(stage, symbol):
        drawn = DRAWINGS[stage].figure.axes[0].texts
        return next(text.get_color() for text in drawn if text.get_text() == symbol)

    assert tone("cell-1-forget", "$f_t$") == COLOURS["forget"].fallback
    assert tone("cell-2-write", "$f_t$") == COLOURS["muted"].fallback
    assert tone("cell-2-write", "$i_t$") == COLOURS["input"].fallback
    assert tone("cell-4-output", "$i_t$") == COLOURS["muted"].fallback
    assert tone("cell", "$i_t$") == COLOURS["input"].fallback


def test_the_slopes_of_the_chain_are_measured_slopes(monkeypatch):
    numbers, step = chain.numbers(), 1e-6

    def measured(symbol):
        at = getattr(chain, symbol)
        losses = []
        for sign in (1, -1):
            monkeypatch.setattr(chain, symbol, at + sign * step)
            losses.append(chain.numbers().loss)
        monkeypatch.setattr(chain, symbol, at)
        return (losses[0] - losses[1]) / (2 * step)

    assert numbers.slope_x == pytest.approx(measured("X"), abs=1e-9)
    assert numbers.slope_z == pytest.approx(measured("B"), abs=1e-9)
    assert numbers.slope_z * chain.X == pytest.approx(measured("W"), abs=1e-9)
    assert numbers.slope_z == pytest.approx(numbers.own_loss * numbers.own_squash)
    shown = texts("chain")
    for value in (numbers.slope_x, numbers.slope_z, numbers.slope_z * chain.X, numbers.loss):
        assert f"{value:.3g}".replace("-", "−") in shown


def test_the_road_ends_at_sixteen_bells_and_passes_five_parts():
    assert [numeral for _, numeral, *_ in course_map.PARTS] == ["I", "II", "III", "IV", "V"]
    heights = [course_map.height(x) for x, *_ in course_map.PARTS]
    assert heights == sorted(heights)
    bronze = COLOURS["candidate"].fallback
    patches = DRAWINGS["course-map"].figure.axes[0].patches
    bells = [one for one in patches if type(one).__name__ == "Polygon" and len(one.get_xy()) > 10]
    assert len(bells) == 16
    from matplotlib.colors import to_hex

    assert {to_hex(one.get_facecolor()) for one in bells} == {bronze}
