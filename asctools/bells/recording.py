"""What a bell frame gives: recordings, and windows that are cut from them."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from asctools.bells.strikes import NUM_BELLS, Strikes
from asctools.errors import InputError, ShapeError, explain

__all__ = ["CHANNELS", "RATE", "Recording", "Windows", "cut"]

RATE = 2000
"""Samples per second of the bell frame's sensors."""
CHANNELS = 6
"""Two accelerometers of three axes: channels 0–2 are one unit, 3–5 the other."""


class Recording(NamedTuple):
    """A signal, and the strikes in it where they are known.

    Attributes
    ----------
    signal
        Samples, shape ``(n, 6)``, float32.
    rate
        Samples per second.
    strikes
        What was struck and when, or ``None`` for a recording without labels.
    """

    signal: NDArray[np.float32]
    rate: float = float(RATE)
    strikes: Strikes | None = None

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.signal) / self.rate


class Windows(NamedTuple):
    """Pieces of recordings, all of one length, each with its strikes.

    Attributes
    ----------
    data
        Samples, shape ``(N, T, 6)``, float32.
    strikes
        The strikes whose onset lies in each window, ``N`` entries, times from the window's start.
        A strike shortly before a window leaves its tail in it and is not listed.
    """

    data: NDArray[np.float32]
    strikes: tuple[Strikes, ...]

    @property
    def number(self) -> int:
        """How many windows there are (``len`` of a named tuple counts its fields)."""
        return len(self.data)

    @property
    def labels(self) -> NDArray[np.float32]:
        """Which bell strikes in which window, shape ``(N, 16)``, 1 where it does, else 0."""
        marked = np.zeros((len(self.strikes), NUM_BELLS), dtype=np.float32)
        for row, window in zip(marked, self.strikes, strict=True):
            row[window.bells] = 1
        return marked

    @property
    def timings(self) -> NDArray[np.float64]:
        """When a bell strikes first in a window, samples, shape ``(N, 16)``, 0 where it does not.

        The labels say which zeros are times. A bell that strikes twice in a window keeps its first
        strike here: use ``strikes`` where that can happen.
        """
        times = np.zeros((len(self.strikes), NUM_BELLS))
        for row, window in zip(times, self.strikes, strict=True):
            row[window.bells[::-1]] = window.times[::-1]
        return times

    def part(self, chosen: slice | ArrayLike) -> "Windows":
        """Return some of the windows, by a slice, an index array or a mask of shape ``(N,)``."""
        places = np.arange(self.number)[chosen if isinstance(chosen, slice) else np.asarray(chosen)]
        return Windows(self.data[places], tuple(self.strikes[place] for place in places))

    @classmethod
    def together(cls, parts: Sequence["Windows"]) -> "Windows":
        """Join windows of one length into one set.

        Raises
        ------
        ShapeError
            If there is none, or their windows differ in length or channels.
        """
        shapes = {part.data.shape[1:] for part in parts}
        if len(shapes) != 1:
            came = f"windows of shapes {sorted(shapes)}"
            raise ShapeError(explain(came, "windows of one shape", "cut them all to one length"))
        return cls(
            np.concatenate([part.data for part in parts]),
            tuple(window for part in parts for window in part.strikes),
        )


def cut(recording: Recording, length: int, step: int | None = None) -> Windows:
    """Cut a recording into windows of ``length`` samples; a shorter rest at its end is left out.

    Parameters
    ----------
    recording
        What to cut; without strikes every window's list is empty.
    length
        Samples per window.
    step
        Samples from one window's start to the next; ``None`` is ``length``: no gap, no overlap.

    Returns
    -------
    Windows
        In order of time.

    Raises
    ------
    InputError
        If ``length`` or ``step`` is not positive, or the recording is shorter than a window.
    """
    stride = length if step is None else step
    if length < 1 or stride < 1:
        came = f"length {length} and step {stride}"
        raise InputError(explain(came, "positive numbers of samples", "give both as 1 or more"))
    starts = range(0, len(recording.signal) - length + 1, stride)
    if not starts:
        came = f"a recording of {len(recording.signal)} samples"
        raise InputError(explain(came, f"{length} or more", "cut shorter windows"))
    known = Strikes.none() if recording.strikes is None else recording.strikes
    return Windows(
        np.stack([recording.signal[start : start + length] for start in starts]),
        tuple(known.within(start, start + length) for start in starts),
    )
