"""The exercise on reports that are too good or too bad to be true, and on their reasons."""

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

REASONS = {
    "luck": "too few characters",
    "seen": "trained on what it is tested on",
    "unit": "another logarithm",
    "filled": "padding in the mean",
    "copied": "the target is in the input",
    "once": "one occurrence believed too much",
}


RIGHT = {
    "ada": "filled",
    "ben": "luck",
    "cleo": "copied",
    "dan": "unit",
    "eva": "once",
    "finn": "seen",
}


class Reports(NamedTuple):
    """How many reasons were given, and whose reason is right."""

    different: int
    ada: bool
    ben: bool
    cleo: bool
    dan: bool
    eva: bool
    finn: bool


def _judged(said: dict[str, str]) -> Reports:
    return Reports(len(set(said.values())), *(said[name] == RIGHT[name] for name in RIGHT))


def _measure(answer: object) -> object:
    said = call(answer)
    if isinstance(said, (list, tuple)) and len(said) == len(RIGHT):
        said = dict(zip(RIGHT, said, strict=True))
    if said is None or said is Ellipsis or not isinstance(said, dict):
        return said
    if any(reason is Ellipsis for reason in said.values()):
        raise NotImplementedError("There is still a `...` in your answer.")
    if set(said) != set(RIGHT):
        raise WrongFormError(f"A reason for each of {', '.join(RIGHT)} is needed, and no more.")
    for reason in said.values():
        if reason not in REASONS:
            raise WrongFormError(f"{reason!r} is none of the reasons {', '.join(REASONS)}.")
    return _judged(said)


def _swapped(one: str, other: str) -> Callable[[], Reports]:
    """Take two reasons for each other."""
    turn = {one: other, other: one}
    return lambda: _judged({name: turn.get(reason, reason) for name, reason in RIGHT.items()})


def _used_twice(outcomes: Sequence[Outcome], expected: Sequence[Reports]) -> bool:
    return outcomes[0].error is None and outcomes[0].value.different < len(REASONS)


REPORTS = Exercise(
    id="known-entropy/reports",
    kind="Think",
    level=2,
    minutes=15,
    task="six words out of luck, seen, unit, filled, copied, once: for ada, ben, cleo, dan, eva "
    "and finn",
    cases=once,
    reference=lambda: _judged(RIGHT),
    tolerance=Tolerance(relative=0.0, absolute=0.0),
    measure=_measure,
    mistakes=(
        Mistake(
            "reasons used twice",
            "Each of the six reasons belongs to one report.",
            detect=_used_twice,
        ),
        Mistake(
            "luck and seen",
            "You have taken luck and training text for each other. Luck goes either way, and "
            "becomes less with more text. Text that was trained on is easier every time.",
            _swapped("luck", "seen"),
        ),
        Mistake(
            "unit and padding",
            "Both reports have a true part of the loss. Another logarithm changes *every* loss by "
            "the same factor, that of the untrained network too. What does padding change?",
            _swapped("unit", "filled"),
        ),
        Mistake(
            "copied and seen",
            "Both know the answer. Who has it by heart stumbles over a new text; who is shown it "
            "never stumbles, and is lost when nobody shows it.",
            _swapped("copied", "seen"),
        ),
        Mistake(
            "once and seen",
            "One of the two is bad on new text and good on the old. The other is compared on new "
            "text only, with a model that counts less far back. Which of them tests on what it "
            "has trained on?",
            _swapped("once", "seen"),
        ),
    ),
    value_hint="Begin with the ones where a factor helps. Divide what should have come by what "
    "came.",
    closing="A number below the floor is never good news. Look for the reason before you show it.",
)
