"""The plots of detectors: they show their numbers, and nothing covers them."""

import numpy as np
import pytest

from asctools.errors import ShapeError
from asctools.plots import colour, detection
from asctools.plots.style import SMALLEST_TEXT
from tests.asctools.plots.every_plot import assert_readable, assert_themed

ALT = "A figure of which the test looks at every text and every line."
DETECTORS = ("energy detector", "pursuit", "LSTM classifier", "oracle")
RATIOS = np.arange(4, 41, 4.0)
BOUND = 0.5 * 10 ** (-RATIOS / 20)
MEASURED = {
    "fine": np.where(RATIOS < 15, 20.0, BOUND),
    "coarse": np.where(RATIOS < 15, 20.0, np.hypot(BOUND, 0.03)),
}
TOLERANCES = np.geomspace(0.1, 50, 20)
RISING = {name: np.linspace(0, 0.5 + 0.1 * k, 20) for k, name in enumerate(DETECTORS)}
LOUD = np.linspace(12, 31, 16)
FOUND = {name: np.clip(LOUD / 30 - 0.1 * k, 0, 1) for k, name in enumerate(DETECTORS[:2])}
TRACE = np.sinc(np.arange(-50, 50) / 4)

PLOTS = {
    "traces": lambda: detection.traces(
        {"25 dB": TRACE, "7 dB": TRACE[::-1]}, {"25 dB": 50, "7 dB": 50}
    ),
    "timing": lambda: detection.timing(RATIOS, BOUND, MEASURED),
    "matching": lambda: detection.matching([10.0, 60.0], [7.0, 12.0, 90.0], [(0, 1)], 5.0),
    "by_tolerance": lambda: detection.by_tolerance(TOLERANCES, RISING),
    "by_bell": lambda: detection.by_bell(LOUD, FOUND),
}


@pytest.mark.parametrize("name", PLOTS)
def test_every_text_can_be_read(name):
    assert_readable(PLOTS[name](), SMALLEST_TEXT)


@pytest.mark.parametrize("name", PLOTS)
def test_every_plot_is_themed_light_and_repeatable(name):
    assert_themed(PLOTS[name], ALT, name, limit=90_000)


def lines_of(axes, role):
    drawn = [line for line in axes.lines if len(line.get_xdata())]
    return [line for line in drawn if line.get_color() == colour(role)]


def test_each_kind_of_detector_has_a_colour_and_a_marker_of_its_own():
    look = detection.looked((*DETECTORS, "pursuit, 50 windows"))
    assert [each.role for each in look.values()] == ["rule", "linear", "lstm", "truth", "linear"]
    assert len({(each.role, each.marker, each.filled) for each in look.values()}) == 5


def test_a_trace_is_drawn_from_the_truth_and_its_top_is_marked():
    left, right = PLOTS["traces"]().axes
    for axes, at in ((left, 0.0), (right, -0.5)):
        assert lines_of(axes, "truth")[0].get_xdata()[0] == 0
        assert lines_of(axes, "loss")[0].get_xdata()[0] == at
    assert list(lines_of(left, "linear")[0].get_ydata()) == list(TRACE)


def test_no_error_lies_in_the_region_that_is_forbidden_but_by_luck():
    axes = PLOTS["timing"]().axes[0]
    assert axes.get_yscale() == "log"
    assert list(lines_of(axes, "truth")[0].get_ydata()) == list(BOUND)
    assert list(lines_of(axes, "linear")[0].get_ydata()) == list(MEASURED["fine"])
    assert list(lines_of(axes, "rule")[0].get_ydata()) == list(MEASURED["coarse"])
    shaded = axes.collections[0].get_paths()[0].vertices
    for x, y in zip(RATIOS, BOUND, strict=True):
        assert shaded[np.isclose(shaded[:, 0], x), 1].max() == pytest.approx(y)


def test_a_pair_is_joined_and_a_false_alarm_is_crossed():
    axes = PLOTS["matching"]().axes[0]
    joined, hit = (lines_of(axes, "linear")[k] for k in (0, 1))
    assert list(joined.get_xdata()) == [10.0, 12.0]
    assert list(hit.get_xdata()) == [12.0]
    assert [line.get_xdata()[0] for line in lines_of(axes, "deviation")] == [7.0, 90.0]


def test_tolerances_are_on_a_logarithmic_scale_and_named_in_full():
    axes = PLOTS["by_tolerance"]().axes[0]
    assert axes.get_xscale() == "log"
    assert [label.get_text() for label in axes.get_xticklabels()][:3] == ["0.1", "0.25", "0.5"]
    assert {text.get_text() for text in axes.texts} == set(DETECTORS)
    assert list(lines_of(axes, "truth")[0].get_ydata()) == list(RISING["oracle"])


def test_each_bell_has_a_mark_and_the_weakest_its_name():
    axes = PLOTS["by_bell"]().axes[0]
    assert list(lines_of(axes, "linear")[0].get_xdata()) == list(LOUD)
    assert list(lines_of(axes, "linear")[0].get_ydata()) == list(FOUND["pursuit"])
    assert [text.get_text() for text in axes.texts] == ["bell 1"]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: detection.traces({}, {}), "no traces"),
        (lambda: detection.timing(RATIOS, BOUND[:3], MEASURED), "Cut to match"),
        (lambda: detection.timing(RATIOS, BOUND, {}), "0 errors"),
        (lambda: detection.by_tolerance(TOLERANCES, {}), "no curves"),
        (lambda: detection.by_bell(LOUD, {}), "no detectors"),
    ],
)
def test_what_cannot_be_drawn_is_refused(make, words):
    with pytest.raises(ShapeError, match=words):
        make()
