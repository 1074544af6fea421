"""Exercises that ask what belongs to whom: six people, six words, each word for one of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from asctools.course.checks.spec import (
    Exercise,
    Mistake,
    Outcome,
    Tolerance,
    WrongFormError,
    call,
    once,
)


class Matched(NamedTuple):
    """How many different words were given, and whose word is right."""

    different: int
    ada: bool
    ben: bool
    cleo: bool
    dan: bool
    eva: bool
    finn: bool


NAMES = Matched._fields[1:]


class Matching:
    """Which word belongs to whom.

    Parameters
    ----------
    noun
        What the words are: ``"reason"``.
    right
        Name → word, for all six.
    """

    def __init__(self, noun: str, right: dict[str, str]) -> None:
        self.noun, self.right = noun, right
        self.words = sorted(right.values())  # in the order of the names they would be the answer

    def judged(self, said: dict[str, str]) -> Matched:
        """Say whose word is right."""
        different = len(set(said.values()))
        return Matched(different, *(said[name] == self.right[name] for name in NAMES))

    def measure(self, answer: object) -> object:
        """Judge what was handed in: a dictionary, or the six words in order."""
        said = call(answer)
        if isinstance(said, (list, tuple)) and len(said) == len(NAMES):
            said = dict(zip(NAMES, said, strict=True))
        if said is None or said is Ellipsis or not isinstance(said, dict):
            return said
        if any(word is Ellipsis for word in said.values()):
            raise NotImplementedError("There is still a `...` in your answer.")
        if set(said) != set(NAMES):
            each = ", ".join(NAMES)
            raise WrongFormError(f"One {self.noun} for each of {each} is needed, and no more.")
        for word in said.values():
            if word not in self.words:
                raise WrongFormError(f"{word!r} is none of {', '.join(self.words)}.")
        return self.judged(said)

    def swapped(self, one: str, other: str) -> Callable[[], Matched]:
        """Take two words for each other."""
        turn = {one: other, other: one}
        return lambda: self.judged({name: turn.get(w, w) for name, w in self.right.items()})

    def used_twice(self, outcomes: Sequence[Outcome], expected: Sequence[Matched]) -> bool:
        """Whether a word was given to two people."""
        return outcomes[0].error is None and outcomes[0].value.different < len(self.words)

    def exercise(
        self,
        id: str,
        *,
        minutes: int,
        mistakes: tuple[Mistake, ...],
        value_hint: str,
        closing: str,
    ) -> Exercise:
        """Return the exercise that asks for the six words."""
        return Exercise(
            id=id,
            kind="Think",
            level=2,
            minutes=minutes,
            task=f"six words out of {', '.join(self.words)}: for ada, ben, cleo, dan, eva and finn",
            cases=once,
            reference=lambda: self.judged(self.right),
            tolerance=Tolerance(relative=0.0, absolute=0.0),
            measure=self.measure,
            mistakes=mistakes,
            value_hint=value_hint,
            closing=closing,
        )
