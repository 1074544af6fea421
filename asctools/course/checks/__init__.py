"""A checker that teaches: started? right form? right value? right gradient? One hint at a time."""

from asctools.course.checks.registry import exercises, find
from asctools.course.checks.run import check, judge
from asctools.course.checks.show import CHECK_KEY, Verdict
from asctools.course.checks.spec import Case, Exercise, Mistake, Outcome, Tolerance

__all__ = [
    "CHECK_KEY",
    "Case",
    "Exercise",
    "Mistake",
    "Outcome",
    "Tolerance",
    "Verdict",
    "check",
    "exercises",
    "find",
    "judge",
]
