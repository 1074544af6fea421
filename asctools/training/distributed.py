"""One training in several processes: who takes part, and what they tell each other.

``torchrun`` starts the same program several times, and each process works out the gradient of its
part of a batch. PyTorch's ``DistributedDataParallel`` averages the gradients, so all replicas take
the same step. What is left is here: joining the group, weighing parts of unequal size, and adding
up the numbers that are shown or decided upon. Without ``torchrun`` there is one process, and each
function here does nothing.
"""

import io
import math
import os
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import timedelta
from functools import partial
from itertools import chain
from typing import Any, NamedTuple, TypeVar

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.elastic.multiprocessing.errors import get_error_handler

from asctools.training.together import OneStep, Together

__all__ = [
    "World",
    "agreed",
    "barrier",
    "everyone",
    "from_main",
    "gathered",
    "gradient_share",
    "joined",
    "replica",
    "same_buffers",
    "share",
    "summed",
    "summed_by_name",
    "synchronised",
    "weighted",
    "world",
]

Thing = TypeVar("Thing")
Name = TypeVar("Name")


class World(NamedTuple):
    """The place of this process among those that train together.

    ``rank`` counts them from 0, ``size`` is how many there are, and ``local_rank`` counts those of
    this computer: the number of its graphics card.
    """

    rank: int = 0
    size: int = 1
    local_rank: int = 0

    @property
    def main(self) -> bool:
        """Whether this is the one process that writes files and draws."""
        return self.rank == 0

    @property
    def several(self) -> bool:
        """Whether there are others."""
        return self.size > 1


def world() -> World:
    """Return the place of this process; outside a group it is alone."""
    if not (dist.is_available() and dist.is_initialized()):
        return World()
    rank = dist.get_rank()
    return World(rank, dist.get_world_size(), int(os.environ.get("LOCAL_RANK", rank)))


@contextmanager
def joined(backend: str = "auto", patience: timedelta = timedelta(minutes=10)) -> Iterator[World]:
    """Join the processes that ``torchrun`` has started, and leave them at the end.

    Without ``torchrun``, or inside another ``joined``, nothing happens.

    Parameters
    ----------
    backend
        What carries the numbers: ``"gloo"`` between processors, ``"nccl"`` between CUDA cards.
        ``"auto"`` takes the cards where there is one for each process of this computer.
    patience
        How long one process waits for another before it gives up.

    Yields
    ------
    World
        The place of this process.
    """
    if "RANK" not in os.environ or "WORLD_SIZE" not in os.environ or dist.is_initialized():
        yield world()
        return
    if backend == "auto":
        enough = torch.cuda.device_count() >= int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
        backend = "nccl" if torch.cuda.is_available() and enough else "gloo"
    if backend == "nccl":
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))
    dist.init_process_group(backend, timeout=patience)
    try:
        yield world()
    except Exception as error:
        get_error_handler().record_exception(error)  # torchrun shows the first of them
        raise
    finally:
        dist.destroy_process_group()


# ── the gradient ─────────────────────────────────────────────────────────────────────────────────


Replica = Together | partial[Any]


def replica(model: nn.Module, step: Callable[[nn.Module, Any], Any]) -> Replica:
    """Return ``step(model, ·)`` whose backward pass averages the gradients over all processes.

    The step gets the model itself, so it may use any of its methods. Every process starts with the
    weights of the first one.

    Parameters
    ----------
    model
        On the device where it computes.
    step
        ``step(model, batch)``, as the trainer's.
    """
    return Together(OneStep(model, step)) if world().several else partial(step, model)


def synchronised(stepping: Replica, now: bool) -> AbstractContextManager[Any]:
    """Return a context for a forward and a backward pass: are gradients averaged after it?

    Several parts of one step of the optimiser need that only once, after the last of them.
    """
    return stepping.no_sync() if isinstance(stepping, Together) and not now else nullcontext()


def gradient_share(weight: float, total_weight: float, size: int) -> float:
    """Return the factor of a process's mean loss that makes the average of all gradients right.

    The average counts every process alike. One that holds fewer examples must count for less.
    Implements :eq:`eq-gradient-share`.

    Parameters
    ----------
    weight
        What this process's part of the batch counts for, usually its number of examples.
    total_weight
        The sum over all processes.
    size
        The number of processes.

    Returns
    -------
    float
        1 if all parts are alike.
    """
    return weight * size / total_weight


def share(weight: float, total_weight: float) -> float:
    """Return :func:`gradient_share` of this process; alone it has all: exactly 1."""
    if not world().several:
        return 1.0
    return gradient_share(weight, total_weight, world().size) if total_weight else 0.0


def same_buffers(model: nn.Module) -> None:
    """Give every process the first one's buffers, such as the means of a batch norm."""
    if world().several:
        for buffer in model.buffers():
            dist.broadcast(buffer, 0)


# ── the numbers ──────────────────────────────────────────────────────────────────────────────────


def summed(numbers: Sequence[float]) -> list[float]:
    """Add each number up over all processes, in float64. All must call it, with equally many."""
    if not world().several:
        return list(numbers)
    together = torch.tensor(numbers, dtype=torch.float64, device=_meeting_place())
    dist.all_reduce(together)
    return together.tolist()


def summed_by_name(own: Mapping[Name, float]) -> dict[Name, float]:
    """Add up numbers that have names; a process may lack some of them. All must call it."""
    if not world().several:
        return dict(own)
    names = list(own)
    # Vectors of unequal length would wait for each other. Equal digests have no variance.
    digest = float(zlib.crc32(repr(names).encode()) % 2**16)
    total, squares = summed([digest, digest**2])
    if squares * world().size != total**2:
        names = list(dict.fromkeys(chain.from_iterable(everyone(names))))
    return dict(zip(names, summed([own.get(name, 0.0) for name in names]), strict=True))


def weighted(weight: float, numbers: Mapping[str, float]) -> tuple[float, dict[str, float]]:
    """Return the weight of all processes' parts together, and the mean of each number over them.

    Parameters
    ----------
    weight
        What this process's part counts for; with 0 its numbers count for nothing, not even NaN.
    numbers
        Of this part. A name that only some processes give is the mean over those.
    """
    if not world().several:
        return weight, dict(numbers)
    sums = {("sum", name): weight * number if weight else 0.0 for name, number in numbers.items()}
    weights = {("weight", name): weight for name in ("", *numbers)}
    found = summed_by_name(sums | weights)
    means = {
        name: found[kind, name] / found["weight", name] if found["weight", name] else math.nan
        for kind, name in found
        if kind == "sum"
    }
    return found["weight", ""], means


def agreed(asked: bool) -> bool:
    """Return whether any process asks for something, such as an end. All must call it."""
    return summed([float(asked)])[0] > 0.0


def everyone(own: Thing) -> list[Thing]:
    """Return what each process gives, in the order of ranks. All must call it."""
    if not world().several:
        return [own]
    packed = io.BytesIO()
    torch.save(own, packed)  # unlike pickle alone, it knows every kind of tensor
    found: list[Any] = [None] * world().size
    dist.all_gather_object(found, packed.getvalue())
    return [torch.load(io.BytesIO(each), weights_only=False) for each in found]


def from_main(own: Thing) -> Thing:
    """Return what the first process gives, in every process. All must call it."""
    if not world().several:
        return own
    box = [own if world().main else None]
    dist.broadcast_object_list(box, src=0)
    return box[0]  # type: ignore[return-value]


def gathered(parts: Sequence[Tensor]) -> Tensor:
    """Put rows of all batches together, in the order in which one process has them.

    Parameters
    ----------
    parts
        This process's rows of each batch, (n, ...); n may differ and be 0.

    Returns
    -------
    torch.Tensor
        All rows, in every process, on the CPU.
    """
    own = [part.detach().cpu() for part in parts]
    batches = zip(*everyone(own), strict=True)
    return torch.cat([part for batch in batches for part in batch])


def barrier() -> None:
    """Wait until every process is here: what the first one has written is there then."""
    agreed(False)


def _meeting_place() -> torch.device:
    return torch.device("cuda" if dist.get_backend() == "nccl" else "cpu")
