"""Showing and saving: never without a useful alt text, never half a file."""

import re
from xml.etree import ElementTree

import pytest
from IPython.core.formatters import DisplayFormatter

from asctools.errors import AscError
from asctools.plots import new_figure, picture, save, show

ALT = "The loss falls from one half to nearly zero over two thousand epochs."


@pytest.fixture
def figure():
    made, axes = new_figure(6.0, 3.0)
    axes.plot([3, 2, 1])
    return made


def test_a_notebook_gets_the_drawing_and_a_text(figure):
    data, _ = DisplayFormatter().format(show(figure, ALT))
    assert data["text/plain"].replace("\n", " ") == f"Figure: {ALT}"
    assert max(map(len, data["text/plain"].splitlines())) <= 78
    html = data["text/html"]
    assert html.startswith('<figure class="asc-figure"')
    assert html.endswith("</svg></figure>")
    assert f'role="img" aria-label="{ALT}"' in html
    assert set(data) == {"text/plain", "text/html"}


def test_the_page_limits_the_width(figure):
    limit = re.search(r"max-width: (\d+)px", show(figure, ALT).html())
    assert int(limit[1]) == 6 * picture.PIXELS_PER_INCH


def test_the_same_figure_gives_the_same_bytes_and_the_name_its_ids(figure):
    assert show(figure, ALT) == show(figure, ALT)
    assert show(figure, ALT).svg != show(figure, ALT, name="other").svg
    assert 'id="asc-my-loss-1"' in show(figure, ALT, name="my loss").svg
    first, second = (show(figure, alt).svg for alt in (ALT, ALT + " And on."))
    assert not set(re.findall(r'id="[^"]+"', first)) & set(re.findall(r'id="[^"]+"', second))


@pytest.mark.parametrize(
    "alt", ["", "   ", "a plot", "\n", None, 3.5, "x" * 29, " " * 40 + "short"]
)
def test_an_alt_text_that_says_too_little_is_refused(figure, alt):
    with pytest.raises(AscError, match="30 characters"):
        show(figure, alt)


def test_an_alt_text_that_only_repeats_the_name_is_refused(figure, tmp_path):
    name = "learning-curves-of-both-companies"
    alt = "Figure: learning curves of both companies.svg"
    with pytest.raises(AscError, match="repeats the name"):
        show(figure, alt, name=name)
    with pytest.raises(AscError, match="repeats the name"):
        save(figure, tmp_path / f"{name}.svg", alt, "Learning curves")
    assert show(figure, alt + " The loss falls.", name=name).alt.endswith("falls.")


def test_a_saved_file_stands_alone(figure, tmp_path):
    path = save(figure, tmp_path / "loss.svg", ALT, "The loss")
    assert path == tmp_path / "loss.svg"
    root = ElementTree.parse(path).getroot()
    assert root.get("aria-label") == ALT
    assert root[0].text == "The loss"
    assert path.read_bytes().endswith(b"</svg>\n")
    assert b"\r" not in path.read_bytes()
    assert [one.name for one in tmp_path.iterdir()] == ["loss.svg"]


def test_a_failed_save_leaves_the_old_file(figure, tmp_path):
    path = save(figure, tmp_path / "loss.svg", ALT, "The loss")
    before = path.read_bytes()
    figure.text(0.5, 0.5, "$\\nosuchsymbol$")
    with pytest.raises(ValueError, match="nosuchsymbol"):
        save(figure, path, ALT, "The loss")
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["loss.svg"]


def test_what_is_no_svg_or_has_no_title_is_refused(figure, tmp_path):
    with pytest.raises(AscError, match=r"\.svg"):
        save(figure, tmp_path / "loss.png", ALT, "The loss")
    with pytest.raises(AscError, match="title"):
        save(figure, tmp_path / "loss.svg", ALT, "  ")
    assert not list(tmp_path.iterdir())
