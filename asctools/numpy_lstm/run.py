"""A training in the middle: what was asked for, and everything that changes on the way."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np

from asctools.errors import InputError, explain
from asctools.numpy_lstm.batches import Batch
from asctools.numpy_lstm.history import History
from asctools.numpy_lstm.observe import Watch
from asctools.numpy_lstm.optim import Optimizer
from asctools.numpy_lstm.schedule import Patience, Schedule

State = tuple[np.ndarray, np.ndarray]


class Model(Protocol):
    """What the loop asks of a model; :class:`~asctools.numpy_lstm.model.CharLSTM` is one."""

    parameters: dict[str, np.ndarray]

    @property
    def sample(self) -> Callable[..., Any]: ...
    def loss_and_gradients(
        self, x: np.ndarray, y: np.ndarray, state: State | None = None
    ) -> tuple[float, Mapping[str, np.ndarray], State]: ...
    def loss(
        self, x: np.ndarray, y: np.ndarray, state: State | None = None
    ) -> tuple[float, State]: ...


class Halves(NamedTuple):
    """The forward and the backward pass of a model as two functions."""

    forward: Callable[[np.ndarray, np.ndarray, State | None], tuple[float, State]]
    backward: Callable[[], Mapping[str, np.ndarray]]


def halves(model: Any) -> Halves:
    """Return the two halves of ``model.loss_and_gradients``.

    A model that offers ``forward`` and ``backward`` is taken at its word. With any other, the first
    half does all the work, and a log cannot tell how much of the time is the backward pass.
    """
    if hasattr(model, "backward"):
        return Halves(model.forward, model.backward)
    kept: list[Mapping[str, np.ndarray]] = []

    def forward(x: np.ndarray, y: np.ndarray, state: State | None) -> tuple[float, State]:
        loss, gradients, after = model.loss_and_gradients(x, y, state)
        kept[:] = [gradients]
        return loss, after

    return Halves(forward, kept.pop)


@dataclass(frozen=True)
class Settings:
    """What :func:`~asctools.numpy_lstm.train.train` can be told; every field is a keyword there.

    Attributes
    ----------
    batch_size, time_steps
        B stretches of the text side by side, T characters of each in a batch.
    renew_every
        Every row begins afresh, with a state of zeros, after so many batches, one row after the
        other. A model that was never told to begin does not know how; None: only at the text's
        own beginning.
    clip_grad_norm
        The largest global norm of the gradients; None: no clipping.
    explosion
        A norm above this ends the training before the update, as a loss or norm that is not finite
        always does; None: only these.
    validate_every
        Iterations between two looks at the validation text; None: at the end of each epoch.
    patience, min_delta
        After how many looks without a validation loss lower by ``min_delta`` to stop; None: never.
    target
        The validation loss at which to stop.
    lr_patience, lr_factor, min_lr
        After how many such looks η is multiplied by ``lr_factor``, but not below ``min_lr``.
    restore_best
        Whether the weights of the lowest validation loss are put back at the end.
    sample_every, sample_length, temperature, vocabulary
        Iterations between two texts that the model writes, how long, how daring; and the symbols,
        in the order of their indices.
    gate_summary_every
        Iterations between two summaries of the gates, where there is an observer.
    checkpoint, checkpoint_every
        The file to keep the training in, and after how many iterations; None: after each epoch.
    """

    batch_size: int = 32
    time_steps: int = 50
    renew_every: int | None = None
    clip_grad_norm: float | None = 1.0
    explosion: float | None = None
    validate_every: int | None = None
    patience: int | None = None
    min_delta: float = 0.0
    target: float | None = None
    lr_patience: int | None = None
    lr_factor: float = 0.5
    min_lr: float = 0.0
    restore_best: bool = True
    sample_every: int | None = None
    sample_length: int = 80
    temperature: float = 1.0
    vocabulary: str | None = None
    gate_summary_every: int = 20
    checkpoint: str | Path | None = None
    checkpoint_every: int | None = None

    def __post_init__(self) -> None:
        for name in COUNTS:
            value = getattr(self, name)
            whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
            if value is not None and not (whole and value >= 1):
                raise InputError(explain(f"{name}={value!r}", "1 or more, or None", f"set {name}"))
        for name in LIMITS:
            value = getattr(self, name)
            if value is not None and not (math.isfinite(value) and value > 0.0):
                expected = "a number above 0, or None"
                raise InputError(explain(f"{name}={value!r}", expected, f"set {name}"))
        if not 0.0 < self.lr_factor < 1.0:
            came = f"lr_factor={self.lr_factor!r}"
            raise InputError(explain(came, "a number between 0 and 1", "try 0.5"))


COUNTS = (
    "batch_size",
    "time_steps",
    "renew_every",
    "validate_every",
    "patience",
    "lr_patience",
    "sample_every",
    "sample_length",
    "gate_summary_every",
    "checkpoint_every",
)
LIMITS = ("clip_grad_norm", "explosion", "target", "temperature")


@dataclass
class Run:
    """One training on its way.

    Attributes
    ----------
    epoch, position, iteration
        Epochs that are complete, batches done in this one, and iterations in all.
    state
        (h, c) that the next batch starts with; None at the beginning of the text.
    gradients
        Name → dL/dweight: what :func:`~asctools.numpy_lstm.train.backward` adds to.
    training
        Whether the model is learning, and not being looked at.
    loss, grad_norm
        Of the last iteration.
    scale
        What plateaus have multiplied η with so far.
    stopping, plateau
        The patience until the training stops and until η falls.
    best
        The weights of the lowest validation loss.
    stop
        Why to stop, as soon as there is a reason.
    """

    model: Model
    halves: Halves
    optimizer: Optimizer
    batches: list[Batch]
    validation: list[Batch]
    schedule: Schedule
    settings: Settings
    rng: np.random.Generator
    num_epochs: int
    watch: Watch | None
    stopping: Patience
    plateau: Patience
    epoch: int = 0
    position: int = 0
    iteration: int = 0
    state: State | None = None
    gradients: dict[str, np.ndarray] = field(default_factory=dict)
    training: bool = False
    loss: float = math.nan
    grad_norm: float = math.nan
    scale: float = 1.0
    best: dict[str, np.ndarray] = field(default_factory=dict)
    stop: str | None = None
    history: History = field(default_factory=History)

    def due(self, every: int | None) -> bool:
        """Whether this iteration is one of every so many; with None, the last of its epoch."""
        if every is None:
            return self.position == len(self.batches)
        return self.iteration % every == 0
