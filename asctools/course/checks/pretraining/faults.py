"""The exercise on six pretrainings, and what went wrong in each."""

from __future__ import annotations

from asctools.course.checks.matching import Matching
from asctools.course.checks.spec import Mistake

MATCHING = Matching(
    "fault",
    {
        "ada": "collapse",  # the same answer for every input, divergence 0
        "ben": "copy",  # perfect reconstruction, nothing learned
        "cleo": "shift",  # the right bell, at the wrong time
        "dan": "skipped",  # nothing was transferred
        "eva": "frozen",  # the backbone never thawed
        "finn": "unequal",  # more compute, not better
    },
)

FAULTS = MATCHING.exercise(
    "pretraining/faults",
    minutes=10,
    mistakes=(
        Mistake(
            "faults used twice",
            "Each of the six faults belongs to one pretraining.",
            detect=MATCHING.used_twice,
        ),
        Mistake(
            "collapse and copy",
            "In one of the two the middle says nothing. In the other it says everything, and had "
            "no need to choose.",
            MATCHING.swapped("collapse", "copy"),
        ),
        Mistake(
            "skipped and frozen",
            "One of the two learns exactly like a network from scratch. The other cannot learn.",
            MATCHING.swapped("skipped", "frozen"),
        ),
        Mistake(
            "skipped and unequal",
            "One comparison shows no difference at all. The other shows one that has another "
            "reason.",
            MATCHING.swapped("skipped", "unequal"),
        ),
        Mistake(
            "shift and copy",
            "One of these encoders has learned to forget something that the task asks for.",
            MATCHING.swapped("shift", "copy"),
        ),
        Mistake(
            "frozen and unequal",
            "One of the two is worse than scratch although it was trained as long. The other is "
            "better, and was trained longer.",
            MATCHING.swapped("frozen", "unequal"),
        ),
    ),
    value_hint="For each: is the fault in the pretraining, in the transfer, or in the comparison?",
    closing="Two of six are faults of the comparison, not of the method. Look for those first.",
)
