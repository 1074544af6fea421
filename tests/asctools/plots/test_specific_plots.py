"""The plots of the chapter on event-specific models: they show their numbers, all legible."""

import numpy as np
import pytest

from asctools.errors import ShapeError
from asctools.plots import colour, specific
from asctools.plots.style import SMALLEST_TEXT
from tests.asctools.plots.every_plot import assert_readable, assert_themed

ALT = "A figure of which the test looks at every text and every line."
RNG = np.random.default_rng(8)
OFF = np.linspace(-5, 5, 81)
RIPPLE = 16 * np.cos(3 * OFF) * np.exp(-(OFF**2) / 8)
STARTS = np.array([-3.0, -0.8, 0.1, 0.9, 2.4])
ENDS = np.array([-2.1, 0.02, 0.0, 0.01, 2.1])
LATE = RNG.uniform(-4, 4, (16, 6))
LOUD = np.arange(16) % 3 > 0
COSINES = np.linspace(0.1, 0.9, 5)[:, None] * np.linspace(0.5, 1.0, 16)
FITTED = np.full((5, 16), 0.9)
SNR = RNG.uniform(12, 31, 16)
BOUND = 10 ** (-SNR / 20) / 2
FRAMES = np.exp(-0.5 * (np.arange(60) - 22.0) ** 2)
LADDER = {"whole": [0.91, 0.92, 0.915], "no LSTM": [0.9, 0.91, 0.89], "bank from noise": [0.6] * 3}
ALONE = RNG.uniform(1, 300, 90)
AMONG = np.where(np.arange(90) % 3 > 0, ALONE, -2.0)
LEVELS = RNG.uniform(0, 35, 400)
HEARD = {"template pursuit": LEVELS > 14, "oracle": LEVELS > 12}

PLOTS = {
    "homecoming": lambda: specific.homecoming(OFF, RIPPLE, STARTS, ENDS),
    "delays": lambda: specific.delays(LATE, LATE + 0.1, LOUD, "20 dB and more", "weaker"),
    "alike": lambda: specific.alike({"from noise": COSINES, "fitted": FITTED[:3]}),
    "gaze": lambda: specific.gaze(8 * FRAMES, {"open": FRAMES / 60, "masked": FRAMES}, [112.0]),
    "timing_by_bell": lambda: specific.timing_by_bell(
        SNR, BOUND, 0.2, {"LSTM classifier": 4 * BOUND + 0.3, "template pursuit": BOUND + 0.2}
    ),
    "parts": lambda: specific.parts(LADDER, "event F1 at ±5 ms", (0.9, 0.93)),
    "parts_unshaded": lambda: specific.parts(LADDER, "event F1", start=0.0),
    "candidates": lambda: specific.candidates(ALONE, AMONG, AMONG > 0, 8.0),
    "found_by_loudness": lambda: specific.found_by_loudness(LEVELS, HEARD, np.arange(0, 37, 3)),
}


@pytest.mark.parametrize("name", PLOTS)
def test_every_text_can_be_read(name):
    assert_readable(PLOTS[name](), SMALLEST_TEXT)


@pytest.mark.parametrize("name", PLOTS)
def test_every_plot_is_themed_light_and_repeatable(name):
    assert_themed(PLOTS[name], ALT, name, limit=90_000)


def lines_of(axes, role, marker=None):
    found = [line for line in axes.lines if line.get_color() == colour(role)]
    return [line for line in found if marker is None or line.get_marker() == marker]


def test_the_shaded_starts_are_those_that_come_home():
    upper, lower = PLOTS["homecoming"]().axes
    assert list(lines_of(upper, "linear")[0].get_ydata()) == list(RIPPLE)
    (dots,) = lines_of(lower, "gradient", "o")
    assert list(dots.get_xdata()) == list(STARTS) and list(dots.get_ydata()) == list(ENDS)
    (shade,) = lower.patches
    assert shade.get_x() == -0.8 and shade.get_x() + shade.get_width() == pytest.approx(0.9)
    nobody = specific.homecoming(OFF, RIPPLE, STARTS, STARTS + 9).axes[1]
    assert not nobody.patches


def test_delays_part_loud_bells_from_weak_ones():
    axes = PLOTS["delays"]().axes[0]
    (filled,), (open_,) = lines_of(axes, "linear", "o"), lines_of(axes, "rule", "s")
    assert list(filled.get_xdata()) == list(LATE[LOUD].ravel())
    assert list(open_.get_ydata()) == list(LATE[~LOUD].ravel() + 0.1)
    assert open_.get_markerfacecolor() == "none"


def test_alike_has_a_line_a_bell_and_their_median():
    first, second = PLOTS["alike"]().axes
    assert len(first.lines) == 17
    (median,) = lines_of(first, "lstm", "o")
    assert list(median.get_ydata()) == pytest.approx(list(np.median(COSINES, axis=1)))
    assert first.get_title(loc="left") == "from noise"
    assert set(lines_of(second, "lstm", "o")[0].get_ydata()) == {0.9}


def test_gaze_stands_below_what_it_looks_at():
    score, open_, masked = PLOTS["gaze"]().axes
    assert list(lines_of(score, "linear")[0].get_ydata()) == list(8 * FRAMES)
    assert list(lines_of(masked, "lstm")[0].get_ydata()) == list(FRAMES)
    assert lines_of(open_, "truth")[0].get_xdata()[0] == 112.0
    assert lines_of(score, "linear")[0].get_xdata()[0] == 2.5


def test_bound_and_labels_add_in_squares():
    axes = PLOTS["timing_by_bell"]().axes[0]
    alone, both = [line for line in axes.lines if line.get_marker() == "None"][:2]
    order = np.argsort(SNR)
    assert list(alone.get_ydata()) == list(BOUND[order])
    assert list(both.get_ydata()) == pytest.approx(list(np.sqrt(BOUND**2 + 0.04)[order]))
    assert len(axes.lines) == 4


def test_parts_have_a_mark_a_seed_and_a_bar_at_the_median():
    axes = PLOTS["parts"]().axes[0]
    assert [list(line.get_xdata()) for line in axes.lines] == list(LADDER.values())
    assert [tick.get_text() for tick in axes.get_yticklabels()] == list(LADDER)
    bars = [each.get_segments()[0] for each in axes.collections]
    assert next(bar[0, 0] for bar in bars if bar[0, 0] == bar[1, 0]) == 0.915
    assert PLOTS["parts_unshaded"]().axes[0].get_xlim()[0] == 0.0


def test_candidates_below_the_sheet_lie_on_its_edge():
    axes = PLOTS["candidates"]().axes[0]
    (strikes,), (nothing,) = lines_of(axes, "truth", "o"), lines_of(axes, "loss", "X")
    assert list(strikes.get_ydata()) == list(ALONE[AMONG > 0])
    assert set(nothing.get_ydata()) == {0.5}
    assert lines_of(axes, "linear")[0].get_xdata()[0] == 8.0


def test_shares_found_are_those_of_each_group():
    upper, lower = PLOTS["found_by_loudness"]().axes
    middles, share = upper.lines[0].get_data()
    for middle, part in zip(middles, share, strict=True):
        group = np.digitize(LEVELS, [middle - 1.5, middle + 1.5]) == 1
        assert part == pytest.approx((LEVELS[group] > 14).mean())
    assert sum(bar.get_height() for bar in lower.patches) == len(LEVELS)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: specific.homecoming(OFF, RIPPLE[:-1], STARTS, ENDS),
        lambda: specific.delays(LATE, LATE[:, :3], LOUD, "loud", "weak"),
        lambda: specific.delays(LATE, LATE, LOUD[:3], "loud", "weak"),
        lambda: specific.alike({"short": COSINES[:1]}),
        lambda: specific.alike({}),
        lambda: specific.gaze(FRAMES, {"short": FRAMES[:5]}, []),
        lambda: specific.timing_by_bell(SNR, BOUND[:3], 0.2, {"it": SNR}),
        lambda: specific.parts({}, "F1"),
        lambda: specific.candidates(ALONE, AMONG, [True], 8.0),
        lambda: specific.found_by_loudness(LEVELS, {"short": [True]}, [0, 40]),
    ],
)
def test_what_does_not_fit_together_is_refused(wrong):
    with pytest.raises(ShapeError):
        wrong()
