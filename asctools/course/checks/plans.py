"""Exercises in which readers hand in a dictionary of what they have measured themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from numbers import Real
from typing import Any

from asctools.course.checks.spec import WrongFormError, call

Plan = dict[str, Any]


def is_number(value: Any) -> bool:
    """Return whether something is one number; True and False are none."""
    return isinstance(value, Real) and not isinstance(value, bool)


def plan_of(
    wanted: Sequence[str],
    judge: Callable[[Plan], Any],
    *,
    lists: Sequence[str] = (),
    words: dict[str, Sequence[str]] | None = None,
    others: bool = False,
) -> Callable[[Any], Any]:
    """Return a ``measure`` that looks at the form of a dictionary, and lets ``judge`` do the rest.

    Parameters
    ----------
    wanted
        The keys that are needed.
    judge
        Gets the dictionary, its numbers as floats.
    lists
        Keys of lists of numbers.
    words
        Key → the words that may stand there. All other keys are those of one number each.
    others
        Whether further keys may stand there.
    """
    words = words or {}

    def value(name: str, given: Any) -> Any:
        if name in words:
            if given not in words[name]:
                raise WrongFormError(
                    f"{name} should be one of {', '.join(map(repr, words[name]))}."
                )
            return given
        if name in lists:
            if not isinstance(given, list | tuple) or not all(map(is_number, given)):
                raise WrongFormError(f"{name} should be a list of numbers.")
            return [float(each) for each in given]
        if not is_number(given):
            raise WrongFormError(f"{name} should be one number.")
        return float(given)

    def measure(answer: Any) -> Any:
        given = call(answer)
        if given is None or given is Ellipsis:
            return given
        keys = set(given) if isinstance(given, dict) else set()
        if not keys >= set(wanted) or (not others and keys > set(wanted)):
            no_more = "" if others else ", and no more"
            raise WrongFormError(f"A dictionary with {', '.join(wanted)} is needed{no_more}.")
        if any(given[name] is Ellipsis for name in wanted):
            raise NotImplementedError("There is still a `...` in your answer.")
        return judge({name: value(name, given[name]) for name in wanted})

    return measure
