"""The exercise on reading settings so strictly that a slip of the pen is found."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake, Outcome, Tolerance, WrongFormError

Defaults = dict[str, float]


class Read(NamedTuple):
    """What became of some settings; each is 1 or 0."""

    refused_rightly: int
    names_the_key: int
    right_values: int
    defaults_kept: int


def _wrong_key(given: Mapping[str, Any], defaults: Mapping[str, Any]) -> str | None:
    """Return the first key that cannot be accepted."""
    for key, value in given.items():
        if key not in defaults or isinstance(value, bool) or not isinstance(value, int | float):
            return key
        if isinstance(defaults[key], int) and not isinstance(value, int):
            return key
    return None


def _measure(answer: Any, given: Defaults, defaults: Defaults) -> Any:
    wrong, before = _wrong_key(given, defaults), dict(defaults)
    try:
        found = answer(given, defaults)
    except ValueError as error:
        said = wrong is not None and wrong in str(error)
        return Read(int(wrong is not None), int(wrong is None or said), 1, int(defaults == before))
    if found is None or found is Ellipsis:
        return found
    if not isinstance(found, dict):
        raise WrongFormError("A dictionary of all settings is needed, or a ValueError.")
    right = wrong is not None or found == {**before, **given}
    kept = defaults == before and found is not defaults
    return Read(int(wrong is None), 1, int(right), int(kept))


def _cases(rng: np.random.Generator) -> list[Case]:
    def rate() -> float:
        return round(float(rng.uniform(1e-4, 1e-2)), 5)

    def defaults() -> dict[str, float]:
        return {"rate": rate(), "epochs": int(rng.integers(5, 50)), "patience": 5}

    return [
        Case("with nothing given", ({}, defaults())),
        Case("with two settings given", ({"rate": rate(), "epochs": 7}, defaults())),
        Case("with a whole number as the rate", ({"rate": 1}, defaults())),
        Case("with a name that is not known", ({"epoch": int(rng.integers(2, 9))}, defaults())),
        Case("with a text for a number", ({"rate": "1e-3"}, defaults())),
        Case("with half an epoch", ({"epochs": round(rate() + 3.5, 4)}, defaults())),
        Case("with True for a number", ({"patience": True}, defaults())),
    ]


def _failing(field: str, *at: int) -> Callable[[Sequence[Outcome], Sequence[Any]], bool]:
    """Recognise an answer by its first case that goes wrong, and by how."""

    def detect(outcomes: Sequence[Outcome], expected: Sequence[Any]) -> bool:
        for k, outcome in enumerate(outcomes):
            if not isinstance(outcome.value, Read):
                return False
            failed = [name for name in Read._fields if not getattr(outcome.value, name)]
            if failed:
                return failed[0] == field and (not at or k in at)
        return False

    return detect


SETTINGS = Exercise(
    id="training-loop/settings",
    kind="Code",
    level=2,
    minutes=15,
    task="a function my_settings(given, defaults) that returns a dictionary or raises ValueError",
    parameters=("given", "defaults"),
    cases=_cases,
    reference=lambda given, defaults: Read(1, 1, 1, 1),
    tolerance=Tolerance(relative=0.0, absolute=0.0),
    measure=_measure,
    mistakes=(
        Mistake(
            "too strict",
            "You refuse settings that are fine: none at all, or a whole number where the default "
            "has a point.",
            detect=_failing("refused_rightly", 0, 1, 2),
        ),
        Mistake(
            "unknown names pass",
            "A name that is not known passes. `epoch: 3` then trains for the default number of "
            "`epochs`, and nobody is told.",
            detect=_failing("refused_rightly", 3),
        ),
        Mistake(
            "texts pass",
            "A text passes for a number. In YAML `1e-3` is a text; whoever compares it later meets "
            "a strange error.",
            detect=_failing("refused_rightly", 4),
        ),
        Mistake(
            "half an epoch passes",
            "Where the default is a whole number, only a whole number makes sense.",
            detect=_failing("refused_rightly", 5),
        ),
        Mistake(
            "True passes",
            "True passes for a number. In Python a bool *is* an int: ask for bool first.",
            detect=_failing("refused_rightly", 6),
        ),
        Mistake(
            "which key?",
            "You refuse it, and your message does not name the key. In a file of fifty lines that "
            "is the one thing to know.",
            detect=_failing("names_the_key"),
        ),
        Mistake(
            "settings lost",
            "The dictionary is not the defaults with what was given instead.",
            detect=_failing("right_values"),
        ),
        Mistake(
            "defaults changed",
            "The defaults are not what they were, or you hand them out themselves. The next "
            "training begins with the settings of this one.",
            detect=_failing("defaults_kept"),
        ),
    ),
    shape_hint="A dictionary with every setting, or a ValueError.",
    value_hint="Check every key of `given` first; merge afterwards.",
    closing="A slip of the pen costs a second now. Unchecked, it costs a night.",
)
