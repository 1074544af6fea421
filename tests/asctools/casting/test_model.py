"""The network: settings, lengths, folding, pooling."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

import asctools.casting
from asctools.casting import SteelDefectLSTM
from asctools.casting.model import folded, pooled
from asctools.casting.settings import POOLINGS, Model
from asctools.errors import InputError, ShapeError, UnknownNameError


def network(**config) -> SteelDefectLSTM:
    torch.manual_seed(0)
    return SteelDefectLSTM(config).eval()


def windows(count: int = 3, steps: int = 20) -> torch.Tensor:
    return torch.randn(count, steps, 6, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("pooling", POOLINGS)
@pytest.mark.parametrize("fold", [1, 2, 7])
@pytest.mark.parametrize("layers", [1, 2])
def test_one_logit_a_window_and_a_gradient_for_every_weight(pooling, fold, layers) -> None:
    model = network(pooling=pooling, fold=fold, num_layers=layers, hidden_size=5)
    logits = model(windows())
    assert logits.shape == (3,)
    logits.sum().backward()
    assert all(p.grad is not None and p.grad.any() for p in model.parameters())


@settings(deadline=None, database=None, max_examples=40)
@given(
    lengths=st.lists(st.integers(1, 20), min_size=1, max_size=5),
    fold=st.integers(1, 5),
    pooling=st.sampled_from(POOLINGS),
)
def test_what_stands_behind_a_window_is_not_read(lengths, fold, pooling) -> None:
    model = network(fold=fold, pooling=pooling, hidden_size=4)
    x = windows(len(lengths))
    alone = torch.cat([model(row[None, :n]) for row, n in zip(x, lengths, strict=True)])
    for row, n in zip(x, lengths, strict=True):
        row[n:] = torch.nan
    torch.testing.assert_close(model(x, lengths=lengths), alone, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("pooling", POOLINGS)
def test_lengths_that_are_all_the_same_change_nothing(pooling: str) -> None:
    model, x = network(pooling=pooling), windows()
    torch.testing.assert_close(model(x), model(x, torch.full((3,), 20)))


def test_the_network_is_an_lstm_a_pooling_and_a_line() -> None:
    model, x = network(fold=2, hidden_size=4), windows()
    said, _ = model.lstm(x.reshape(3, 10, 12))
    highest = said.detach().numpy().max(axis=1)
    head = model.head
    wanted = highest @ head.weight.detach().numpy()[0] + head.bias.item()
    np.testing.assert_allclose(model(x).detach().numpy(), wanted, rtol=1e-5)


def test_folding_puts_readings_side_by_side_and_fills_up() -> None:
    x = torch.arange(1.0, 11.0).reshape(1, 5, 2)
    wanted = [[[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0], [9.0, 10.0, 0.0, 0.0]]]
    assert folded(x, 2).tolist() == wanted
    assert folded(x, 1).tolist() == x.tolist()


@pytest.mark.parametrize(
    ("how", "all_steps", "two_and_one"),
    [("max", [3.0, 9.0], [2.0, 7.0]), ("mean", [2.0, 8.0], [1.5, 7.0]), ("last", [3, 9], [2, 7])],
)
def test_pooling(how: str, all_steps: list[float], two_and_one: list[float]) -> None:
    said = torch.tensor([[[1.0], [2.0], [3.0]], [[7.0], [8.0], [9.0]]])
    assert pooled(said, how)[:, 0].tolist() == all_steps
    assert pooled(said, how, torch.tensor([2, 1]))[:, 0].tolist() == two_and_one


def test_a_maximum_below_0_is_no_padding() -> None:
    said = -torch.ones(1, 3, 1)
    assert pooled(said, "max", torch.tensor([2])).item() == -1.0


def test_settings_come_in_four_forms() -> None:
    forms = (None, {}, Model(), {"model": {}, "training": {"learning_rate": 0.1}})
    assert {str(SteelDefectLSTM(form).config) for form in forms} == {str(SteelDefectLSTM().config)}
    assert SteelDefectLSTM({"lstm_model": {"model": {"hidden_size": 3}}}).lstm.hidden_size == 3
    assert SteelDefectLSTM({"fold": 3}).lstm.input_size == 18


def test_config_makes_the_same_network_again() -> None:
    model = network(hidden_size=7, pooling="mean", fold=3, dropout=0.2, num_layers=2)
    again = SteelDefectLSTM(model.config)
    again.load_state_dict(model.state_dict())
    torch.testing.assert_close(again.eval()(windows()), model(windows()), rtol=0, atol=0)


@pytest.mark.parametrize("value", [1.0, -2.5])
def test_the_forget_gates_begin_where_they_are_told(value: float) -> None:
    model = network(forget_bias=value, hidden_size=4)
    both = model.lstm.bias_ih_l0 + model.lstm.bias_hh_l0
    assert both.view(4, 4)[1].tolist() == [value] * 4


def test_dropout_is_for_training_only() -> None:
    model, x = network(dropout=0.5), windows()
    torch.testing.assert_close(model(x), model(x))
    model.train()
    assert not torch.equal(model(x), model(x))


@pytest.mark.parametrize(
    ("config", "error", "named"),
    [
        ({"hiden_size": 3}, UnknownNameError, "model.hiden_size"),
        ({"hidden_size": 0}, InputError, "model.hidden_size"),
        ({"dropout": 1.0}, InputError, "model.dropout"),
        ({"pooling": "first"}, InputError, "model.pooling"),
        ({"fold": True}, InputError, "model.fold"),
        ([32], InputError, "model"),
    ],
)
def test_wrong_settings_are_named(config, error: type[Exception], named: str) -> None:
    with pytest.raises(ValueError, match=named) as caught:
        SteelDefectLSTM(config)
    assert isinstance(caught.value, error | UnknownNameError)


@pytest.mark.parametrize("shape", [(2, 20, 5), (0, 20, 6), (1, 2, 20, 6)])
def test_wrong_shapes_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError, match="input of shape"):
        network()(torch.zeros(shape))


def test_wrong_lengths_and_types_are_refused() -> None:
    model = network()
    with pytest.raises(ShapeError, match="lengths"):
        model(windows(), lengths=[20, 21, 3])
    with pytest.raises(InputError, match="float64"):
        model(windows().double())
    assert model.double()(windows().double()).dtype == torch.float64


def test_the_package_has_the_network_and_nothing_unknown() -> None:
    assert issubclass(asctools.casting.SteelDefectLSTM, nn.Module)
    with pytest.raises(AttributeError, match="SteelDefectLSTN"):
        _ = asctools.casting.SteelDefectLSTN
