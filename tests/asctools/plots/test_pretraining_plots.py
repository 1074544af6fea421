"""The plots of pretraining: they show their numbers, and nothing covers them."""

import numpy as np
import pytest

from asctools.errors import ShapeError, UnknownNameError
from asctools.plots import colour, pretraining
from asctools.plots.style import SMALLEST_TEXT
from tests.asctools.plots.every_plot import assert_readable, assert_themed

ALT = "A figure of which the test looks at every text and every line."
RNG = np.random.default_rng(5)
STEPS = np.arange(0, 200, 10)
TRUE = np.sin(np.arange(240) / 7) * np.exp(-np.arange(240) / 90)
SHOWN = (TRUE + RNG.normal(0, 0.3, 240), 0.8 * TRUE, TRUE)
CURVES = {
    "β = 1": (1 - 0.1 * STEPS / 200, STEPS / 100),
    "β = 50": (np.ones(20), 0.001 * STEPS),
    "warm-up": (1 - 0.12 * STEPS / 200, STEPS / 80),
}
SCORES = {
    arm: {50: [0.5 + 0.05 * k, 0.52 + 0.05 * k], 1000: [0.7 + 0.02 * k, 0.72 + 0.02 * k]}
    for k, arm in enumerate(pretraining.ARMS)
}
GAINS = {
    arm: {50: (0.1, 0.05, 0.16), 200: (0.02, -0.01, 0.04), 1000: (-0.01, -0.02, 0.0)}
    for arm in list(pretraining.ARMS)[1:]
}
WAVES = np.linspace(-1, 1, 5)[:, None] * TRUE

PLOTS = {
    "reconstructions": lambda: pretraining.reconstructions(
        {"channel 1": SHOWN, "channel 4": SHOWN}, 20.0
    ),
    "collapse": lambda: pretraining.collapse(STEPS, CURVES),
    "units": lambda: pretraining.units({"β = 1": [0.5, 2.0, 0.1], "β = 50": [0.0, 0.0, 0.01]}),
    "walk": lambda: pretraining.walk(
        {"one unit": WAVES, "two bells": WAVES}, ["−2", "−1", "0", "+1", "+2"]
    ),
    "shifted": lambda: pretraining.shifted(
        [0, 5, 10, 20], {"window": [1, 0.99, 0.98, 0.97], "frame": [1, 0.6, 0.3, 0.1]}
    ),
    "pseudo_labels": lambda: pretraining.pseudo_labels([2, 6, 10], [9, 7, 5], [0.8, 0.97, 0.99]),
    "label_curve": lambda: pretraining.label_curve(SCORES, 0.92),
    "gains": lambda: pretraining.gains(GAINS),
}


@pytest.mark.parametrize("name", PLOTS)
def test_every_text_can_be_read(name):
    assert_readable(PLOTS[name](), SMALLEST_TEXT)


@pytest.mark.parametrize("name", PLOTS)
def test_every_plot_is_themed_light_and_repeatable(name):
    assert_themed(PLOTS[name], ALT, name, limit=90_000)


def drawn(axes, role, marker=None):
    lines = [line for line in axes.lines if line.get_color() == colour(role)]
    return [line for line in lines if marker in (None, line.get_marker())]


def test_what_was_heard_rebuilt_and_true_are_three_lines_in_milliseconds():
    axes = PLOTS["reconstructions"]().axes[0]
    for role, values in zip(("x", "lstm", "truth"), SHOWN, strict=True):
        line = drawn(axes, role)[0]
        assert list(line.get_ydata()) == pytest.approx(list(values))
        assert line.get_xdata()[-1] == pytest.approx(239 / 2)


def test_collapse_shows_both_halves_of_the_loss_of_each_model():
    upper, lower = PLOTS["collapse"]().axes
    assert list(drawn(upper, "lstm")[0].get_ydata()) == pytest.approx(list(CURVES["β = 1"][0]))
    assert list(drawn(lower, "loss")[0].get_ydata()) == pytest.approx(list(CURVES["β = 50"][1]))
    assert list(drawn(upper, "baseline")[0].get_ydata()) == [1.0, 1.0]


def test_the_busiest_unit_comes_first():
    axes = PLOTS["units"]().axes[0]
    assert list(drawn(axes, "lstm")[0].get_ydata()) == [2.0, 0.5, 0.1]


def test_the_rows_of_a_walk_share_a_scale_and_stand_in_order():
    axes = PLOTS["walk"]().axes[0]
    rows = [np.asarray(line.get_ydata()) for line in drawn(axes, "lstm")]
    swings = [np.ptp(row) for row in rows]
    assert swings[1] == pytest.approx(swings[0] / 2) and swings[2] == pytest.approx(0, abs=1e-9)
    assert [round(row[0]) for row in rows] == [0, 1, 2, 3, 4]
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["−2", "−1", "0", "+1", "+2"]


def test_the_label_curve_has_a_mark_a_seed_and_a_line_through_the_means():
    axes = PLOTS["label_curve"]().axes[0]
    scratch = pretraining.ARMS["scratch"]
    marks = [list(line.get_ydata()) for line in drawn(axes, scratch.role, scratch.marker)]
    assert marks == [SCORES["scratch"][50], SCORES["scratch"][1000]]
    line = drawn(axes, scratch.role, "None")[0]
    assert list(line.get_ydata()) == pytest.approx([0.51, 0.71])
    assert list(drawn(axes, "truth")[0].get_ydata()) == [0.92, 0.92]
    assert line.get_xdata()[0] == pytest.approx(50, rel=0.1)


def test_gains_hold_their_intervals_a_row_an_arm():
    axes = PLOTS["gains"]().axes[0]
    spans = [bar.get_segments()[0][:, 0].tolist() for bar in axes.collections]
    assert spans[0] == pytest.approx([0.05, 0.16]) and len(spans) == 3 * len(GAINS)
    assert [tick.get_text() for tick in axes.get_yticklabels()] == list(GAINS)


def test_shifts_and_pseudo_labels_draw_what_they_are_given():
    likeness = drawn(PLOTS["shifted"]().axes[0], "loss")[0]
    assert list(likeness.get_ydata()) == [1, 0.6, 0.3, 0.1]
    upper, lower = PLOTS["pseudo_labels"]().axes
    assert list(drawn(upper, "gru")[0].get_ydata()) == [9, 7, 5]
    assert list(drawn(lower, "loss")[0].get_ydata()) == pytest.approx([80, 97, 99])


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: pretraining.reconstructions({}, 3.0),
        lambda: pretraining.collapse(STEPS, {}),
        lambda: pretraining.units({}),
        lambda: pretraining.walk({"a": WAVES}, ["one"]),
        lambda: pretraining.shifted([0, 1], {}),
        lambda: pretraining.label_curve({}, 0.9),
        lambda: pretraining.gains({"VAE": {50: (0.1, 0.2)}}),
    ],
)
def test_what_cannot_be_drawn_is_named(wrong):
    with pytest.raises(ShapeError):
        wrong()


def test_an_unknown_arm_is_named():
    with pytest.raises(UnknownNameError, match="magic"):
        pretraining.label_curve({"magic": {50: [0.5]}}, 0.9)
