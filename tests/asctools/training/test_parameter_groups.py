"""Every parameter has one kind, every kind may have a rate, and nothing is trained twice."""

import pytest
import torch
from torch import nn

from asctools.errors import InputError
from asctools.rnn import LSTM, Readout
from asctools.training.config.sections import Group, Groups, Training
from asctools.training.parameter_groups import KINDS, adam, by_kind


class Everything(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Embedding(5, 4)
        self.conv = nn.Conv1d(4, 4, 3)
        self.norm = nn.LayerNorm(4)
        self.lstm = nn.LSTM(4, 3, batch_first=True)
        self.cell = nn.GRUCell(3, 3)
        self.head = nn.Linear(3, 1)
        self.scale = nn.Parameter(torch.ones(()))
        self.frozen = nn.Parameter(torch.ones(2), requires_grad=False)


def test_each_parameter_has_one_kind() -> None:
    model = Everything()
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    found = {kind: {names[id(p)] for p in ps} for kind, ps in by_kind(model).items()}
    assert found == {
        "recurrent": {"lstm.weight_ih_l0", "lstm.weight_hh_l0", "cell.weight_ih", "cell.weight_hh"},
        "linear": {"head.weight"},
        "conv": {"conv.weight"},
        "embedding": {"table.weight"},
        "norm": {"norm.weight", "norm.bias"},
        "bias": {
            *("conv.bias", "head.bias", "lstm.bias_ih_l0", "lstm.bias_hh_l0"),
            *("cell.bias_ih", "cell.bias_hh"),
        },
        "other": {"scale"},
    }
    assert tuple(kind for kind in KINDS if kind in found) == tuple(found)


def test_the_gates_of_the_readable_lstm_are_recurrent_and_its_head_is_linear() -> None:
    kinds = by_kind(LSTM(3, 4, 2, device="cpu"))
    assert [p.shape for p in kinds["recurrent"]] == [(4, 7)] * 4
    assert [p.shape for p in kinds["linear"]] == [(2, 4)]
    assert len(kinds["bias"]) == 5


def test_shared_weights_count_once() -> None:
    model = nn.Sequential(nn.Linear(3, 3), nn.Tanh(), nn.Linear(3, 3))
    model[2].weight = model[0].weight
    assert len(by_kind(model)["linear"]) == 1
    adam(model, Training(), Groups())  # which would warn of a parameter in two groups


def test_without_own_rates_there_is_one_group_with_the_defaults_of_the_contract() -> None:
    model = Everything()
    (group,) = adam(model, Training(), Groups()).param_groups
    assert (group["name"], group["lr"], group["betas"]) == ("default", 1e-3, (0.9, 0.999))
    assert (group["eps"], group["weight_decay"]) == (1e-8, 1e-4)
    assert sum(p.numel() for p in group["params"]) == sum(
        p.numel() for p in model.parameters() if p.requires_grad
    )


def test_own_rates_make_groups_of_their_own() -> None:
    groups = Groups(
        recurrent=Group(learning_rate=5e-4), bias=Group(weight_decay=0.0), norm=Group(0.0, 0.0)
    )
    made = adam(Everything(), Training(learning_rate=2e-3), groups).param_groups
    assert [(g["name"], g["lr"], g["weight_decay"], len(g["params"])) for g in made] == [
        ("default", 2e-3, 1e-4, 4),
        ("recurrent", 5e-4, 1e-4, 4),
        ("norm", 0.0, 0.0, 2),
        ("bias", 2e-3, 0.0, 6),
    ]


def test_a_rate_of_its_own_moves_only_its_kind() -> None:
    torch.manual_seed(0)
    model = Readout(nn.LSTM(2, 3, batch_first=True), 1)
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    still = Group(learning_rate=0.0)
    optimizer = adam(model, Training(), Groups(recurrent=still, bias=still))
    model(torch.ones(1, 4, 2))[0].sum().backward()
    optimizer.step()
    moved = {n for n, p in model.named_parameters() if not torch.equal(p, before[n])}
    assert moved == {"i2o.weight"}


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(InputError, match=r"parameter_groups\.conv for Linear.*linear, bias"):
        adam(nn.Linear(2, 1), Training(), Groups(conv=Group(1e-3)))
    with pytest.raises(InputError, match="Tanh, which has no trainable parameter"):
        adam(nn.Tanh(), Training(), Groups())
