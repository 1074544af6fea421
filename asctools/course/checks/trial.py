"""An answer tried on its cases: what came, what was expected, where they differ."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np

from asctools.course.checks.compare import Difference, difference, is_tensor, plain
from asctools.course.checks.show import Verdict
from asctools.course.checks.spec import Case, Exercise, Mistake, Outcome, Stage, Tolerance

EQUAL = Tolerance(relative=0.0, absolute=0.0)


@dataclass(frozen=True)
class Trial:
    """The outcomes of an answer, up to its first error; lists run along the cases tried.

    ``mutated`` names the first argument that the answer changed, if it changed one.
    """

    exercise: Exercise
    answer: Any
    cases: Sequence[Case]
    outcomes: Sequence[Outcome]
    expected: Sequence[Any]
    differences: Sequence[Difference | None]
    mutated: str | None

    @property
    def first_wrong(self) -> int | None:
        """The index of the first case with an error or a difference."""
        for index, (outcome, found) in enumerate(zip(self.outcomes, self.differences, strict=True)):
            if outcome.error is not None or found is not None:
                return index
        return None

    def fails(
        self, stage: Stage, hint: str, index: int | None = None, mistake: str | None = None
    ) -> Verdict:
        """Build the verdict on a wrong answer; `index` is the case that shows it."""
        inputs = () if index is None else deepcopy(self.cases[index].arguments)
        return Verdict(self.exercise.id, False, stage, hint, mistake, inputs)

    def stage(self, found: Difference) -> Stage:
        """Tell whether a wrong place is a gradient or a value."""
        return "gradient" if found.path and found.path[0] in self.exercise.gradients else "value"

    def stage_of(self, mistake: Mistake) -> Stage | None:
        """Say at which stage a known mistake shows, or None when the answer did not make it."""
        if mistake.detect is not None:
            made = mistake.detect(self.outcomes, self.expected)
        else:
            made = any(self._explained_by(way) for way in mistake.ways)
        if not made:
            return None
        found = next((found for found in self.differences if found is not None), None)
        return "value" if found is None else self.stage(found)

    def _explained_by(self, way: Callable[..., Any]) -> bool:
        """Whether a wrong way of computing explains all that the answer did.

        An error after that needs no explanation: a wrong loop often ends in one.
        """
        reveals = False
        for case, outcome, right in zip(self.cases, self.outcomes, self.expected, strict=True):
            mistaken = _outcome(way, deepcopy(case.arguments))
            if not _alike(outcome, mistaken, self.exercise):
                return reveals and outcome.error is not None
            reveals = reveals or not _alike(mistaken, Outcome(right), self.exercise)
        return reveals

    def repeats_itself(self) -> bool:
        """Whether the answer gives the same again when its first case comes again."""
        again, _ = _measure(self.exercise, self.answer, self.cases[0])
        return _alike(again, self.outcomes[0], self.exercise)

    def contrast(self, index: int) -> str:
        """Hold the first wrong case against the nearest one before it, of another kind."""
        fails = self.cases[index].when
        agree = [case.when for case in self.cases[:index] if case.when != fails]
        return f"It agrees {agree[-1]}, but not {fails}: what is different there?" if agree else ""

    def how_to_retry(self) -> str:
        """Say how a function can be tried on the case that failed."""
        if not self.exercise.wants_function:
            return ""
        return "To try that case: `verdict = check(…)`, then `your_function(*verdict.inputs)`."

    def describe(self, error: Exception) -> str:
        """Say in a line which error stopped the answer, and where."""
        where = ""
        code = getattr(self.answer, "__code__", None)
        for frame in traceback.extract_tb(error.__traceback__):
            if (
                code
                and frame.lineno
                and (frame.filename, frame.name)
                == (
                    code.co_filename,
                    code.co_name,
                )
            ):
                where = f" in line {frame.lineno - code.co_firstlineno + 1} of `{frame.name}`"
        message = f": {error}" if str(error) else "."
        return f"Your answer stopped with {type(error).__name__}{where}{message}"


def try_answer(exercise: Exercise, answer: Any, cases: Sequence[Case]) -> Trial:
    """Try an answer on each case until it stops with an error."""
    outcomes: list[Outcome] = []
    mutated: str | None = None
    for case in cases:
        outcome, changed = _measure(exercise, answer, case)
        outcomes.append(outcome)
        mutated = mutated or changed
        if outcome.error is not None:
            break
    tried = cases[: len(outcomes)]
    expected = [exercise.reference(*deepcopy(case.arguments)) for case in tried]
    differences = [
        None
        if outcome.error is not None
        else difference(outcome.value, right, exercise.tolerance, exact=exercise.wants_function)
        for outcome, right in zip(outcomes, expected, strict=True)
    ]
    return Trial(exercise, answer, tried, outcomes, expected, differences, mutated)


def _measure(exercise: Exercise, answer: Any, case: Case) -> tuple[Outcome, str | None]:
    """Try an answer on copies of a case's arguments; name the first one that it changed."""
    arguments = deepcopy(case.arguments)
    outcome = _outcome(exercise.measure, (answer, *arguments))
    for name, given, original in zip(exercise.parameters, arguments, case.arguments, strict=True):
        if _is_data(original) and difference(given, original, EQUAL, exact=False):
            return outcome, name
    return outcome, None


def _outcome(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Outcome:
    """Call a function that may be wrong in any way. A generator is run: it can be read once."""
    try:
        return Outcome(plain(function(*arguments)))
    except Exception as error:
        return Outcome(error=error)


def _alike(one: Outcome, other: Outcome, exercise: Exercise) -> bool:
    """Whether two outcomes agree; two arithmetic errors are one kind of thing."""
    if one.error is None and other.error is None:
        return difference(one.value, other.value, exercise.tolerance, exact=False) is None
    if isinstance(one.error, ArithmeticError):
        return isinstance(other.error, ArithmeticError)
    return one.error is not None and type(one.error) is type(other.error)


def _is_data(value: Any) -> bool:
    """Whether a value is something that can be changed and compared."""
    return isinstance(value, (list, tuple, dict, np.ndarray)) or is_tensor(value)
