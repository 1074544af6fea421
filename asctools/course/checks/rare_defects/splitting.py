"""The exercise on a split that keeps heats together."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from asctools.course.checks.questions import first_no
from asctools.course.checks.spec import Case, Exercise, Mistake, Tolerance, WrongFormError


class Split(NamedTuple):
    """What holds of a split; each is 1 or 0."""

    together: int
    about_right: int
    by_lot: int
    repeatable: int


def _measure(answer: Any, heat: np.ndarray, fraction: float, seed: int) -> Any:
    """Split with some seeds, and look whether heats are torn and whether chance is used."""
    masks = []
    for each in (seed, seed, seed + 1, seed + 2):
        given = answer(heat.copy(), fraction, each)
        if given is None or given is Ellipsis:
            return given
        mask = np.asarray(given)
        if mask.shape != heat.shape or mask.dtype != bool:
            raise WrongFormError("An array of True and False is needed, one for each window.")
        masks.append(mask)
    torn = any(len(set(heat[m]) & set(heat[~m])) for m in masks)
    shares = [m.mean() for m in masks]
    largest = max(np.bincount(np.unique(heat, return_inverse=True)[1])) / len(heat)
    different = any((masks[0] != m).any() for m in masks[2:])
    return Split(
        int(not torn),
        int(all(abs(share - fraction) <= 1.5 * largest + 0.02 for share in shares)),
        int(different),
        int((masks[0] == masks[1]).all()),
    )


def _cases(rng: np.random.Generator) -> list[Case]:
    def heats(count: int, size: int) -> np.ndarray:
        names = rng.choice(10_000, count, replace=False)
        return rng.permutation(np.repeat(names, size))

    uneven = rng.permutation(np.repeat(rng.choice(10_000, 24, replace=False), [2, 5, 9] * 8))
    return [
        Case("where heats are alike", (heats(40, 8), 0.25, int(rng.integers(99)))),
        Case("where heats are of different sizes", (uneven, 0.3, int(rng.integers(99)))),
        Case("where half is wanted", (heats(30, 3), 0.5, int(rng.integers(99)))),
    ]


SPLITTING = Exercise(
    id="rare-defects/splitting",
    kind="Code",
    level=2,
    minutes=12,
    task="a function my_test_windows(heat, fraction, seed) that returns True or False for each",
    parameters=("heat", "fraction", "seed"),
    cases=_cases,
    reference=lambda heat, fraction, seed: Split(1, 1, 1, 1),
    tolerance=Tolerance(relative=0.0, absolute=0.0),
    measure=_measure,
    mistakes=(
        Mistake(
            "torn heats",
            "Windows of the same heat are on both sides. Draw heats, not windows.",
            detect=first_no(Split, "together"),
        ),
        Mistake(
            "too many or too few",
            "The test windows are far from the fraction that was asked for. How many windows do "
            "the heats have that you drew?",
            detect=first_no(Split, "about_right"),
        ),
        Mistake(
            "always the same heats",
            "Another seed gives the same test windows. If the first heats are always the test, "
            "whatever is special about them is in every result.",
            detect=first_no(Split, "by_lot"),
        ),
        Mistake(
            "never the same again",
            "The same seed gives other test windows. Nobody can repeat your result.",
            detect=first_no(Split, "repeatable"),
        ),
    ),
    shape_hint="An array of True and False, one for each window.",
    value_hint="Which heats are there, and which of them do you draw?",
    closing="What belongs together stays together: a heat, a patient, a speaker, a day.",
)
