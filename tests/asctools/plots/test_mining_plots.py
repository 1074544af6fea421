"""The plots of the chapters on event logs: they show their numbers, and nothing covers anything."""

import math

import numpy as np
import pandas as pd
import pytest

from asctools.errors import ShapeError, UnknownNameError
from asctools.plots import colour, mining
from asctools.plots.style import SMALLEST_TEXT
from tests.asctools.plots.every_plot import assert_readable, assert_themed

ALT = "A figure of which the test looks at every text and every line."

SHARES = {"epoch": 0.0002, "step": 0.012, "gate, every 20": 0.025, "gate": 0.27, "weight": 0.33}
LIMITS = {"step": 0.02, "gate, every 20": 0.03, "gate": 0.3}
SECONDS = {"ForwardPass": 0.4, "BackwardPass": 0.5, "Validation": 0.09, "A": 0.001, "B": 0.0009}
LATER = {"ForwardPass": 0.5, "BackwardPass": 0.2, "Validation": 0.2, "A": 0.002, "B": 0.098}
STARTS = {
    "epoch": {"EpochStart": 6},
    "blocks of 50": {"EpochStart": 1, "ForwardPass": 9, "WeightsUpdate": 4},
}
EVENTS = ("ZeroGrad", "ForwardPass", "BackwardPass", "WeightsUpdate")
MICROSECONDS = (0, 430, 1000, 1090)


def falling(end, steps=120):
    """A loss that falls from 3 to an end."""
    return [end + (3.0 - end) * math.exp(-k / 20.0) for k in range(steps)]


CURVES = {
    "healthy": falling(0.3),
    "double-step": falling(0.305),
    "missing-zero-grad": falling(0.2),
    "divergence": [3.0 + k for k in range(60)] + [math.nan] * 5,
}
SPREAD = {
    "healthy": [0.30, 0.32, 0.31],
    "double-step": [0.29, 0.31, 0.315],
    "training-validation": [0.26, 0.27, 0.25],
    "divergence": [5.6, 7.0, 6.0],
}
DEVIATIONS = {"an update without new slopes": list(range(10, 120, 10)), "the loss jumps": [40]}


def rows():
    start = pd.Timestamp("2026-01-01", tz="UTC")
    times = [start + pd.Timedelta(microseconds=each) for each in MICROSECONDS]
    return pd.DataFrame({"concept:name": EVENTS, "time:timestamp": times}, index=range(40, 44))


PLOTS = {
    "cost_of_levels": lambda: mining.cost_of_levels(SHARES, limits=LIMITS),
    "timeline": lambda: mining.timeline(rows()),
    "time_bars": lambda: mining.time_bars(SECONDS),
    "time_bars_beside": lambda: mining.time_bars(SECONDS, LATER),
    "starts": lambda: mining.starts(STARTS),
    "losses": lambda: mining.losses(CURVES),
    "losses_emphasised": lambda: mining.losses(CURVES, emphasise="double-step"),
    "spread": lambda: mining.spread(SPREAD, reference="healthy"),
    "spread_narrow": lambda: mining.spread({"a": [1.0, 1.1], "b": [1.4]}, reference="a"),
    "loss_and_deviations": lambda: mining.loss_and_deviations(CURVES["healthy"], DEVIATIONS),
    "no_deviations": lambda: mining.loss_and_deviations(CURVES["healthy"], {}),
}


@pytest.mark.parametrize("name", PLOTS)
def test_every_text_can_be_read(name):
    assert_readable(PLOTS[name](), SMALLEST_TEXT)


@pytest.mark.parametrize("name", PLOTS)
def test_every_plot_is_themed_light_and_repeatable(name):
    assert_themed(PLOTS[name], ALT, name, limit=90_000)


def texts(axes):
    return [text.get_text() for text in axes.texts]


def lines_of(axes, role):
    return [line for line in axes.lines if line.get_color() == colour(role)]


def widths(axes):
    return [bar.get_width() for bar in axes.patches]


def test_each_level_has_its_cost_and_its_limit():
    axes = PLOTS["cost_of_levels"]().axes[0]
    assert widths(axes) == pytest.approx([100.0 * share for share in SHARES.values()])
    assert texts(axes) == ["0.0 %", "1.2 %", "2.5 %", "27 %", "33 %"]
    limits = [line.get_xdata()[0] for line in lines_of(axes, "deviation")]
    assert limits == pytest.approx([100.0 * limit for limit in LIMITS.values()])
    # A number stands behind the limit, where that lies further on than the bar.
    assert [text.xy[0] for text in axes.texts][1:3] == pytest.approx([2.0, 3.0])
    assert not lines_of(mining.cost_of_levels(SHARES).axes[0], "deviation")


def test_a_bar_of_the_timeline_reaches_from_stamp_to_stamp():
    axes = PLOTS["timeline"]().axes[0]
    left = [bar.get_x() for bar in axes.patches]
    assert left == pytest.approx([0.0, 0.0, 0.43, 1.0])
    assert widths(axes) == pytest.approx([0.0, 0.43, 0.57, 0.09])
    assert [label.get_text() for label in axes.get_yticklabels()] == list(EVENTS)
    assert texts(axes) == ["", "0.43", "0.57", "0.09"]


def test_shares_of_the_time_are_of_all_and_small_ones_share_a_bar():
    axes = PLOTS["time_bars"]().axes[0]
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == ["BackwardPass", "ForwardPass", "Validation", "2 others"]
    whole = sum(SECONDS.values())
    wanted = [0.5, 0.4, 0.09, 0.0019]
    assert widths(axes) == pytest.approx([100.0 * each / whole for each in wanted])
    assert sum(widths(axes)) == pytest.approx(100.0)


def test_what_is_large_in_one_of_two_ways_keeps_its_bar():
    axes = PLOTS["time_bars_beside"]().axes[0]
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == ["BackwardPass", "ForwardPass", "Validation", "B", "1 other"]
    first, second = widths(axes)[: len(names)], widths(axes)[len(names) :]
    assert [sum(first), sum(second)] == pytest.approx([100.0, 100.0])
    assert second[3] == pytest.approx(9.8)
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [
        "stamped at the end",
        "read as if at the start",
    ]


def test_start_activities_are_counted_in_every_way():
    left, right = PLOTS["starts"]().axes
    assert widths(left) == [6, 0, 0]
    assert widths(right) == [1, 9, 4]
    assert left.get_title(loc="left") == "epoch\n1 start activity"
    assert right.get_title(loc="left") == "blocks of 50\n3 start activities"


def test_curves_are_smoothed_and_the_diverged_leaves_through_the_top():
    axes = PLOTS["losses"]().axes[0]
    healthy, double, _, diverged = axes.lines
    assert healthy.get_color() == colour("event")
    assert double.get_color() == colour("event")
    assert len({line.get_linewidth() for line in axes.lines}) == 1
    assert healthy.get_ydata()[0] == pytest.approx(np.mean(CURVES["healthy"][:20]))
    assert len(healthy.get_ydata()) == 101
    assert healthy.get_xdata()[0] == 20
    assert axes.get_yscale() == "log"
    assert texts(axes) == ["healthy", "double-step", "missing-zero-grad", "↑ divergence"]
    assert not np.isfinite(diverged.get_ydata()[-1])
    assert len({str(line.get_linestyle()) + str(line._dash_pattern) for line in axes.lines}) == 4


def test_one_run_may_stand_out():
    axes = PLOTS["losses_emphasised"]().axes[0]
    (line,) = lines_of(axes, "deviation")
    assert line is axes.lines[1]
    healthy, _, other, _ = axes.lines
    assert line.get_linewidth() == healthy.get_linewidth() > other.get_linewidth()
    assert (healthy.get_color(), other.get_color()) == (colour("event"), colour("baseline"))


def test_runs_beside_the_band_stand_out_and_those_that_touch_it_do_not():
    axes = PLOTS["spread"]().axes[0]
    apart = {int(line.get_ydata()[0]) for line in lines_of(axes, "deviation")}
    assert apart == {2, 3}
    assert [list(line.get_xdata()) for line in axes.lines] == list(SPREAD.values())
    assert axes.get_xscale() == "log"
    assert PLOTS["spread_narrow"]().axes[0].get_xscale() == "linear"
    (band,) = axes.patches
    assert (band.get_x(), band.get_x() + band.get_width()) == pytest.approx((0.30, 0.32))


def test_deviations_stand_below_the_loss_at_their_iterations():
    top, bottom = PLOTS["loss_and_deviations"]().axes
    assert top.lines[0].get_ydata()[-1] == pytest.approx(np.mean(CURVES["healthy"][-10:]))
    found = [[segment[0][0] for segment in each.get_segments()] for each in bottom.collections]
    assert found == list(DEVIATIONS.values())
    assert texts(bottom) == ["an update without new slopes: 11 ×", "the loss jumps: 1 ×"]
    assert texts(PLOTS["no_deviations"]().axes[1]) == ["no deviation"]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: mining.cost_of_levels({}), "no levels"),
        (lambda: mining.timeline(rows()[:1]), "1 events"),
        (lambda: mining.timeline(rows(), most=3), "2 to 3"),
        (lambda: mining.time_bars({}), "no activities"),
        (lambda: mining.starts({}), "0 ways"),
        (lambda: mining.starts({"epoch": {}}), "no activities"),
        (lambda: mining.losses({}), "no runs"),
        (lambda: mining.losses({"a": [1.0, 2.0]}), "2 losses of a and a window of 20"),
        (lambda: mining.spread({}, reference="a"), "no runs"),
        (lambda: mining.loss_and_deviations([1.0], {}), "a window of 10"),
    ],
)
def test_what_cannot_be_drawn_is_refused(make, words):
    with pytest.raises(ShapeError, match=words):
        make()


def test_an_unknown_run_is_refused_with_near_matches():
    with pytest.raises(UnknownNameError, match="double-step"):
        mining.losses(CURVES, emphasise="doublestep")
    with pytest.raises(UnknownNameError, match="healthy"):
        mining.spread(SPREAD, reference="health")
