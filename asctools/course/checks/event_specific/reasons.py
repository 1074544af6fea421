"""The exercise on six candidates, and what decides about each."""

from __future__ import annotations

from asctools.course.checks.matching import Matching
from asctools.course.checks.spec import Mistake

MATCHING = Matching(
    "reason",
    {
        "ada": "knock",  # another pattern over the channels
        "ben": "tail",  # .1 s after a loud strike of the same bell
        "cleo": "neighbour",  # nothing is left when the others are taken out
        "dan": "edge",  # the window ends 4 ms after it
        "eva": "row",  # this bell has struck in this row already
        "finn": "strike",  # weak, but where the row has a gap
    },
)

REASONS = MATCHING.exercise(
    "event-specific/reasons",
    minutes=10,
    mistakes=(
        Mistake(
            "reasons used twice",
            "Each of the six reasons belongs to one candidate.",
            detect=MATCHING.used_twice,
        ),
        Mistake(
            "knock and neighbour",
            "Both look like a bell at first. One still does when everything else is taken out, but "
            "not in every channel; of the other nothing is left.",
            MATCHING.swapped("knock", "neighbour"),
        ),
        Mistake(
            "tail and row",
            "Both are too early for their bell. One comes a blink after it, the other half a row.",
            MATCHING.swapped("tail", "row"),
        ),
        Mistake(
            "edge and strike",
            "Both have a low score. One of them has had no time to score more.",
            MATCHING.swapped("edge", "strike"),
        ),
        Mistake(
            "row and strike",
            "The rhythm speaks about both: against one of them, and for the other.",
            MATCHING.swapped("row", "strike"),
        ),
        Mistake(
            "knock and tail",
            "One of the two sounds like its bell in all channels, a little too late. The other "
            "sounds like nothing that is hung there.",
            MATCHING.swapped("knock", "tail"),
        ),
    ),
    value_hint="For each one: which number of its row is not what a true strike would have?",
    closing="A threshold sees one number of each. What decides is mostly in the others, and in the "
    "neighbours.",
)
