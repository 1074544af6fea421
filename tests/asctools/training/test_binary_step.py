"""One loss, whatever the batch looks like and however the model says its logits."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, Subset, TensorDataset, WeightedRandomSampler

from asctools.errors import InputError, ShapeError
from asctools.rnn import Readout
from asctools.training.binary_step import BinaryStep, all_targets, parts
from asctools.training.losses import weighted_bce
from asctools.training.sequences import SequenceBatches, gather

X, Y = (
    torch.randn(6, 5, 2, generator=torch.Generator().manual_seed(0)),
    torch.tensor([0, 1, 0, 0, 1, 0]),
)
WEIGHT = torch.tensor(2.0)


class Says(nn.Module):
    """Says a number for each row, in a shape of its choice."""

    def __init__(self, shape: str = "N", said: str = "tensor") -> None:
        super().__init__()
        self.layer, self.shape, self.said = nn.Linear(2, 1), shape, said

    def forward(self, x: torch.Tensor, lengths=None):
        every = self.layer(x)  # (N, T, 1)
        logits = {"N": every[:, -1, 0], "N1": every[:, -1], "NT1": every}[self.shape]
        return (logits, None) if self.said == "tuple" else logits


@pytest.fixture
def model() -> Says:
    torch.manual_seed(1)
    return Says()


def expected(model: Says, rows=slice(None)) -> float:
    return weighted_bce(model.layer(X[rows, -1])[:, 0], Y[rows].float(), WEIGHT).item()


@pytest.mark.parametrize(
    "batch",
    [
        (X, Y),
        [X, Y],
        (X, Y, torch.full((6,), 5)),
        {"inputs": X, "targets": Y},
        {"x": X, "y": Y, "lengths": torch.full((6,), 5)},
        {"input": X, "label": Y, "name": ["a"] * 6},
        gather(X, Y),
        (X, Y.float()),
        (X, Y.bool()),
    ],
)
def test_every_usual_batch_will_do(model: Says, batch) -> None:
    result = BinaryStep(WEIGHT)(model, batch)
    assert result.loss.item() == pytest.approx(expected(model), rel=1e-6)
    assert result.weight == 6


@pytest.mark.parametrize("shape", ["N", "N1", "NT1"])
@pytest.mark.parametrize("said", ["tensor", "tuple"])
def test_every_usual_answer_will_do(shape: str, said: str) -> None:
    torch.manual_seed(1)
    model = Says(shape, said)
    result = BinaryStep(WEIGHT)(model, (X, Y))
    assert result.loss.item() == pytest.approx(expected(model), rel=1e-6)


def test_each_sequence_is_judged_at_its_own_end() -> None:
    torch.manual_seed(2)
    model, lengths = Readout(nn.LSTM(2, 3, batch_first=True), 1), torch.tensor([5, 2, 4, 1, 5, 3])
    padded = X.clone()
    for row, length in zip(padded, lengths, strict=True):
        row[length:] = 99.0
    found = BinaryStep()(model, (padded, Y, lengths)).loss
    alone = [model(X[k : k + 1, : lengths[k]])[0][0, -1, 0] for k in range(6)]
    assert found.item() == pytest.approx(
        weighted_bce(torch.stack(alone), Y.float()).item(), rel=1e-5
    )


def test_several_classes_have_a_weight_each() -> None:
    torch.manual_seed(3)
    model, weight = nn.Sequential(nn.Flatten(), nn.Linear(10, 3)), torch.tensor([1.0, 2.0, 5.0])
    y = torch.randint(0, 2, (6, 3)).float()
    result = BinaryStep(weight)(model, (X, y))
    assert result.loss.item() == pytest.approx(weighted_bce(model(X), y, weight).item(), rel=1e-6)


def test_validation_keeps_rows_and_training_does_not(model: Says) -> None:
    step = BinaryStep(threshold=0.4)
    assert step(model, (X, Y)).kept == {}
    model.eval()
    result = step(model, (X, Y))
    probability = model.layer(X[:, -1])[:, 0].sigmoid()
    assert torch.equal(result.kept["probability"], probability)
    assert result.kept["target"].tolist() == Y.tolist()
    right = ((probability >= 0.4) == (Y == 1)).double().mean().item()
    assert result.metrics == {"accuracy": pytest.approx(right)}


def test_what_does_not_fit_is_refused(model: Says) -> None:
    with pytest.raises(ShapeError, match=r"logits of shape \(6, 10\) for targets \(6,\)"):
        BinaryStep()(nn.Flatten(), (X, Y))
    with pytest.raises(InputError, match="a batch that is a tuple of 4"):
        parts((X, Y, Y, Y))
    with pytest.raises(InputError, match="a batch that is a Tensor"):
        parts(X)
    with pytest.raises(InputError, match="a batch with inputs, answers"):
        parts({"inputs": X, "answers": Y})


class Rows(Dataset):
    def __len__(self) -> int:
        return 6

    def __getitem__(self, at: int):
        return {"x": X[at], "y": Y[at]}


class Endless(torch.utils.data.IterableDataset):
    def __iter__(self):
        yield X[0], Y[0]


@pytest.mark.parametrize(
    "make",
    [
        lambda: DataLoader(TensorDataset(X, Y), 4),
        lambda: DataLoader(Rows(), 4, shuffle=True),
        lambda: DataLoader(TensorDataset(X, Y), 2, sampler=WeightedRandomSampler([1.0] * 6, 3)),
        lambda: SequenceBatches(gather(X, Y), 4, np.random.default_rng(0)),
        lambda: [(X[:2], Y[:2]), (X[2:], Y[2:])],
    ],
)
def test_targets_are_counted_without_drawing_a_batch(make) -> None:
    loader = make()
    before = torch.get_rng_state()
    state = getattr(loader, "rng", None) and loader.rng.bit_generator.state
    assert all_targets(loader).tolist() == Y.tolist()
    assert torch.equal(before, torch.get_rng_state())
    if state:
        assert loader.rng.bit_generator.state == state


def test_targets_of_a_part_and_of_a_stream() -> None:
    part = Subset(TensorDataset(X, Y), [1, 4])
    assert all_targets(DataLoader(part, 1)).tolist() == [1, 1]
    with pytest.raises(InputError, match=r"set loss\.pos_weight|Set loss\.pos_weight"):
        all_targets(DataLoader(Endless(), 1))
    with pytest.raises(InputError, match="generator, whose targets cannot be counted"):
        all_targets(each for each in [(X, Y)])


@pytest.mark.parametrize(
    "loader", [[], DataLoader(TensorDataset(torch.zeros(0, 3), torch.zeros(0)))]
)
def test_data_without_an_example_are_refused(loader) -> None:
    with pytest.raises(InputError, match="without an example"):
        all_targets(loader)
