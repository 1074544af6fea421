"""The plots of the bell frame: they show their numbers, and nothing covers them."""

import numpy as np
import pytest

from asctools.errors import ShapeError
from asctools.plots import bells, colour
from asctools.plots.style import SMALLEST_TEXT
from tests.asctools.plots.every_plot import assert_readable, assert_themed

ALT = "A figure of which the test looks at every text and every line."
RNG = np.random.default_rng(7)
LONG = RNG.normal(size=(4000, 6))
CLOSE = [(11, 300.0), (12, 330.0), (15, 1200.0), (0, 3900.0)]
STROKE = RNG.normal(size=(6, 120)) * np.exp(-np.arange(120) / 30)
ARRIVALS = np.array([-2.0, -1.5, -2.5, 4.0, 4.5, 5.0])
TRUE = RNG.normal(size=(16, 6, 90))
RATIOS = np.linspace(12, 31, 16)

PLOTS = {
    "recording": lambda: bells.recording(LONG, CLOSE, start=2.0),
    "recording_unmarked": lambda: bells.recording(LONG[:500]),
    "shapes": lambda: bells.shapes(
        {"handstroke": STROKE, "backstroke": -STROKE},
        dict.fromkeys(("handstroke", "backstroke"), ARRIVALS),
        before=20,
    ),
    "shapes_without_onsets": lambda: bells.shapes({"one": STROKE}),
    "loudness": lambda: bells.loudness(RATIOS),
    "bank": lambda: bells.bank(TRUE, TRUE + 0.1),
    "peeling": lambda: bells.peeling(
        {"the window": LONG[:, 0], "after 4 strikes": 0.5 * LONG[:, 0]}, {"after 4 strikes": CLOSE}
    ),
}


@pytest.mark.parametrize("name", PLOTS)
def test_every_text_can_be_read(name):
    assert_readable(PLOTS[name](), SMALLEST_TEXT)


@pytest.mark.parametrize("name", PLOTS)
def test_every_plot_is_themed_light_and_repeatable(name):
    assert_themed(PLOTS[name], ALT, name, limit=120_000)


def lines_of(axes, role):
    return [line for line in axes.lines if line.get_color() == colour(role)]


def texts(axes):
    return [text.get_text() for text in axes.texts]


def test_an_envelope_keeps_the_peaks_and_their_places():
    line = 0.1 * np.sin(np.arange(5000.0))
    line[1234], line[3210] = 7.0, -5.0
    place, height = bells.envelope(line)
    assert len(place) < 700 and (np.diff(place) > 0).all()
    assert height[list(place).index(1234)] == 7.0
    assert height[list(place).index(3210)] == -5.0
    short = np.arange(100.0)
    assert list(bells.envelope(short)[1]) == list(short)


def test_a_recording_has_six_lines_and_its_bells_are_numbered_as_ringers_count():
    axes = PLOTS["recording"]().axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == list(bells.NAMES)
    assert len(lines_of(axes, "numpy")) == len(lines_of(axes, "candidate")) == 3
    assert texts(axes) == ["12", "13", "16", "1"]
    at = [line.get_xdata()[0] for line in lines_of(axes, "loss")]
    assert at == pytest.approx([2 + time / 2000 for _, time in CLOSE])
    middle = [line.get_ydata().mean() for line in lines_of(axes, "numpy")]
    assert middle[0] > middle[1] > middle[2]
    assert texts(PLOTS["recording_unmarked"]().axes[0]) == []


def test_shapes_mark_the_arrival_in_every_channel():
    panels = np.array(PLOTS["shapes"]().axes).reshape(6, 2)
    for row in range(6):
        for axes in panels[row]:
            assert lines_of(axes, "loss")[0].get_xdata()[0] == ARRIVALS[row] / 2
    wave = lines_of(panels[0, 1], "numpy")[0]
    assert list(wave.get_ydata()) == list(-STROKE[0])
    assert wave.get_xdata()[20] == 0.0
    assert panels[0, 0].get_title(loc="left") == "handstroke"
    assert not lines_of(PLOTS["shapes_without_onsets"]().axes[0], "loss")


def test_loudness_has_a_stalk_per_bell_and_the_edge():
    axes = PLOTS["loudness"]().axes[0]
    assert list(lines_of(axes, "target")[0].get_ydata()) == list(RATIOS)
    assert list(axes.get_xticks()) == list(range(1, 17))
    assert texts(axes) == ["breaks down"]


def test_a_bank_shows_each_bell_on_its_strongest_channel():
    panels = PLOTS["bank"]().axes
    assert [axes.get_title(loc="left") for axes in panels] == [str(n) for n in range(1, 17)]
    for bell, axes in enumerate(panels):
        channel = np.argmax(np.sum(TRUE[bell] ** 2, axis=1))
        assert list(lines_of(axes, "truth")[0].get_ydata()) == list(TRUE[bell, channel])
        assert list(lines_of(axes, "linear")[0].get_ydata()) == list(TRUE[bell, channel] + 0.1)


def test_peeling_shares_its_scale_and_says_what_was_taken():
    above, below = PLOTS["peeling"]().axes
    assert above.get_ylim() == below.get_ylim()
    assert (texts(above), texts(below)) == ([], ["12", "13", "16", "1"])
    at = [line.get_xdata()[0] for line in lines_of(below, "loss")]
    assert at == pytest.approx([time / 2000 for _, time in CLOSE])


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: bells.recording(LONG[:, :5]), "channels as columns"),
        (lambda: bells.shapes({}), "one to three"),
        (lambda: bells.shapes({"a": STROKE, "b": STROKE[:, :9]}), "one to three"),
        (lambda: bells.loudness([]), "one number per bell"),
        (lambda: bells.bank(TRUE, TRUE[..., :9]), "Cut both"),
        (lambda: bells.peeling({}, {}), "no stage"),
    ],
)
def test_what_cannot_be_drawn_is_refused(make, words):
    with pytest.raises(ShapeError, match=words):
        make()
