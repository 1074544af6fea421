"""The plots of the chapter on the refractory period: they show their numbers, all legible."""

import numpy as np
import pytest

from asctools.errors import ShapeError
from asctools.plots import colour, dead_time
from asctools.plots.style import SMALLEST_TEXT
from tests.asctools.plots.every_plot import assert_readable, assert_themed

ALT = "A figure of which the test looks at every text and every line."
WAITS = np.concatenate([np.random.default_rng(0).normal(2.5, 0.12, 300), [1.95, 1.97]])
FRAMES = np.arange(200) * 0.02
BUMPS = np.exp(-((FRAMES[:, None] - [1.0, 2.1]) ** 2) / 0.005) @ [0.9, 0.4]
PICKS = np.array([0.0, 1.4, 2.8, 5.0])
SCORES = np.array([2.0, 3.0, 2.5, 4.0])
KEPT = {"first come": [0, 2, 3], "best first": [1, 3]}
DELAYS = np.array([0.0, 0.5, 1.0, 2.0])
F1 = np.array([[0.7, 0.8, 0.85, 0.86], [0.72, 0.79, 0.84, 0.85]])
MINUTES = np.arange(1.0, 6.0)

PLOTS = {
    "intervals": lambda: dead_time.intervals(WAITS, 2.0),
    "soft_term": lambda: dead_time.soft_term(FRAMES, BUMPS, 0.2 * BUMPS),
    "choices": lambda: dead_time.choices(PICKS, SCORES, KEPT, 2.0),
    "against": lambda: dead_time.against(
        DELAYS,
        {"noisy": F1, "quiet": F1[0] + 0.1},
        "delay in seconds",
        "F1",
        levels={"all known": 0.97},
        mark=(0.5, "here"),
        ylim=(0.6, 1.0),
    ),
    "against_alone": lambda: dead_time.against(DELAYS, {"one": F1[0]}, "delay", "F1"),
    "memory": lambda: dead_time.memory(
        MINUTES, {"stream": np.full(5, 1.2), "all at once": 2.0 * MINUTES}, 70 + MINUTES
    ),
    "memory_alone": lambda: dead_time.memory(MINUTES, {"stream": 0 * MINUTES + 2}, 70 + MINUTES),
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


def test_every_interval_is_counted_and_those_below_the_period_are_marked():
    axes = PLOTS["intervals"]().axes[0]
    assert sum(patch.get_height() for patch in axes.patches) == len(WAITS)
    (marks,) = lines_of(axes, "loss", "X")
    assert list(marks.get_xdata()) == [1.95, 1.97]


def test_the_term_stands_below_what_it_pushes():
    top, low = PLOTS["soft_term"]().axes
    assert list(lines_of(top, "lstm")[0].get_ydata()) == list(BUMPS)
    assert list(lines_of(low, "gradient")[0].get_ydata()) == list(0.2 * BUMPS)


def test_choices_parts_what_is_kept_from_what_is_dropped():
    first, best = PLOTS["choices"]().axes
    for axes, kept in ((first, [0, 2, 3]), (best, [1, 3])):
        (stays,), (goes,) = lines_of(axes, "lstm", "o"), lines_of(axes, "loss", "X")
        assert list(stays.get_xdata()) == list(PICKS[kept])
        assert list(goes.get_xdata()) == list(np.delete(PICKS, kept))
    assert first.get_title(loc="left") == "first come: 3 kept, together 8.5"


def test_several_recordings_are_thin_lines_and_their_mean_a_strong_one():
    axes = PLOTS["against"]().axes[0]
    *thin, strong = lines_of(axes, "lstm")
    assert [list(line.get_ydata()) for line in thin] == F1.tolist()
    assert list(strong.get_ydata()) == pytest.approx(list(F1.mean(0)))
    assert max(line.get_linewidth() for line in thin) < strong.get_linewidth()
    assert len(lines_of(axes, "loss")) == 1


def test_memory_begins_at_nothing():
    left, right = PLOTS["memory"]().axes
    assert left.get_ylim()[0] == right.get_ylim()[0] == 0
    assert list(lines_of(right, "lstm")[0].get_ydata()) == list(70 + MINUTES)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: dead_time.intervals([], 2.0),
        lambda: dead_time.soft_term(FRAMES, BUMPS[:-1], BUMPS),
        lambda: dead_time.choices(PICKS, SCORES[:2], KEPT, 2.0),
        lambda: dead_time.choices(PICKS, SCORES, {}, 2.0),
        lambda: dead_time.against(DELAYS, {"short": [0.5]}, "delay", "F1"),
        lambda: dead_time.against(DELAYS, {}, "delay", "F1"),
        lambda: dead_time.memory(MINUTES, {}, MINUTES),
        lambda: dead_time.memory(MINUTES, {"short": [1.0]}, MINUTES),
    ],
)
def test_what_does_not_fit_together_is_refused(wrong):
    with pytest.raises(ShapeError):
        wrong()
