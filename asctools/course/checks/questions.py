"""Exercises that ask yes-or-no questions of an answer: the first no is what the hint is on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from asctools.course.checks.spec import Outcome


def first_no(
    kind: type[Any], name: str, order: Sequence[str] = ()
) -> Callable[[Sequence[Outcome], Sequence[Any]], bool]:
    """Return a ``detect`` that recognises an answer by the first question that it fails anywhere.

    Parameters
    ----------
    kind
        The NamedTuple of the questions, 1 or 0 each.
    name
        The question.
    order
        In which they are asked; by default that of the fields.
    """

    def detect(outcomes: Sequence[Outcome], expected: Sequence[Any]) -> bool:
        found = [each.value for each in outcomes if isinstance(each.value, kind)]
        failed = {each for one in found for each in kind._fields if not getattr(one, each)}
        return next((each for each in order or kind._fields if each in failed), None) == name

    return detect
