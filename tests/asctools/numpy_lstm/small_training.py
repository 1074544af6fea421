"""Small things to test the training loop with: a text, a recording observer, a scripted model."""

import os
import signal
from collections.abc import Sequence
from typing import Any

import numpy as np

from asctools.numpy_lstm.model import CharLSTM

Array = np.ndarray
Event = tuple[str, dict[str, Any]]

VOCABULARY = "abcde"
TEXT = np.random.default_rng(0).integers(0, len(VOCABULARY), 130)  # 4 rows of 32: 6 batches of 5
HELD_OUT = np.random.default_rng(1).integers(0, len(VOCABULARY), 60)
SIZES = {"batch_size": 4, "time_steps": 5}


def small_model(layers: int = 1, dtype: Any = np.float32) -> CharLSTM:
    """Return the same little model every time."""
    return CharLSTM(len(VOCABULARY), 3, layers, dtype=dtype, seed=5)


class Recorder:
    """Keep every event of the wanted levels; send a Ctrl-C at one of them, if asked to."""

    def __init__(self, *levels: str, interrupt_at: tuple[str, int] | None = None) -> None:
        self.levels = levels or ("epoch", "step", "gate", "weight")
        self.interrupt_at = interrupt_at
        self.events: list[Event] = []

    def enabled(self, level: str) -> bool:
        """Whether the level is one of the wanted."""
        return level in self.levels

    def event(self, name: str, **attributes: Any) -> None:
        """Keep an event."""
        self.events.append((name, attributes))
        if (name, attributes.get("iteration")) == self.interrupt_at:
            os.kill(os.getpid(), signal.SIGINT)

    def names(self) -> list[str]:
        """Return the names in the order of the events."""
        return [name for name, _ in self.events]

    def all(self, name: str) -> list[dict[str, Any]]:
        """Return the attributes of every event of that name."""
        return [attributes for found, attributes in self.events if found == name]


class ScriptedModel:
    """A model that learns nothing: its losses and gradients stand in a script.

    Its one weight counts the updates when trained by ``SGD(1.0)`` with gradients of −1.
    """

    def __init__(
        self, validation: Sequence[float] = (), losses: Sequence[float] = (), norm: float = 1.0
    ) -> None:
        self.parameters = {"w": np.zeros(1)}
        self.training = True
        self.validation, self.losses = iter(validation), iter(losses)
        self.norm = norm
        self.modes: list[tuple[str, bool]] = []
        self.states: list[Any] = []

    def loss_and_gradients(
        self, x: Array, y: Array, state: Any = None
    ) -> tuple[float, dict[str, Array], Any]:
        """Take the next loss of the script."""
        self.modes.append(("train", self.training))
        self.states.append(state)
        after = (np.array([len(self.states)]), np.array([0]))
        return next(self.losses, 1.0), {"w": np.array([-self.norm])}, after

    def loss(self, x: Array, y: Array, state: Any = None) -> tuple[float, Any]:
        """Take the next validation loss of the script."""
        self.modes.append(("validate", self.training))
        return next(self.validation), None

    def sample(self, n: int, **settings: Any) -> Array:
        """Write nothing but the symbol 1."""
        self.modes.append(("sample", self.training))
        return np.ones(n, int)
