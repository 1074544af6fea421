"""Every source of chance that a training draws from: read, kept, and put back."""

import random
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from types import FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from asctools.training import distributed

__all__ = ["Generator", "generators", "own_generator", "put_back", "random_state"]

Generator = torch.Generator | np.random.Generator | np.random.RandomState | random.Random
KINDS = (torch.Generator, np.random.Generator, np.random.RandomState, random.Random)
DEEP, LONG = 6, 64  # how far generators are looked for: objects in objects, and entries in a list


def generators(*holders: Any, apart_from: Iterable[Any] = ()) -> list[Generator]:
    """Return the generators that some objects hold, also deep inside: loaders, samplers, steps.

    Parameters
    ----------
    *holders
        Looked through in this order: their attributes, and what a function has closed over.
    apart_from
        Objects that are not looked into.
    """
    found: list[Generator] = []
    seen = set(map(id, apart_from))

    def look(held: Any, depth: int) -> None:
        if id(held) in seen:
            return
        seen.add(id(held))
        if isinstance(held, KINDS):
            found.append(held)
        elif depth:
            for part in _parts(held):
                look(part, depth - 1)

    for holder in holders:
        look(holder, DEEP)
    return found


def _parts(held: Any) -> Iterator[Any]:
    """Give what an object holds, if it may hold generators."""
    if isinstance(held, Tensor | np.ndarray | type | ModuleType):
        return
    if isinstance(held, nn.Module):
        for module in held.modules():
            own = vars(module).items()
            yield from (value for name, value in own if not name.startswith("_"))
    elif isinstance(held, FunctionType):
        for cell in held.__closure__ or ():
            with suppress(ValueError):  # a name that has no value yet
                yield cell.cell_contents
    elif isinstance(held, MethodType):
        yield held.__self__
    elif isinstance(held, partial):
        yield from (held.func, held.args, held.keywords)
    elif isinstance(held, Mapping | list | tuple):
        if len(held) <= LONG:
            yield from held.values() if isinstance(held, Mapping) else held
    elif hasattr(held, "__dict__"):
        yield from vars(held).values()


def random_state(device: torch.device, own: list[Generator]) -> dict[str, Any]:
    """Return the state of PyTorch's, Python's and NumPy's generators, and of some more."""
    return {
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state(device) if device.type == "cuda" else None,
        "python": random.getstate(),
        "numpy": np.random.get_state(legacy=False),  # noqa: NPY002 - a dataset may draw from it
        "own": [_state(generator) for generator in own],
    }


def put_back(state: Mapping[str, Any], device: torch.device, own: list[Generator]) -> None:
    """Let all of them go on where they were.

    Raises
    ------
    ValueError
        If there are not as many, or not of these kinds; none is changed then.
    """
    kinds = [type(generator).__name__ for generator in own]
    if [kind for kind, _ in state["own"]] != kinds:
        came = [kind for kind, _ in state["own"]]
        raise ValueError(f"{came} were drawn from, now it would be {kinds}")
    torch.set_rng_state(state["torch"])
    if state["cuda"] is not None and device.type == "cuda":
        torch.cuda.set_rng_state(state["cuda"], device)
    random.setstate(_tuples(state["python"]))
    np.random.set_state(_arrays(state["numpy"]))  # noqa: NPY002
    for generator, (_, kept) in zip(own, state["own"], strict=True):
        _set(generator, kept)


@contextmanager
def own_generator(seed: int | None, device: torch.device) -> Iterator[None]:
    """Seed PyTorch's generator for a while, if there is a seed, and put it back afterwards."""
    if seed is None:
        yield
        return
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(seed + distributed.world().rank)  # each process drops its own units
        yield


def _state(generator: Generator) -> tuple[str, Any]:
    kind = type(generator).__name__
    if isinstance(generator, torch.Generator):
        return kind, generator.get_state()
    if isinstance(generator, random.Random):
        return kind, generator.getstate()
    if isinstance(generator, np.random.RandomState):
        return kind, generator.get_state(legacy=False)
    return kind, generator.bit_generator.state


def _set(generator: Generator, state: Any) -> None:
    if isinstance(generator, torch.Generator):
        generator.set_state(state)
    elif isinstance(generator, random.Random):
        generator.setstate(_tuples(state))
    elif isinstance(generator, np.random.RandomState):
        generator.set_state(_arrays(state))
    else:
        generator.bit_generator.state = _arrays(state)


def _tuples(state: Any) -> Any:
    return tuple(map(_tuples, state)) if isinstance(state, list | tuple) else state


def _arrays(state: Any) -> Any:
    """Turn tensors back into the arrays that they were."""
    if isinstance(state, Mapping):
        return {name: _arrays(value) for name, value in state.items()}
    return state.numpy() if isinstance(state, Tensor) else state
