"""The exercise on six results that are too good, and where each leak is."""

from __future__ import annotations

from asctools.course.checks.matching import Matching
from asctools.course.checks.spec import Mistake

MATCHING = Matching(
    "leak",
    {
        "ada": "same-heat",
        "ben": "copies",
        "cleo": "chosen",
        "dan": "future",
        "eva": "scaled",
        "finn": "label",
    },
)

LEAKS = MATCHING.exercise(
    "rare-defects/leaks",
    minutes=12,
    mistakes=(
        Mistake(
            "leaks used twice",
            "Each of the six leaks belongs to one of them.",
            detect=MATCHING.used_twice,
        ),
        Mistake(
            "same heat and copies",
            "In both, test windows are like training windows. In one of the two they are *equal* "
            "to them, but for a little noise that somebody added.",
            MATCHING.swapped("same-heat", "copies"),
        ),
        Mistake(
            "future and label",
            "Both have an input that knows the answer. One of the two comes too late to be of use. "
            "The other is written by whoever writes the answer.",
            MATCHING.swapped("future", "label"),
        ),
        Mistake(
            "scaled and chosen",
            "Both have used the test data before the test. One of them has only taken a mean and a "
            "spread from it, which hardly helps. Who has taken more?",
            MATCHING.swapped("scaled", "chosen"),
        ),
        Mistake(
            "same heat and chosen",
            "In one of the two, a second test set from the same heats would be as good as the "
            "first. In the other it would be worse.",
            MATCHING.swapped("same-heat", "chosen"),
        ),
        Mistake(
            "copies and label",
            "In one of the two, one single input makes the result. In the other all of them do.",
            MATCHING.swapped("copies", "label"),
        ),
    ),
    value_hint="Ask of each: what did the model get to see that it will not have next winter?",
    closing="Before you believe a result, ask what the model could not have known.",
)
