"""The plots of memory and of its troubles: they show their numbers, and nothing covers anything."""

import math

import numpy as np
import pytest

from asctools.errors import ShapeError
from asctools.plots import colour, memory
from asctools.plots.style import SMALLEST_TEXT
from tests.asctools.plots.every_plot import assert_readable, assert_themed

ALT = "A figure of which the test looks at every text and every line."
LAGS = np.arange(61)


def falling(rate):
    """Three seeds of a gradient that falls at about that rate."""
    return np.array([[0.5], [1.0], [1.5]]) * np.exp(-rate * LAGS)


PER_LAG = {
    "RNN": falling(0.7),
    "LSTM, forget bias 0": falling(0.25),
    "LSTM, forget bias 1": falling(0.05),
    "GRU": falling(0.12),
}
STEPS = 200
NORMS = [0.4 + 0.3 * math.sin(k) for k in range(STEPS)]
NORMS[20], NORMS[90], NORMS[91] = 3.0, 80.0, 500.0
CALM = [0.3 + math.exp(-k / 60.0) for k in range(STEPS)]
WILD = [*CALM[:90], *(40.0 + k for k in range(20)), *[math.nan] * (STEPS - 110)]
EPOCHS = np.arange(1, 31)
TRAIN = np.exp(-EPOCHS / 8.0) * np.array([[1.0], [1.1]])
VALIDATION = np.exp(-EPOCHS / 8.0) + 0.02 * EPOCHS + np.array([[0.1], [0.2]])
DROPOUT = {f"dropout {rate}": (TRAIN, VALIDATION) for rate in (0.0, 0.25, 0.5)}
LENGTHS = [100, 200, 400, 800]

PLOTS = {
    "gradient_per_lag": lambda: memory.gradient_per_lag(PER_LAG),
    "gradient_one_seed": lambda: memory.gradient_per_lag({"RNN": falling(0.7)[0]}, floor=1e-20),
    "two_stories": lambda: memory.two_stories(
        range(1, 62), {"RNN": falling(0.4), "LSTM": falling(0.02)}
    ),
    "clipping": lambda: memory.clipping(NORMS, 1.0, WILD, CALM),
    "clipping_without_an_end": lambda: memory.clipping(NORMS, 1.0, [2.0, *CALM[1:]], CALM),
    "truncated": lambda: memory.truncated(LENGTHS, [9e4 * n for n in LENGTHS], [4e6] * 4),
    "overfitting": lambda: memory.overfitting(DROPOUT),
    "overfitting_once": lambda: memory.overfitting({"dropout 0": (TRAIN[0], VALIDATION[0])}),
    "layer_norm": lambda: memory.layer_norm({"LSTM": TRAIN, "LSTM with layer norm": TRAIN**2}),
    "layer_norm_log": lambda: memory.layer_norm(
        {"LSTM": TRAIN, "with layer norm": TRAIN**2}, log=True
    ),
}


@pytest.mark.parametrize("name", PLOTS)
def test_every_text_can_be_read(name):
    assert_readable(PLOTS[name](), SMALLEST_TEXT)


@pytest.mark.parametrize("name", PLOTS)
def test_every_plot_is_themed_light_and_repeatable(name):
    assert_themed(PLOTS[name], ALT, name, limit=80_000)


def lines_of(axes, role, least=5):
    return [
        line
        for line in axes.lines
        if line.get_color() == colour(role) and len(line.get_xdata()) > least
    ]


def texts(axes):
    return {text.get_text() for text in axes.texts}


def test_gradients_are_medians_on_a_log_axis_from_lag_zero():
    axes = PLOTS["gradient_per_lag"]().axes[0]
    assert axes.get_yscale() == "log"
    (gru,) = lines_of(axes, "gru")
    assert np.allclose(gru.get_ydata(), np.exp(-0.12 * LAGS))
    assert list(gru.get_xdata()) == list(LAGS)
    assert len(lines_of(axes, "lstm")) == 2
    assert texts(axes) == set(PER_LAG)
    assert len(axes.collections) == len(PER_LAG)  # the bands
    assert not PLOTS["gradient_one_seed"]().axes[0].collections


def test_stories_start_at_their_first_symbol():
    axes = PLOTS["two_stories"]().axes[0]
    (lstm,) = lines_of(axes, "lstm")
    assert lstm.get_xdata()[0] == 1
    assert axes.get_xlim() == (1.0, 61.0)


def test_clipping_shows_the_cut_and_where_the_loss_is_lost():
    top, bottom = PLOTS["clipping"]().axes
    cut = [line for line in top.lines if list(line.get_ydata()) == [1.0, 1.0]]
    assert len(cut) == 1 and "cut at 1" in texts(top)
    (kept,) = lines_of(top, "gradient")
    assert max(kept.get_ydata()) == 1.0
    assert list(kept.get_ydata()[:20]) == NORMS[:20]
    (over,) = [one for one in top.collections if len(one.get_segments()) == 3]
    ends = {tuple(map(float, point)) for segment in over.get_segments() for point in segment}
    assert {(21.0, 3.0), (91.0, 80.0), (92.0, 500.0), (92.0, 1.0)} <= ends
    (far,) = lines_of(top, "loss", least=1)
    assert list(far.get_ydata()) == [80.0, 500.0]
    (wild,) = lines_of(bottom, "loss")
    assert list(wild.get_ydata()) == WILD[:110]
    assert texts(bottom) == {"clipped", "no number after step 110"}
    assert bottom.get_yscale() == "log"
    (calm,) = lines_of(bottom, "lstm")
    assert list(calm.get_ydata()) == CALM


def test_long_trainings_are_thinned_but_keep_their_peaks():
    norms = np.full(5000, 0.5)
    norms[[1234, 4321]] = 70.0, 90.0
    top, bottom = memory.clipping(norms, 1.0, [0.7] * 4000 + [math.inf], [0.7] * 5000).axes
    (kept,) = lines_of(top, "gradient")
    assert len(kept.get_xdata()) <= 400
    (far,) = lines_of(top, "loss", least=1)
    assert list(zip(*far.get_data(), strict=True)) == [(1235, 70.0), (4322, 90.0)]
    (loss,) = lines_of(bottom, "lstm")
    assert len(loss.get_xdata()) <= 400
    assert (loss.get_xdata()[0], loss.get_xdata()[-1]) == (1, 5000)
    assert "no number after step 4000" in texts(bottom)


def test_two_trainings_that_end_are_both_named():
    bottom = PLOTS["clipping_without_an_end"]().axes[1]
    assert texts(bottom) == {"clipped", "without"}
    assert bottom.get_yscale() == "linear"


def test_memory_is_drawn_in_a_unit_that_fits():
    axes = PLOTS["truncated"]().axes[0]
    full, windows = axes.lines
    assert list(full.get_ydata()) == [9.0, 18.0, 36.0, 72.0]
    assert list(windows.get_ydata()) == [4.0] * 4
    assert axes.get_ylabel() == "memory in MB"
    assert memory.truncated([1, 2], [500, 900], [1, 1]).axes[0].get_ylabel() == "memory in B"
    assert full.get_linestyle() != windows.get_linestyle()


def test_overfitting_marks_the_best_epoch_of_each_rate():
    figure = PLOTS["overfitting"]()
    assert [axes.get_title("left") for axes in figure.axes] == list(DROPOUT)
    middle = np.median(VALIDATION, axis=0)
    for axes in figure.axes:
        best = axes.lines[-1]
        assert best.get_xdata()[0] == EPOCHS[np.argmin(middle)]
        assert best.get_ydata()[0] == min(middle)
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["training", "validation"]


def test_layer_norm_counts_epochs_from_one():
    axes = PLOTS["layer_norm"]().axes[0]
    first, second = lines_of(axes, "lstm")
    assert list(first.get_xdata()) == list(EPOCHS)
    assert first.get_linestyle() != second.get_linestyle()
    assert PLOTS["layer_norm_log"]().axes[0].get_yscale() == "log"


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: memory.gradient_per_lag({}), "no curve"),
        (lambda: memory.layer_norm({}), "no curve"),
        (lambda: memory.overfitting({}), "0 dropout rates"),
        (lambda: memory.overfitting(dict.fromkeys("abcde", (TRAIN, TRAIN))), "5 dropout rates"),
        (lambda: memory.clipping(NORMS, 1.0, [math.nan] * 3, CALM), "never finite"),
        (lambda: memory.clipping([], 1.0, CALM, CALM), "norms of shape"),
        (lambda: memory.truncated(LENGTHS, [1.0] * 3, [1.0] * 4), "4 lengths"),
        (lambda: memory.truncated([], [], []), "0 lengths"),
    ],
)
def test_what_does_not_fit_is_refused(draw, words):
    with pytest.raises(ShapeError, match=words):
        draw()
