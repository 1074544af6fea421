"""Readings in units become numbers near 0, by what the training data say is usual."""

from typing import Any, NamedTuple

import numpy as np

from asctools.errors import ShapeError, explain

__all__ = ["Normaliser"]


class Normaliser(NamedTuple):
    """The mean and the spread of each channel, ``(C,)`` each.

    Fit it on the training data alone: the test's mean is something one could not have known.
    """

    mean: np.ndarray
    spread: np.ndarray

    @classmethod
    def fit(cls, x: np.ndarray) -> "Normaliser":
        """Measure the channels of training windows ``(N, T, C)``."""
        if x.ndim != 3 or not x.size:
            came = f"readings of shape {x.shape}"
            raise ShapeError(explain(came, "(windows, time, channels)", "pass data.x"))
        spread = x.std(axis=(0, 1), dtype=np.float64)
        return cls(x.mean(axis=(0, 1), dtype=np.float64), np.where(spread > 0, spread, 1.0))

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Return windows ``(..., C)`` less the mean, divided by the spread, in float32."""
        if x.shape[-1] != len(self.mean):
            came = f"readings of shape {x.shape}"
            right = f"{len(self.mean)} channels on the last axis"
            raise ShapeError(explain(came, right, "fit it on the same channels"))
        return ((x - self.mean) / self.spread).astype(np.float32)

    def state_dict(self) -> dict[str, list[float]]:
        """Return plain numbers for a checkpoint."""
        return {name: part.tolist() for name, part in self._asdict().items()}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> "Normaliser":
        """Return the normaliser of a checkpoint: its lists, arrays or tensors."""
        return cls(*(np.asarray(state[name], dtype=np.float64) for name in cls._fields))
