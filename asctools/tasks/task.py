"""What a task has to say, so that it can be trained from a configuration."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from asctools.settings import Section

if TYPE_CHECKING:
    from torch import nn

    from asctools.training.config import Config

__all__ = ["Prepared", "Table", "Task"]

# From a row's name to its numbers: {"LSTM": {"accuracy": 0.99}}
Table = Mapping[str, Mapping[str, float]]


def _no_rivals() -> Table:
    return {}


@dataclass
class Prepared:
    """Everything that a training needs, made from a configuration and its seeds.

    Attributes
    ----------
    model
        The network, its first weights drawn.
    train_loader, val_loader
        As :meth:`asctools.training.trainer.Trainer.fit` takes them; the batches of the
        configuration's size, in an order that its seed decides.
    tests
        Loaders for the end: from a suffix of the columns to the data, ``{"": loader}`` for one.
    columns
        Which scores the last table shows, without the suffixes.
    rivals
        What the model is compared with, and what bounds it; called once, at the end.
    finish
        Called once at the end, in the first process, with the trained model and the folder of the
        run: writes what is to be kept, and returns further scores for the last table.
    step, scores
        For :class:`~asctools.training.trainer.Trainer`; None is a binary classification.
    normaliser
        What the data went through, with a ``state_dict()``, or None.
    about
        A line on the data, for the head of the output: ``"3600 windows, 304 of them defects"``.
    called
        What the model is called in the last table.
    note
        A line below it.
    """

    model: nn.Module
    train_loader: Iterable[Any]
    val_loader: Iterable[Any] | None
    tests: Mapping[str, Iterable[Any]] = field(default_factory=dict)
    columns: tuple[str, ...] = ("loss",)
    rivals: Callable[[], Table] = _no_rivals
    finish: Callable[[Any, Path], Mapping[str, float]] | None = None
    step: Callable[[nn.Module, Any], Any] | None = None
    scores: Callable[[Mapping[str, Any]], Mapping[str, float]] | None = None
    normaliser: Any = None
    about: str = ""
    called: str = "the model"
    note: str = ""


class Task(NamedTuple):
    """A task that can be trained.

    Attributes
    ----------
    name
        That of its file, and of its configuration.
    about
        One sentence.
    data, model
        The sections of its configuration.
    prepare
        Makes everything. PyTorch is imported in there, not before.
    """

    name: str
    about: str
    data: type[Section]
    model: type[Section]
    prepare: Callable[[Config], Prepared]
