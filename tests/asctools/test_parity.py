"""One cell, three ways: plain floats, twelve scalars in PyTorch, ``nn.LSTM``. One result."""

import pytest
import torch

from asctools.dataset.companies import COMPANIES, SIX_DAYS, Company
from asctools.scalar import by_hand
from asctools.scalar.cell import ScalarLSTM, to_torch_lstm

CELLS = {"initial": by_hand.INITIAL, "pocket": by_hand.POCKET}
SEQUENCES = (*COMPANIES, Company("six days", SIX_DAYS, 0.3))


def by_floats(weights: by_hand.Weights, one: Company) -> list[float]:
    slopes = by_hand.gradients(weights, one.days, one.target)
    return [by_hand.predict(weights, one.days), *slopes]


def by_scalars(weights: by_hand.Weights, one: Company) -> list[float]:
    cell = ScalarLSTM.from_weights(weights, dtype=torch.float64)
    h = cell(one.days)
    ((h - one.target) ** 2).backward()
    return [h.item(), *(getattr(cell, name).grad.item() for name in by_hand.Weights._fields)]


def by_layer(weights: by_hand.Weights, one: Company) -> list[float]:
    lstm = to_torch_lstm(ScalarLSTM.from_weights(weights, dtype=torch.float64))
    h = lstm(torch.tensor(one.days, dtype=torch.float64).reshape(-1, 1))[0][-1, 0]
    ((h - one.target) ** 2).backward()
    slopes = []
    for gate in "fico":
        row = "ifco".index(gate)
        held = (lstm.weight_hh_l0, lstm.weight_ih_l0, lstm.bias_ih_l0)
        slopes += [parameter.grad[row].item() for parameter in held]
    return [h.item(), *slopes]


@pytest.mark.parametrize("one", SEQUENCES, ids=lambda one: one.name)
@pytest.mark.parametrize("name", CELLS)
def test_three_implementations_agree_on_the_value_and_on_every_gradient(
    name: str, one: Company
) -> None:
    floats, scalars, layer = (way(CELLS[name], one) for way in (by_floats, by_scalars, by_layer))
    assert len(floats) == 13
    assert max(map(abs, floats)) > 1e-3
    assert floats == pytest.approx(scalars, rel=1e-12, abs=1e-12)
    assert scalars == pytest.approx(layer, rel=1e-12, abs=1e-12)
    assert layer == pytest.approx(floats, rel=1e-12, abs=1e-12)
