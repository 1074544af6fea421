"""The exercise on six trainings in two processes, and what is wrong with each."""

from __future__ import annotations

from asctools.course.checks.matching import Matching
from asctools.course.checks.spec import Mistake

MATCHING = Matching(
    "fault",
    {
        "ada": "same-rows",  # every process reads all rows in the same order
        "ben": "both-write",  # every process writes the checkpoint
        "cleo": "averaged-score",  # AUC as the mean of two AUCs
        "dan": "left-early",  # one process leaves the loop earlier
        "eva": "own-start",  # gradients are averaged, but the weights began apart
        "finn": "uneven",  # unequal parts count alike
    },
)

FAULTS = MATCHING.exercise(
    "scaling-out/faults",
    minutes=12,
    mistakes=(
        Mistake(
            "faults used twice",
            "Each of the six faults belongs to one training.",
            detect=MATCHING.used_twice,
        ),
        Mistake(
            "same rows and uneven",
            "Both end a little off. One of them is right to the last digit when the batch size "
            "divides the number of examples. The other is as one process with half of the batch.",
            MATCHING.swapped("same-rows", "uneven"),
        ),
        Mistake(
            "own start and same rows",
            "In which of the two trainings do the processes *say* different things when they are "
            "asked for the same example?",
            MATCHING.swapped("own-start", "same-rows"),
        ),
        Mistake(
            "averaged score and uneven",
            "One of the two has the right weights and a wrong number. Whose loss on the validation "
            "data is that of one process?",
            MATCHING.swapped("averaged-score", "uneven"),
        ),
        Mistake(
            "both write and left early",
            "One of the two ends, and what is left of it is broken. The other never ends.",
            MATCHING.swapped("both-write", "left-early"),
        ),
        Mistake(
            "own start and averaged score",
            "Training goes wrong in one of the two, measuring in the other.",
            MATCHING.swapped("own-start", "averaged-score"),
        ),
    ),
    value_hint="Begin with the one that hangs: who waits there, and for whom?",
    closing="Seed alike, share out, weigh, gather, write once, and leave together.",
)
