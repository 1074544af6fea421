"""Each batch of a loader shared out among the processes that train together.

The batches stay those of one process: ``batch_size`` is that of all processes together, and each
takes its own slice of the examples of every batch. The first process draws the order and tells the
others, so no example is read twice or left out, whatever their random numbers are.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from typing import Any, NamedTuple, Protocol, TypeVar, runtime_checkable

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset, TensorDataset

from asctools.errors import InputError, explain
from asctools.training import distributed

__all__ = ["IndexedBatches", "Part", "own_slice", "parts"]

Indexed = TypeVar("Indexed", bound=Any)


class Part(NamedTuple):
    """What one process has of a batch.

    A process that gets none of its rows is given the first one all the same, because all must take
    part in each step; ``rows`` is 0 then, and what comes of it must count for nothing.

    Attributes
    ----------
    batch
        As the loader makes it, with fewer rows.
    rows, total
        The number of rows that count here, and in all processes.
    """

    batch: Any
    rows: int = 1
    total: int = 1

    @property
    def fraction(self) -> float:
        """The fraction of the batch's rows that count here; they add up to 1."""
        return self.rows / self.total


@runtime_checkable
class IndexedBatches(Protocol):
    """A loader that knows its batches by their rows, and so can be shared out.

    ``batches()`` gives the row numbers of each batch of an epoch, arrays of shape (n,), and
    ``take`` makes a batch of row numbers.
    """

    def batches(self) -> Iterable[Any]:
        """Draw the row numbers of the batches of one epoch."""

    def take(self, rows: Any) -> Any:
        """Return the batch of these rows."""


def own_slice(total: int, rank: int, size: int) -> slice:
    """Return which of a batch's rows belong to a process: parts differ by one row at most."""
    whole, left = divmod(total, size)
    start = rank * whole + min(rank, left)
    return slice(start, start + whole + (rank < left))


def parts(loader: Iterable[Any]) -> Iterator[Part]:
    """Walk through one epoch of a loader: this process's part of every batch.

    Parameters
    ----------
    loader
        A ``DataLoader`` (its sampler, workers and ``collate_fn`` stay), a loader that is
        :class:`IndexedBatches`, such as
        :class:`~asctools.training.sequences.SequenceBatches`, or a list of batches: tensors whose
        first axis counts the examples. A batch with a tensor of no axes is a single example.

    Raises
    ------
    InputError
        If the loader cannot be shared out, or the processes do not hold the same data.
    """
    if not distributed.world().several:
        return (Part(batch) for batch in loader)
    if isinstance(loader, DataLoader):
        return _of_data_loader(loader)
    if isinstance(loader, IndexedBatches):
        return _of_indexed(loader)
    if isinstance(loader, Sequence):
        return _of_sequence(loader)
    came = f"a {type(loader).__name__} in several processes"
    todo = "put the examples into a Dataset, or give the loader batches() and take(rows)"
    raise InputError(explain(came, "a DataLoader, a list of batches or IndexedBatches", todo))


def _of_indexed(loader: IndexedBatches) -> Iterator[Part]:
    drawn = distributed.from_main(list(loader.batches()) if distributed.world().main else [])
    _same_example(loader.take(rows[:1]) for rows in drawn)
    for rows in drawn:
        own = _own(len(rows))
        yield Part(loader.take(rows[_at_least_one(own)]), own.stop - own.start, len(rows))


def _of_data_loader(loader: DataLoader[Any]) -> Iterator[Part]:
    if isinstance(loader.dataset, IterableDataset) or not isinstance(loader.dataset, Sized):
        came = f"a {type(loader.dataset).__name__} in several processes"
        todo = "a stream cannot be shared out: all processes would train on the same rows"
        raise InputError(explain(came, "a Dataset with a length", todo))
    _same(len(loader.dataset), "examples in the dataset")
    if isinstance(loader.dataset, TensorDataset):  # others may draw what an example looks like
        _same_example(iter([loader.dataset[:1]]))
    if loader.batch_sampler is None:  # each item is a batch by now
        whole = _like(loader, batch_size=None, sampler=_Told(loader.sampler))
        yield from map(_part_of, whole)
        return
    told = _Told(loader.batch_sampler, _own_rows)
    for batch, total in zip(_like(loader, batch_sampler=told), told.totals(), strict=False):
        own = _own(total)
        yield Part(batch, own.stop - own.start, total)


def _of_sequence(batches: Sequence[Any]) -> Iterator[Part]:
    rows = [_rows(batch) for batch in batches]
    _same(rows, "examples in each batch")
    _same_example(
        batch if n == 1 else _cut(batch, slice(1)) for batch, n in zip(batches, rows, strict=True)
    )
    return map(_part_of, batches)


class _Told:
    """The order of a sampler as the first process draws it, in every process."""

    def __init__(self, sampler: Iterable[Any], own: Callable[[Any], Any] | None = None) -> None:
        self.sampler, self.own = sampler, own
        self.drawn: list[Any] = []

    def __iter__(self) -> Iterator[Any]:
        # Drawn when the first is asked for, as in one process: the loader's own seed comes before
        self.drawn = distributed.from_main(list(self.sampler) if distributed.world().main else [])
        yield from self.drawn if self.own is None else map(self.own, self.drawn)

    def totals(self) -> Iterator[int]:
        """Give the sizes of the whole batches, once they are drawn."""
        k = 0
        while k < len(self.drawn):
            yield len(self.drawn[k])
            k += 1


def _like(loader: DataLoader[Any], **order: Any) -> DataLoader[Any]:
    """Return a loader of the same kind, of another order."""
    return DataLoader(
        loader.dataset,
        num_workers=loader.num_workers,
        collate_fn=loader.collate_fn,
        pin_memory=loader.pin_memory,
        timeout=loader.timeout,
        worker_init_fn=loader.worker_init_fn,
        multiprocessing_context=loader.multiprocessing_context,
        generator=loader.generator,
        prefetch_factor=loader.prefetch_factor,
        **order,
    )


def _own_rows(rows: Sequence[Any]) -> Sequence[Any]:
    return rows[_at_least_one(_own(len(rows)))]


def _own(total: int) -> slice:
    where = distributed.world()
    return own_slice(total, where.rank, where.size)


def _at_least_one(own: slice) -> slice:
    return own if own.stop > own.start else slice(0, 1)


def _part_of(batch: Any) -> Part:
    total = _rows(batch)
    own = _own(total)
    part = batch if total == 1 else _cut(batch, _at_least_one(own))
    return Part(part, own.stop - own.start, total)


def _cut(batch: Any, rows: slice) -> Any:
    """Return some rows of a batch: of every tensor and array in it."""
    if isinstance(batch, Tensor | np.ndarray):
        return batch[rows]
    if isinstance(batch, Mapping):
        return {name: _cut(part, rows) for name, part in batch.items()}
    if isinstance(batch, tuple) and hasattr(batch, "_fields"):
        return type(batch)(*(_cut(part, rows) for part in batch))
    if isinstance(batch, list | tuple):
        return type(batch)(_cut(part, rows) for part in batch)
    return batch


def _rows(batch: Any) -> int:
    """Return how many rows a batch has; one with a tensor of no axes is a single example."""
    leaves = list(_leaves(batch))
    if any(leaf.ndim == 0 for leaf in leaves):
        return 1
    counts = {len(leaf) for leaf in leaves}
    if len(counts) != 1:
        came = f"a {type(batch).__name__} with axes of {sorted(counts) or 'no'} rows as a batch"
        todo = "use a DataLoader, which shares out the examples before they become a batch"
        raise InputError(explain(came, "tensors of equally many rows, examples first", todo))
    return counts.pop()


def _leaves(batch: Any) -> Iterator[Any]:
    if isinstance(batch, Tensor | np.ndarray):
        yield batch
    elif isinstance(batch, Mapping | list | tuple):
        for part in batch.values() if isinstance(batch, Mapping) else batch:
            yield from _leaves(part)


def _same(own: Any, what: str) -> None:
    """Refuse data that differ between the processes: their slices would not fit each other."""
    found = distributed.everyone(own)
    if any(other != found[0] for other in found):
        raise _different(f"{what}: {' and '.join(map(str, found))}", len(found))


def _same_example(batches: Iterator[Any]) -> None:
    """Refuse data that differ between the processes, by a look at the first example."""
    example = [leaf.double() for leaf in _leaves(next(batches, None)) if isinstance(leaf, Tensor)]
    first, *others = distributed.everyone(example)
    for other in others:
        if not all(map(_alike, first, other)):
            raise _different("first examples that differ", 1 + len(others))


def _alike(one: Tensor, other: Tensor) -> bool:
    return one.shape == other.shape and torch.allclose(one, other, equal_nan=True)


def _different(what: str, processes: int) -> InputError:
    came = f"{what} in processes 0 to {processes - 1}"
    return InputError(explain(came, "the same in all", "build the data from a fixed seed"))
