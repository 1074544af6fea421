"""The two numerical gradients, on functions whose slope is known."""

import numpy as np
import pytest

from asctools.numpy_lstm import gradcheck

W = {"a": np.array([[0.3, -1.2], [2.0, 0.7]]), "b": np.array([0.5])}


def function(w):
    return (np.sin(w["a"]) * w["b"] ** 2).sum()


def slopes(w):
    return {"a": np.cos(w["a"]) * w["b"] ** 2, "b": 2.0 * w["b"] * np.sin(w["a"]).sum()}


@pytest.mark.equation("eq-central-difference")
def test_central_differences_find_the_slopes() -> None:
    found = gradcheck.central_differences(function, W)
    assert gradcheck.relative_error(found, slopes(W)) < 1e-9


@pytest.mark.equation("eq-complex-step")
def test_complex_steps_find_the_slopes_to_the_last_digit() -> None:
    found = gradcheck.complex_step(function, W)
    assert all(value.dtype == np.float64 for value in found.values())
    assert gradcheck.relative_error(found, slopes(W)) < 1e-15


def test_differences_have_a_best_step_in_the_middle_and_complex_steps_have_none() -> None:
    def error(way, epsilon: float) -> float:
        return gradcheck.relative_error(way(function, W, epsilon), slopes(W))

    large, best, small = (error(gradcheck.central_differences, e) for e in (1e-1, 1e-5, 1e-12))
    assert best < 1e-4 * large
    assert best < 1e-4 * small
    assert error(gradcheck.complex_step, 1e-100) < 1e-15


def test_the_parameters_stay_as_they_were() -> None:
    before = {name: value.copy() for name, value in W.items()}
    for way in (gradcheck.central_differences, gradcheck.complex_step):
        way(function, W)
    assert all((W[name] == before[name]).all() for name in W)


def test_relative_error_takes_all_numbers_together() -> None:
    a, b = {"x": np.array([3.0, 4.0]), "y": np.zeros(1)}, {"y": np.zeros(1), "x": np.zeros(2)}
    assert gradcheck.relative_error(a, b) == 1.0
    assert gradcheck.relative_error(b, b) == 0.0
    assert gradcheck.relative_error(np.array([1.0, 1.0]), np.array([1.0, 1.1])) < 0.1
