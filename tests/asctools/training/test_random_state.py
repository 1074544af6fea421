"""Generators are found wherever a loader or a step hides them, and go on where they were."""

import random
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, RandomSampler, TensorDataset

from asctools.training.random_state import generators, own_generator, put_back, random_state
from asctools.training.sequences import SequenceBatches, Sequences

CPU = torch.device("cpu")


class Augmented(TensorDataset):
    """Draws for itself."""

    def __init__(self) -> None:
        super().__init__(torch.zeros(4, 1))
        self.rng = np.random.default_rng(1)


class Dropping(nn.Module):
    """A layer that draws for itself, two levels deep."""

    def __init__(self) -> None:
        super().__init__()
        self.own = torch.Generator()


def closed_over(generator: Any) -> Any:
    def step(model: Any, batch: Any) -> Any:
        return generator, random, torch

    return step


def torch_generator() -> torch.Generator:
    return torch.Generator().manual_seed(3)


class Method:
    def __init__(self) -> None:
        self.rng = random.Random(2)

    def step(self, model: Any, batch: Any) -> None:
        """Do nothing."""


HOLDERS = {
    "loader": lambda: DataLoader(Augmented(), 2, generator=torch_generator(), shuffle=True),
    "sampler": lambda: DataLoader(
        Augmented(), 2, sampler=RandomSampler(range(4), generator=torch_generator())
    ),
    "sequences": lambda: SequenceBatches(
        Sequences(torch.zeros(4, 1, 1), torch.zeros(4), torch.ones(4, dtype=torch.int64)),
        *(2, np.random.default_rng(0)),
    ),
    "closure": lambda: closed_over(np.random.RandomState(1)),
    "method": lambda: Method().step,
    "partial": lambda: partial(closed_over(None), random.Random(1)),
    "module": lambda: nn.Sequential(nn.Linear(1, 1), nn.Sequential(Dropping())),
    "mapping": lambda: {"a": [(np.random.default_rng(1),)]},
}
COUNTS = {"loader": 2, "sampler": 2}


def draw(generator: Any) -> float:
    if isinstance(generator, torch.Generator):
        return torch.rand(1, generator=generator).item()
    return float(generator.random())


@pytest.mark.parametrize("name", HOLDERS)
def test_generators_are_found_and_put_back(name: str) -> None:
    own = generators(HOLDERS[name]())
    assert len(own) == COUNTS.get(name, 1)
    state = random_state(CPU, own)
    drawn = [draw(each) for each in own]
    others = generators(HOLDERS[name]())
    for each in others:
        draw(each)
    put_back(state, CPU, others)
    assert [draw(each) for each in others] == drawn


def test_one_generator_in_two_places_is_one() -> None:
    shared = torch_generator()
    loader = DataLoader(Augmented(), 2, generator=shared, shuffle=True)
    assert sum(each is shared for each in generators(loader, [shared], {"a": shared})) == 1


def test_what_is_left_apart_is_not_looked_into() -> None:
    holder = Method()
    assert generators(holder.step, apart_from=[holder]) == []

    def waits() -> Any:
        return later  # which has no value yet when it is looked at

    assert generators(waits) == []
    later = holder
    assert generators(waits) == [later.rng]


def test_data_is_not_looked_through() -> None:
    assert generators([0] * 1000, torch.zeros(9), np.zeros(9), nn, None, "text", 3) == []


def test_the_global_generators_go_on_too() -> None:
    state = random_state(CPU, [])
    drawn = torch.rand(1).item(), random.random(), np.random.rand()  # noqa: NPY002
    put_back(state, CPU, [])
    again = torch.rand(1).item(), random.random(), np.random.rand()  # noqa: NPY002
    assert again == drawn


def test_others_are_refused_and_none_is_changed() -> None:
    state = random_state(CPU, [torch_generator()])
    before = torch.get_rng_state()
    torch.rand(1)
    moved = torch.get_rng_state()
    with pytest.raises(ValueError, match=r"\['Generator'\] were drawn from, now it would be \[\]"):
        put_back(state, CPU, [])
    assert torch.equal(torch.get_rng_state(), moved)
    assert not torch.equal(before, moved)


def test_a_seed_is_for_a_while() -> None:
    before = torch.get_rng_state()
    with own_generator(5, CPU):
        drawn = torch.rand(1)
    assert torch.equal(torch.get_rng_state(), before)
    with own_generator(5, CPU):
        assert torch.equal(torch.rand(1), drawn)
    with own_generator(None, CPU):
        torch.rand(1)
    assert not torch.equal(torch.get_rng_state(), before)
