"""The plots of the chapter on the training loop: they show their numbers, and cover nothing."""

import math

import numpy as np
import pytest

from asctools.errors import ShapeError
from asctools.plots import colour, training
from asctools.plots.style import SMALLEST_TEXT
from tests.asctools.plots.every_plot import assert_readable, assert_themed

ALT = "A figure of which the test looks at every text and every line."
EPOCHS = np.arange(1, 41)
LOSSES = [0.7 * np.exp(-EPOCHS / rate) for rate in (8.0, 9.0, 11.0)]
HELD_OUT = [0.5 * np.exp(-EPOCHS / 6.0) + 0.01 * EPOCHS + shift for shift in (0.0, 0.05, 0.1)]
REPEATED = [
    0.5 - 0.3 * np.exp(-((EPOCHS - at) ** 2) / 50.0) + 0.0125 * EPOCHS for at in (9, 11, 13)
]
EXCESS = {
    "constant": [0.4 * np.exp(-EPOCHS / 5.0) + 0.01 + 0.004 * np.sin(EPOCHS + k) for k in range(3)],
    "cosine": [0.4 * np.exp(-EPOCHS / 5.0) + 0.004 for _ in range(3)],
}
RATES = {
    "constant": [0.01] * 40,
    "cosine": [0.005 * (1.0 + math.cos(math.pi * e / 40.0)) for e in range(40)],
}
AWAY = {
    "nothing": [0.0] * 160,
    "dropout": [0.02 * math.sqrt(k) for k in range(1, 161)],
    "order": [0.1 * math.sqrt(k) for k in range(1, 161)],
    "schedule": [0.0] * 20 + [0.02 * k for k in range(1, 141)],
    "optimiser": [0.8 + 0.03 * k for k in range(160)],
}
COLUMNS = {
    "iteration": np.arange(1, 241),
    "loss": 0.7 * np.exp(-np.arange(240) / 90.0),
    "grad_norm": 1.0 + np.sin(np.arange(240) / 9.0),
    "learning_rate": np.repeat(RATES["cosine"][:12], 20),
}
PANELS = {"loss": "loss, nats", "grad_norm": "gradient norm", "learning_rate": "rate η"}

PLOTS = {
    "too_long": lambda: training.too_long(LOSSES, HELD_OUT, REPEATED),
    "one_seed": lambda: training.too_long(LOSSES[0], HELD_OUT[0], REPEATED[0]),
    "schedules": lambda: training.schedules(EXCESS, RATES),
    "forgotten": lambda: training.forgotten(AWAY),
    "forgotten_one": lambda: training.forgotten({"order": AWAY["order"]}),
    "steps": lambda: training.steps(COLUMNS, PANELS, limit=1.0),
    "steps_marked": lambda: training.steps(COLUMNS, {"loss": "loss"}, marks={"resumed": 137}),
}


@pytest.mark.parametrize("name", PLOTS)
def test_every_text_can_be_read(name):
    assert_readable(PLOTS[name](), SMALLEST_TEXT)


@pytest.mark.parametrize("name", PLOTS)
def test_every_plot_is_themed_light_and_repeatable(name):
    assert_themed(PLOTS[name], ALT, f"training_{name}", limit=90_000)


def lines_of(axes, role):
    return [line for line in axes.lines if line.get_color() == colour(role)]


def texts(axes):
    return [text.get_text() for text in axes.texts]


def test_the_best_epoch_of_each_seed_is_marked_in_both_panels():
    top, bottom = PLOTS["too_long"]().axes
    best = [1 + int(np.argmin(row)) for row in HELD_OUT]
    for axes, role in ((top, "loss"), (bottom, "deviation")):
        marks = [line for line in lines_of(axes, role) if line.get_linestyle() == "None"]
        assert [int(np.ravel(line.get_xdata())[0]) for line in marks] == best
    assert [float(np.ravel(m.get_ydata())[0]) for m in lines_of(top, "loss")[1::2]] == (
        pytest.approx([min(row) for row in HELD_OUT])
    )
    curves = lines_of(bottom, "deviation")[::2]
    for curve, row in zip(curves, REPEATED, strict=True):
        assert curve.get_ydata() == pytest.approx(100.0 * row)
    assert [text.get_text() for text in top.get_legend().get_texts()] == [
        "training",
        "held out",
        "the best epoch",
    ]


def test_each_rule_has_its_losses_above_and_its_rate_below():
    top, bottom = PLOTS["schedules"]().axes
    assert top.get_yscale() == "log"
    assert len(lines_of(top, "baseline")) == len(lines_of(top, "lstm")) == 3
    assert lines_of(top, "lstm")[0].get_ydata() == pytest.approx(EXCESS["cosine"][0])
    assert texts(top) == ["constant", "cosine"]
    assert list(lines_of(bottom, "lstm")[0].get_ydata()) == pytest.approx(RATES["cosine"])


def test_what_lies_below_the_axis_is_drawn_on_its_edge():
    top, _ = training.schedules({"a": [0.1, 1e-9]}, {"a": [1.0, 1.0]}, least=1e-3).axes
    assert list(top.lines[0].get_ydata()) == pytest.approx([0.1, 1e-3])


def test_who_forgot_nothing_lies_on_the_lower_edge_and_looks_different():
    axes = PLOTS["forgotten"]().axes[0]
    (exact,) = lines_of(axes, "truth")
    assert set(exact.get_ydata()) == {axes.get_ylim()[0]}
    others = lines_of(axes, "deviation")
    assert [line.get_ydata()[-1] for line in others] == pytest.approx(
        [AWAY[name][-1] for name in list(AWAY)[1:]]
    )
    assert others[2].get_ydata()[10] == axes.get_ylim()[0]  # the schedule, in its first epoch
    assert len({str(line._dash_pattern) for line in axes.lines}) == len(AWAY)
    assert set(AWAY) <= set(texts(axes))


def test_columns_stand_below_each_other_over_their_steps():
    axes = PLOTS["steps"]().axes
    assert [each.get_ylabel() for each in axes] == list(PANELS.values())
    for each, name in zip(axes, PANELS, strict=True):
        assert each.lines[0].get_ydata() == pytest.approx(COLUMNS[name])
        assert each.lines[0].get_xdata()[-1] == 240
    limit = lines_of(axes[1], "deviation")
    assert [line.get_ydata()[0] for line in limit] == [1.0]
    assert not lines_of(axes[0], "deviation")


def test_a_mark_goes_through_the_panels():
    axes = PLOTS["steps_marked"]().axes[0]
    assert [line.get_xdata()[0] for line in lines_of(axes, "ink")] == [137]
    assert texts(axes) == ["resumed"]
    without = {name: COLUMNS[name] for name in ("loss",)}
    assert training.steps(without, {"loss": "loss"}).axes[0].lines[0].get_xdata()[0] == 1


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: training.too_long(LOSSES, HELD_OUT[:2], REPEATED), "three of one shape"),
        (lambda: training.schedules(EXCESS, {"constant": [1.0]}), "the same names"),
        (lambda: training.schedules({}, {}), "one to 3"),
        (lambda: training.forgotten({}), "0 trainings"),
        (lambda: training.forgotten({"a": []}), "with steps"),
        (lambda: training.forgotten({str(k): [1.0] for k in range(6)}), "1 to 5"),
        (lambda: training.steps(COLUMNS, {"accuracy": "%"}), "a column for each panel"),
        (lambda: training.steps(COLUMNS, {}), "a column for each panel"),
    ],
)
def test_what_cannot_be_drawn_is_refused(make, words):
    with pytest.raises(ShapeError, match=words):
        make()
