"""The plots of bracket matching and of the family show every seed, and nothing covers anything."""

import numpy as np
import pytest

from asctools.errors import ShapeError
from asctools.plots import COLOURS, brackets, colour
from asctools.plots.family import family
from asctools.plots.style import SMALLEST_TEXT
from tests.asctools.plots.every_plot import assert_readable, assert_themed

ALT = "A figure of which the test looks at every text and every line."
LENGTHS = (25, 60, 100, 200)
RESULTS = {
    "RNN": dict(
        zip(LENGTHS, ([0.99, 0.97, 1.0], [0.65, 0.88, 0.52], [0.6] * 3, [0.5] * 3), strict=False)
    ),
    "LSTM": dict(
        zip(LENGTHS, ([1.0] * 3, [0.998] * 3, [0.9, 0.96, 0.87], [0.65, 0.76, 0.7]), strict=False)
    ),
    "GRU": dict(
        zip(LENGTHS, ([1.0] * 3, [0.99] * 3, [0.93, 0.9, 0.95], [0.75, 0.7, 0.8]), strict=False)
    ),
}
BASELINES = {
    "linear": dict(zip(LENGTHS, (0.72, 0.517, 0.51, 0.5), strict=False)),
    "count rule": 0.5,
}
EPOCHS = np.arange(1, 16)
LEARNING = {
    "RNN": [0.5 + 0.2 / (1 + np.exp(at - EPOCHS)) for at in (6, 10, 40)],
    "LSTM": [0.5 + 0.5 / (1 + np.exp(2 * (at - EPOCHS))) for at in (3, 5, 8)],
}
TEXT = "ab(c(de)f(g(h)i)j)k)l(mno"
DEPTH = np.cumsum([(symbol == "(") - (symbol == ")") for symbol in TEXT])
CELL = [-0.8 * depth + 0.05 * (-1) ** k for k, depth in enumerate(DEPTH)]
SAYS = [0.9 if depth == 0 else 0.1 for depth in DEPTH]
LONG = "(ab" * 12 + ")cd" * 4
MEMBERS = [
    ("RNN", 2042, {60: [0.6, 0.62, 0.7], 200: [0.5, 0.51, 0.52]}, 2.1),
    ("LSTM", 7906, {60: [0.99, 1.0, 0.98], 200: [0.7, 0.65, 0.76]}, 5.9),
    ("GRU", 5970, {60: [0.98, 0.99, 1.0], 200: [0.75, 0.7, 0.8]}, 5.2),
    ("peephole", 8002, {60: [0.99] * 3, 200: [0.71] * 3}, 21.0),
    ("coupled gates", 5954, {60: [0.97] * 3, 200: [0.66] * 3}, 17.4),
    ("layer norm", 8162, {60: [0.99] * 3, 200: [0.72] * 3}, 26.3),
    ("bidirectional", 1208002, {60: [0.99] * 3, 200: [0.72] * 3}, 126.3),
]

PLOTS = {
    "accuracy": lambda: brackets.accuracy_by_length(RESULTS, BASELINES, trained_to=60),
    "accuracy_alone": lambda: brackets.accuracy_by_length(RESULTS),
    "learning_curves": lambda: brackets.learning_curves(LEARNING, chance=0.5),
    "learning_by_time": lambda: brackets.learning_curves(
        LEARNING, "CPU seconds", xs=[0.4 * epoch for epoch in EPOCHS]
    ),
    "depth_cell": lambda: brackets.depth_cell(TEXT, DEPTH, CELL, 7),
    "depth_long": lambda: brackets.depth_cell(LONG, range(48), [0.0] * 48),
    "verdict": lambda: brackets.verdict(TEXT, SAYS, DEPTH),
    "verdict_alone": lambda: brackets.verdict(LONG, [0.5] * 48),
    "family": lambda: family(MEMBERS),
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
    return {text.get_text() for text in axes.texts}


def test_every_seed_is_a_point_and_the_medians_are_joined():
    axes = PLOTS["accuracy"]().axes[0]
    for name, by_length in RESULTS.items():
        medians, *points = lines_of(axes, name.lower())
        wanted = [float(np.median(by_length[length])) for length in LENGTHS]
        assert list(medians.get_ydata()) == wanted
        assert [list(line.get_ydata()) for line in points] == list(by_length.values())
        spread = [
            tuple(map(float, one.get_segments()[0][:, 1]))
            for one in axes.collections
            if np.allclose(one.get_colors(), np.array(_rgba(name.lower())))
        ]
        for seeds in by_length.values():
            assert (min(seeds), max(seeds)) in spread
    places = [lines_of(axes, role)[0].get_xdata()[0] for role in ("rnn", "lstm", "gru")]
    assert places == sorted(set(places))  # beside each other, none upon another
    assert [label.get_text() for label in axes.get_xticklabels()] == ["25", "60", "100", "200"]


def _rgba(role):
    from matplotlib.colors import to_rgba

    return to_rgba(COLOURS[role].fallback)


def test_baselines_and_chance_are_named_and_drawn_at_their_height():
    axes = PLOTS["accuracy"]().axes[0]
    (linear,) = lines_of(axes, "linear")
    assert list(linear.get_ydata()) == list(BASELINES["linear"].values())
    (rule,) = lines_of(axes, "rule")
    assert list(rule.get_ydata()) == [0.5] * 4
    assert {*RESULTS, *BASELINES, "chance", "trained up to 60", "longer"} == texts(axes)
    assert [list(line.get_ydata()) for line in lines_of(axes, "chance")] == [[0.5, 0.5]]
    (edge,) = lines_of(axes, "muted")
    assert edge.get_xdata()[0] == 1.5  # between 60 and 100


def test_what_was_trained_is_not_marked_where_nothing_is_longer():
    axes = brackets.accuracy_by_length(RESULTS, trained_to=200).axes[0]
    assert not lines_of(axes, "muted")


def test_every_training_is_a_line():
    axes = PLOTS["learning_curves"]().axes[0]
    for name, curves in LEARNING.items():
        drawn = [list(line.get_ydata()) for line in lines_of(axes, name.lower())]
        assert drawn == [list(curve) for curve in curves]
    assert texts(axes) == {"RNN", "LSTM", "chance"}
    timed = PLOTS["learning_by_time"]().axes[0]
    assert timed.get_xlim() == pytest.approx((0.4, 6.0))
    assert timed.get_xlabel() == "CPU seconds"


def test_the_depth_and_the_cell_stand_above_their_symbols():
    top, bottom = PLOTS["depth_cell"]().axes
    (depth,) = lines_of(top, "truth")
    assert list(depth.get_ydata()) == list(DEPTH)
    (cell,) = lines_of(bottom, "cell")
    assert list(cell.get_ydata()) == CELL
    symbols = bottom.get_xticklabels()
    assert "".join(label.get_text() for label in symbols) == TEXT
    strong = {label.get_text() for label in symbols if label.get_color() == colour("ink")}
    assert strong == {"(", ")"}
    correlation = np.corrcoef(DEPTH, CELL)[0, 1]
    assert correlation < -0.9
    heading = bottom.get_title("left")
    assert "unit 7" in heading
    assert f"{correlation:.2f}".replace("-", "\N{MINUS SIGN}") in heading
    assert "correlation" not in PLOTS["depth_long"]().axes[1].get_title("left")


def test_the_verdict_rings_what_is_balanced_so_far():
    axes = PLOTS["verdict"]().axes[0]
    (says,) = lines_of(axes, "hidden")
    assert list(says.get_ydata()) == SAYS
    (ring,) = lines_of(axes, "truth")
    # "a", "b", and after the bracket that closes the first; nothing after the ")" too many
    assert list(ring.get_xdata()) == [0, 1, 17, 18]
    assert PLOTS["verdict_alone"]().axes[0].get_legend() is None


def test_a_family_shows_each_seed_the_weights_and_the_time():
    figure = PLOTS["family"]()
    *accuracies, seconds = figure.axes
    assert [axes.get_title("left") for axes in accuracies] == ["length 60", "length 200"]
    assert accuracies[0].get_xlim() == accuracies[1].get_xlim()
    for axes, length in zip(accuracies, (60, 200), strict=True):
        dots = [line for line in axes.lines if line.get_linestyle() == "None"]
        assert [list(dot.get_xdata()) for dot in dots] == [row[2][length] for row in MEMBERS]
        assert [dot.get_ydata()[0] for dot in dots] == list(range(len(MEMBERS)))
    names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert names[0] == "RNN\n2,042 weights"
    assert [bar.get_width() for bar in seconds.patches] == [row[3] for row in MEMBERS]
    assert "126.3" in texts(seconds)


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: brackets.accuracy_by_length({}), "the same lengths"),
        (
            lambda: brackets.accuracy_by_length({"RNN": {25: [1.0]}, "LSTM": {60: [1.0]}}),
            r"'RNN': \[25\]",
        ),
        (lambda: brackets.learning_curves({"RNN": []}), "without a curve"),
        (lambda: brackets.depth_cell(TEXT, DEPTH[1:], CELL), "24 values for 25 symbols"),
        (lambda: brackets.depth_cell("", [], []), "a string of 0 symbols"),
        (lambda: brackets.verdict("(" * 49, [0.5] * 49), "a string of 49 symbols"),
        (lambda: brackets.verdict(TEXT, SAYS, DEPTH[:3]), "3 values for 25 symbols"),
        (lambda: family([]), "the same lengths"),
        (lambda: family([MEMBERS[0], ("LSTM", 1, {60: [1.0]}, 1.0)]), r"\[60\]"),
    ],
)
def test_what_does_not_fit_is_refused(draw, words):
    with pytest.raises(ShapeError, match=words):
        draw()
