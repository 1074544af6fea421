"""The plots of the first chapters: they show their numbers, and nothing lies upon anything."""

import math
import random

import pytest

from asctools.dataset.companies import COMPANIES
from asctools.errors import ShapeError
from asctools.plots import MARKS, colour, scalar
from asctools.plots.palette import GATES
from asctools.plots.style import SMALLEST_TEXT
from asctools.scalar import by_hand
from tests.asctools.plots.every_plot import assert_readable, assert_themed

TRACES = {company.name: by_hand.trace(by_hand.POCKET, company.days) for company in COMPANIES}
ALT = "A figure of which the test looks at every text and every line."


def falling(epochs, rate):
    return [math.exp(-rate * epoch) + 1e-4 for epoch in range(epochs)]


def history(epochs):
    return [(0.5 * (1 - k / epochs), 0.5 * (1 + k / epochs)) for k in range(1, epochs + 1)]


def learning(epochs=5000):
    return scalar.learning_curves(falling(epochs, 1e-3), history(epochs))


def agreement():
    epsilons = [10.0 ** (-k / 2) for k in range(2, 24)]
    return scalar.gradient_agreement(epsilons, [e**2 + 1e-16 / e for e in epsilons])


def many():
    rng = random.Random(7)
    rows = [(y + rng.gauss(0, 0.1), y + rng.gauss(0, 0.1), y) for y in (0.0, 1.0) * 20]
    return tuple(zip(*[*rows, (0.4, 0.7, 0.0)], strict=True))


def by_length():
    days = (0.5, 0.25, 1.0) * 4
    return {
        name: [by_hand.predict(by_hand.POCKET, (first, *days[:more])) for more in range(12)]
        for name, first in (("A", 0.0), ("B", 1.0))
    }


def response():
    x = [k / 100 for k in range(101)]
    h = [by_hand.predict(by_hand.POCKET, (one, 0.5, 0.25, 1.0)) for one in x]
    return scalar.response_curve(x, h, 0.38)


RATES = {"0.0001": falling(900, 1e-3), "0.001": falling(900, 1.2e-3), "0.1": falling(500, 1e-2)}
PLOTS = {
    "squashers": scalar.squashers,
    "day_trace": lambda: scalar.day_trace(TRACES),
    "kept_and_written": lambda: scalar.kept_and_written(TRACES),
    "kept_and_written_alone": lambda: scalar.kept_and_written(TRACES["A"]),
    "learning_curves": learning,
    "weights": lambda: scalar.weights_before_after(by_hand.INITIAL, by_hand.POCKET),
    "gradient_agreement": agreement,
    "perturbed_predictions": lambda: scalar.perturbed_predictions(*many()),
    "response_curve": response,
    "predictions_by_length": lambda: scalar.predictions_by_length(by_length()),
    "rates_compared": lambda: scalar.rates_compared(RATES),
}


@pytest.mark.parametrize("name", PLOTS)
def test_every_text_can_be_read(name):
    assert_readable(PLOTS[name](), SMALLEST_TEXT)


@pytest.mark.parametrize("name", PLOTS)
def test_every_plot_is_themed_light_and_repeatable(name):
    assert_themed(PLOTS[name], ALT, name, limit=100_000)


def lines_of(axes, role):
    return [line for line in axes.lines if line.get_color() == colour(role)]


def test_squashers_draw_the_curves_and_their_slopes():
    for axes, curve in zip(scalar.squashers().axes, (by_hand.sigmoid, math.tanh), strict=True):
        drawn = lines_of(axes, "ink")[0]
        slope = lines_of(axes, "gradient")[0]
        for z, height, rise in zip(*drawn.get_data(), slope.get_ydata(), strict=True):
            assert height == pytest.approx(curve(z))
            measured = (curve(z + 1e-5) - curve(z - 1e-5)) / 2e-5
            assert rise == pytest.approx(measured, abs=1e-8)


def test_day_trace_has_a_panel_for_each_wire_and_a_line_for_each_company():
    figure = scalar.day_trace(TRACES)
    wires = ("f", "i", "c_tilde", "c", "o", "h")
    roles = ("forget", "input", "candidate", "cell", "output", "hidden")
    assert len(figure.axes) == 6
    for axes, wire, role in zip(figure.axes, wires, roles, strict=True):
        drawn = [list(line.get_ydata()) for line in lines_of(axes, role)]
        assert drawn == [[getattr(day, wire) for day in trace] for trace in TRACES.values()]
        styles = {(line.get_marker(), line.get_linestyle()) for line in lines_of(axes, role)}
        assert len(styles) == 2
        low, high = axes.get_ylim()
        assert all(low < value < high for values in drawn for value in values)


@pytest.mark.parametrize(
    "traces",
    [{}, {"A": []}, {"A": TRACES["A"], "B": TRACES["B"][:3]}, dict.fromkeys("ABCDE", TRACES["A"])],
)
def test_day_trace_refuses_what_does_not_fit_side_by_side(traces):
    with pytest.raises(ShapeError):
        scalar.day_trace(traces)


def test_kept_and_written_add_up_to_the_cell_state():
    figure = scalar.kept_and_written(TRACES)
    for axes, trace in zip(figure.axes, TRACES.values(), strict=True):
        bars = [bar for bar in axes.patches if bar.get_hatch()]
        for day, kept, written in zip(trace, bars[::2], bars[1::2], strict=True):
            assert kept.get_height() == pytest.approx(day.f * day.c_prev)
            assert written.get_y() == pytest.approx(kept.get_height())
            assert written.get_y() + written.get_height() == pytest.approx(day.c)
            assert (kept.get_hatch(), written.get_hatch()) == (
                MARKS["forget"].hatch,
                MARKS["candidate"].hatch,
            )
        states = [line.get_ydata()[0] for line in lines_of(axes, "cell")]
        assert sorted(states) == sorted([0.0, *(day.c for day in trace)])


def test_learning_curves_mark_every_stage_within_the_training():
    top, bottom = learning(epochs=3500).axes
    assert top.get_yscale() == "log"
    resumed = [line.get_xdata()[0] for line in lines_of(top, "muted")]
    assert resumed == [2000, 3000]
    for role, column in (("company_a", 0), ("company_b", 1)):
        curve, marks = lines_of(bottom, role)
        expected = [pair[column] for pair in history(3500)]
        assert list(curve.get_ydata()) == expected
        assert list(marks.get_ydata()) == [expected[1999], expected[2999]]
    with pytest.raises(ShapeError, match="3 losses and 2 predictions"):
        scalar.learning_curves([1.0] * 3, [(0.0, 1.0)] * 2)


def test_weights_run_from_before_to_after_gate_by_gate():
    axes = scalar.weights_before_after(by_hand.INITIAL, by_hand.POCKET).axes[0]
    runs = [
        (line.get_color(), *line.get_xdata()) for line in axes.lines if len(line.get_xdata()) == 2
    ]
    weights = list(zip(by_hand.INITIAL, by_hand.POCKET, strict=True))
    expected = [(colour(GATES[k // 3]), *pair) for k, pair in enumerate(weights)]
    assert runs[1:] == expected  # the first is the zero line
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names[0] == "$w_{fh}$" and names[7] == "$w_{cx}$" and names[11] == "$b_o$"
    with pytest.raises(ShapeError):
        scalar.weights_before_after((1.0,), by_hand.POCKET)


def test_gradient_agreement_names_the_smallest_error():
    texts = " ".join(text.get_text() for text in agreement().axes[0].texts)
    smallest = min(e**2 + 1e-16 / e for e in (10.0 ** (-k / 2) for k in range(2, 24)))
    assert f"{smallest:.0e}" in texts
    assert "rounding" in texts and "truncation" in texts
    one_sided = scalar.gradient_agreement([1e-1, 1e-2, 1e-3], [1e-2, 1e-4, 1e-6]).axes[0]
    assert not any("rounding" in text.get_text() for text in one_sided.texts)


def test_predictions_on_the_wrong_side_are_ringed():
    xs, hs, ys = many()
    axes = scalar.perturbed_predictions(xs, hs, ys).axes[0]
    rings = [line for line in axes.lines if line.get_markeredgecolor() == colour("loss")]
    wrong = [(x, h) for x, h, y in zip(xs, hs, ys, strict=True) if (h >= 0.5) != (y >= 0.5)]
    assert [tuple(zip(*ring.get_data(), strict=True)) for ring in rings] == [tuple(wrong)]
    clouds = [len(lines_of(axes, role)[0].get_xdata()) for role in ("company_a", "company_b")]
    assert clouds == [21, 20]


def test_rates_end_where_their_losses_end():
    axes = scalar.rates_compared(RATES).axes[0]
    assert [line.get_xdata()[-1] for line in axes.lines] == [900, 900, 500]
    assert [text.get_text() for text in axes.texts] == list(RATES)
    assert len({str(line._dash_pattern) for line in axes.lines}) == 3
    for number in (0, 6):
        with pytest.raises(ShapeError, match="one to five"):
            scalar.rates_compared({str(k): [1.0] for k in range(number)})


def test_the_response_is_marked_where_it_crosses_and_lengths_where_trained():
    axes = response().axes[0]
    mark = [line for line in lines_of(axes, "hidden") if len(line.get_xdata()) == 1]
    assert [tuple(map(float, (*m.get_xdata(), *m.get_ydata()))) for m in mark] == [(0.38, 0.5)]
    axes = scalar.predictions_by_length(by_length(), trained_on=5).axes[0]
    assert [line.get_xdata()[0] for line in lines_of(axes, "muted")] == [5]
    assert list(lines_of(axes, "company_a")[0].get_ydata()) == by_length()["A"]
