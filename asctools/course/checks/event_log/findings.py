"""The exercise on six odd logs, and what has happened to each."""

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
    "rounded": "numbers were rounded when they were written",
    "beside": "events are told by the loop's text, beside the operations",
    "sampled": "single events were sampled",
    "clock": "the clock was set back",
    "end": "the log is written at the end",
    "shared": "two processes wrote into one file",
}
RIGHT = {
    "ada": "sampled",
    "ben": "beside",
    "cleo": "rounded",
    "dan": "clock",
    "eva": "end",
    "finn": "shared",
}


class Findings(NamedTuple):
    """How many reasons were given, and whose reason is right."""

    different: int
    ada: bool
    ben: bool
    cleo: bool
    dan: bool
    eva: bool
    finn: bool


def _judged(said: dict[str, str]) -> Findings:
    return Findings(len(set(said.values())), *(said[name] == RIGHT[name] for name in RIGHT))


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


def _swapped(one: str, other: str) -> Callable[[], Findings]:
    """Take two reasons for each other."""
    turn = {one: other, other: one}
    return lambda: _judged({name: turn.get(reason, reason) for name, reason in RIGHT.items()})


def _used_twice(outcomes: Sequence[Outcome], expected: Sequence[Findings]) -> bool:
    return outcomes[0].error is None and outcomes[0].value.different < len(REASONS)


FINDINGS = Exercise(
    id="event-log/findings",
    kind="Think",
    level=2,
    minutes=12,
    task="six words out of rounded, beside, sampled, clock, end, shared: for ada, ben, cleo, dan, "
    "eva and finn",
    cases=once,
    reference=lambda: _judged(RIGHT),
    tolerance=Tolerance(relative=0.0, absolute=0.0),
    measure=_measure,
    mistakes=(
        Mistake(
            "reasons used twice",
            "Each of the six reasons belongs to one log.",
            detect=_used_twice,
        ),
        Mistake(
            "sampled and shared",
            "Both logs show an impossible order. Which of the two has too *few* events, and which "
            "has numbers that come twice?",
            _swapped("sampled", "shared"),
        ),
        Mistake(
            "rounded and beside",
            "Both logs contradict themselves. In one, a number is too small to have survived. In "
            "the other, an event says that something was done, and a number says that it was not.",
            _swapped("rounded", "beside"),
        ),
        Mistake(
            "clock and shared",
            "A clock that was set back leaves one odd distance, and every other one is right. What "
            "do two writers leave?",
            _swapped("clock", "shared"),
        ),
        Mistake(
            "sampled and beside",
            "One of the two logs has the right order, everywhere: its events are told as the loop "
            "is written. The other has an order that no loop can have.",
            _swapped("sampled", "beside"),
        ),
        Mistake(
            "clock and end",
            "One of the two logs does not exist. What does the clock have to do with that?",
            _swapped("clock", "end"),
        ),
    ),
    value_hint="Begin with the log that is not there.",
    closing="Before a log accuses a training, ask whether the log can be believed.",
)
