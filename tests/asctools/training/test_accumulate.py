"""Several small batches make the step of one large one, whatever their sizes."""

import math
from itertools import pairwise
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from asctools.errors import InputError
from asctools.training import Callback, StepResult, Trainer
from asctools.training.accumulate import factors, mixed


@pytest.mark.equation("eq-accumulate")
@given(parts=st.lists(st.tuples(st.floats(0.1, 100.0), st.floats(-10.0, 10.0)), min_size=1))
def test_the_mean_so_far_is_that_of_all_examples(parts: list[tuple[float, float]]) -> None:
    mean = before = 0.0
    for k, (weight, slope) in enumerate(parts, 1):
        kept, added = factors(weight, before)
        mean, before = kept * mean + added * slope, before + weight
        seen = parts[:k]
        whole = sum(w * s for w, s in seen) / sum(w for w, _ in seen)
        assert mean == pytest.approx(whole, rel=1e-9, abs=1e-9)


def test_the_first_batch_is_taken_as_it_is_and_one_of_no_weight_makes_room() -> None:
    assert factors(0.1, 0.0) == (0.0, 1.0)
    assert factors(0.0, 0.0) == (0.0, 1.0)
    assert factors(3.0, 1.0) == (0.25, 0.75)
    assert mixed({}, 0.0, {"a": 0.1}, 1.0) == {"a": 0.1}
    assert mixed({"a": math.nan}, 0.0, {"a": 0.1}, 1.0) == {"a": 0.1}
    assert mixed({"a": 1.0}, 0.25, {"a": 3.0}, 0.75) == {"a": 2.5}


X = torch.linspace(-1, 1, 17, dtype=torch.float64)[:, None] * torch.tensor([1.0, 0.3])
Y = torch.sin(3 * X[:, :1])


def step(model: nn.Module, batch: Any) -> StepResult:
    x, y = batch
    said = model(x)
    close = ((said - y).abs() < 0.3).double().mean().item()
    return StepResult(((said - y) ** 2).mean(), len(x), {"close": close})


class Losses(Callback):
    """Keeps what is told of each step."""

    def __init__(self) -> None:
        self.rows: list[tuple[float, ...]] = []

    def on_step_end(self, trainer: Trainer) -> None:
        self.rows.append((trainer.loss, trainer.grad_norm, trainer.weight))


def fit(sizes: list[int], accumulate: int, epochs: int = 3) -> tuple[Trainer, Losses]:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1)).double()
    told = Losses()
    mine = Trainer(
        model,
        step,
        torch.optim.Adam(model.parameters(), lr=0.05),
        accumulate=accumulate,
        clip_grad_norm=0.3,
        callbacks=[told],
        device="cpu",
    )
    mine.fit(list(zip(X.split(sizes), Y.split(sizes), strict=True)), num_epochs=epochs)
    return mine, told


@settings(max_examples=25, deadline=None)
@given(cuts=st.sets(st.integers(1, 16), max_size=9), accumulate=st.integers(1, 6))
def test_a_group_is_one_large_batch(cuts: set[int], accumulate: int) -> None:
    ends = [0, *sorted(cuts), 17]
    sizes = [b - a for a, b in pairwise(ends)]
    large = [sum(sizes[k : k + accumulate]) for k in range(0, len(sizes), accumulate)]
    small, of_small = fit(sizes, accumulate)
    whole, of_whole = fit(large, 1)
    assert small.iteration == whole.iteration == 3 * len(large)
    for p, q in zip(small.model.parameters(), whole.model.parameters(), strict=True):
        assert torch.allclose(p, q, rtol=0, atol=1e-9)
    for row, other in zip(of_small.rows, of_whole.rows, strict=True):
        assert row == pytest.approx(other, rel=1e-8)
    for name in ("loss", "close", "grad_norm"):
        assert small.history[name] == pytest.approx(whole.history[name], rel=1e-8)


def test_a_short_group_at_the_end_is_not_made_smaller() -> None:
    mine, told = fit([4, 4, 4, 4, 1], 2, epochs=1)
    assert [row[2] for row in told.rows] == [8, 8, 1]
    assert (mine.iteration, mine.weight) == (3, 1.0)


@pytest.mark.parametrize("accumulate", [0, -1, 1.5, True])
def test_other_numbers_are_refused(accumulate: Any) -> None:
    with pytest.raises(InputError, match=f"accumulate={accumulate}"):
        fit([17], accumulate)
