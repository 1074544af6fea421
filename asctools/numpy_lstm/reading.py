"""In which order the steps of padded sequences are read, forwards and backwards."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Reading:
    """T steps of B sequences, time first, of which ``lengths`` are real; all if None.

    Attributes
    ----------
    ends
        The last real step of every sequence, (B,); None if that is T − 1 for all.
    """

    def __init__(self, time: int, batch: int, lengths: Array | None) -> None:
        self.time, self.batch = time, batch
        self.ends = None if lengths is None else lengths - 1
        self._sequences = np.arange(batch)
        if lengths is not None:
            t = np.arange(time)[:, None]
            self._padding = t >= lengths
            # Backwards means from each sequence's own end; its padding stays where it is
            self._backwards = np.where(self._padding, t, lengths - 1 - t)

    def turned(self, x: Array, way: int) -> Array:
        """Return x, (T, B, ...), in the order of way 0 (forwards) or 1; twice is the identity."""
        if way == 0:
            return x
        return x[::-1] if self.ends is None else x[self._backwards, self._sequences]

    def last(self, x: Array) -> Array:
        """Return what stands at every sequence's last step, (B, ...)."""
        return x[-1] if self.ends is None else x[self.ends, self._sequences]

    def without_padding(self, x: Array) -> Array:
        """Return x with zeros where there is padding."""
        return x if self.ends is None else np.where(self._padding[..., None], x.dtype.type(0), x)
