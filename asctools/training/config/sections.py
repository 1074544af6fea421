"""Every key of a training, with its default, its range and a sentence.

What stands here is checked, explained by ``python -m asctools train --explain`` and printed in the
reference: there is no second list. Defaults are those of the library's contract.
"""

# ruff: noqa: RUF009 (a frozen section is a safe default)

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from asctools.errors import InputError, explain
from asctools.settings import Section, key

__all__ = [
    "INTERVALS",
    "SCHEDULERS",
    "Checkpoints",
    "Config",
    "Group",
    "Groups",
    "Log",
    "Loss",
    "Metrics",
    "Scheduler",
    "Stopping",
    "Training",
]

SCHEDULERS = (
    "reduce_on_plateau",
    "cosine_annealing",
    "cosine_warm_restarts",
    "one_cycle",
    "step",
    "exponential",
    "none",
)
INTERVALS = ("epoch", "step")


@dataclass(frozen=True)
class Training(Section, path="training"):
    """How the weights move: Adam, and how much data for each of its steps."""

    num_epochs: int = key(100, "Passes over the training data, at most.", least=1)
    batch_size: int = key(32, "Examples in a batch, over all processes together.", least=1)
    learning_rate: float = key(1e-3, "Step size of Adam.", above=0)
    weight_decay: float = key(1e-4, "Pull of every weight towards 0.", least=0)
    betas: tuple[float, float] = key(
        (0.9, 0.999), "How slowly Adam's two averages forget.", least=0, below=1
    )
    eps: float = key(1e-8, "Keeps Adam from dividing by 0.", above=0)
    gradient_clip_norm: float | None = key(
        1.0, "The largest norm of the gradient; null clips nothing.", above=0
    )
    accumulate: int = key(1, "Batches whose gradients make one step.", least=1)
    precision: str = key(
        "float32",
        "Of the products; float16 needs CUDA.",
        choices=("float32", "bfloat16", "float16"),
    )
    seed: int | None = key(
        0, "Of the first weights, the order of the batches and dropout.", least=0
    )


@dataclass(frozen=True)
class Group(Section):
    """The weights of one kind of layer."""

    learning_rate: float | None = key(None, "Of its own; null: the training's.", least=0)
    weight_decay: float | None = key(None, "Of its own; null: the training's.", least=0)


@dataclass(frozen=True)
class Groups(Section, path="parameter_groups"):
    """Rates of their own by kind of layer; null takes that of the training."""

    recurrent: Group = key(Group(), "Weights inside LSTM, GRU and RNN layers and cells.")
    linear: Group = key(Group(), "Weights of linear layers.")
    conv: Group = key(Group(), "Weights of convolutions.")
    embedding: Group = key(Group(), "Tables of embeddings.")
    norm: Group = key(Group(), "Scales and shifts of normalising layers.")
    bias: Group = key(Group(), "Biases of all other layers.")
    other: Group = key(Group(), "Parameters of anything else.")


@dataclass(frozen=True)
class Stopping(Section, path="early_stopping"):
    """When to stop because nothing gets better."""

    enabled: bool = key(True, "Whether to stop early, and to restore the best weights.")
    monitor: str | tuple[str, ...] = key(
        "val_loss", "Column of the history to watch; of several, any may improve."
    )
    patience: int = key(15, "Epochs without an improvement after which it stops.", least=1)
    min_delta: float = key(1e-4, "An improvement is more than this.", least=0)
    mode: str = key(
        "auto",
        "Whether less or more is better; auto goes by the name.",
        choices=("auto", "min", "max"),
    )
    restore_best_weights: bool = key(True, "Whether the model ends with its best weights.")


@dataclass(frozen=True)
class Scheduler(Section, path="scheduler"):
    """How the learning rate changes, after every epoch or after every step."""

    type: str = key("reduce_on_plateau", "Which schedule; none keeps the rate.", choices=SCHEDULERS)
    interval: str = key(
        "epoch",
        "After what it changes; all that is said of epochs below is then said of steps.",
        choices=INTERVALS,
    )
    factor: float = key(0.5, "reduce_on_plateau: multiplies the rate.", above=0, below=1)
    patience: int = key(
        5, "reduce_on_plateau: waits for so many bad epochs.", least=0, unit="epochs"
    )
    min_lr: float = key(
        1e-6, "reduce_on_plateau, cosine_*, one_cycle: no rate is below this.", least=0
    )
    T_max: int | None = key(
        None,
        "cosine_annealing, one_cycle: down to min_lr in so many epochs; null: the whole training.",
        least=1,
    )
    warm_up: float = key(
        0.1, "one_cycle: share of T_max in which the rate rises first.", above=0, below=1
    )
    T_0: int = key(10, "cosine_warm_restarts: epochs until the first restart.", least=1)
    T_mult: int = key(2, "cosine_warm_restarts: each stretch is so many times longer.", least=1)
    step_size: int = key(30, "step: epochs between two falls of the rate.", least=1)
    gamma: float = key(0.95, "step, exponential: multiplies the rate.", above=0, most=1)


@dataclass(frozen=True)
class Loss(Section, path="loss"):
    """Binary cross-entropy of logits, in which a rare class may count for more."""

    pos_weight: float | None = key(
        None, "What a positive counts for; null: negatives over positives of the data.", above=0
    )
    pos_weight_multiplier: float = key(
        3.0, "Multiplies the weight that comes from the data.", above=0
    )
    threshold: float = key(
        0.5, "A probability from here on is a positive, in F1, precision, recall.", least=0, most=1
    )


@dataclass(frozen=True)
class Checkpoints(Section, path="checkpoint"):
    """What is kept on disk, to go on with and to choose from."""

    enabled: bool = key(True, "Whether to save at all; what is not saved cannot be resumed.")
    directory: str | None = key(None, "Where to; null: nothing is saved (train: in its --out).")
    monitor: str = key("val_loss", "Column of the history by which best_model.pth is chosen.")
    mode: str = key(
        "auto",
        "Whether less or more is better; auto goes by the name.",
        choices=("auto", "min", "max"),
    )
    save_best: bool = key(True, "Whether to keep best_model.pth.")
    save_every: int | None = key(
        5, "Epochs between two of checkpoint_epoch_N.pth; null: none of them.", least=1
    )
    keep_last: int | None = key(3, "How many of these stay; null: all.", least=1)
    every_steps: int | None = key(
        None, "Write last.pth also within an epoch, after so many steps.", least=1
    )


@dataclass(frozen=True)
class Metrics(Section, path="metrics"):
    """Tables and curves: steps.csv, epochs.csv and TensorBoard."""

    enabled: bool = key(True, "Whether to write any.")
    directory: str | None = key(None, "Where to; null: nothing is written (train: in its --out).")
    csv: bool = key(True, "Whether to write the tables.")
    tensorboard: bool = key(True, "Whether to write TensorBoard's event files.")
    every_steps: int = key(1, "Steps between two rows of steps.csv.", least=1)


@dataclass(frozen=True)
class Log(Section, path="event_log"):
    """The training as an event log in XES, for python -m asctools mine."""

    enabled: bool = key(True, "Whether to write one.")
    path: str | None = key(
        None, "The file; null: none is written (train: run.xes.gz in its --out)."
    )
    level: str = key("step", "How much it tells.", choices=("epoch", "step", "gate", "weight"))
    every: Mapping[str, int] = key(
        {}, "For a level, one iteration in so many: {gate: 20}.", least=1
    )


@dataclass(frozen=True)
class Config(Section):
    """A training from beginning to end. What is left out has its default."""

    task: str | None = key(None, "What is trained, for python -m asctools train.")
    data: Section | Mapping[str, Any] = key(
        {}, "Depends on the task: see python -m asctools train NAME --explain data."
    )
    model: Section | Mapping[str, Any] = key(
        {}, "Depends on the task: see python -m asctools train NAME --explain model."
    )
    training: Training = key(Training(), "How the weights move.")
    parameter_groups: Groups = key(Groups(), "Learning rates by kind of layer.")
    scheduler: Scheduler = key(Scheduler(), "How the learning rate changes.")
    early_stopping: Stopping = key(Stopping(), "When to stop.")
    loss: Loss = key(Loss(), "Of a binary classification.")
    checkpoint: Checkpoints = key(Checkpoints(), "What is kept on disk.")
    metrics: Metrics = key(Metrics(), "Tables and curves.")
    event_log: Log = key(Log(), "The training as an event log.")

    def check(self) -> None:
        """Refuse an event log that samples a level which does not exist."""
        for level in self.event_log.every:
            if level not in ("step", "gate", "weight"):
                came = f"{level!r} in event_log.every"
                raise InputError(explain(came, "step, gate or weight", "write {gate: 20}"))
