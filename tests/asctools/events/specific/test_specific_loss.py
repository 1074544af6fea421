"""The event-specific loss: its template term and its sum."""

import math

import numpy as np
import pytest
import torch

from asctools.errors import InputError, ShapeError
from asctools.events import EventSpecificLoss
from asctools.events.losses import EventTimingLoss
from asctools.events.specific_loss import specific_total, template_target

ALL = torch.ones(1, 1, 1)


@pytest.mark.equation("eq-template-target")
def test_scores_are_held_to_a_bump_of_ten_samples_around_each_strike() -> None:
    rng = np.random.default_rng(0)
    scores = 6 * rng.normal(size=(2, 30, 3))
    away = rng.uniform(-25, 25, size=(2, 30, 3))
    away[0, :, 1] = np.inf
    right = np.mean(
        [
            (z / 10 - math.exp(-(a**2) / 200)) ** 2
            for z, a in zip(scores.ravel(), away.ravel(), strict=True)
        ]
    )
    said = template_target(torch.tensor(scores), torch.tensor(away), ALL)
    assert said.item() == pytest.approx(right)
    valid = (torch.arange(30) < 12)[None, :, None].double()
    cut = template_target(torch.tensor(scores[:, :12]), torch.tensor(away[:, :12]), ALL)
    whole = template_target(torch.tensor(scores), torch.tensor(away), valid.expand(2, -1, -1))
    assert whole.item() == pytest.approx(cut.item())


def test_a_perfect_bump_costs_nothing() -> None:
    away = torch.arange(-40.0, 40.0)[None, :, None]
    bump = 10 * torch.exp(-(away**2) / 200)
    assert template_target(bump, away, ALL) == pytest.approx(0.0)
    assert template_target(0 * bump, away, ALL) > 0.1
    assert template_target(-bump, away, ALL) > template_target(0 * bump, away, ALL)


@pytest.mark.equation("eq-specific-loss")
def test_the_sum_weighs_four_terms() -> None:
    terms = (torch.tensor(value) for value in (1.0, 10.0, 100.0, 1000.0))
    assert specific_total((2.0, 3.0, 0.5, 0.1), *terms) == 2.0 + 30.0 + 50.0 + 100.0


def said(T: int = 100, E: int = 2) -> tuple[torch.Tensor, ...]:
    rng = torch.Generator().manual_seed(0)
    labels = torch.tensor([[1.0, 0.0], [1.0, 1.0]])
    times = torch.tensor([[41.5, 0.0], [12.0, 88.0]])
    logits = (torch.randn(2, *shape, generator=rng) for shape in ((E,), (T // 10, E), (T, E)))
    return (*logits, labels, times)


def test_its_parts_are_those_of_the_timing_loss_and_the_template_term() -> None:
    parts = EventSpecificLoss()(*said())
    event, timing, scores, labels, times = said()
    plain = EventTimingLoss()(event, timing, labels, times)
    for name in ("event_loss", "timing_loss", "refractory_loss"):
        assert parts[name] == plain[name], name
    assert list(parts) == list(parts.keys())
    assert parts["total_loss"] == pytest.approx(
        (plain.event_loss + plain.timing_loss + 0.5 * parts.template_loss).item()
        + 0.1 * plain.refractory_loss.item()
    )
    alone = EventSpecificLoss(0.0, 0.0, 1.0, 0.0)(event, timing, scores, labels, times)
    assert alone.total_loss == parts.template_loss > 0


def test_what_stands_behind_the_end_does_not_count() -> None:
    event, timing, scores, labels, times = said()
    short = torch.tensor([60, 100])
    times[0, 0] = 30.0
    one = EventSpecificLoss()(event, timing, scores, labels, times, short)
    scores[0, 60:] += 50.0
    timing[0, 6:] += 50.0
    two = EventSpecificLoss()(event, timing, scores, labels, times, short)
    assert [one[name].item() for name in one] == [two[name].item() for name in two]


def test_wrong_shapes_and_weights_are_refused() -> None:
    event, timing, scores, labels, times = said()
    with pytest.raises(ShapeError, match=r"template_scores of shape \(2, 2\)"):
        EventSpecificLoss()(event, timing, event, labels, times)
    with pytest.raises(ShapeError, match="event_logits"):
        EventSpecificLoss()(event[:1], timing, scores, labels, times)
    with pytest.raises(ShapeError, match="10 frames of 100 samples, expected frames of 5"):
        EventSpecificLoss(timing_resolution_samples=5)(event, timing, scores, labels, times)
    with pytest.raises(InputError, match="template_weight=-1"):
        EventSpecificLoss(template_weight=-1.0)
    with pytest.raises(InputError, match="width=0"):
        EventSpecificLoss(width=0.0)
