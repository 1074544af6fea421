"""The causal classifier in NumPy: the next samples in, scores of the frames that they complete."""

import math
from typing import Any, NamedTuple

import numpy as np

from asctools.bells.highpass import HighPass, filter_blocks
from asctools.errors import CheckpointError, explain
from asctools.events.files import ModelFile
from asctools.events.stream.layers import Convolution, Layer, Residual, Weights

__all__ = ["CausalNetwork", "FrameScores"]


MOST_FRAMES = 400  # at once: what a convolution sees of them is laid out side by side


class FrameScores(NamedTuple):
    """What a network says of frames, in their order.

    Attributes
    ----------
    logits
        Whether each event is in this frame, ``(n, E)``.
    offsets
        Where in the frame, in frames from its middle, ``(n, E)``.
    """

    logits: np.ndarray
    offsets: np.ndarray


class CausalNetwork:
    """Read a recording piece by piece and say what PyTorch would say of it as a whole.

    Parameters
    ----------
    file
        A model with ``causal=True`` and without attention.

    Attributes
    ----------
    frame
        Samples of a frame.
    lookahead
        So many frames later than a frame its scores come.
    channels, events
        What goes in, and what comes out.

    Raises
    ------
    CheckpointError
        If the model looks into the future, asks all frames at once, or lacks a weight.
    """

    def __init__(self, file: ModelFile) -> None:
        arguments = file.arguments
        if not arguments.get("causal") or arguments.get("attention", "none") != "none":
            came = "a model that waits for the whole recording"
            todo = "use 'standard-causal', or train with model.causal=true and attention none"
            raise CheckpointError(explain(came, "a causal one, for a stream", todo))
        try:
            self._build(file)
        except (KeyError, ValueError, IndexError) as error:
            came = f"a causal model whose weights cannot be used ({error!r})"
            raise CheckpointError(explain(came, "a LSTMEventClassifier", "train again")) from error

    def _build(self, file: ModelFile) -> None:
        weights, arguments = file.weights, file.arguments
        self.frame = int(arguments["timing_resolution_samples"])
        self.lookahead = int(arguments["lookahead_frames"])
        self._scale = np.asarray(weights["normalise.scale"], np.float64)
        rate, highpass_hz = np.asarray(weights["normalise.filter"], np.float64).tolist()
        self.channels, self.events = len(self._scale), len(weights["head.weight"]) // 2
        self._highpass = HighPass(highpass_hz, rate)
        self._front = _front_end(weights, self.frame)
        self._memory = _memory(weights)
        self._W = np.ascontiguousarray(weights["head.weight"].T, np.float32)
        self._b = weights["head.bias"].astype(np.float32)
        self._state: Any = None  # of the filter
        self._rest = np.zeros((0, self.channels))  # samples that are no whole frame yet
        self._early = self.lookahead  # answers that are about frames before the first

    def push(self, samples: np.ndarray) -> FrameScores:
        """Take the next samples ``(n, C)`` and return the scores that they decide."""
        x = np.concatenate([self._rest, samples]) if len(self._rest) else np.asarray(samples)
        whole = len(x) // self.frame * self.frame
        self._rest = np.array(x[whole:], dtype=np.float64)
        if self._state is None and len(x):
            self._state = self._highpass.start(x[0])
        step = MOST_FRAMES * self.frame
        if whole <= step:
            return self._frames(self._filtered(x[:whole]))
        starts = range(0, whole, step)
        parts = [self._frames(self._filtered(x[at : min(at + step, whole)])) for at in starts]
        return FrameScores(*map(np.concatenate, zip(*parts, strict=True)))

    def finish(self) -> FrameScores:
        """Return the scores of the last frames, as if silence followed."""
        rest = self._rest
        end = self._filtered(rest)
        silence = np.zeros((-len(rest) % self.frame + self.lookahead * self.frame, self.channels))
        self._rest = rest[:0]
        return self._frames(np.concatenate([end, silence.astype(np.float32)]))

    def _filtered(self, x: np.ndarray) -> np.ndarray:
        """Return samples as the normaliser leaves them, ``(n, C)`` in float32."""
        if not len(x):
            return np.zeros((0, self.channels), np.float32)
        size = self.frame if len(x) % self.frame == 0 else len(x)
        blocks = self._highpass.block(size)
        cut = np.asarray(x, np.float64).reshape(-1, size, self.channels)
        y, self._state = filter_blocks(blocks, cut, self._state)
        return (y.reshape(-1, self.channels) / self._scale).astype(np.float32)

    def _frames(self, x: np.ndarray) -> FrameScores:
        """Return the scores that whole frames of filtered samples decide."""
        if not len(x):
            nothing = np.zeros((0, self.events), np.float32)
            return FrameScores(nothing, nothing)
        for layer in self._front:
            x = layer(x)
        said = x
        for remember in self._memory:
            said = remember(said)
        both = np.concatenate([said, x], axis=1) if self._memory else x
        out = both @ self._W + self._b
        late, self._early = min(self._early, len(out)), max(0, self._early - len(out))
        return FrameScores(out[late:, : self.events], out[late:, self.events :])


def _front_end(weights: Weights, frame: int) -> list[Convolution]:
    """Return the convolutions from samples to frames; at full rate there are none."""
    count = _count("front_end.layers.", weights)
    first = next(n for n in range(math.isqrt(frame), 0, -1) if frame % n == 0)
    strides = (first, frame // first, *[1] * count)
    return [
        Convolution(_below(f"front_end.layers.{k}.", weights), strides[k]) for k in range(count)
    ]


def _memory(weights: Weights) -> list[Layer] | list[Residual]:
    """Return the layers of the LSTM, or of the convolutions that stand in for it."""
    if "memory.lstm.weight_ih_l0" in weights:
        own = _below("memory.lstm.", weights)
        count = sum(name.startswith("weight_ih_l") for name in own)
        return [
            Layer({n.removesuffix(f"_l{k}"): w for n, w in own.items() if n.endswith(f"_l{k}")})
            for k in range(count)
        ]
    return [
        Residual(_below(f"memory.layers.{k}.", weights), dilation=2**k)
        for k in range(_count("memory.layers.", weights))
    ]


def _count(start: str, weights: Weights) -> int:
    return len({name.removeprefix(start).split(".")[0] for name in _names(start, weights)})


def _names(start: str, weights: Weights) -> list[str]:
    return [name for name in weights if name.startswith(start)]


def _below(start: str, weights: Weights) -> dict[str, np.ndarray]:
    return {name.removeprefix(start): weights[name] for name in _names(start, weights)}
