"""The open exercise: a log of something that goes on in steps and is no training."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

from asctools.course.checks.spec import (
    Exercise,
    Mistake,
    Outcome,
    Tolerance,
    WrongFormError,
    call,
    once,
)
from asctools.course.checks.words import kind_of

TRACES, EVENTS, ACTIVITIES, TYPES = 10, 200, 4, 3
STANDARD = {"concept:name", "time:timestamp", "lifecycle:transition", "seq"}


class Lacking(NamedTuple):
    """What a log lacks: numbers of problems, or how many are missing; 0 each where all is well."""

    problems: int
    training: int  # activities that the registry of trainings knows
    traces: int
    events: int
    activities: int
    types: int  # int, float, text and truth value, among the attributes of events
    bare: int  # events without an attribute of their own
    variants: int


def _measure(answer: Any) -> Lacking:
    path = call(answer)
    if path is None or path is Ellipsis:
        raise NotImplementedError("Hand in the path of your log.")
    if not isinstance(path, (str, PathLike)):
        raise WrongFormError(f"The path of a log is needed; {kind_of(path)} came.")
    if not Path(path).is_file():
        raise WrongFormError(f"There is no file {str(path)!r}. Was the log closed?")
    return _lacking(path)


def _lacking(path: str | PathLike[str]) -> Lacking:
    from asctools.eventlog import REGISTRY
    from asctools.eventlog.reader import records
    from asctools.eventlog.schema import problems

    found = problems(path)
    if found:
        return Lacking(len(found), 0, 0, 0, 0, 0, 0, 0)
    events = list(records(path))
    own = [{k: v for k, v in event.items() if k not in STANDARD} for _, event in events]
    stories: dict[str, list[str]] = {}
    for trace, event in events:
        stories.setdefault(str(trace.get("concept:name")), []).append(str(event["concept:name"]))
    names = {name for story in stories.values() for name in story}
    return Lacking(
        problems=0,
        training=len(names & set(REGISTRY)),
        traces=max(0, TRACES - len(stories)),
        events=max(0, EVENTS - len(events)),
        activities=max(0, ACTIVITIES - len(names)),
        types=max(0, TYPES - len({type(value) for each in own for value in each.values()})),
        bare=sum(not each for each in own),
        variants=int(len(set(map(tuple, stories.values()))) < 2),
    )


def _lacks(name: str) -> Callable[[Sequence[Outcome], Sequence[Lacking]], bool]:
    """Recognise a log that lacks something."""
    return lambda outcomes, expected: (
        isinstance(outcomes[0].value, Lacking) and getattr(outcomes[0].value, name) > 0
    )


OWN_LOG = Exercise(
    id="event-log/own-log",
    kind="Open",
    level=3,
    minutes=25,
    task="the path of a log",
    cases=once,
    reference=lambda: Lacking(0, 0, 0, 0, 0, 0, 0, 0),
    tolerance=Tolerance(relative=0.0, absolute=0.0),
    measure=_measure,
    mistakes=(
        Mistake(
            "not XES",
            "The file is no valid XES. `asctools.eventlog.schema.problems(path)` says where, in "
            "sentences. Was it written by `XESLogger`, and closed?",
            detect=_lacks("problems"),
        ),
        Mistake(
            "a training",
            "Some activities are those of a training. Take something else: that is the point.",
            detect=_lacks("training"),
        ),
        Mistake(
            "too few stories",
            "The log is valid. It has fewer than ten traces: what is the thing whose story is "
            "told, and are there ten of it?",
            detect=_lacks("traces"),
        ),
        Mistake(
            "too few events",
            "There are traces enough, and fewer than 200 events. Tell smaller steps, or more "
            "stories.",
            detect=_lacks("events"),
        ),
        Mistake(
            "too few activities",
            "There are events enough, but fewer than four different activities. Who could learn "
            "from that what goes on?",
            detect=_lacks("activities"),
        ),
        Mistake(
            "one kind of attribute",
            "The events need attributes of three types, say a whole number, a float and a text or "
            "a truth value.",
            detect=_lacks("types"),
        ),
        Mistake(
            "names only",
            "Some events have a name and nothing else. The next chapter shows what cannot be found "
            "in such a log; give each event something that was *measured*.",
            detect=_lacks("bare"),
        ),
        Mistake(
            "always the same",
            "All traces are the same sequence of activities. Nothing can be mined where everything "
            "goes the same way every time.",
            detect=_lacks("variants"),
        ),
    ),
    value_hint="Look at your log with `read`, as a table.",
    closing="Any process-mining program can read it now, though its makers never thought of it.",
)
