"""The exercise on six streams, and what is wrong with each."""

from __future__ import annotations

from asctools.course.checks.matching import Matching
from asctools.course.checks.spec import Mistake

MATCHING = Matching(
    "fault",
    {
        "ada": "state-lost",  # worse just after the beginning of each piece
        "ben": "offset-lost",  # times begin at zero in every window
        "cleo": "window-edge",  # doubles where windows overlap
        "dan": "first-come",  # an echo before the strike wins
        "eva": "period-long",  # every second strike of fast ringing is missing
        "finn": "two-ways",  # bidirectional: differs from the file
    },
)

FAULTS = MATCHING.exercise(
    "refractory/faults",
    minutes=12,
    mistakes=(
        Mistake(
            "faults used twice",
            "Each of the six faults belongs to one stream.",
            detect=MATCHING.used_twice,
        ),
        Mistake(
            "state and offset",
            "Both know nothing of the piece before. In one of the two the strikes are right and "
            "the times are not.",
            MATCHING.swapped("state-lost", "offset-lost"),
        ),
        Mistake(
            "state and two ways",
            "In one of the two a piece is bad at its beginning, in the other at its end.",
            MATCHING.swapped("state-lost", "two-ways"),
        ),
        Mistake(
            "first-come and period",
            "In one of the two as many strikes are reported as there are, a little too early. In "
            "the other some are missing.",
            MATCHING.swapped("first-come", "period-long"),
        ),
        Mistake(
            "edge and offset",
            "In one of the two the same strike is reported twice. In the other two strikes of "
            "different windows have the same time.",
            MATCHING.swapped("window-edge", "offset-lost"),
        ),
        Mistake(
            "edge and first-come",
            "Both see one strike as two. In one of them both are reported; in the other only one, "
            "and the wrong one.",
            MATCHING.swapped("window-edge", "first-come"),
        ),
    ),
    value_hint="Where in a piece does it go wrong: at its beginning, at its end, or anywhere?",
    closing="Cut a recording at random and compare. All six show themselves at once.",
)
