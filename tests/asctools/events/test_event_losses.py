"""Each term of the loss is what its equation says, and each weight of a model hears of it."""

import itertools
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from asctools.errors import InputError, ShapeError
from asctools.events.losses import (
    EventTimingLoss,
    distances,
    offset_loss,
    refractory_term,
    timing_likelihood,
    total_loss,
)
from asctools.events.models import LSTMEventClassifier

ALL = torch.ones(1, 1, 1)


def drawn(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(seed).normal(size=shape))


@pytest.mark.equation("eq-timing-likelihood")
def test_timing_is_the_cross_entropy_of_each_frame() -> None:
    logits, target = 3 * drawn(2, 7, 3), drawn(2, 7, 3, seed=1).sigmoid()
    each = F.binary_cross_entropy_with_logits(logits, target, reduction="none")
    assert timing_likelihood(logits, target, ALL) == pytest.approx(each.sum(1).mean().item())
    rare = torch.full((), 5.0, dtype=torch.float64)
    heavy = F.binary_cross_entropy_with_logits(logits, target, pos_weight=rare, reduction="none")
    assert timing_likelihood(logits, target, ALL, 5.0) == pytest.approx(heavy.sum(1).mean().item())
    valid = torch.tensor([1.0, 1, 1, 0, 0, 0, 0])[None, :, None]
    cut = each[:, :3].sum(1).mean().item()
    assert timing_likelihood(logits, target, valid) == pytest.approx(cut)


@pytest.mark.equation("eq-offset-loss")
def test_offsets_are_held_to_hubers_loss_near_a_strike() -> None:
    offsets, away = 2 * drawn(2, 9, 3), 2 * drawn(2, 9, 3, seed=1)
    near = away.abs() <= 1.5
    right = F.smooth_l1_loss(offsets[near], away[near])
    assert offset_loss(offsets, away, ALL) == pytest.approx(right.item())
    nowhere = torch.full_like(away, torch.inf)
    assert offset_loss(offsets, nowhere, ALL) == 0.0
    near[:, 4:] = False
    valid = (torch.arange(9) < 4)[None, :, None].double()
    right = F.smooth_l1_loss(offsets[near], away[near])
    assert offset_loss(offsets, away, valid) == pytest.approx(right.item())


def all_pairs(chance: torch.Tensor, period: int, near: int) -> float:
    """The term as it is written down: pair by pair."""
    pairs = itertools.combinations(range(chance.shape[1]), 2)
    close = [(i, j) for i, j in pairs if near <= j - i < period]
    if not close:
        return 0.0
    i, j = torch.tensor(close).T
    return (chance[:, i] * chance[:, j]).sum(1).mean().item()


@pytest.mark.equation("eq-refractory-term")
@settings(deadline=None, max_examples=25)
@given(st.integers(1, 40), st.integers(1, 45), st.integers(1, 8), st.integers(0, 99))
def test_the_refractory_term_is_that_of_all_pairs(
    count: int, period: int, near: int, seed: int
) -> None:
    chance = drawn(2, count, 2, seed=seed).sigmoid()
    right = all_pairs(chance, period, near)
    assert refractory_term(chance, period, near) == pytest.approx(right, rel=1e-9, abs=1e-12)


def struck(*frames: int, count: int = 50) -> torch.Tensor:
    chance = torch.zeros(1, count, 1)
    chance[0, list(frames), 0] = 1.0
    return chance


def test_what_is_legal_costs_nothing_and_what_is_not_a_pair() -> None:
    assert refractory_term(struck(3, 23, 43), period=20) == 0.0, "exactly the period is legal"
    assert refractory_term(struck(3, 22), period=20) == 1.0
    assert refractory_term(struck(3, 4, 5), period=20) == 0.0, "one strike, spread over its frames"
    assert refractory_term(struck(0, 10, 19), period=20) == 3.0, "three pairs"


def test_the_refractory_slope_is_what_the_partners_are_likely() -> None:
    chance = struck(10, 24).requires_grad_()
    refractory_term(chance, period=20, near=5).backward()
    slope = chance.grad[0, :, 0]
    assert slope[10] == slope[24] == 1.0
    assert slope[17] == 2.0, "a strike between the two would come too close to both"
    assert slope[44] == 0.0


@pytest.mark.equation("eq-event-loss")
def test_the_total_is_the_weighted_sum() -> None:
    parts = [torch.tensor(value) for value in (1.0, 10.0, 100.0, 1000.0)]
    assert total_loss((2.0, 3.0, 0.5), *parts) == 2.0 + 3.0 * 110.0 + 500.0
    assert total_loss((0.0, 0.0, 0.0), *parts) == 0.0


def test_a_frame_knows_how_far_the_nearest_strike_is() -> None:
    labels = torch.tensor([[1.0, 0.0, 1.0]])
    times = torch.tensor([[[4.5, torch.nan], [7.0, torch.nan], [24.5, 37.0]]])
    away = distances(labels, times, count=4, resolution=10)
    assert away[0, :, 0].tolist() == [0.0, -1.0, -2.0, -3.0]
    assert torch.isinf(away[0, :, 1]).all()
    assert away[0, :, 2].tolist() == [2.0, 1.0, 0.0, 0.25]
    assert torch.equal(distances(labels, times[..., 0], 4, 10)[..., :2], away[..., :2])


def whole_loss(**settings: object) -> tuple[EventTimingLoss, list[torch.Tensor]]:
    labels = torch.tensor([[1.0, 0.0], [1.0, 1.0]])
    times = torch.tensor([[73.0, 0.0], [15.5, 190.0]])
    logits, offsets = drawn(2, 20, 2).float(), drawn(2, 20, 2, seed=1).float()
    return EventTimingLoss(**settings), [drawn(2, 2).float(), logits, labels, times, offsets]


def test_the_parts_have_names_as_attributes_and_as_keys() -> None:
    loss_fn, given_ = whole_loss(refractory_weight=0.3)
    loss = loss_fn(*given_)
    assert list(loss.keys()) == list(loss)
    parts = {name: loss[name].item() for name in loss}
    assert all(parts[name] == getattr(loss, name).item() for name in parts)
    weighted = parts["event_loss"] + parts["timing_loss"] + parts["offset_loss"]
    assert parts["total_loss"] == pytest.approx(weighted + 0.3 * parts["refractory_loss"])
    assert loss_fn(*given_[:4]).offset_loss == 0.0, "a model without offsets"


def test_the_best_answer_costs_least() -> None:
    loss_fn, (_, logits, labels, times, _) = whole_loss()
    away = distances(labels, times, 20, 10)
    bump = torch.exp(-0.5 * away**2).clamp(1e-6, 1 - 1e-6)
    sure = torch.logit(bump)
    offsets = away.nan_to_num(posinf=0.0)
    best = loss_fn(20 * labels - 10, sure, labels, times, offsets)
    for other in (sure.roll(1, 1), sure * 0.5, logits):
        assert (
            loss_fn(20 * labels - 10, other, labels, times, offsets)["timing_loss"]
            > (best["timing_loss"])
        )
    assert best["offset_loss"] == 0.0
    assert best["event_loss"] < 1e-4


def test_what_lies_behind_the_end_does_not_matter() -> None:
    loss_fn, (events, logits, labels, times, offsets) = whole_loss()
    times = times.clamp(max=90.0)
    short = loss_fn(events, logits[:, :10], labels, times, offsets[:, :10])
    padded = loss_fn(events, logits, labels, times, offsets, torch.tensor([100, 100]))
    for name in short:
        assert padded[name] == pytest.approx(short[name].item(), rel=1e-5)
    without = loss_fn(events, logits, labels, times, offsets)
    assert without["timing_loss"] > short["timing_loss"]


@pytest.mark.parametrize("recurrent", ["lstm", "tcn", "none"])
def test_every_parameter_hears_of_it(recurrent: str) -> None:
    model = LSTMEventClassifier(
        3, 8, 2, 2, recurrent=recurrent, attention="local", features=(4, 6, 8), kernels=(11, 5, 3)
    )
    x = drawn(2, 200, 3).float()
    said = model(x)
    labels, times = torch.ones(2, 2), torch.tensor([[30.0, 90.0], [101.5, 150.0]])
    loss = EventTimingLoss()(
        said.event_logits, said.timing_logits, labels, times, said.timing_offsets
    )
    loss.total_loss.backward()
    silent = [
        name
        for name, weights in model.named_parameters()
        if weights.grad is None or not weights.grad.abs().sum() > 0
    ]
    assert not silent


def test_what_does_not_fit_is_named() -> None:
    loss_fn, (events, logits, labels, times, offsets) = whole_loss()
    with pytest.raises(ShapeError, match=r"event_labels of another shape.*\(2, 2\)"):
        loss_fn(events, logits, labels[:1], times, offsets)
    with pytest.raises(ShapeError, match="timing_logits, timing_offsets"):
        loss_fn(events, logits[..., :1], labels, times, offsets)
    with pytest.raises(InputError, match=r"refractory_weight=-0\.1"):
        EventTimingLoss(refractory_weight=-0.1)
    with pytest.raises(InputError, match="event_weight=nan"):
        EventTimingLoss(event_weight=math.nan)
