"""Features know as much of the order as their names say."""

import numpy as np
import pytest

from asctools.casting import simulate
from asctools.casting.features import means, order_free, raw, told, with_order
from asctools.casting.process import LEVEL, TEMPERATURE
from asctools.errors import ShapeError


@pytest.fixture(scope="module")
def x() -> np.ndarray:
    return simulate(40, seed=0).x.astype(np.float64)


@pytest.mark.parametrize(
    ("see", "count"), [(raw, 720), (means, 6), (order_free, 30), (with_order, 63), (told, 67)]
)
def test_how_many_numbers(x: np.ndarray, see, count: int) -> None:
    assert see(x).shape == (40, count)
    assert np.isfinite(see(x)).all()


@pytest.mark.parametrize("see", [means, order_free])
def test_what_is_order_free_is_the_same_backwards(x: np.ndarray, see) -> None:
    np.testing.assert_allclose(see(x[:, ::-1]), see(x), rtol=1e-9)


@pytest.mark.parametrize("see", [raw, with_order, told])
def test_what_sees_the_order_is_not(x: np.ndarray, see) -> None:
    assert np.abs(see(x[:, ::-1]) - see(x)).max() > 1


def test_the_five_numbers_of_a_channel() -> None:
    (found,) = order_free(np.array([[[1.0], [5.0], [3.0]]]))
    np.testing.assert_allclose(found, [3.0, np.std([1, 5, 3]), 1.0, 5.0, 3.0])


def test_times_and_delays() -> None:
    x = np.zeros((1, 30, 2))
    x[0, 5:7, 0] = [4.0, -1.0]  # highest at 5, lowest at 6, largest change from 5 to 6
    x[0, 17:, 1] = 2.0
    (found,) = with_order(x)
    np.testing.assert_allclose(found[10:], [6, 0, 5, 17, 5, 16, 11])


def test_who_was_told_measures_from_the_level_to_the_temperature() -> None:
    x = np.zeros((1, 120, 6))
    x[0, 30:34, LEVEL] = [3.0, -3.0, 2.0, -2.0]
    x[0, 50:60, TEMPERATURE] = np.linspace(-5.0, -1.0, 10)
    np.testing.assert_allclose(told(x)[0, -4:], [19, 20, 20, 19])  # swing is 30 → 31, fall 49 → 50


@pytest.mark.parametrize("see", [raw, means, order_free, with_order, told])
def test_one_window_without_its_axis_is_refused(x: np.ndarray, see) -> None:
    with pytest.raises(ShapeError, match="windows, time, channels"):
        see(x[0])
