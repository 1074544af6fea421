"""Read a long recording in overlapping blocks, so that memory does not grow with it.

The blocks lie on a fixed grid, so the result depends on the recording alone.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from asctools.bells.highpass import HighPass
from asctools.errors import InputError, explain

__all__ = ["Block", "Grid"]


class Block(NamedTuple):
    """A piece of a recording, with what lies around it.

    Attributes
    ----------
    start, stop
        Strikes at ``start <= sample < stop`` are this block's to find.
    first
        Where ``data`` begins.
    data
        High-passed samples, (n, C) float32, around ``start`` … ``stop``.
    """

    start: int
    stop: int
    first: int
    data: NDArray[np.float32]


class Grid(NamedTuple):
    """How recordings are cut.

    Attributes
    ----------
    before, after
        Samples that a block sees before its start and after its stop.
    edge
        Samples of zeros on both sides that a Fourier transform of a block needs.
    """

    before: int
    after: int
    edge: int

    @property
    def size(self) -> int:
        """Samples of the Fourier transform of a whole block: at least half of them are its own."""
        return _power_of_two(2 * (self.before + self.after + 2 * self.edge))

    @property
    def core(self) -> int:
        """Samples from one block's start to the next one's."""
        return self.size - self.before - self.after - 2 * self.edge

    def size_for(self, block: Block) -> int:
        """Samples of the Fourier transform that this block needs: less for a short recording."""
        return min(self.size, _power_of_two(len(block.data) + 2 * self.edge))

    def blocks(self, signal: NDArray[np.floating], high_pass: HighPass) -> Iterator[Block]:
        """Yield the blocks of a signal, (T, C), in order.

        Only slices of the signal are read, one after the other: it may be a memory-mapped file.

        Raises
        ------
        InputError
            At the first sample that is not finite, when the reading comes to it.
        """
        first, state = 0, None
        data = np.empty((0, signal.shape[1]), dtype=np.float32)
        for start in range(0, len(signal), self.core):
            stop = min(start + self.core, len(signal))
            fresh = signal[first + len(data) : stop + self.after]
            if len(fresh):
                _check(fresh, first + len(data))
                filtered, state = high_pass(fresh, state)
                data = np.concatenate([data, filtered.astype(np.float32)])
            gone = max(start - self.before - first, 0)
            first, data = first + gone, data[gone:]
            yield Block(start, stop, first, data)


def _check(samples: NDArray[np.floating], first: int) -> None:
    finite = np.isfinite(samples).all(axis=1)
    if not finite.all():
        came = f"a sample that is not finite, at {first + int(np.argmin(finite))}"
        raise InputError(explain(came, "finite samples", "search the parts beside the gap"))


def _power_of_two(least: int) -> int:
    return 1 << (least - 1).bit_length()
