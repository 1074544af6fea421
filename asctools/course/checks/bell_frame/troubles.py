"""The exercise on six recordings, and what is wrong with each."""

from __future__ import annotations

from asctools.course.checks.matching import Matching
from asctools.course.checks.spec import Mistake

MATCHING = Matching(
    "trouble",
    {
        "ada": "clock-skew",  # the second sensor is later and later
        "ben": "clipping",  # all loud strikes have the same height
        "cleo": "sway",  # energy comes and goes, and no bell strikes
        "dan": "impulse",  # all channels at once, no bell's pattern
        "eva": "wrong-rate",  # every bell too low, every interval too long
        "finn": "tail",  # the same bell again, .3 s after each loud strike
    },
)

TROUBLES = MATCHING.exercise(
    "bell-frame/troubles",
    minutes=10,
    mistakes=(
        Mistake(
            "troubles used twice",
            "Each of the six troubles belongs to one recording.",
            detect=MATCHING.used_twice,
        ),
        Mistake(
            "skew and wrong rate",
            "One of the two compares two sensors with each other. In the other, both agree, and "
            "the bells themselves sound wrong.",
            MATCHING.swapped("clock-skew", "wrong-rate"),
        ),
        Mistake(
            "impulse and tail",
            "One of the two comes after a strike, always after the same time. The other comes when "
            "it likes.",
            MATCHING.swapped("impulse", "tail"),
        ),
        Mistake(
            "clipping and sway",
            "One of the two is very fast, and happens at the loudest moments. The other is slower "
            "than any bell.",
            MATCHING.swapped("clipping", "sway"),
        ),
        Mistake(
            "sway and tail",
            "One of the two needs a strike before it. The other moves the whole tower.",
            MATCHING.swapped("sway", "tail"),
        ),
        Mistake(
            "clipping and impulse",
            "A flat top and a short knock both look strange. Which one stands in *every* loud "
            "strike of one bell?",
            MATCHING.swapped("clipping", "impulse"),
        ),
    ),
    value_hint="Ask of each: how fast is it, and does it need a strike before it?",
    closing="Look at a recording before you train on it. A network learns troubles as well.",
)
