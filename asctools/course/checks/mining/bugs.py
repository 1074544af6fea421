"""The exercise on six bugs, and the arrow that each puts into the graph."""

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

ARROWS = {
    "F-F": "ForwardPass → ForwardPass",
    "F-U": "ForwardPass → WeightsUpdate",
    "Z-U": "ZeroGrad → WeightsUpdate",
    "D-Z": "LearningRateDecay → ZeroGrad, in every iteration",
    "U-V": "WeightsUpdate → Validation",
    "none": "no new arrow",
}
RIGHT = {
    "ada": "F-F",
    "ben": "Z-U",
    "cleo": "F-U",
    "dan": "D-Z",
    "eva": "U-V",
    "finn": "none",
}


class Predicted(NamedTuple):
    """How many arrows were given, and whose arrow is right."""

    different: int
    ada: bool
    ben: bool
    cleo: bool
    dan: bool
    eva: bool
    finn: bool


def _judged(said: dict[str, str]) -> Predicted:
    return Predicted(len(set(said.values())), *(said[name] == RIGHT[name] for name in RIGHT))


def _measure(answer: object) -> object:
    said = call(answer)
    if isinstance(said, (list, tuple)) and len(said) == len(RIGHT):
        said = dict(zip(RIGHT, said, strict=True))
    if said is None or said is Ellipsis or not isinstance(said, dict):
        return said
    if any(arrow is Ellipsis for arrow in said.values()):
        raise NotImplementedError("There is still a `...` in your answer.")
    if set(said) != set(RIGHT):
        raise WrongFormError(f"An arrow for each of {', '.join(RIGHT)} is needed, and no more.")
    for arrow in said.values():
        if arrow not in ARROWS:
            raise WrongFormError(f"{arrow!r} is none of {', '.join(ARROWS)}.")
    return _judged(said)


def _swapped(one: str, other: str) -> Callable[[], Predicted]:
    """Take two arrows for each other."""
    turn = {one: other, other: one}
    return lambda: _judged({name: turn.get(arrow, arrow) for name, arrow in RIGHT.items()})


def _used_twice(outcomes: Sequence[Outcome], expected: Sequence[Predicted]) -> bool:
    return outcomes[0].error is None and outcomes[0].value.different < len(ARROWS)


BUGS = Exercise(
    id="mining/bugs",
    kind="Think",
    level=2,
    minutes=12,
    task="six words out of F-F, F-U, Z-U, D-Z, U-V, none: for ada, ben, cleo, dan, eva and finn",
    cases=once,
    reference=lambda: _judged(RIGHT),
    tolerance=Tolerance(relative=0.0, absolute=0.0),
    measure=_measure,
    mistakes=(
        Mistake(
            "arrows used twice",
            "Each of the six belongs to one loop.",
            detect=_used_twice,
        ),
        Mistake(
            "Z-U and F-U",
            "In both loops the update has nothing to go by. In which of them were slopes computed, "
            "and are gone again? Write the five operations of each loop in their order.",
            _swapped("Z-U", "F-U"),
        ),
        Mistake(
            "F-F and F-U",
            "One of the two reads a batch twice. The other reads it once, and does not go back.",
            _swapped("F-F", "F-U"),
        ),
        Mistake(
            "U-V and none",
            "An event that does *not* happen leaves a gap, and its neighbours become neighbours. "
            "So it makes a new arrow. In which loop do all events happen, in their order?",
            _swapped("U-V", "none"),
        ),
        Mistake(
            "D-Z and none",
            "One of the two does something too often, and the graph shows how often. In the other "
            "only *numbers* are wrong.",
            _swapped("D-Z", "none"),
        ),
        Mistake(
            "Z-U and none",
            "Moving a line changes the order of events. Which of the two has moved none?",
            _swapped("Z-U", "none"),
        ),
    ),
    value_hint="Write each loop as letters, two iterations long.",
    closing="What is done in another order can be seen. What is done with the wrong data cannot.",
)
