"""Convolutions of each event's own: shapes, where they look, and who sees what."""

import pytest
import torch
from torch.nn import functional as F

from asctools.errors import InputError, ShapeError
from asctools.events.models.specific.convolutions import EventSpecificCNN

E, C, D = 3, 2, 5


def network(**settings: object) -> EventSpecificCNN:
    torch.manual_seed(0)
    return EventSpecificCNN(
        **{"num_events": E, "input_channels": C, "output_channels": D} | settings
    )


def drawn(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize(("stride", "T", "steps"), [(1, 50, 50), (10, 100, 10), (10, 93, 10)])
def test_a_step_for_each_frame_even_for_one_cut_short(stride: int, T: int, steps: int) -> None:
    own, shared = network(stride=stride)(drawn(2, T, C))
    assert own.shape == (2, steps, E, D)
    assert shared.shape == (2, steps, D)


def test_it_is_what_a_loop_over_events_would_say() -> None:
    model, x = network(stride=4).eval(), drawn(2, 64, C)
    own, _ = model(x)
    for event in range(E):
        parts = []
        for look, kernel in zip(model.events.looks, (11, 21, 41), strict=True):
            weight = look.weight.unflatten(0, (E, -1))[event]
            left = (kernel - 4) // 2
            padded = F.pad(x.transpose(1, 2), (left, kernel - 4 - left))
            parts.append(F.conv1d(padded, weight, stride=4))
        alone = F.relu(torch.cat(parts, dim=1)) * (1 + 1e-5) ** -0.5
        torch.testing.assert_close(own[:, :, event], alone.transpose(1, 2), rtol=1e-4, atol=1e-6)


def test_a_step_sees_as_far_before_its_samples_as_behind() -> None:
    model, x = network(stride=10).eval(), torch.zeros(1, 200, C)
    quiet = model(x)[0]
    reach = []
    for place in range(200):
        x[0, place] = 1.0
        if (model(x)[0][0, 10] != quiet[0, 10]).any():
            reach.append(place)
        x[0, place] = 0.0
    assert (reach[0], reach[-1]) == (100 - 15, 109 + 16)  # 41 samples around 100 … 109


def test_with_inputs_of_their_own_events_see_no_other() -> None:
    model, x = network(own_input=True, input_channels=1).eval(), drawn(1, 60, E)
    before, after = model(x)[0], model(x + torch.tensor([0.0, 3.0, 0.0]))[0]
    assert torch.equal(before[:, :, [0, 2]], after[:, :, [0, 2]])
    assert not torch.equal(before[:, :, 1], after[:, :, 1])
    torch.testing.assert_close(model(x[..., None])[0], before)


def test_without_shared_features_there_are_zeros() -> None:
    assert not network(use_shared=False)(drawn(1, 30, C))[1].any()


def test_every_parameter_gets_a_gradient() -> None:
    model = network()
    own, shared = model(drawn(2, 60, C))
    (own.square().sum() + shared.square().sum()).backward()
    assert all((part.grad != 0).any() for part in model.parameters())


@pytest.mark.parametrize(
    "settings", [{"stride": 12}, {"output_channels": 2}, {"num_events": 0}, {"kernels": ()}]
)
def test_settings_out_of_range_are_refused(settings: dict) -> None:
    with pytest.raises(InputError, match="expected"):
        network(**settings)


@pytest.mark.parametrize("shape", [(2, 30), (2, 30, C + 1), (2, 0, C), (2, 30, E, C)])
def test_other_shapes_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError, match="expected"):
        network()(torch.zeros(shape))


@pytest.mark.parametrize("wrong", [None, [[1.0]], torch.zeros(1, 9, C, dtype=torch.float64)])
def test_what_is_no_tensor_of_the_weights_kind_is_refused(wrong: object) -> None:
    with pytest.raises(InputError, match="expected"):
        network()(wrong)
