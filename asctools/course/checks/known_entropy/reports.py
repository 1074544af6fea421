"""The exercise on reports that are too good or too bad to be true, and on their reasons."""

from __future__ import annotations

from asctools.course.checks.matching import Matching
from asctools.course.checks.spec import Mistake

MATCHING = Matching(
    "reason",
    {
        "ada": "filled",  # padding in the mean
        "ben": "luck",  # too few characters
        "cleo": "copied",  # the target is in the input
        "dan": "unit",  # another logarithm
        "eva": "once",  # one occurrence believed too much
        "finn": "seen",  # trained on what it is tested on
    },
)

REPORTS = MATCHING.exercise(
    "known-entropy/reports",
    minutes=15,
    mistakes=(
        Mistake(
            "reasons used twice",
            "Each of the six reasons belongs to one report.",
            detect=MATCHING.used_twice,
        ),
        Mistake(
            "luck and seen",
            "You have taken luck and training text for each other. Luck goes either way, and "
            "becomes less with more text. Text that was trained on is easier every time.",
            MATCHING.swapped("luck", "seen"),
        ),
        Mistake(
            "unit and padding",
            "Both reports have a true part of the loss. Another logarithm changes *every* loss by "
            "the same factor, that of the untrained network too. What does padding change?",
            MATCHING.swapped("unit", "filled"),
        ),
        Mistake(
            "copied and seen",
            "Both know the answer. Who has it by heart stumbles over a new text; who is shown it "
            "never stumbles, and is lost when nobody shows it.",
            MATCHING.swapped("copied", "seen"),
        ),
        Mistake(
            "once and seen",
            "One of the two is bad on new text and good on the old. The other is compared on new "
            "text only, with a model that counts less far back. Which of them tests on what it "
            "has trained on?",
            MATCHING.swapped("once", "seen"),
        ),
    ),
    value_hint="Begin with the ones where a factor helps. Divide what should have come by what "
    "came.",
    closing="A number below the floor is never good news. Look for the reason before you show it.",
)
