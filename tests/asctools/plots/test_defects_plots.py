"""The plots of the chapter on rare defects: they show their numbers, and nothing covers them."""

import numpy as np
import pytest

from asctools.errors import ShapeError
from asctools.plots import colour, defects
from asctools.plots.defects import looked
from asctools.plots.style import SMALLEST_TEXT
from tests.asctools.plots.every_plot import assert_readable, assert_themed

ALT = "A figure of which the test looks at every text and every line."

CHANNELS = {"mould_temperature": "°C", "mould_level": "mm", "friction": "kN"}
MARKS = {"ill": [(20, "level"), (32, "drop"), (70, "level")], "sound": [(55, "drop")]}
MODELS = ("logistic regression", "boosting, order-free", "boosting with order", "LSTM", "oracle")
KINDS = ("defect", "reversed", "quiet")
RATES = np.linspace(0.0, 1.0, 40)


def readings(seed):
    return np.random.default_rng(seed).normal(size=(120, 3)).cumsum(axis=0)


def results():
    return {
        name: {
            "AUC-ROC": [0.55 + 0.09 * number + shift for shift in (0.0, 0.02, 0.01)],
            "average precision": [0.1 + 0.18 * number + shift for shift in (0.0, 0.02, 0.05)],
        }
        for number, name in enumerate(MODELS)
    }


def stories():
    return {name: {kind: [0.1, 0.2, 0.4] for kind in KINDS} for name in MODELS[2:4]}


def table(bend):
    said = np.array([0.05, np.nan, 0.4, 0.9])
    came = said**bend
    return said, came, came - 0.04, came + 0.05


Z = np.linspace(-5.0, 3.0, 81)
PI = 0.08
LOSSES = {
    f"w = {w:g}": w * PI * np.log1p(np.exp(-Z)) + (1 - PI) * np.log1p(np.exp(Z))
    for w in (1.0, 3.0, 11.5)
}
LOWEST = {name: (float(Z[v.argmin()]), float(v.min())) for name, v in LOSSES.items()}
THRESHOLDS = np.linspace(0.005, 0.97, 60)
COSTS = {"as trained": 0.5 + (THRESHOLDS - 0.5) ** 2, "corrected": 0.5 + (THRESHOLDS - 0.1) ** 2}
LEAKS = {name: ([0.7, 0.72, 0.71], [0.71 + 0.05 * k] * 3) for k, name in enumerate(MODELS[:4])}

PLOTS = {
    "sensors": lambda: defects.sensors(
        {"ill": readings(0), "sound": readings(1)}, CHANNELS, marks=MARKS
    ),
    "sensors_unmarked": lambda: defects.sensors({"one": readings(2)}, CHANNELS),
    "risk": lambda: defects.risk({"ill": [RATES, RATES**2], "sound": 0.2 * RATES}, _late(MARKS)),
    "ranking": lambda: defects.ranking([1, 0, 1, 0], [0.9, 0.2, 0.4, 0.7]),
    "curves": lambda: defects.curves(
        dict.fromkeys(MODELS, (RATES, RATES**0.3)),
        dict.fromkeys(MODELS, (RATES, 1 - RATES**2)),
        0.08,
    ),
    "rivals": lambda: defects.rivals(results(), {"AUC-ROC": 0.5, "average precision": 0.08}),
    "alarms_by_story": lambda: defects.alarms_by_story(stories()),
    "constant_losses": lambda: defects.constant_losses(Z, LOSSES, LOWEST),
    "reliability": lambda: defects.reliability({"as trained": table(3), "corrected": table(1)}),
    "cost_curve": lambda: defects.cost_curve(
        THRESHOLDS, COSTS, {"as trained": 0.5}, {"never an alarm": 0.9, "always": 1.2}
    ),
    "leak": lambda: defects.leak(LEAKS),
}


def _late(marks):
    return {name: [(step / 4, kind) for step, kind in each] for name, each in marks.items()}


@pytest.mark.parametrize("name", PLOTS)
def test_every_text_can_be_read(name):
    assert_readable(PLOTS[name](), SMALLEST_TEXT)


@pytest.mark.parametrize("name", PLOTS)
def test_every_plot_is_themed_light_and_repeatable(name):
    assert_themed(PLOTS[name], ALT, name, limit=90_000)


def texts(axes):
    return [text.get_text() for text in axes.texts]


def lines_of(axes, role):
    drawn = [line for line in axes.lines if len(line.get_xdata())]  # not those of a legend
    return [line for line in drawn if line.get_color() == colour(role)]


def data_of(line):
    return list(line.get_xdata()), list(line.get_ydata())


def test_sensors_share_a_scale_in_a_row_and_events_are_marked_in_every_row():
    panels = np.array(PLOTS["sensors"]().axes).reshape(3, 2)
    for row in panels:
        assert row[0].get_ylim() == row[1].get_ylim()
        assert [line.get_xdata()[0] for line in lines_of(row[0], "cell")] == [20, 70]
        assert [line.get_xdata()[0] for line in lines_of(row[0], "loss")] == [32]
        assert [line.get_xdata()[0] for line in lines_of(row[1], "loss")] == [55]
    assert list(panels[1, 0].lines[0].get_ydata()) == list(readings(0)[:, 1])
    # Named once, the earlier left of its line; the channels once, with their units.
    assert texts(panels[0, 0]) == ["level", "drop", "mould temperature, °C"]
    assert [text.get_ha() for text in panels[0, 0].texts[:2]] == ["right", "left"]
    assert texts(panels[0, 1]) == ["drop"]
    assert texts(panels[1, 0]) == ["mould level, mm"]
    assert not lines_of(PLOTS["sensors_unmarked"]().axes[0], "loss")


def test_risk_is_a_line_a_model_between_0_and_1():
    top, bottom = PLOTS["risk"]().axes
    drawn = lines_of(top, "lstm")
    assert [list(line.get_ydata()) for line in drawn] == [list(RATES), list(RATES**2)]
    assert len(lines_of(bottom, "lstm")) == 1
    assert top.get_ylim() == bottom.get_ylim() == (0, 1)
    assert (top.get_title(loc="left"), bottom.get_title(loc="left")) == ("ill", "sound")


def test_a_ranking_stands_in_the_order_of_its_scores():
    axes = PLOTS["ranking"]().axes[0]
    assert texts(axes) == ["0.9", "0.7", "0.4", "0.2"]
    drawn = [line.get_marker() for line in axes.lines if line.get_marker() in "Xo"]
    assert drawn[:4] == ["X", "o", "X", "o"]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["defect", "sound"]


def test_curves_have_a_line_a_model_and_what_guessing_reaches():
    roc, pr = PLOTS["curves"]().axes
    for axes, guess in ((roc, (0, 1)), (pr, (0.08, 0.08))):
        assert tuple(lines_of(axes, "chance")[0].get_ydata()) == guess
        styles = {(line.get_color(), str(line._dash_pattern)) for line in axes.lines[1:]}
        assert len(styles) == len(MODELS)
    assert list(roc.lines[4].get_ydata()) == pytest.approx(list(RATES**0.3))
    assert list(pr.lines[4].get_ydata()) == pytest.approx(list(1 - RATES**2))


def test_a_long_curve_is_thinned_and_keeps_its_ends():
    long = np.linspace(0.0, 1.0, 5000)
    axes = defects.curves({"LSTM": (long, long)}, {"LSTM": (long, long)}, 0.1).axes[0]
    drawn = lines_of(axes, "lstm")[0].get_xdata()
    assert len(drawn) == 300
    assert (drawn[0], drawn[-1]) == (0.0, 1.0)


def test_rivals_show_every_seed_and_the_median_on_both_scales():
    for axes, measure in zip(PLOTS["rivals"]().axes, ("AUC-ROC", "average precision"), strict=True):
        assert axes.get_title(loc="left") == measure
        marks = [line for line in axes.lines if line.get_linestyle() == "None"]
        drawn = [data_of(line) for line in marks]
        wanted = [(each[measure], [k] * 3) for k, each in enumerate(results().values())]
        assert drawn == wanted
        bars = [each.get_segments()[0][0][0] for each in axes.collections[1::2]]
        assert bars == pytest.approx([np.median(each[measure]) for each in results().values()])
    labels = [label.get_text() for label in PLOTS["rivals"]().axes[0].get_yticklabels()]
    assert labels == list(MODELS)


def test_each_model_has_a_look_of_its_own():
    look = looked(["constant", *MODELS])
    assert [each.role for each in look.values()] == [
        "chance",
        "linear",
        "rule",
        "rule",
        "lstm",
        "truth",
    ]
    assert len({(each.marker, each.filled) for each in look.values()}) == 6


def test_alarms_are_drawn_in_per_cent_and_the_wanted_kind_is_strong():
    axes = PLOTS["alarms_by_story"]().axes[0]
    marks = [line for line in axes.lines if len(line.get_xdata()) == 3]
    assert all(list(line.get_xdata()) == pytest.approx([10, 20, 40]) for line in marks)
    assert len(marks) == 2 * len(KINDS)
    weights = {each.get_text(): each.get_fontweight() for each in axes.get_yticklabels()}
    assert weights == {"defect": "bold", "reversed": "normal", "quiet": "normal"}


def test_the_lowest_points_are_named_by_their_probability():
    axes = PLOTS["constant_losses"]().axes[0]
    assert texts(axes)[:3] == ["8 %", "21 %", "50 %"]
    assert [line.get_xdata()[0] for line in axes.lines[1::2]] == pytest.approx(
        [low[0] for low in LOWEST.values()]
    )


def test_an_empty_bin_is_left_out_of_a_reliability_diagram():
    axes = PLOTS["reliability"]().axes[0]
    diagonal, first, second = axes.lines
    assert data_of(diagonal) == ([0, 1], [0, 1])
    assert data_of(first) == ([0.05, 0.4, 0.9], pytest.approx([0.05**3, 0.4**3, 0.9**3]))
    assert data_of(second)[1] == pytest.approx([0.05, 0.4, 0.9])
    reach = [segment[:, 1] for segment in axes.collections[1].get_segments()]
    assert [list(each) for each in reach] == [
        pytest.approx([y - 0.04, y + 0.05]) for y in (0.05, 0.4, 0.9)
    ]


def test_a_chosen_threshold_lies_on_its_curve():
    axes = PLOTS["cost_curve"]().axes[0]
    chosen = next(line for line in axes.lines if line.get_marker() == "o")
    assert chosen.get_xdata()[0] == pytest.approx(0.0, abs=1e-12)  # the log odds of one half
    assert chosen.get_ydata()[0] == pytest.approx(0.5, abs=1e-3)
    assert texts(axes) == ["never an alarm", "always"]
    assert [line.get_ydata()[0] for line in lines_of(axes, "chance")] == [0.9, 1.2]


def test_a_leak_is_an_arrow_and_no_leak_is_none():
    axes = PLOTS["leak"]().axes[0]
    assert len(axes.texts) == 3  # arrows: the first model's ways agree within 0.01
    honest = [list(line.get_xdata()) for line in lines_of(axes, "truth")][:4]
    assert honest == [[0.7, 0.72, 0.71]] * 4
    assert [line.get_xdata()[0] for line in lines_of(axes, "deviation")][:4] == pytest.approx(
        [0.71, 0.76, 0.81, 0.86]
    )


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: defects.sensors({}, CHANNELS), "one to three"),
        (lambda: defects.sensors({"a": readings(0)[:, :2]}, CHANNELS), "3 channels"),
        (lambda: defects.risk({}), "no sequences"),
        (lambda: defects.ranking([1, 0], [0.5]), "2 targets and 1 scores"),
        (lambda: defects.curves({}, {}, 0.1), "no curves"),
        (lambda: defects.rivals({}), "no models"),
        (lambda: defects.rivals({"a": {"x": [1]}, "b": {"y": [1]}}), "the same measures"),
        (lambda: defects.alarms_by_story({}), "no models"),
        (lambda: defects.constant_losses(Z, {}, {}), "0 losses"),
        (lambda: defects.reliability(dict.fromkeys("abcd", table(1))), "4 tables"),
        (lambda: defects.cost_curve(THRESHOLDS, {}, {}), "0 costs"),
        (lambda: defects.leak({}), "0 models"),
    ],
)
def test_what_cannot_be_drawn_is_refused(make, words):
    with pytest.raises(ShapeError, match=words):
        make()
