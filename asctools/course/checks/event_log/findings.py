"""The exercise on six odd logs, and what has happened to each."""

from __future__ import annotations

from asctools.course.checks.matching import Matching
from asctools.course.checks.spec import Mistake

MATCHING = Matching(
    "reason",
    {
        "ada": "sampled",  # single events were sampled
        "ben": "beside",  # events are told by the loop's text, beside the operations
        "cleo": "rounded",  # numbers were rounded when they were written
        "dan": "clock",  # the clock was set back
        "eva": "end",  # the log is written at the end
        "finn": "shared",  # two processes wrote into one file
    },
)

FINDINGS = MATCHING.exercise(
    "event-log/findings",
    minutes=12,
    mistakes=(
        Mistake(
            "reasons used twice",
            "Each of the six reasons belongs to one log.",
            detect=MATCHING.used_twice,
        ),
        Mistake(
            "sampled and shared",
            "Both logs show an impossible order. Which of the two has too *few* events, and which "
            "has numbers that come twice?",
            MATCHING.swapped("sampled", "shared"),
        ),
        Mistake(
            "rounded and beside",
            "Both logs contradict themselves. In one, a number is too small to have survived. In "
            "the other, an event says that something was done, and a number says that it was not.",
            MATCHING.swapped("rounded", "beside"),
        ),
        Mistake(
            "clock and shared",
            "A clock that was set back leaves one odd distance, and every other one is right. What "
            "do two writers leave?",
            MATCHING.swapped("clock", "shared"),
        ),
        Mistake(
            "sampled and beside",
            "One of the two logs has the right order, everywhere: its events are told as the loop "
            "is written. The other has an order that no loop can have.",
            MATCHING.swapped("sampled", "beside"),
        ),
        Mistake(
            "clock and end",
            "One of the two logs does not exist. What does the clock have to do with that?",
            MATCHING.swapped("clock", "end"),
        ),
    ),
    value_hint="Begin with the log that is not there.",
    closing="Before a log accuses a training, ask whether the log can be believed.",
)
