"""Sigmoid, softmax and cross-entropy: against PyTorch, complex steps, and huge numbers."""

import numpy as np
import pytest
import torch

from asctools.errors import InputError, ShapeError
from asctools.numpy_lstm import gradcheck, numerics

HUGE = np.array([[-1000.0, 0.0, 1000.0], [1000.0, 1000.0, 999.0]])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sigmoid_is_that_of_pytorch_and_keeps_the_precision(dtype: type) -> None:
    z = np.linspace(-30.0, 30.0, 101).astype(dtype)
    ours = numerics.sigmoid(z)
    assert ours.dtype == dtype
    assert ours == pytest.approx(torch.sigmoid(torch.from_numpy(z)).numpy(), abs=1e-7)


def test_sigmoid_is_exactly_0_and_1_far_out_and_writes_where_it_is_told() -> None:
    z = np.array([-1000.0, 0.0, 1000.0])
    assert numerics.sigmoid(z).tolist() == [0.0, 0.5, 1.0]
    assert numerics.sigmoid(z, out=z) is z
    assert z.tolist() == [0.0, 0.5, 1.0]


@pytest.mark.equation("eq-softmax")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_softmax_is_that_of_pytorch_and_does_not_overflow(dtype: type) -> None:
    z = np.concatenate([HUGE, np.random.default_rng(0).normal(size=(4, 3))]).astype(dtype)
    z = z.reshape(2, 3, 3)
    ours = numerics.softmax(z)
    assert ours.dtype == dtype
    assert ours == pytest.approx(torch.softmax(torch.from_numpy(z), -1).numpy(), abs=1e-6)


def loss_of_pytorch(logits: np.ndarray, targets: np.ndarray) -> tuple[float, np.ndarray]:
    z = torch.tensor(logits, requires_grad=True)
    flat = z.reshape(-1, z.shape[-1])
    loss = torch.nn.functional.cross_entropy(flat, torch.from_numpy(targets).reshape(-1))
    loss.backward()
    assert z.grad is not None
    return loss.item(), z.grad.numpy()


@pytest.mark.equation("eq-cross-entropy", "eq-softmax-slope")
def test_loss_and_slope_are_those_of_pytorch() -> None:
    rng = np.random.default_rng(1)
    logits, targets = rng.normal(size=(3, 4, 5)), rng.integers(0, 5, (3, 4))
    loss, slope = numerics.softmax_cross_entropy(logits, targets)
    expected = loss_of_pytorch(logits, targets)
    assert loss == pytest.approx(expected[0], rel=1e-14)
    assert slope == pytest.approx(expected[1], abs=1e-15)


@pytest.mark.equation("eq-cross-entropy", "eq-softmax-slope")
def test_the_slope_is_that_of_the_loss_by_complex_steps() -> None:
    rng = np.random.default_rng(2)
    w, targets = {"z": rng.normal(size=(4, 5))}, rng.integers(0, 5, 4)
    _, slope = numerics.softmax_cross_entropy(w["z"], targets)
    numerical = gradcheck.complex_step(
        lambda w: numerics.softmax_cross_entropy(w["z"], targets)[0], w
    )
    assert gradcheck.relative_error(slope, numerical["z"]) < 1e-14


def test_padding_counts_nothing() -> None:
    rng = np.random.default_rng(3)
    logits, targets = rng.normal(size=(2, 3, 5)), rng.integers(0, 5, (2, 3))
    mask = np.array([[1, 1, 0], [1, 0, 0]])
    loss, slope = numerics.softmax_cross_entropy(logits, targets, mask)
    alone = numerics.softmax_cross_entropy(logits[mask == 1], targets[mask == 1])
    assert loss == pytest.approx(alone[0], rel=1e-14)
    assert slope[mask == 1] == pytest.approx(alone[1], abs=1e-16)
    assert not slope[mask == 0].any()


@pytest.mark.parametrize("masked", [False, True])
def test_float32_stays_float32(masked: bool) -> None:
    logits, targets = np.ones((2, 3), np.float32), np.zeros(2, int)
    mask = np.array([True, False]) if masked else None
    loss, slope = numerics.softmax_cross_entropy(logits, targets, mask)
    assert loss.dtype == slope.dtype == np.float32


def test_scores_of_a_thousand_do_not_overflow() -> None:
    loss, slope = numerics.softmax_cross_entropy(HUGE, np.array([2, 0]))
    assert np.isfinite(loss)
    assert np.isfinite(slope).all()
    assert numerics.softmax_cross_entropy(HUGE[:1], np.array([0]))[0] == 2000.0


@pytest.mark.parametrize(
    ("targets", "mask", "error", "words"),
    [
        (np.array([0, 3]), None, InputError, "symbol 3 at targets[1]"),
        (np.array([0, -1]), None, InputError, "symbol -1"),
        (np.array([0.0, 1.0]), None, InputError, "float64"),
        (np.array([0]), None, ShapeError, "shape (1,)"),
        (np.array([0, 1]), np.array([0, 0]), InputError, "at least one"),
        (np.array([0, 1]), np.array([0.5, 1.0]), InputError, "zeros and ones"),
        (np.array([0, 1]), np.array([1]), ShapeError, "mask of shape (1,)"),
    ],
)
def test_what_does_not_fit_is_refused(targets, mask, error, words) -> None:
    with pytest.raises(error) as caught:
        numerics.softmax_cross_entropy(np.zeros((2, 3)), targets, mask)
    assert words in str(caught.value)
