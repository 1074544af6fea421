"""The plots of the chapter on NumPy: they show their numbers, and nothing lies upon anything."""

import math

import pytest

from asctools.errors import ShapeError
from asctools.plots import colour, scratch
from asctools.plots.style import SMALLEST_TEXT
from tests.asctools.plots.every_plot import assert_readable, assert_themed

ALT = "A figure of which the test looks at every text and every line."

EPSILONS = [10.0**-k for k in range(1, 12)]
ERRORS = [0.3 * e**2 + 2e-14 / e for e in EPSILONS]
UNCUT = [math.exp(-0.2 * (36 - k)) for k in range(1, 37)]
CUT = UNCUT[18:]
RUNGS = {
    "as derived": (4.9, 12.0),
    "one product, four gates": (3.3, 6.3),
    "one product at the end": (0.92, 5.3),
    "asctools": (0.5, 3.4),
    "nn.LSTM": (0.63, 3.4),
}
PARTS = ("product: inputs", "products: forward", "tanh", "everything else")
SHARES = ((0.05, 0.3, 0.05, 0.6), (0.06, 0.5, 0.04, 0.4))
COIN = math.log(2.0) / 18.0


def falling(until, end):
    """A loss that stays on two coins until a point, and ends at another level."""
    return [
        2.3 * math.exp(-k / 2.0) + (2.0 * COIN if k < until else end * COIN) for k in range(120)
    ]


LONG = [falling(until, 1.02) for until in (20, 35, 60)]
SHORT = [falling(200, 1.0)]

PLOTS = {
    "gradient_errors": lambda: scratch.gradient_errors(EPSILONS, ERRORS, 3e-16),
    "errors_that_only_fall": lambda: scratch.gradient_errors(EPSILONS[:4], ERRORS[:4], 3e-16),
    "felt_slopes": lambda: scratch.felt_slopes(UNCUT, CUT),
    "ladder": lambda: scratch.ladder(RUNGS, ("B = 1", "B = 32")),
    "parts_of_a_step": lambda: scratch.parts_of_a_step(
        PARTS, *SHARES, headings=("B = 1", "B = 32")
    ),
    "first_memory": lambda: scratch.first_memory({18: LONG, 6: SHORT}, COIN),
}


@pytest.mark.parametrize("name", PLOTS)
def test_every_text_can_be_read(name):
    assert_readable(PLOTS[name](), SMALLEST_TEXT)


@pytest.mark.parametrize("name", PLOTS)
def test_every_plot_is_themed_light_and_repeatable(name):
    assert_themed(PLOTS[name], ALT, name, limit=80_000)


def lines_of(axes, role):
    return [line for line in axes.lines if line.get_color() == colour(role)]


def texts(axes):
    return [text.get_text() for text in axes.texts]


def test_the_v_is_drawn_whole_with_its_foot_and_the_complex_step_below():
    axes = PLOTS["gradient_errors"]().axes[0]
    (curve,) = lines_of(axes, "gradient")
    assert list(curve.get_xdata()) == EPSILONS
    assert list(curve.get_ydata()) == ERRORS
    (level,) = lines_of(axes, "truth")
    assert set(level.get_ydata()) == {3e-16}
    assert axes.get_ylim()[0] < 3e-16
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert f"{min(ERRORS):.0e}" in texts(axes)
    assert "complex step: 3e-16" in texts(axes)


def test_a_curve_without_a_foot_claims_none():
    said = " ".join(texts(PLOTS["errors_that_only_fall"]().axes[0]))
    assert "rounding" not in said
    assert "rounding" in " ".join(texts(PLOTS["gradient_errors"]().axes[0]))


def test_behind_the_cut_both_lines_stand_at_the_same_letters():
    axes = PLOTS["felt_slopes"]().axes[0]
    (whole,) = lines_of(axes, "baseline")
    (kept,) = lines_of(axes, "gradient")
    assert list(whole.get_xdata()) == list(range(1, 37))
    assert list(whole.get_ydata()) == UNCUT
    assert list(kept.get_xdata()) == list(range(19, 37))
    assert list(kept.get_ydata()) == CUT
    (cut,) = lines_of(axes, "ink")
    assert set(cut.get_xdata()) == {18.5}


def test_the_ladder_has_a_bar_for_each_time_and_a_line_at_the_rival():
    for place, axes in enumerate(PLOTS["ladder"]().axes):
        assert [bar.get_width() for bar in axes.patches] == [t[place] for t in RUNGS.values()]
        (rival,) = lines_of(axes, "pytorch")
        assert set(rival.get_xdata()) == {RUNGS["nn.LSTM"][place]}
        assert texts(axes) == [f"{times[place]:.1f}" for times in RUNGS.values()]
        low, high = axes.get_ylim()
        assert low > high  # the first version stands at the top


def test_the_versions_are_named_at_the_left_panel():
    left = PLOTS["ladder"]().axes[0]
    assert [label.get_text() for label in left.get_yticklabels()] == list(RUNGS)


def test_products_are_told_from_the_rest():
    for axes, shares in zip(PLOTS["parts_of_a_step"]().axes, SHARES, strict=True):
        assert [bar.get_width() for bar in axes.patches] == [100.0 * each for each in shares]
        first, second, *others = (bar.get_facecolor() for bar in axes.patches)
        assert first == second
        assert first not in others
        assert texts(axes) == [f"{100.0 * each:.0f}" for each in shares]


def test_every_network_is_drawn_and_both_levels():
    axes = PLOTS["first_memory"]().axes[0]
    drawn = [line for line in axes.lines if len(line.get_xdata()) > 2]
    assert [list(line.get_ydata()) for line in drawn] == [*LONG, *SHORT]
    assert drawn[0].get_xdata()[-1] == pytest.approx(0.09 * 120)
    (a, b) = {(line.get_color(), line.get_linestyle()) for line in drawn}
    assert a[0] != b[0] and a[1] != b[1]
    levels = [line.get_ydata()[0] for line in lines_of(axes, "truth")]
    assert levels == [2.0 * COIN, COIN]
    names = [text.get_text() for text in axes.get_legend().get_texts()]
    assert names == ["pieces of 18", "pieces of 6"]


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: scratch.gradient_errors(EPSILONS, ERRORS[1:], 1e-16), "11 steps and 10 errors"),
        (lambda: scratch.gradient_errors([], [], 1e-16), "0 steps"),
        (lambda: scratch.felt_slopes(UNCUT, UNCUT), "36 slopes behind the cut and 36 in all"),
        (lambda: scratch.felt_slopes(UNCUT, []), "0 slopes"),
        (lambda: scratch.ladder({"float32": (1.0,)}, ("B = 1",)), "nn.LSTM among them"),
        (lambda: scratch.ladder(RUNGS, ("B = 1",)), "5 versions under 1 headings"),
        (
            lambda: scratch.parts_of_a_step(PARTS, SHARES[0][:2], headings=("B = 1",)),
            "4 shares for each heading",
        ),
        (lambda: scratch.first_memory({}, COIN), "0 windows"),
        (lambda: scratch.first_memory(dict.fromkeys((1, 2, 3), SHORT), COIN), "3 windows"),
    ],
)
def test_what_does_not_fit_is_refused(draw, words):
    with pytest.raises(ShapeError, match=words):
        draw()
