"""The plots of the chapter on PyTorch: they show their numbers, and nothing lies upon anything."""

import math

import pytest

from asctools.errors import ShapeError
from asctools.plots import colour, torch_cell
from asctools.plots.style import SMALLEST_TEXT
from tests.asctools.plots.every_plot import assert_readable, assert_themed

ALT = "A figure of which the test looks at every text and every line."


def drop(epochs, at):
    return [0.5 / (1.0 + math.exp((k - at) / 8.0)) + 1e-3 for k in range(epochs)]


def said(epochs, at):
    return [(0.5 - d, 0.5 + d) for d in (0.5 - loss for loss in drop(epochs, at))]


def versions(value):
    stages = {"version_0": (0, 2000), "version_1": (2000, 3000), "version_2": (3000, 5000)}
    return {
        name: [(2 * k - 1, value(k)) for k in range(first + 10, last + 1, 10)]
        for name, (first, last) in stages.items()
    }


LOSSES = versions(lambda k: math.exp(-k / 700.0))
OUTPUTS = (versions(lambda k: 0.5 - k / 10_000.0), versions(lambda k: 0.5 + k / 10_000.0))
PLOTS = {
    "plateau": lambda: torch_cell.plateau(drop(300, 240), said(300, 240)),
    "plateau_of_several": lambda: torch_cell.plateau(
        drop(300, 240), said(300, 240), [drop(300, at) for at in (70, 100, 900)]
    ),
    "versions": lambda: torch_cell.overlaid_versions(LOSSES),
    "versions_and_outputs": lambda: torch_cell.overlaid_versions(LOSSES, OUTPUTS),
    "two_biases": lambda: torch_cell.two_biases(said(5000, 2900), said(5000, 3500)),
}


@pytest.mark.parametrize("name", PLOTS)
def test_every_text_can_be_read(name):
    assert_readable(PLOTS[name](), SMALLEST_TEXT)


@pytest.mark.parametrize("name", PLOTS)
def test_every_plot_is_themed_light_and_repeatable(name):
    assert_themed(PLOTS[name], ALT, name, limit=60_000)


def curves_of(axes, role):
    """The lines with more than a marker's few points, in one colour."""
    return [
        line
        for line in axes.lines
        if line.get_color() == colour(role) and len(line.get_xdata()) > 5
    ]


def test_a_plateau_is_drawn_whole_and_the_other_starts_behind_it():
    top, bottom = PLOTS["plateau_of_several"]().axes
    (loss,) = curves_of(top, "loss")
    assert list(loss.get_xdata()) == list(range(1, 301))
    assert list(loss.get_ydata()) == drop(300, 240)
    others = curves_of(top, "baseline")
    assert [list(line.get_ydata()) for line in others] == [drop(300, at) for at in (70, 100, 900)]
    assert all(line.get_linewidth() < loss.get_linewidth() for line in others)
    assert top.get_yscale() == "log"
    for role, column in (("company_a", 0), ("company_b", 1)):
        (curve,) = curves_of(bottom, role)
        assert list(curve.get_ydata()) == [pair[column] for pair in said(300, 240)]


def test_versions_go_on_where_the_one_before_ended():
    top, bottom = PLOTS["versions_and_outputs"]().axes
    for axes, role, stages in (
        (top, "loss", LOSSES),
        (bottom, "company_a", OUTPUTS[0]),
        (bottom, "company_b", OUTPUTS[1]),
    ):
        drawn = [list(zip(*line.get_data(), strict=True)) for line in curves_of(axes, role)]
        assert drawn == list(stages.values())
        ends = {
            (line.get_marker(), *map(float, (*line.get_xdata(), *line.get_ydata())))
            for line in axes.lines
            if line.get_color() == colour(role) and len(line.get_xdata()) == 1
        }
        assert ends == {(m, *curve[-1]) for m, curve in zip("os^", stages.values(), strict=True)}
    resumed = [line.get_xdata()[0] for line in top.lines if line.get_color() == colour("muted")]
    assert resumed == [3999, 5999]
    names = [text.get_text() for text in top.get_legend().get_texts()]
    assert names == ["version_0", "version_1", "version_2"]


def test_two_biases_are_told_apart_by_line_and_by_face():
    axes = PLOTS["two_biases"]().axes[0]
    for role, column in (("company_a", 0), ("company_b", 1)):
        solo, both = curves_of(axes, role)
        assert solo.get_linestyle() == "-" != both.get_linestyle()
        for line, at in ((solo, 2900), (both, 3500)):
            history = said(5000, at)
            assert line.get_xdata()[-1] == 5000
            assert [history[k - 1][column] for k in line.get_xdata()] == list(line.get_ydata())
        marks = [
            line
            for line in axes.lines
            if line.get_color() == colour(role) and list(line.get_xdata()) == [2000, 3000, 5000]
        ]
        faces = [line.get_markerfacecolor() for line in marks]
        assert faces == [colour(role), colour("paper")]
        for line, at in zip(marks, (2900, 3500), strict=True):
            wanted = [said(5000, at)[k - 1][column] for k in (2000, 3000, 5000)]
            assert list(line.get_ydata()) == wanted


def test_stages_beyond_the_end_are_left_out():
    axes = torch_cell.two_biases(said(2500, 900), said(2500, 900)).axes[0]
    assert [2000] in [list(line.get_xdata()) for line in axes.lines]


def test_long_curves_are_thinned_but_keep_their_ends():
    losses = drop(5000, 900)
    top = torch_cell.plateau(losses, said(5000, 900)).axes[0]
    (line,) = curves_of(top, "loss")
    assert len(line.get_xdata()) <= torch_cell.MOST_POINTS + 1
    assert (line.get_xdata()[0], line.get_xdata()[-1]) == (1, 5000)
    assert list(line.get_ydata()) == [losses[k - 1] for k in line.get_xdata()]


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: torch_cell.plateau([1.0] * 3, [(0.0, 1.0)] * 2), "3 losses and 2 predictions"),
        (lambda: torch_cell.plateau([], []), "0 losses"),
        (lambda: torch_cell.overlaid_versions({}), "0 versions"),
        (lambda: torch_cell.overlaid_versions({"version_0": []}), "a version without entries"),
        (
            lambda: torch_cell.overlaid_versions({f"version_{k}": [(1, 0.5)] for k in range(7)}),
            "7 versions",
        ),
        (lambda: torch_cell.overlaid_versions(LOSSES, OUTPUTS[:1]), "the outputs of 1"),
        (lambda: torch_cell.two_biases(said(3, 1), said(4, 1)), "3 and 4 epochs"),
    ],
)
def test_what_does_not_fit_is_refused(draw, words):
    with pytest.raises(ShapeError, match=words):
        draw()
