"""The exercise on six bugs, and the arrow that each puts into the graph."""

from __future__ import annotations

from asctools.course.checks.matching import Matching
from asctools.course.checks.spec import Mistake

MATCHING = Matching(
    "arrow",
    {
        "ada": "F-F",  # ForwardPass → ForwardPass
        "ben": "Z-U",  # ZeroGrad → WeightsUpdate
        "cleo": "F-U",  # ForwardPass → WeightsUpdate
        "dan": "D-Z",  # LearningRateDecay → ZeroGrad, in every iteration
        "eva": "U-V",  # WeightsUpdate → Validation
        "finn": "none",  # no new arrow
    },
)

BUGS = MATCHING.exercise(
    "mining/bugs",
    minutes=12,
    mistakes=(
        Mistake(
            "arrows used twice",
            "Each of the six belongs to one loop.",
            detect=MATCHING.used_twice,
        ),
        Mistake(
            "Z-U and F-U",
            "In both loops the update has nothing to go by. In which of them were slopes computed, "
            "and are gone again? Write the five operations of each loop in their order.",
            MATCHING.swapped("Z-U", "F-U"),
        ),
        Mistake(
            "F-F and F-U",
            "One of the two reads a batch twice. The other reads it once, and does not go back.",
            MATCHING.swapped("F-F", "F-U"),
        ),
        Mistake(
            "U-V and none",
            "An event that does *not* happen leaves a gap, and its neighbours become neighbours. "
            "So it makes a new arrow. In which loop do all events happen, in their order?",
            MATCHING.swapped("U-V", "none"),
        ),
        Mistake(
            "D-Z and none",
            "One of the two does something too often, and the graph shows how often. In the other "
            "only *numbers* are wrong.",
            MATCHING.swapped("D-Z", "none"),
        ),
        Mistake(
            "Z-U and none",
            "Moving a line changes the order of events. Which of the two has moved none?",
            MATCHING.swapped("Z-U", "none"),
        ),
    ),
    value_hint="Write each loop as letters, two iterations long.",
    closing="What is done in another order can be seen. What is done with the wrong data cannot.",
)
