"""The plots of the language show every network and every kind, and nothing covers anything."""

import numpy as np
import pytest

from asctools.errors import ShapeError
from asctools.plots import colour, language
from asctools.plots.style import SMALLEST_TEXT
from tests.asctools.plots.every_plot import assert_readable, assert_themed

ALT = "A figure of which the test looks at every text and every line."
FLOOR = 0.1865
LEVELS = {"knows nothing": 3.04, "k = 1": 1.14, "k = 2": 0.51, "k = 5": 0.232, "k = 8": 0.2014}
STEPS = np.arange(90)
CURVES = [
    FLOOR + 0.014 / (1 + np.exp(STEPS - found)) + 2.85 * np.exp(-STEPS / 3.0)
    for found in (30, 36, 50)
]
COIN = float(np.log(2))
LOOKS = {
    "near s": [COIN / (1 + np.exp(np.arange(36) - found)) for found in (3, 4, 5)],
    "far s": [COIN / (1 + np.exp(np.arange(36) - found)) for found in (8, 9, 14)],
}
KINDS = ("fixed", "choice", "number", "agreement", "far agreement")
GRAM = dict(zip(KINDS, (0.00001, 0.00004, 0.00001, 0.00141, 0.01368), strict=True))
LSTM = dict(zip(KINDS, (0.00071, 0.00031, -0.0001, 0.00012, 0.00006), strict=True))
SENTENCE = "he bells that the ringer sees wait.\n"
TRUE = [1.4 if symbol in "brws" else 0.0 for symbol in SENTENCE]
PAID = {"true model": TRUE, "8-gram": [*TRUE[:-2], 0.7, 0.0], "LSTM": [x + 0.02 for x in TRUE]}
HOT = [0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0]
SHARES = [1.0, 1.0, 0.99, 0.96, 0.87, 0.68, 0.39, 0.28]
ENTROPIES = [0.15, 0.17, 0.18, 0.2, 0.23, 0.32, 0.48, 0.68]
LOSSES = [3.0 * 0.98**k + 0.2 for k in range(400)]
VALIDATIONS = [(k, LOSSES[k - 1] + 0.01) for k in range(20, 401, 20)]
RATES = [0.1] * 240 + [0.03] * 160

PLOTS = {
    "approach": lambda: language.approach(
        CURVES, LEVELS, FLOOR, every=20, looks=LOOKS, look_every=50, coin=COIN
    ),
    "kinds": lambda: language.excess_by_kind({"8-gram": GRAM, "LSTM": LSTM}),
    "kinds_of_one": lambda: language.excess_by_kind({"LSTM": LSTM}),
    "sentence": lambda: language.along_a_sentence(SENTENCE, PAID),
    "temperatures": lambda: language.temperatures(HOT, SHARES, ENTROPIES, FLOOR),
    "plateau": lambda: language.watched_training(
        LOSSES, VALIDATIONS, RATES, {"rate falls": [240, 300]}
    ),
    "stopping": lambda: language.watched_training(
        LOSSES, VALIDATIONS, None, {"best": [300], "stopped": [400]}
    ),
    "nothing_told": lambda: language.watched_training(LOSSES, VALIDATIONS, RATES, {}),
}


@pytest.mark.parametrize("name", PLOTS)
def test_every_text_can_be_read(name):
    assert_readable(PLOTS[name](), SMALLEST_TEXT)


@pytest.mark.parametrize("name", PLOTS)
def test_every_plot_is_themed_light_and_repeatable(name):
    assert_themed(PLOTS[name], ALT, name, limit=120_000)


def lines_of(axes, role):
    return [line for line in axes.lines if line.get_color() == colour(role)]


def texts(axes):
    return {text.get_text() for text in axes.texts}


def test_every_network_comes_down_to_the_floor():
    top, _ = PLOTS["approach"]().axes
    drawn = lines_of(top, "lstm")
    assert [list(line.get_ydata()) for line in drawn] == [list(curve) for curve in CURVES]
    assert drawn[0].get_xdata()[0] == 10.0  # the middle of the first twenty iterations
    assert [line.get_ydata()[0] for line in lines_of(top, "truth")] == [FLOOR]
    assert [line.get_ydata()[0] for line in lines_of(top, "rule")] == list(LEVELS.values())
    assert texts(top) == {*LEVELS, "true model"}


def test_every_look_of_every_network_is_drawn_beside_a_coin():
    _, bottom = PLOTS["approach"]().axes
    for name, role in (("near s", "baseline"), ("far s", "lstm")):
        drawn = lines_of(bottom, role)
        assert [list(line.get_ydata()) for line in drawn] == [list(paid) for paid in LOOKS[name]]
        assert list(drawn[0].get_xdata()[:2]) == [50, 100]
    assert [line.get_ydata()[0] for line in lines_of(bottom, "chance")] == [COIN]
    assert [text.get_text() for text in bottom.get_legend().get_texts()] == list(LOOKS)


def test_the_bars_are_the_parts_of_the_excess():
    left, right = PLOTS["kinds"]().axes
    for axes, parts in ((left, GRAM), (right, LSTM)):
        assert [bar.get_width() for bar in axes.patches] == list(parts.values())
        assert axes.get_xlim() == left.get_xlim()
    assert [label.get_text() for label in left.get_yticklabels()] == list(KINDS)
    assert left.get_title("left") == "8-gram: 15.2"
    assert "13.7" in texts(left)
    assert "−0.1" in texts(right)
    (alone,) = PLOTS["kinds_of_one"]().axes
    assert len(alone.patches) == len(KINDS)


def test_every_model_is_drawn_above_its_characters():
    (axes,) = PLOTS["sentence"]().axes
    assert [bar.get_height() for bar in axes.patches] == TRUE
    drawn = [list(line.get_ydata()) for line in axes.lines]
    assert drawn == [PAID["8-gram"], PAID["LSTM"]]
    labels = [label.get_text() for label in axes.get_xticklabels()]
    assert "".join(labels) == SENTENCE.replace(" ", "·").replace("\n", "⏎")
    assert {text.get_text() for text in axes.get_legend().get_texts()} == set(PAID)


def test_heat_is_drawn_with_the_entropy_of_the_language():
    left, right = PLOTS["temperatures"]().axes
    (shares,) = lines_of(left, "lstm")
    assert list(shares.get_xdata()) == HOT
    assert list(shares.get_ydata()) == [100 * share for share in SHARES]
    (entropy,) = lines_of(right, "lstm")
    assert list(entropy.get_ydata()) == ENTROPIES
    (floor,) = lines_of(right, "truth")
    assert list(floor.get_ydata()) == [FLOOR, FLOOR]


def test_what_was_told_is_marked_where_it_was_told():
    top, bottom = PLOTS["plateau"]().axes
    (validation,) = lines_of(top, "loss")
    assert list(zip(*validation.get_data(), strict=True)) == VALIDATIONS
    (training,) = lines_of(top, "baseline")
    assert list(training.get_ydata()) == LOSSES
    (rates,) = lines_of(bottom, "gradient")
    assert list(rates.get_ydata()) == RATES
    for axes in (top, bottom):
        marked = [line.get_xdata()[0] for line in lines_of(axes, "ink") if len(line.get_xdata())]
        assert marked == [240, 300]
    (alone,) = PLOTS["stopping"]().axes
    names = [text.get_text() for text in alone.get_legend().get_texts()]
    assert names == ["training", "validation", "best", "stopped"]
    looks = {line.get_linestyle() for line in lines_of(alone, "ink")}
    assert len(looks) == 2


def approached(curves, looks):
    return language.approach(curves, {}, FLOOR, every=1, looks=looks, look_every=1, coin=COIN)


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: approached([], LOOKS), "0 trainings"),
        (lambda: approached([[]], LOOKS), "1 trainings"),
        (lambda: approached(CURVES, {name: [] for name in "abc"}), "3 kinds of looks"),
        (lambda: language.excess_by_kind({}), "the same kinds"),
        (lambda: language.excess_by_kind({"a": GRAM, "b": {"fixed": 0.1}}), "the same kinds"),
        (lambda: language.along_a_sentence("", {}), "a text of 0 characters"),
        (lambda: language.along_a_sentence("a" * 49, {}), "a text of 49 characters"),
        (lambda: language.along_a_sentence("ab", {"LSTM": [0.1]}), "1 losses of 'LSTM' for 2"),
        (lambda: language.temperatures([], [], [], FLOOR), "0 temperatures"),
        (lambda: language.temperatures(HOT, SHARES[1:], ENTROPIES, FLOOR), "7 shares"),
        (lambda: language.watched_training([], VALIDATIONS, [], {}), "0 losses"),
        (lambda: language.watched_training(LOSSES, [], RATES, {}), "some validations"),
        (lambda: language.watched_training(LOSSES, VALIDATIONS, RATES[1:], {}), "399 rates"),
        (
            lambda: language.watched_training(LOSSES, VALIDATIONS, RATES, dict.fromkeys("abcd")),
            "4 kinds",
        ),
    ],
)
def test_what_does_not_fit_is_refused(draw, words):
    with pytest.raises(ShapeError, match=words):
        draw()
