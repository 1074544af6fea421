"""What a check says, in a notebook, on a page and in a terminal."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape
from typing import Any

from asctools.course.checks.spec import Stage

# Where the record of a verdict stands in the metadata of its output.
CHECK_KEY = "asctools.check"

WORDS: dict[Stage, str] = {
    "not started": "not started yet",
    "shape": "this can't be compared yet",
    "value": "the value is not right yet",
    "gradient": "the gradient is not right yet",
    "passed": "passed",
}


@dataclass(frozen=True, repr=False)
class Verdict:
    """The result of a check. It shows itself when it is the last value of a cell.

    Attributes
    ----------
    exercise
        The id of the exercise.
    passed
        Whether the answer is right.
    stage
        How far it came: "not started", "shape", "value", "gradient" or "passed".
    hint
        What to look at next; after a pass, what to take along.
    mistake
        The name of a known mistake that the answer makes, or None.
    inputs
        The arguments of the case that failed, to try the answer on: ``my_step(*verdict.inputs)``.
    """

    exercise: str
    passed: bool
    stage: Stage
    hint: str
    mistake: str | None = None
    inputs: tuple[Any, ...] = field(default=(), compare=False)

    def __bool__(self) -> bool:
        return self.passed

    def __repr__(self) -> str:
        return f"{self._headline()}\n{self.hint}" if self.hint else self._headline()

    def _headline(self) -> str:
        mark = {True: "✓ ", False: "✗ "}[self.passed] if self.stage != "not started" else ""
        return f"{mark}{self.exercise}: {WORDS[self.stage]}"

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> tuple[dict[str, str], dict[str, Any]]:
        """What a notebook shows, and metadata in which tests find the verdict again."""
        record = {
            "exercise": self.exercise,
            "passed": self.passed,
            "stage": self.stage,
            "mistake": self.mistake,
        }
        return {"text/plain": repr(self), "text/html": self._html()}, {CHECK_KEY: record}

    def _html(self) -> str:
        state = "passed" if self.passed else "open" if self.stage == "not started" else "failed"
        hint = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(self.hint))
        paragraph = f"<p>{hint}</p>" if hint else ""
        return (
            f'<div class="asc-check asc-check-{state}" role="status">'
            f"<p><strong>{escape(self._headline())}</strong></p>{paragraph}</div>"
        )
