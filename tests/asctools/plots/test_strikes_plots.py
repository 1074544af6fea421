"""The plots of the event classifier: they show their numbers, and nothing covers them."""

import numpy as np
import pytest

from asctools.errors import ShapeError
from asctools.plots import colour, strikes
from asctools.plots.style import SMALLEST_TEXT
from tests.asctools.plots.every_plot import assert_readable, assert_themed

ALT = "A figure of which the test looks at every text and every line."
SYSTEMS = ("energy detector", "LSTM classifier", "template pursuit", "oracle")
CHANGED = ("no LSTM", "a TCN instead", "attention added")
RNG = np.random.default_rng(3)
FRAMES = np.arange(80)
AT = 31.4  # where the drawn strike is, in frames from the first one's start
TARGET = np.exp(-0.5 * (FRAMES[:12] + 0.5 - 6.3) ** 2)
OFFSETS = np.where(np.abs(6.3 - FRAMES[:12] - 0.5) < 1.6, 6.3 - FRAMES[:12] - 0.5, np.nan)
BUMPS = 0.95 * np.exp(-0.5 * (FRAMES[:, None] + 0.5 - AT - 2.3 * np.arange(16)) ** 2)
STRUCK = (np.arange(16), 5 * (AT + 2.3 * np.arange(16)))
ERRORS = {
    "LSTM classifier": RNG.normal(0, 0.8, 500),
    "oracle": np.array([0.1, -0.1, 0.0, 9.0]),
}
SHARES = np.linspace(0.05, 1.0, 20)

PLOTS = {
    "targets": lambda: strikes.targets(TARGET, OFFSETS, 5 * 6.3),
    "scores": lambda: strikes.scores(BUMPS, STRUCK, (STRUCK[0][:9], STRUCK[1][:9] + 1)),
    "scores_unpicked": lambda: strikes.scores(BUMPS[:, :5], (STRUCK[0][:5], STRUCK[1][:5])),
    "systems": lambda: strikes.systems(
        {name: [0.2 * k + 0.1, 0.2 * k + 0.12, 0.2 * k + 0.2] for k, name in enumerate(SYSTEMS)}
    ),
    "ablations": lambda: strikes.ablations(
        {name: (-0.02 * k, -0.02 * k - 0.01, 0.01) for k, name in enumerate(CHANGED)},
        "difference in event F1",
    ),
    "timing_errors": lambda: strikes.timing_errors(ERRORS),
    "calibration": lambda: strikes.calibration(
        {"presence": ([0.1, 0.6, 0.9], [0.1, 0.5, 0.95], [0.05, 0.4, 0.9], [0.15, 0.6, 1.0])},
        "share of windows in which the bell struck",
    ),
    "abstention": lambda: strikes.abstention(
        {"LSTM classifier": (SHARES, 1 - 0.1 * SHARES**2), "energy detector": (SHARES, 1 - SHARES)}
    ),
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


def test_targets_stand_at_the_middles_of_their_frames_and_the_strike_between():
    upper, lower = PLOTS["targets"]().axes
    bars = upper.patches
    middles = [bar.get_x() + bar.get_width() / 2 for bar in bars]
    assert middles == pytest.approx(list(5 * (FRAMES[:12] + 0.5)))
    assert [bar.get_height() for bar in bars] == pytest.approx(list(TARGET))
    dots = drawn(lower, "target", "o")[0]
    assert list(dots.get_ydata()) == pytest.approx(list(OFFSETS[np.isfinite(OFFSETS)]))
    # Each dot says the same strike: its frame's middle, and the offset in frames of 5 ms.
    said = np.asarray(dots.get_xdata()) + 5 * np.asarray(dots.get_ydata())
    assert said == pytest.approx([5 * 6.3] * len(said))
    assert drawn(upper, "loss")[0].get_xdata()[0] == 5 * 6.3


def test_scores_rise_from_their_bells_row_and_bells_count_from_one():
    axes = PLOTS["scores"]().axes[0]
    rings = drawn(axes, "truth", "o")[0]
    assert list(rings.get_xdata()) == pytest.approx(list(STRUCK[1]))
    assert list(rings.get_ydata()) == list(range(16))
    ridge = drawn(axes, "lstm")[0]
    highest = int(np.argmin(ridge.get_ydata()))
    assert ridge.get_ydata()[highest] == pytest.approx(0 - 0.8 * BUMPS[:, 0].max())
    assert ridge.get_xdata()[highest] == 5 * (BUMPS[:, 0].argmax() + 0.5)
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["1", "4", "7", "10", "13", "16"]
    assert len(drawn(axes, "loss", "X")[0].get_xdata()) == 9
    assert not drawn(PLOTS["scores_unpicked"]().axes[0], "loss")


def test_systems_have_a_mark_a_seed_and_a_line_at_the_oracle():
    axes = PLOTS["systems"]().axes[0]
    marks = [line for line in axes.lines if len(line.get_xdata()) == 3]
    assert [list(line.get_xdata()) for line in marks][1] == pytest.approx([0.3, 0.32, 0.4])
    level = [line for line in drawn(axes, "truth") if len(line.get_xdata()) == 2]
    assert list(level[0].get_xdata()) == pytest.approx([0.72, 0.72])
    assert [tick.get_text() for tick in axes.get_yticklabels()] == list(SYSTEMS)
    assert axes.get_xlim() == (0.0, 1.0)


def test_ablations_hold_their_intervals_around_nought():
    axes = PLOTS["ablations"]().axes[0]
    dots = [line for line in axes.lines if line.get_linestyle() == "None"]
    assert [float(dot.get_xdata()[0]) for dot in dots] == pytest.approx([0.0, -0.02, -0.04])
    spans = [bar.get_segments()[0][:, 0].tolist() for bar in axes.collections]
    assert spans[2] == pytest.approx([-0.05, 0.01])


def test_timing_errors_are_shares_and_name_what_lies_outside():
    first, second = PLOTS["timing_errors"]().axes
    shares = first.patches[0].get_data().values
    assert sum(shares) == pytest.approx(np.mean(np.abs(ERRORS["LSTM classifier"]) <= 4))
    assert second.get_title(loc="left") == "oracle: 25.0 % beyond ±4 ms"


def test_calibration_and_abstention_draw_what_they_are_given():
    axes = PLOTS["calibration"]().axes[0]
    assert axes.get_ylabel() == "share of windows in which the bell struck"
    kept = PLOTS["abstention"]().axes[0].lines[0]
    assert list(kept.get_xdata()) == pytest.approx(list(100 * SHARES))
    assert kept.get_ydata()[-1] == pytest.approx(0.9)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: strikes.targets(TARGET, OFFSETS[:4], 3.0),
        lambda: strikes.scores(BUMPS[0], STRUCK),
        lambda: strikes.systems({}),
        lambda: strikes.ablations({}, "F1"),
        lambda: strikes.timing_errors({}),
        lambda: strikes.abstention({}),
    ],
)
def test_what_cannot_be_drawn_is_named(wrong):
    with pytest.raises(ShapeError):
        wrong()
