"""The look: ours whatever the reader has set, and loaded only when something is drawn."""

import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pytest

from asctools.plots import colour, new_figure, show, style, styled
from asctools.plots.style import SMALLEST_TEXT, settings

ALT = "A short line that rises from the lower left to the upper right."


def draw():
    figure, axes = new_figure(6.0, 3.0)
    axes.plot([1, 2], color=colour("cell"))
    axes.set_title("A title")
    return show(figure, ALT).svg


@pytest.fixture
def a_readers_taste():
    with mpl.rc_context({"font.size": 31, "text.color": "red", "axes.grid": False}):
        mpl.rcParams["svg.fonttype"] = "none"
        yield


def test_the_readers_settings_change_nothing(a_readers_taste):
    taste = dict(mpl.rcParams)
    with style():
        theirs = draw()
    assert dict(mpl.rcParams) == taste
    with mpl.rc_context():
        mpl.rcdefaults()
        with style():
            assert draw() == theirs


def test_styled_covers_the_whole_body():
    inside = styled(lambda: (mpl.rcParams["text.color"], mpl.rcParams["font.size"]))
    assert inside() == (colour("ink"), SMALLEST_TEXT)
    assert mpl.rcParams["text.color"] != colour("ink")


def test_no_text_is_set_smaller_than_a_phone_can_show():
    sizes = {key: value for key, value in settings().items() if key.endswith(("size", "fontsize"))}
    texts = {
        key: value for key, value in sizes.items() if not key.endswith((".size", "markersize"))
    }
    assert min(texts.values()) >= SMALLEST_TEXT
    assert len(texts) >= 5


def test_new_figure_gives_one_axes_or_an_array():
    figure, axes = new_figure(5.0, 2.0)
    assert tuple(figure.get_size_inches()) == (5.0, 2.0)
    assert axes in figure.axes
    _, panels = new_figure(rows=2, cols=3, sharex=True)
    assert isinstance(panels, np.ndarray)
    assert panels.shape == (2, 3)


@pytest.mark.parametrize(
    ("program", "absent"),
    [
        ("import asctools.plots", ("matplotlib", "numpy", "torch")),
        ("from asctools.plots import scalar; scalar.squashers()", ("matplotlib.pyplot", "torch")),
    ],
)
def test_what_is_not_needed_is_not_loaded(program, absent):
    found = f"{program}\nimport sys\nprint([name for name in {absent} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", found], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
