"""Who is drawn how: a role for each name, a look for each thing of one role, a band over seeds."""

import math

import numpy as np
import pytest

from asctools.errors import ShapeError
from asctools.plots import colour, new_figure
from asctools.plots.models import bands, looks, role_of, rows_of
from asctools.plots.palette import MAKERS, MARKS, MODELS


@pytest.mark.parametrize("trait", ["symbol", "marker", "line", "hatch"])
@pytest.mark.parametrize("roles", [MODELS, MAKERS[:3]], ids=["models", "makers"])
def test_models_differ_without_colour(roles, trait):
    assert len({getattr(MARKS[role], trait) for role in roles}) == len(roles)


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("RNN", "rnn"),
        ("nn.RNN, 32 cells", "rnn"),
        ("LSTM, forget bias 1", "lstm"),
        ("peephole", "lstm"),
        ("GRU", "gru"),
        ("linear on positions", "linear"),
        ("count rule", "rule"),
        ("the true model", "truth"),
        ("guessing", "chance"),
        ("nn.LSTM in PyTorch", "lstm"),
        ("pytorch", "pytorch"),
        ("plain loop", "loop"),
    ],
)
def test_a_name_has_the_role_of_its_model(name, role):
    assert role_of(name) == role


def test_a_name_without_a_model_takes_the_default():
    assert role_of("as many ( as )", default="rule") == "rule"


def test_things_of_one_role_share_the_colour_and_nothing_else():
    names = [f"LSTM, forget bias {bias}" for bias in range(4)]
    found = looks([*names, "RNN"])
    assert {found[name].role for name in names} == {"lstm"}
    assert len({found[name].marker for name in names}) == 4
    assert len({found[name].line for name in names}) == 4
    assert found[names[0]][1:3] == (MARKS["lstm"].marker, MARKS["lstm"].line)
    assert found["RNN"].marker == MARKS["rnn"].marker
    assert found[names[0]].hand()["markerfacecolor"] == colour("lstm")
    assert found[names[1]].hand()["markerfacecolor"] == colour("paper")


def test_a_band_reaches_from_the_least_to_the_most_and_the_line_is_the_median():
    figure, axes = new_figure()
    seeds = np.array([[1.0, 2.0, 9.0], [2.0, 3.0, 4.0], [5.0, 1.0, 6.0]])
    bands(axes, {"LSTM": seeds, "RNN": [3.0, 2.0]})
    lstm, rnn = axes.lines
    assert list(lstm.get_ydata()) == [2.0, 2.0, 6.0]
    assert list(rnn.get_xdata()) == [0.0, 1.0]
    (band,) = axes.collections
    corners = band.get_paths()[0].vertices
    assert {tuple(corner) for corner in corners} >= {(0, 1), (0, 5), (1, 1), (1, 3), (2, 4), (2, 9)}
    named = {text.get_text(): text.xy for text in axes.texts}
    assert named == {"LSTM": (2.0, 6.0), "RNN": (1.0, 2.0)}
    assert axes.get_xlim() == (0.0, 2.0)
    assert figure.axes == [axes]


def test_a_line_that_leaves_through_the_floor_is_named_above_the_axis():
    _, axes = new_figure()
    axes.set_yscale("log")
    values = 10.0 ** -np.arange(12.0)
    bands(axes, {"RNN": values, "LSTM": np.ones(12)}, floor=1e-6)
    assert axes.get_ylim()[0] == 1e-6
    rnn = next(text for text in axes.texts if text.get_text() == "RNN")
    assert rnn.xy[0] == pytest.approx(6.0)  # 1e-6 is the last that can be seen
    assert 1e-6 < rnn.xy[1] < 1e-5
    assert list(axes.lines[0].get_ydata()[:7]) == list(values[:7])


def test_two_names_that_are_lifted_keep_their_order():
    _, axes = new_figure()
    axes.set(yscale="log", ylim=(1e-6, 1.0))
    bands(axes, {"RNN": [1.0, 1.3e-6], "LSTM": [1.0, 1.1e-6], "GRU": [1.0, 1.2e-6]}, floor=1e-6)
    heights = {text.get_text(): text.xyann[1] + 72 * _inches(axes, text) for text in axes.texts}
    assert heights["LSTM"] + 13 < heights["GRU"] < heights["RNN"] - 13


def _inches(axes, text):
    to_inches = axes.transData + axes.figure.dpi_scale_trans.inverted()
    return to_inches.transform(text.xy)[1]


def test_a_line_may_fall_to_zero_or_end_in_nothing():
    _, axes = new_figure()
    axes.set_yscale("log")
    bands(axes, {"RNN": [1.0, 0.0, 0.0], "LSTM": [1.0, 0.5, math.nan]}, floor=1e-3)
    assert {text.get_text(): text.xy[0] for text in axes.texts} == {"RNN": 0.0, "LSTM": 1.0}


def test_long_lines_are_thinned_but_keep_their_ends():
    _, axes = new_figure()
    bands(axes, {"LSTM": np.arange(3000.0), "RNN": np.arange(7.0)})
    lstm, rnn = axes.lines
    assert len(lstm.get_xdata()) <= 400
    assert (lstm.get_xdata()[0], lstm.get_xdata()[-1]) == (0.0, 2999.0)
    assert list(lstm.get_ydata()) == list(lstm.get_xdata())
    assert list(rnn.get_ydata()) == list(range(7))


def test_places_may_be_given():
    _, axes = new_figure()
    bands(axes, {"RNN": [1.0, 2.0]}, xs=[10, 20, 30], named=False)
    assert list(axes.lines[0].get_xdata()) == [10.0, 20.0]
    assert not axes.texts


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda axes: bands(axes, {}), "no curve"),
        (lambda axes: bands(axes, {"RNN": []}), r"RNN of shape \(0,\)"),
        (lambda axes: bands(axes, {"RNN": np.ones((2, 2, 2))}), r"\(2, 2, 2\)"),
        (lambda axes: bands(axes, {"RNN": [1.0, 2.0]}, xs=[1.0]), "1 places for 2 steps"),
        (lambda axes: rows_of(1.0, "norms"), r"norms of shape \(\)"),
    ],
)
def test_what_does_not_fit_is_refused(draw, words):
    _, axes = new_figure()
    with pytest.raises(ShapeError, match=words):
        draw(axes)
