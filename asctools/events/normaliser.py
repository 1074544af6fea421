"""Readings in units become numbers of size 1 by what the training data say; it goes with the model.

The swaying of a bell frame is a hundred times as large as a strike, so a high-pass filter takes it
away first. Then each channel is divided by its own scale. The scale is a median: a few impulses
that are no bell must not decide it.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from asctools.bells.highpass import HighPass
from asctools.errors import InputError, ShapeError, explain
from asctools.events.fingerprint import Fingerprint

__all__ = ["Normaliser"]

SECONDS = 2.0  # of a piece
MOST_PIECES = 300  # a median of so many is as good as one of all
ROUNDING = 1e-9  # of the largest reading: what is left of a constant behind the filter
NORMAL = 0.6745  # the median of |x| where x is normal with deviation 1


class Normaliser(NamedTuple):
    """High-pass filter and scale of each channel, from the training data alone.

    Attributes
    ----------
    scale
        What each channel is divided by, ``(C,)``: the deviation of its noise, robustly.
    rate
        Sampling rate of the training data, in Hz.
    highpass_hz
        Where the high-pass filter cuts.
    usual
        What else is usual in the training data; None where nobody measured it.
    """

    scale: np.ndarray
    rate: float = 2000.0
    highpass_hz: float = 15.0
    usual: Fingerprint | None = None

    @classmethod
    def fit(
        cls,
        signals: np.ndarray | Sequence[np.ndarray],
        rate: float = 2000.0,
        highpass_hz: float = 15.0,
    ) -> "Normaliser":
        """Measure training data.

        Parameters
        ----------
        signals
            Windows ``(N, T, C)``, or a list of recordings ``(T_n, C)``, in the units in which
            recordings will come later.
        rate
            Samples a second.
        highpass_hz
            Where the high-pass filter cuts.

        Raises
        ------
        ShapeError
            If there are no samples, or recordings have different numbers of channels.
        InputError
            If a sample is no number, or a channel stands still.
        """
        _check(signals)
        pieces = list(_pieces(signals, rate, highpass_hz))
        sizes = np.concatenate([np.abs(piece) for piece in pieces])
        scale = np.median(sizes, axis=0).astype(np.float64) / NORMAL
        largest = np.max([np.abs(signal).max(axis=0) for signal in signals], axis=0)
        if still := (np.flatnonzero(~(scale > ROUNDING * largest)) + 1).tolist():
            came = f"training data in which channel {still} stands still"
            todo = "leave that channel out, or repair its sensor"
            raise InputError(explain(came, "channels that move", todo))
        return cls(scale, float(rate), float(highpass_hz), Fingerprint.of(pieces, rate))

    def __call__(self, x: np.ndarray, state: Any = None) -> tuple[np.ndarray, Any]:
        """Filter and scale.

        Parameters
        ----------
        x
            Readings ``(..., T, C)``.
        state
            What the call before returned, if ``x`` goes on where that one ended. None: what came
            before is taken to have stood at the first sample for ever.

        Returns
        -------
        tuple
            The readings in float32, and the state for the next call.

        Raises
        ------
        ShapeError
            If the channels are not those that it was fitted on.
        """
        if x.ndim < 2 or x.shape[-1] != len(self.scale):
            came = f"readings of shape {x.shape}"
            right = f"(..., time, {len(self.scale)} channels)"
            raise ShapeError(explain(came, right, "give the channels of the training data"))
        y, state = _highpass(self.highpass_hz, self.rate)(x, state)
        return (y / self.scale).astype(np.float32), state

    def looks_unlike(self, signal: np.ndarray) -> list[str]:
        """Say in what a recording ``(T, C)`` differs from the training data; nothing if in nothing.

        It looks at no more than 60 pieces of two seconds, whatever the length.
        """
        if self.usual is None or len(signal) < 2:
            return []
        pieces = list(_pieces([signal], self.rate, self.highpass_hz, most=60))
        return self.usual.unlike(pieces, self.rate)

    def state_dict(self) -> dict[str, Any]:
        """Return plain numbers for a checkpoint."""
        usual = self.usual and {n: np.asarray(p).tolist() for n, p in self.usual._asdict().items()}
        plain = {"rate": self.rate, "highpass_hz": self.highpass_hz}
        return {"scale": np.asarray(self.scale, np.float64).tolist(), **plain, "usual": usual}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> "Normaliser":
        """Return the normaliser of a checkpoint: its lists, arrays or tensors."""
        scale, usual = _array(state["scale"]), None
        if state.get("usual"):
            parts = {name: _array(part) for name, part in state["usual"].items()}
            number = int(parts.pop("number", MOST_PIECES))
            usual = Fingerprint(**parts, number=number)
            usual = usual if usual.fits(len(scale)) else None
        return cls(scale, float(state["rate"]), float(state["highpass_hz"]), usual)


@lru_cache(maxsize=8)
def _highpass(cutoff_hz: float, rate: float) -> HighPass:
    return HighPass(cutoff_hz, rate)


def _array(values: Any) -> np.ndarray:
    return np.asarray(values, dtype=np.float64)


def _check(signals: np.ndarray | Sequence[np.ndarray]) -> None:
    shapes = [np.shape(signal) for signal in signals]
    if not shapes or any(len(shape) != 2 or 0 in shape for shape in shapes):
        came = f"training data of shape {np.shape(signals) if not shapes else shapes[:3]}"
        todo = "pass windows, or a list of recordings"
        raise ShapeError(explain(came, "(windows, time, channels)", todo))
    if len(channels := {shape[1] for shape in shapes}) > 1:
        came = f"recordings of {sorted(channels)} channels"
        raise ShapeError(explain(came, "one number of channels", "record all of them alike"))
    for at, signal in enumerate(signals):
        if not np.isfinite(signal).all():
            came = f"training data with a value in row {at} that is no finite number"
            raise InputError(explain(came, "numbers", "fill the gap, or leave that row out"))


def _pieces(
    signals: np.ndarray | Sequence[np.ndarray],
    rate: float,
    highpass_hz: float,
    most: int = MOST_PIECES,
) -> Iterator[np.ndarray]:
    """Give pieces of at most two seconds, evenly spread over all signals, high-passed."""
    length = max(2, round(SECONDS * rate))
    places = [
        (row, start)
        for row, signal in enumerate(signals)
        for start in range(0, max(1, len(signal) - length + 1), length)
    ]
    filtered = _highpass(highpass_hz, rate)
    for at in np.unique(np.linspace(0, len(places) - 1, min(most, len(places))).round()):
        row, start = places[int(at)]
        piece, _ = filtered(np.asarray(signals[row][start : start + length], dtype=np.float64))
        yield piece
