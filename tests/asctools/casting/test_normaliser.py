"""Readings become numbers near 0, by what the training data say."""

import numpy as np
import pytest
import torch

from asctools.casting import Normaliser, simulate
from asctools.errors import ShapeError


def test_training_data_have_mean_0_and_spread_1() -> None:
    x = simulate(200, seed=0).x
    done = Normaliser.fit(x)(x)
    assert done.dtype == np.float32
    np.testing.assert_allclose(done.mean(axis=(0, 1), dtype=np.float64), 0.0, atol=1e-4)
    np.testing.assert_allclose(done.std(axis=(0, 1), dtype=np.float64), 1.0, atol=1e-4)


def test_other_data_are_measured_by_the_training_data() -> None:
    normalise = Normaliser(np.array([10.0, 0.0]), np.array([2.0, 1.0]))
    np.testing.assert_allclose(normalise(np.array([[14.0, 3.0]])), [[2.0, 3.0]])


def test_a_channel_that_stands_still_is_0() -> None:
    x = np.full((3, 5, 1), 7.0)
    assert not Normaliser.fit(x)(x).any()


@pytest.mark.parametrize("kept", [list, np.array, torch.DoubleTensor])
def test_it_comes_back_from_a_checkpoint(kept) -> None:
    normalise = Normaliser.fit(simulate(20, seed=0).x)
    state = {name: kept(part) for name, part in normalise.state_dict().items()}
    for one, other in zip(normalise, Normaliser.from_state(state), strict=True):
        np.testing.assert_array_equal(one, other)


def test_other_shapes_are_refused() -> None:
    x = simulate(20, seed=0).x
    with pytest.raises(ShapeError, match="windows, time, channels"):
        Normaliser.fit(x[0])
    with pytest.raises(ShapeError, match="6 channels"):
        Normaliser.fit(x)(x[:, :, :3])
