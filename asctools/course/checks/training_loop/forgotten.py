"""The exercise on six trainings that went on, and what each had forgotten."""

from __future__ import annotations

from asctools.course.checks.matching import Matching
from asctools.course.checks.spec import Mistake

MATCHING = Matching(
    "part",
    {
        "ada": "optimiser",
        "ben": "schedule",
        "cleo": "order",
        "dan": "dropout",
        "eva": "best",
        "finn": "log",
    },
)

FORGOTTEN = MATCHING.exercise(
    "training-loop/forgotten",
    minutes=12,
    mistakes=(
        Mistake(
            "parts used twice",
            "Each of the six parts was forgotten by one of them.",
            detect=MATCHING.used_twice,
        ),
        Mistake(
            "order and dropout",
            "Both are drawn by lot, and both change the very first loss. Which of the two is drawn "
            "*inside* the model?",
            MATCHING.swapped("order", "dropout"),
        ),
        Mistake(
            "optimiser and schedule",
            "Adam's first steps are as long as the rate, whatever the slopes are. Which of the two "
            "trainings has a first *loss* that is right and a weight change that is far too long?",
            MATCHING.swapped("optimiser", "schedule"),
        ),
        Mistake(
            "best and schedule",
            "One of the two ends with other weights although every loss was right.",
            MATCHING.swapped("best", "schedule"),
        ),
        Mistake(
            "log and best",
            "In one of the two, nothing that was trained is wrong at all.",
            MATCHING.swapped("log", "best"),
        ),
        Mistake(
            "optimiser and dropout",
            "Whoever forgets the optimiser has the right loss once more, before the first step. "
            "Who of the two has it?",
            MATCHING.swapped("optimiser", "dropout"),
        ),
    ),
    value_hint="For each part: at which moment is it used for the first time after the resume?",
    closing="A checkpoint is complete when nobody can find the seam.",
)
