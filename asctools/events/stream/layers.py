"""The layers of a causal network, each with a memory of what it has read.

What PyTorch computes for a whole recording, these compute for its next few frames. At work, batch
normalisation is a factor and a summand, so it goes into the weights of its convolution.
"""

from collections.abc import Mapping

import numpy as np

__all__ = ["Convolution", "Layer", "Residual"]

Weights = Mapping[str, np.ndarray]
EPSILON = 1e-5  # of PyTorch's batch normalisation


class Convolution:
    """A causal convolution with its batch normalisation folded in, and ReLU.

    Parameters
    ----------
    weights
        Those of ``conv`` and ``norm``, by their names in PyTorch.
    stride, dilation
        Of the convolution.
    """

    def __init__(self, weights: Weights, stride: int = 1, dilation: int = 1) -> None:
        kernel = weights["conv.weight"].astype(np.float64)  # (D, C, K)
        factor = weights["norm.weight"] / np.sqrt(weights["norm.running_var"] + EPSILON)
        kernel = kernel * factor[:, None, None]
        self.size = kernel.shape[2]
        self.stride, self.dilation = stride, dilation
        # (K · C, D), so that a window is one row of the samples behind each other
        self.W = np.ascontiguousarray(
            kernel.transpose(2, 1, 0).reshape(-1, len(kernel)), np.float32
        )
        shift = weights["norm.bias"] - weights["norm.running_mean"] * factor
        self.b = shift.astype(np.float32)
        reach = dilation * (self.size - 1) + 1
        self.before = np.zeros((reach - stride, kernel.shape[1]), np.float32)

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Take the next inputs ``(n · stride, C)`` and return ``(n, D)``."""
        x = np.concatenate([self.before, x])
        self.before = x[len(x) - len(self.before) :]
        y = self._windows(x) @ self.W
        y += self.b
        return np.maximum(y, 0.0, out=y)

    def _windows(self, x: np.ndarray) -> np.ndarray:
        """Return what each output sees, ``(n, K · C)``: rows that overlap in the memory of x."""
        C, value = x.shape[1], x.itemsize
        number, row = (len(x) - len(self.before)) // self.stride, C * value
        if self.dilation == 1:  # nothing has to be copied
            steps = (self.stride * row, value)
            return np.ndarray((number, self.size * C), x.dtype, x, 0, steps)
        apart = (self.stride * row, self.dilation * row, value)
        seen: np.ndarray = np.ndarray((number, self.size, C), x.dtype, x, 0, apart)
        return seen.reshape(number, self.size * C)


class Layer:
    """One layer of an LSTM.

    Parameters
    ----------
    weights
        ``weight_ih``, ``weight_hh``, ``bias_ih`` and ``bias_hh``, with PyTorch's rows i, f, g, o.
    """

    def __init__(self, weights: Weights) -> None:
        H = weights["weight_hh"].shape[1]
        order = np.r_[0 : 2 * H, 3 * H : 4 * H, 2 * H : 3 * H]  # i, f, o together, then g
        # σ(a) = (1 + tanh(a / 2)) / 2, so one tanh serves all four, with half of i, f, o
        half = np.r_[np.full(3 * H, 0.5), np.ones(H)][:, None]
        self.W_x, self.W_h = (
            np.ascontiguousarray((weights[name][order] * half).T, np.float32)
            for name in ("weight_ih", "weight_hh")
        )
        bias = (weights["bias_ih"] + weights["bias_hh"])[order] * half[:, 0]
        self.b = bias.astype(np.float32)
        self.h, self.c = np.zeros(H, np.float32), np.zeros(H, np.float32)

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Take the next frames ``(n, D)`` and return ``(n, H)``."""
        H = len(self.h)
        a = x @ self.W_x + self.b
        h = np.empty((len(x), H), np.float32)
        for k, row in enumerate(a):
            row += self.h @ self.W_h
            np.tanh(row, out=row)
            gates = row[: 3 * H]
            gates *= 0.5
            gates += 0.5
            i, f, o, g = row[:H], row[H : 2 * H], row[2 * H : 3 * H], row[3 * H :]
            self.c = f * self.c + i * g
            self.h = h[k] = o * np.tanh(self.c)
        return h


class Residual(Convolution):
    """A convolution that is added to what it reads."""

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Take the next frames ``(n, D)`` and return as many."""
        return x + super().__call__(x)
