"""Heads of each event's own: they look where the template fired, and nowhere if it did not."""

import pytest
import torch

from asctools.errors import InputError, ShapeError
from asctools.events.models.specific.heads import EventSpecificTimingHeads, attend

N, FRAMES, E, D = 2, 7, 3, 8


def heads(**settings: object) -> EventSpecificTimingHeads:
    torch.manual_seed(0)
    return EventSpecificTimingHeads(**{"num_events": E, "hidden_size": D, "width": 8} | settings)


def drawn(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(1))


def test_features_for_all_are_features_of_each() -> None:
    model, x = heads().eval(), drawn(N, FRAMES, D)
    together, each = model(x), model(x[:, :, None].expand(-1, -1, E, -1))
    assert together.shape == (N, FRAMES, E)
    torch.testing.assert_close(together, each)


def test_an_event_is_judged_by_its_own_weights_alone() -> None:
    model, x = heads().eval(), drawn(N, FRAMES, E, D)
    before = model(x)
    with torch.no_grad():
        model.answers[1] += 1.0
    changed = (model(x) != before).flatten(0, 1).any(0)
    assert changed.tolist() == [False, True, False]


def test_attention_looks_only_where_it_may() -> None:
    mask = torch.zeros(N, FRAMES, E)
    mask[:, 2:5], mask[:, 3, 1], mask[0, :, 2] = 1.0, 0.0, 0.0
    weights = attend(drawn(N, FRAMES, E, 4), mask)
    assert not weights[(mask == 0)].any()
    some = mask.any(1)
    torch.testing.assert_close(weights.sum(1), some[..., None].expand(-1, -1, 4).float())
    torch.testing.assert_close(attend(drawn(N, FRAMES, E, 4), mask > 0), weights)


def test_a_soft_mask_counts_a_frame_for_its_share() -> None:
    mask = torch.tensor([1.0, 0.25, 0.0])[None, :, None]
    weights = attend(torch.zeros(1, 3, 1, 4), mask)
    torch.testing.assert_close(weights[0, :, 0, 0], torch.tensor([0.8, 0.2, 0.0]))


def test_what_lies_outside_the_mask_changes_no_other_frame() -> None:
    model, x, mask = heads().eval(), drawn(N, FRAMES, E, D), torch.ones(N, FRAMES, E)
    mask[:, 4:] = 0.0
    other = x.clone()
    other[:, 4:] = 100.0
    torch.testing.assert_close(model(x, mask)[:, :4], model(other, mask)[:, :4])


def test_a_mask_without_any_frame_gives_numbers_and_gradients() -> None:
    model, x = heads(), drawn(N, FRAMES, D).requires_grad_()
    logits = model(x, torch.zeros(N, FRAMES, E, dtype=torch.bool))
    assert torch.isfinite(logits).all()
    logits.sum().backward()
    assert torch.isfinite(x.grad).all()


def test_every_parameter_gets_a_gradient() -> None:
    model = heads()
    model(drawn(N, FRAMES, D)).square().sum().backward()
    assert all((part.grad != 0).any() for part in model.parameters())


@pytest.mark.parametrize("settings", [{"dropout": 1.0}, {"width": 6}, {"num_events": 0}])
def test_settings_out_of_range_are_refused(settings: dict) -> None:
    with pytest.raises(InputError, match="expected"):
        heads(**settings)


def test_other_shapes_are_refused() -> None:
    with pytest.raises(ShapeError, match="features"):
        heads()(drawn(N, FRAMES, D + 1))
    with pytest.raises(ShapeError, match="mask"):
        heads()(drawn(N, FRAMES, D), torch.ones(N, FRAMES))
