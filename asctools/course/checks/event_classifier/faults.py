"""The exercise on six detectors, and what is wrong with each."""

from __future__ import annotations

from asctools.course.checks.matching import Matching
from asctools.course.checks.spec import Mistake

MATCHING = Matching(
    "fault",
    {
        "ada": "threshold",  # too high: nothing wrong is said, half is missed
        "ben": "leak",  # windows of the same recording on both sides
        "cleo": "look-ahead",  # all 20 ms late
        "dan": "units",  # int16 in place of volts: every frame a strike
        "eva": "neighbours",  # right time, the bell beside
        "finn": "doubles",  # every strike twice, 10 ms apart
    },
)

FAULTS = MATCHING.exercise(
    "event-classifier/faults",
    minutes=10,
    mistakes=(
        Mistake(
            "faults used twice",
            "Each of the six faults belongs to one detector.",
            detect=MATCHING.used_twice,
        ),
        Mistake(
            "leak and units",
            "Both work at home and not elsewhere. One of them fails by a little, on data of the "
            "same kind; the other says a strike at every moment.",
            MATCHING.swapped("leak", "units"),
        ),
        Mistake(
            "threshold and look-ahead",
            "Both miss strikes. One of them says something for every strike, at the wrong time.",
            MATCHING.swapped("threshold", "look-ahead"),
        ),
        Mistake(
            "neighbours and doubles",
            "In one of the two there are as many finds as strikes. In the other there are twice as "
            "many.",
            MATCHING.swapped("neighbours", "doubles"),
        ),
        Mistake(
            "look-ahead and neighbours",
            "In one of the two the bell is right and the time is not. In the other it is the "
            "other way round.",
            MATCHING.swapped("look-ahead", "neighbours"),
        ),
        Mistake(
            "units and doubles",
            "Too many finds in both. Are they at strikes, or anywhere?",
            MATCHING.swapped("units", "doubles"),
        ),
    ),
    value_hint="Count first: too few finds, as many as strikes, twice as many, or far too many?",
    closing="One F1 hides six stories. Read the errors before you change the network.",
)
