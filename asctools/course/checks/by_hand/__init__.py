"""The exercises of the chapter "One cell, by hand", in the order of the book."""

from asctools.course.checks.by_hand.exploring import BROKEN_FORGET_GATE, THIRD_COMPANY, THRESHOLD
from asctools.course.checks.by_hand.forward import DAY_ONE, FORWARD_STEP, MANY_DAYS
from asctools.course.checks.by_hand.learning import FIRST_ADAM_STEP, GRADIENT_CHECK
from asctools.course.checks.by_hand.memory import KEPT_AND_WRITTEN
from asctools.course.checks.by_hand.slopes import OUTPUT_GATE_GRADIENT

EXERCISES = (
    DAY_ONE,
    FORWARD_STEP,
    MANY_DAYS,
    KEPT_AND_WRITTEN,
    FIRST_ADAM_STEP,
    OUTPUT_GATE_GRADIENT,
    GRADIENT_CHECK,
    THRESHOLD,
    BROKEN_FORGET_GATE,
    THIRD_COMPANY,
)
