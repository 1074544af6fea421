"""The exercise on a directly-follows graph of four traces, by pencil."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import NamedTuple

from asctools.course.checks.spec import Exercise, Mistake, Tolerance, once

TRACES = ("ZFBUZFBU", "ZFBCU", "FBUZFBU", "ZFBUU")


class Graph(NamedTuple):
    """What is to be counted."""

    arrows: int
    steps: int
    backward_update: int
    starts: int
    arrows_as_one: int


def _arcs(traces: Iterable[str]) -> Counter[str]:
    return Counter(a + b for trace in traces for a, b in pairwise(trace))


ARCS, AS_ONE = _arcs(TRACES), _arcs(["".join(TRACES)])
EVENTS = sum(map(len, TRACES))
RIGHT = Graph(
    arrows=len(ARCS),
    steps=ARCS.total(),
    backward_update=ARCS["BU"],
    starts=len({trace[0] for trace in TRACES}),
    arrows_as_one=len(AS_ONE),
)


def _answer(**changed: int) -> Callable[[], Graph]:
    return lambda: RIGHT._replace(**changed)


GRAPH = Exercise(
    id="mining/graph",
    kind="Pencil",
    level=1,
    minutes=10,
    task="five whole numbers: arrows, steps, backward_update, starts, arrows_as_one",
    cases=once,
    reference=lambda: RIGHT,
    tolerance=Tolerance(relative=0.0, absolute=0.0),
    mistakes=(
        Mistake(
            "counts for arrows",
            "`arrows` counts *different* arrows. How often each was walked along is `steps`.",
            (_answer(arrows=RIGHT.steps), _answer(arrows=RIGHT.steps, arrows_as_one=EVENTS - 1)),
        ),
        Mistake(
            "as many steps as events",
            "A trace of five events has four steps: the first event follows nothing.",
            _answer(steps=EVENTS),
        ),
        Mistake(
            "steps between traces",
            "In `steps` you walk from the end of a trace to the beginning of the next. They are "
            "different cases.",
            _answer(steps=EVENTS - 1),
        ),
        Mistake(
            "no arrow back to itself",
            "One activity directly follows itself, once. That is an arrow too.",
            _answer(arrows=RIGHT.arrows - 1, arrows_as_one=RIGHT.arrows_as_one - 1),
        ),
        Mistake(
            "with the start and the end",
            "You count the arrows of the picture, with those from the start and to the end. Asked "
            "for are pairs of activities.",
            _answer(arrows=RIGHT.arrows + RIGHT.starts + 1),
        ),
        Mistake(
            "after some time",
            "In `backward_update` you count every B that is followed by a U at some time. "
            "*Directly* follows: with a C in between it does not.",
            _answer(backward_update=RIGHT.backward_update + 1),
        ),
        Mistake(
            "each trace",
            "`starts` counts different activities that a trace begins with, not traces.",
            _answer(starts=len(TRACES)),
        ),
        Mistake(
            "nothing new",
            "`arrows_as_one` is larger than `arrows`. Where two traces are glued together, look at "
            "the pair at the seam.",
            _answer(arrows_as_one=RIGHT.arrows),
        ),
        Mistake(
            "every seam",
            "There are three seams, but not each of them makes an arrow that was not there before.",
            (
                _answer(arrows_as_one=RIGHT.arrows + 2),
                _answer(arrows_as_one=RIGHT.arrows + 3),
            ),
        ),
    ),
    shape_hint="Five whole numbers: arrows, steps, backward_update, starts, arrows_as_one.",
    value_hint="Make a table: a row for each activity that goes before, a column for each that "
    "comes after.",
    closing="One seam was enough for an arrow that no loop ever walked along.",
)
