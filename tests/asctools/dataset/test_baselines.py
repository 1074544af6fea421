"""The linear rivals: features, least squares against its own definition, what they reach."""

from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from asctools.dataset import baselines
from asctools.dataset.parentheses import generate_parentheses_dataset
from asctools.errors import AscError, InputError, ShapeError


def test_signed_positions_are_brackets_as_numbers_cut_or_filled() -> None:
    rows = baselines.signed_positions(["a(b)", "))))))", ""], 5)
    np.testing.assert_array_equal(rows, [[0, 1, 0, -1, 0], [-1] * 5, [0] * 5])


def test_neighbours_are_counted_with_the_letters_left_out() -> None:
    assert baselines.NEIGHBOURS == ("((", "()", ")(", "))")
    rows = baselines.neighbour_pairs(["(a(b)))x(", "abc", "("])
    np.testing.assert_array_equal(rows, [[1, 1, 1, 2], [0] * 4, [0] * 4])


@pytest.mark.parametrize("ridge", [0.01, 1.0, 50.0])
def test_least_squares_are_those_of_scikit_learn(ridge: float) -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(2.0, 1.0, size=(80, 6)), rng.integers(0, 2, size=80)
    ours = baselines.fit_linear(x, y, ridge)
    theirs = Ridge(alpha=ridge).fit(x, 2 * y - 1)
    np.testing.assert_allclose(ours.weights, theirs.coef_, rtol=1e-9)
    assert ours.bias == pytest.approx(theirs.intercept_, rel=1e-9)
    np.testing.assert_array_equal(baselines.predict_linear(ours, x), theirs.predict(x) > 0)


def reached(negatives: str, length: int) -> tuple[float, float]:
    """Fit both linear models on 3000 strings, and test them on 3000 others of the length."""
    (texts, labels), (others, right) = (
        generate_parentheses_dataset(3000, length, length, negatives=negatives, seed=seed)
        for seed in (1, 2)
    )
    by_place = baselines.fit_linear(baselines.signed_positions(texts, length), labels)
    by_pairs = baselines.fit_linear(baselines.neighbour_pairs(texts), labels)
    return (
        baselines.accuracy(
            baselines.predict_linear(by_place, baselines.signed_positions(others, length)), right
        ),
        baselines.accuracy(
            baselines.predict_linear(by_pairs, baselines.neighbour_pairs(others)), right
        ),
    )


@pytest.mark.parametrize(
    ("negatives", "length", "places", "pairs"),
    [
        ("near-miss", 25, 0.68, 0.80),
        ("near-miss", 60, 0.53, 0.71),
        ("order", 25, 0.87, 0.53),
        ("order", 60, 0.83, 0.50),
        ("naive", 25, 0.79, 0.92),
    ],
)
def test_what_a_linear_model_reaches(
    negatives: str, length: int, places: float, pairs: float
) -> None:
    assert reached(negatives, length) == pytest.approx((places, pairs), abs=0.035)


def test_accuracy_is_the_share_of_right_answers() -> None:
    assert baselines.accuracy([1, 0, 1, 1], [1, 1, 1, 0]) == 0.5


X, Y = np.ones((2, 3)), [0, 1]
MODEL = baselines.Linear(np.ones(3), 0.0)


@pytest.mark.parametrize(
    ("name", "arguments", "error", "word"),
    [
        ("signed_positions", (["()"], 0), InputError, "length=0"),
        ("signed_positions", ([5], 3), InputError, "int as text"),
        ("neighbour_pairs", ([None],), InputError, "NoneType as text"),
        ("fit_linear", (X, [0, 1, 1]), ShapeError, "(2, 3) and labels of shape (3,)"),
        ("fit_linear", (X[0], Y), ShapeError, "(3,)"),
        ("fit_linear", (X[:0], []), ShapeError, "(0, 3)"),
        ("fit_linear", (X * [[1], [np.nan]], Y), InputError, "row 1 with nan"),
        ("fit_linear", (X, [0, 2]), InputError, "labels [0, 2]"),
        ("fit_linear", (X, Y, 0), InputError, "ridge=0"),
        ("fit_linear", (X, Y, "1"), InputError, "ridge='1'"),
        ("predict_linear", (MODEL, np.ones((2, 4))), ShapeError, "(N, 3)"),
        ("predict_linear", (MODEL, np.ones(3)), ShapeError, "(3,)"),
        ("accuracy", ([1], [1, 0]), ShapeError, "(1,) for labels of shape (2,)"),
        ("accuracy", ([], []), ShapeError, "at least one"),
    ],
)
def test_bad_input_is_named(
    name: str, arguments: tuple[Any, ...], error: type[AscError], word: str
) -> None:
    with pytest.raises(error, match="expected") as caught:
        getattr(baselines, name)(*arguments)
    assert word in str(caught.value)
