"""Many numbers become few quickly, and the few are right; many events are told in one go."""

import math
from typing import Any

import numpy as np
import pytest

from asctools.numpy_lstm.gate_events import EVENTS, Memory, significant, statistics
from asctools.numpy_lstm.optim import SGD
from asctools.numpy_lstm.train import train
from asctools.numpy_lstm.weight_events import Side, length
from tests.asctools.numpy_lstm.small_training import SIZES, TEXT, Recorder, small_model

RNG = np.random.default_rng(3)


class Batched:
    """Takes many events at once, and writes them down one by one."""

    def __init__(self) -> None:
        self.recorder = Recorder()
        self.calls: list[int] = []

    def enabled(self, level: str) -> bool:
        """Want all of them."""
        return True

    def event(self, name: str, **attributes: Any) -> None:
        """Take one."""
        self.recorder.event(name, **attributes)

    def events(self, names: list[str], **attributes: Any) -> None:
        """Take many."""
        self.calls.append(len(names))
        for k, name in enumerate(names):
            own = {n: v[k] if isinstance(v, list) else v for n, v in attributes.items()}
            self.event(name, **{n: v for n, v in own.items() if v is not None})


def test_an_observer_of_many_is_told_what_any_other_is_told_one_by_one() -> None:
    batched, plain = Batched(), Recorder()
    for observer in (batched, plain):
        train(small_model(2), TEXT, SGD(0.1), observer=observer, **SIZES)  # type: ignore[arg-type]
    assert batched.recorder.events == plain.events
    gates, weights = 4 * SIZES["time_steps"], 18
    assert batched.calls == [*[gates] * 4, weights] * 6


@pytest.mark.parametrize("size", [24, 25])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("centre", "width"), [(0.5, 0.2), (0.7, 1e-3), (0.0, 1e-5), (0.5, 0.0)])
def test_statistics_are_those_of_numpy(centre: float, width: float, dtype: Any, size: int) -> None:
    values = (centre + width * RNG.standard_normal((3, 4, size))).astype(dtype)
    turned = np.ascontiguousarray(values.swapaxes(0, 1)).swapaxes(0, 1)  # as the layer keeps them
    exact = values.astype(np.float64)
    for name in EVENTS:
        for array in (values, turned):
            memory = Memory(4, 3 * size, np.dtype(dtype))
            mean, std, _ = statistics(
                name, array.copy() if array is values else array, False, memory
            )
            precision = 1e-5 if dtype is np.float32 else 1e-12
            np.testing.assert_allclose(mean, exact.mean(axis=(0, 2)), rtol=precision, atol=1e-9)
            wanted = exact.std(axis=(0, 2))
            np.testing.assert_allclose(std, wanted, rtol=20 * precision, atol=2e-7 * abs(centre))
    assert np.array_equal(turned, values)  # nothing was written into them


def test_numbers_are_rounded_to_the_digits_that_they_have() -> None:
    numbers = np.array([[0.123456789, -98765.4321, 0.0], [1.23456789e-20, 3e25, -1.0]])
    assert significant(numbers, 6).tolist() == [
        [0.123457, -98765.4, 0.0],
        [pytest.approx(1.23457e-20, rel=1e-14), 3e25, -1.0],
    ]
    assert significant(numbers, 15) is numbers
    unusual = np.array([math.inf, 1.23456789])
    assert significant(unusual, 6) is unusual
    for value in significant(RNG.random(200), 6).tolist():
        assert len(repr(value)) <= len("0.0123456")


def test_weights_side_by_side_are_the_weights() -> None:
    weights = small_model().parameters
    side = Side(weights)
    for w in weights.values():
        w += 1.0
    side.copy(weights)
    for name, part in side.parts.items():
        np.testing.assert_array_equal(part, weights[name])
    assert length([side.flat]) == pytest.approx(length(weights.values()), rel=1e-6)
    weights["b_y"] -= 0.5
    assert side.change(weights) is side.flat
    for name, part in side.parts.items():
        np.testing.assert_array_equal(part, np.full_like(part, -0.5 if name == "b_y" else 0.0))
    assert length([side.flat]) == pytest.approx(0.5 * math.sqrt(5))


def test_a_length_that_float32_cannot_square() -> None:
    assert length([np.full(4, 1e30, np.float32)]) == pytest.approx(2e30, rel=1e-6)
    assert length([np.zeros(3)]) == 0.0
    assert math.isnan(length([np.array([1.0, math.nan])]))
    assert length([np.array([1.0, -math.inf])]) == math.inf
