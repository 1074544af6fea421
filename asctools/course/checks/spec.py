"""What a checked exercise is made of."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np

Kind = Literal["Pencil", "Code", "Think", "Open"]
Stage = Literal["not started", "shape", "value", "gradient", "passed"]


class Case(NamedTuple):
    """One trial of an answer: its arguments, and words for when it arises.

    ``when`` completes the sentence "It agrees …, but not …".
    """

    when: str
    arguments: tuple[Any, ...] = ()


class Outcome(NamedTuple):
    """What an answer did on a case: it gave a value, or it stopped with an error."""

    value: Any = None
    error: Exception | None = None


class Tolerance(NamedTuple):
    """How far a number may be off: ``absolute + relative * |expected|``."""

    relative: float = 1e-7
    absolute: float = 1e-9

    def allows(self, got: float, expected: float) -> bool:
        """Whether `got` is near enough; nan never is, and to the infinite only the infinite is."""
        if math.isinf(expected):
            return got == expected
        return abs(got - expected) <= self.absolute + self.relative * abs(expected)


@dataclass(frozen=True)
class Mistake:
    """A known wrong way, and the hint that leads back from it.

    Either ``compute`` makes the mistake (same arguments as the reference), and an answer that
    agrees with it on all cases is taken to have made it too; or ``detect`` recognises the
    mistake from the outcomes and the values that were expected. ``compute`` may be several
    functions where one misunderstanding has several forms. What it returns may have another form
    than the right answer: then the mistake is found before the forms are compared.
    """

    name: str
    hint: str
    compute: Callable[..., Any] | tuple[Callable[..., Any], ...] = ()
    detect: Callable[[Sequence[Outcome], Sequence[Any]], bool] | None = None

    def __post_init__(self) -> None:
        if bool(self.ways) == (self.detect is not None):
            raise TypeError(f"The mistake {self.name!r} needs either compute or detect.")

    @property
    def ways(self) -> tuple[Callable[..., Any], ...]:
        """The functions that make the mistake."""
        return self.compute if isinstance(self.compute, tuple) else (self.compute,)


class WrongFormError(Exception):
    """Raised by a ``measure`` that can't use an answer; its text is the hint."""


def call(answer: Any, *arguments: Any) -> Any:
    """Measure an answer by calling it; a value is its own measure."""
    return answer(*arguments) if callable(answer) else answer


@dataclass(frozen=True)
class Exercise:
    """A checked exercise.

    Parameters
    ----------
    id, kind, level, minutes
        As printed in the book: ``chapter/name``, its kind, 1 to 3, and how long it takes.
    task
        What is to be handed in, completing "Hand in …".
    parameters
        Names of the arguments of the function that is asked for. Empty: the answer is a value
        (or a function without arguments that returns it).
    cases
        Draws the trials from a generator; the simplest one first.
    reference
        The right value for a case's arguments. Its form (numbers, tuples, NamedTuples, dicts,
        arrays) is the form that an answer must have; field names appear in hints.
    mistakes
        Known wrong ways, the likeliest first.
    gradients
        Names of those fields of the reference that are gradients. They stand last in it, so
        that they are judged last.
    measure
        Turns an answer and a case's arguments into what is compared; by default calls it.
    closing
        Said after a pass: what to take along.
    """

    id: str
    kind: Kind
    level: int
    minutes: int
    task: str
    cases: Callable[[np.random.Generator], Sequence[Case]]
    reference: Callable[..., Any]
    mistakes: tuple[Mistake, ...]
    parameters: tuple[str, ...] = ()
    tolerance: Tolerance = field(default_factory=Tolerance)
    gradients: tuple[str, ...] = ()
    measure: Callable[..., Any] = call
    shape_hint: str = ""
    value_hint: str = ""
    closing: str = ""

    @property
    def wants_function(self) -> bool:
        """Whether the answer is a function (else a value)."""
        return bool(self.parameters)


def once(rng: np.random.Generator) -> list[Case]:
    """The one case of an exercise that asks for a value."""
    return [Case("")]
