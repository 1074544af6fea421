"""Sequences of unequal length as training data: looked over once, padded, cut into batches."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from asctools.dataset.sequences import bucketed_batches
from asctools.errors import InputError, ShapeError, explain

__all__ = ["SequenceBatches", "Sequences", "gather"]


class Sequences(NamedTuple):
    """Padded sequences with their targets.

    ``inputs`` ``(N, T, F)``; ``targets`` ``(N,)``, one for a sequence, or ``(N, T, ...)``, one for
    a step; ``lengths`` ``(N,)``, each sequence's number of steps.
    """

    inputs: Tensor
    targets: Tensor
    lengths: Tensor

    @property
    def every_step(self) -> bool:
        """Whether there is a target for every step."""
        return self.targets.ndim > 1

    def rows(self, index: np.ndarray) -> "Sequences":
        """Return some of the sequences, cut off behind the longest of them."""
        rows = torch.from_numpy(index)
        lengths = self.lengths[rows]
        longest = int(lengths.max())
        targets = self.targets[rows]
        return Sequences(
            self.inputs[rows, :longest],
            targets[:, :longest] if self.every_step else targets,
            lengths,
        )


class SequenceBatches:
    """A loader of batches of about equal length, cut anew in every epoch.

    Parameters
    ----------
    data
        All sequences.
    batch_size
        Sequences in a batch; the last may have fewer.
    rng
        Shuffles; None keeps one order, by length, as a validation may.
    """

    def __init__(
        self, data: Sequences, batch_size: int, rng: np.random.Generator | None = None
    ) -> None:
        if isinstance(batch_size, bool) or not isinstance(batch_size, int) or batch_size < 1:
            came = f"batch_size={batch_size!r}"
            raise InputError(explain(came, "a whole number above 0", "try 32"))
        self.data, self.batch_size, self.rng = data, batch_size, rng

    @property
    def dataset(self) -> Tensor:
        """One entry for each sequence, so that its ``len`` is their number."""
        return self.data.lengths

    def __len__(self) -> int:
        return -(-len(self.data.lengths) // self.batch_size)

    def __iter__(self) -> Iterator[Sequences]:
        return map(self.take, self.batches())

    def batches(self) -> Iterator[np.ndarray]:
        """Draw the rows of the batches of one epoch."""
        rng = self.rng if self.rng is not None else np.random.default_rng(0)
        yield from bucketed_batches(self.data.lengths.numpy(), self.batch_size, rng)

    def take(self, rows: np.ndarray) -> Sequences:
        """Return the batch of these rows."""
        return self.data.rows(rows)


def gather(inputs: Any, targets: Any, lengths: Any = None) -> Sequences:
    """Put data into the one form, after a look at all of it.

    Parameters
    ----------
    inputs
        An array or a tensor ``(N, T, F)``, or a list of N of ``(T_n, F)``, which is padded.
    targets
        ``(N,)``; or ``(N, T)`` or ``(N, T, O)``; or a list of N of ``(T_n,)`` or ``(T_n, O)``.
    lengths
        Each sequence's number of steps; None: those of the list, or all T.

    Raises
    ------
    ShapeError
        If there are no sequences, or axes or lengths do not fit each other.
    InputError
        If a number is NaN or infinite, or the inputs are whole numbers.
    """
    x, own = _stacked(inputs, "input_tensors")
    if x.ndim != 3 or not x.numel():
        came, right = f"input_tensors of shape {tuple(x.shape)}", "(sequences, time, features)"
        raise ShapeError(explain(came, right, "give each step a vector: a one-hot one, say"))
    if not x.is_floating_point():
        todo = "one-hot encode symbols, or convert with .float()"
        raise InputError(explain(f"input_tensors of {x.dtype}", "floating point numbers", todo))
    ends = _lengths(lengths, own, x)
    y, own_y = _stacked(targets, "targets")
    per_step = y.ndim > 1
    fits = len(y) == len(x) if y.ndim else False
    if not fits or (per_step and (y.shape[1] != x.shape[1] or y.ndim > 3)):
        came = f"targets of shape {tuple(y.shape)} for inputs of shape {tuple(x.shape)}"
        right = f"({len(x)},), one a sequence, or ({len(x)}, {x.shape[1]}), one a step"
        raise ShapeError(explain(came, right, "give one target to each of them"))
    if own_y is not None and per_step and not torch.equal(own_y, ends):
        row = int((own_y != ends).nonzero()[0])
        came = f"{int(own_y[row])} targets for the {int(ends[row])} steps of sequence {row}"
        raise ShapeError(explain(came, "one target a step", "compare inputs and targets"))
    _finite(x, ends, "input_tensors")
    _finite(y, ends if per_step else None, "targets")
    return Sequences(x, y, ends)


def _stacked(parts: Any, name: str) -> tuple[Tensor, Tensor | None]:
    """Return one tensor; for a list of sequences padded with zeros, and their lengths."""
    if isinstance(parts, Tensor | np.ndarray):
        return torch.as_tensor(parts), None
    if not isinstance(parts, Sequence) or isinstance(parts, str) or not len(parts):
        came = f"{type(parts).__name__} as {name}"
        if isinstance(parts, Sequence) and not len(parts):
            came = f"no {name}"
        raise ShapeError(explain(came, "a tensor or a list of tensors", "check the data"))
    tensors = [torch.as_tensor(part) for part in parts]
    if not all(tensor.ndim for tensor in tensors):
        return torch.as_tensor(parts), None  # a list of plain numbers
    shapes = {tuple(tensor.shape[1:]) for tensor in tensors}
    if len(shapes) > 1 or not all(len(tensor) for tensor in tensors):
        found = sorted({tuple(tensor.shape) for tensor in tensors})[:3]
        came = f"{name} of shapes {', '.join(map(str, found))}"
        todo = "only the number of steps may differ, and it is 1 or more"
        raise ShapeError(explain(came, "sequences with equal features", todo))
    padded = torch.nn.utils.rnn.pad_sequence(tensors, batch_first=True)
    return padded, torch.tensor([len(tensor) for tensor in tensors])


def _lengths(lengths: Any, own: Tensor | None, x: Tensor) -> Tensor:
    if lengths is None:
        return torch.full((len(x),), x.shape[1]) if own is None else own
    ends = torch.as_tensor(lengths)
    most = torch.full((len(x),), x.shape[1]) if own is None else own
    whole = ends.dtype in (torch.int64, torch.int32, torch.int16, torch.uint8)
    if not whole or ends.shape != (len(x),) or bool(((ends < 1) | (ends > most)).any()):
        shown = ends.tolist() if ends.numel() <= 8 else f"of shape {tuple(ends.shape)}"
        came = f"lengths {shown} for inputs of shape {tuple(x.shape)}"
        right = f"{len(x)} whole numbers, each from 1 to its sequence's steps"
        raise ShapeError(explain(came, right, "give each sequence its number of steps"))
    return ends.to("cpu", torch.int64)


def _finite(values: Tensor, ends: Tensor | None, name: str) -> None:
    """Refuse NaN and infinity, and name the first; what stands behind an end does not matter."""
    bad = ~torch.isfinite(values)
    if ends is not None:
        running = (
            torch.arange(values.shape[1], device=values.device) < ends.to(values.device)[:, None]
        )
        bad &= running.reshape(*running.shape, *[1] * (values.ndim - 2))
    if bad.any():
        place = tuple(bad.nonzero()[0].tolist())
        came = f"{values[place].item()} as {name}{list(place)}"
        raise InputError(explain(came, "finite numbers", "fill the gap or leave the sequence out"))
