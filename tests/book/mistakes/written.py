"""Answers to the exercises as readers write them, right and wrong, without a look at the specs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# A typical mistake, by the name that the checker should find: one way to make it, or several.
Mistakes = dict[str, Any]


@dataclass(frozen=True)
class Written:
    """What readers hand in for one exercise.

    ``unlisted`` holds wrong answers that no hint was written for, ``misshapen`` answers in a form
    that can't be compared. A function stands for itself; anything else is a value.
    """

    exercise: str
    right: tuple[Any, ...]
    mistakes: Mistakes
    unlisted: tuple[Any, ...]
    misshapen: tuple[Any, ...]
    stub: Callable[..., Any]
    stage: str = "value"

    def ways(self, mistake: str) -> tuple[Any, ...]:
        """All the ways in which a mistake was written out."""
        made = self.mistakes[mistake]
        return made.answers if isinstance(made, Ways) else (made,)

    def stage_of(self, mistake: str) -> str:
        """The stage at which the checker finds a mistake."""
        made = self.mistakes[mistake]
        return (isinstance(made, Ways) and made.stage) or self.stage


class Ways:
    """Several ways to make one mistake, and the stage at which it shows if it is another one."""

    def __init__(self, *answers: Any, stage: str = "") -> None:
        self.answers = answers
        self.stage = stage
