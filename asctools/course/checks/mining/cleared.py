"""The exercise on a rule: between an update and the next backward pass gradients are cleared."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake, Tolerance

Names = Sequence[str]
LETTERS = {
    "Z": "ZeroGrad",
    "F": "ForwardPass",
    "B": "BackwardPass",
    "C": "GradientClipping",
    "U": "WeightsUpdate",
    "V": "Validation",
    "M": "ModeChange",
}


def _right(names: Names) -> list[int]:
    used, found = False, []
    for k, name in enumerate(names):
        if name == "BackwardPass" and used:
            found.append(k)
        used = (used or name == "WeightsUpdate") and name != "ZeroGrad"
    return found


def _until_the_pass(names: Names) -> list[int]:
    """Accuse only the first backward pass after an update."""
    used, found = False, []
    for k, name in enumerate(names):
        if name == "BackwardPass" and used:
            found.append(k)
        used = (used or name == "WeightsUpdate") and name not in ("ZeroGrad", "BackwardPass")
    return found


def _each_pass_its_own(names: Names) -> list[int]:
    cleared, found = True, []
    for k, name in enumerate(names):
        if name == "BackwardPass":
            if not cleared:
                found.append(k)
            cleared = False
        cleared = cleared or name == "ZeroGrad"
    return found


def _first_one_too(names: Names) -> list[int]:
    used, found = True, []
    for k, name in enumerate(names):
        if name == "BackwardPass" and used:
            found.append(k)
        used = (used or name == "WeightsUpdate") and name != "ZeroGrad"
    return found


def _before_the_forward(names: Names) -> list[int]:
    """Ask for ZeroGrad directly before each forward pass."""
    found = []
    for k, name in enumerate(names):
        if name == "BackwardPass":
            ahead = [j for j in range(k) if names[j] == "ForwardPass"]
            if not ahead or ahead[-1] == 0 or names[ahead[-1] - 1] != "ZeroGrad":
                found.append(k)
    return found


def _ever_cleared(names: Names) -> list[int]:
    return [
        k
        for k, name in enumerate(names)
        if name == "BackwardPass" and "WeightsUpdate" in names[:k] and "ZeroGrad" not in names[:k]
    ]


def _the_updates(names: Names) -> list[int]:
    """Return the updates after which nothing was cleared."""
    found, last = [], -1
    for k, name in enumerate(names):
        if name == "WeightsUpdate":
            last = k
        elif name == "ZeroGrad":
            last = -1
        elif name == "BackwardPass" and last >= 0:
            found.append(last)
    return sorted(set(found))


def _written(letters: str) -> list[str]:
    return [LETTERS[letter] for letter in letters]


def _cases(rng: np.random.Generator) -> list[Case]:
    def some(*variants: str) -> str:
        return "".join(rng.choice(variants, size=int(rng.integers(2, 5))))

    healthy, late = some("ZFBU", "ZFBCU"), some("FBUZ", "FBCUZ")
    kinds = [
        ("when all is well", healthy),
        ("when nothing is ever cleared", some("FBU", "FBCU")),
        ("when it is forgotten now and then", healthy + "FBU" + "FBCU" + some("ZFBU") + "FBU"),
        ("when gradients are cleared at the end of an iteration", late + "FBUFBU"),
        ("when they are cleared between forward and backward pass", some("FZBU", "FZBCU") + "FBU"),
        ("when two passes are added up before an update", "ZFBFBU" + healthy + "ZFBFBUFBFBU"),
        ("when the validation learns as well", healthy + "MFBUVM" + "ZFBU"),
    ]
    return [Case(when, (_written(letters),)) for when, letters in kinds]


CLEARED = Exercise(
    id="mining/cleared",
    kind="Code",
    level=2,
    minutes=15,
    task="a function my_rule(names) that returns the places of the backward passes that break it",
    parameters=("names",),
    cases=_cases,
    reference=_right,
    tolerance=Tolerance(relative=0.0, absolute=0.0),
    mistakes=(
        Mistake(
            "the first pass",
            "You accuse the very first backward pass, too. There was no update before it, and so "
            "nothing to be cleared.",
            _first_one_too,
        ),
        Mistake(
            "before the forward pass",
            "You ask for ZeroGrad directly before the forward pass. A loop may clear at its end, "
            "or between forward and backward pass: all three are sound.",
            _before_the_forward,
        ),
        Mistake(
            "each pass its own",
            "You ask for a clearing between any two backward passes. Adding up two passes before "
            "*one* update is a way to learn from more text at once, and is allowed.",
            _each_pass_its_own,
        ),
        Mistake(
            "cleared once and for all",
            "You look for a ZeroGrad anywhere before. It has to come after the last update.",
            _ever_cleared,
        ),
        Mistake(
            "the updates",
            "You return the updates. Asked for are the backward passes that add to used slopes.",
            _the_updates,
        ),
        Mistake(
            "only the first after an update",
            "After an update that nothing clears, *each* backward pass adds to used slopes, also a "
            "second one.",
            _until_the_pass,
        ),
    ),
    shape_hint="A list of places in the list of names, in order; the first event has the place 0.",
    value_hint="One thing has to be remembered while you walk along: do the gradients hold slopes "
    "that an update has used?",
    closing="The rule names no bug and no line of code. It holds for every loop that learns by "
    "gradients.",
)
