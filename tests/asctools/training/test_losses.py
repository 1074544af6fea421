"""The weighted loss equals PyTorch's, its gradient pulls equally hard, and each sign counts."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from asctools.errors import InputError
from asctools.training.losses import pos_weight, weighted_bce


@pytest.mark.equation("eq-pos-weight")
def test_the_weight_is_negatives_over_positives() -> None:
    y = torch.tensor([1, 0, 0, 0, 1, 0, 0, 0])
    assert pos_weight(y).item() == 3.0
    assert pos_weight(y, 1.5).item() == 4.5
    assert pos_weight(y).shape == ()
    both = torch.stack([y, 1 - y], 1)
    assert pos_weight(both, 3.0).tolist() == [9.0, 1.0]
    assert pos_weight(y).dtype == torch.float32
    # what it is for: at the same logit everywhere, both classes pull equally hard
    logits = torch.zeros(8, requires_grad=True)
    weighted_bce(logits, y.float(), pos_weight(y)).backward()
    assert logits.grad.sum().item() == pytest.approx(0.0, abs=1e-7)


@pytest.mark.equation("eq-weighted-bce")
def test_by_hand() -> None:
    z, y = torch.tensor([2.0, -1.0], dtype=torch.float64), torch.tensor([1.0, 0.0])
    sigma = [1 / (1 + math.exp(-2.0)), 1 / (1 + math.exp(1.0))]
    by_hand = (-5.0 * math.log(sigma[0]) - math.log(1 - sigma[1])) / 2
    assert weighted_bce(z, y.double(), 5.0).item() == pytest.approx(by_hand, rel=1e-12)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.floats(-80, 80), st.integers(0, 1)), min_size=1, max_size=9),
    st.floats(0.01, 100),
)
def test_it_is_pytorchs(rows: list[tuple[float, int]], weight: float) -> None:
    z, y = (torch.tensor(column, dtype=torch.float64) for column in zip(*rows, strict=True))
    z = z.clone().requires_grad_()
    mine = weighted_bce(z, y, weight)
    (mine_slope,) = torch.autograd.grad(mine, z)
    theirs = nn.BCEWithLogitsLoss(pos_weight=torch.tensor(weight, dtype=torch.float64))(z, y)
    (their_slope,) = torch.autograd.grad(theirs, z)
    assert mine.item() == pytest.approx(theirs.item(), rel=1e-12, abs=1e-14)
    torch.testing.assert_close(mine_slope, their_slope, rtol=1e-10, atol=1e-14)


def test_a_weight_for_each_class_and_no_overflow() -> None:
    torch.manual_seed(0)
    z, y = torch.randn(7, 3), torch.randint(0, 2, (7, 3)).float()
    weight = torch.tensor([0.5, 1.0, 9.0])
    theirs = nn.BCEWithLogitsLoss(pos_weight=weight)(z, y)
    assert weighted_bce(z, y, weight).item() == pytest.approx(theirs.item(), rel=1e-6)
    assert weighted_bce(torch.tensor([1000.0, -1000.0]), torch.tensor([1.0, 0.0])).item() == 0.0
    assert weighted_bce(torch.tensor([-1000.0]), torch.tensor([1.0]), 2.0).item() == 2000.0


@pytest.mark.parametrize(
    ("targets", "multiplier", "message"),
    [
        ([0, 0, 0], 1.0, r"0\.0 positives among 3"),
        ([1, 1], 1.0, r"2\.0 positives among 2"),
        ([[1, 0], [0, 0]], 1.0, r"\[1\.0, 0\.0\] positives among 2"),
        ([0, 2], 1.0, r"targets \[0\.0, 2\.0\]"),
        ([0.0, math.nan], 1.0, "targets"),
        ([], 1.0, "no targets"),
        ([0, 1], 0.0, r"multiplier=0\.0"),
        ([0, 1], math.nan, "multiplier=nan"),
        ([0, 1], "3", "multiplier='3'"),
    ],
)
def test_what_has_no_balance_is_refused(targets, multiplier, message) -> None:
    with pytest.raises(InputError, match=message):
        pos_weight(torch.tensor(targets), multiplier)
