"""The exercises of the chapter "Knowing the shape of a bell", in the order of the book."""

from asctools.course.checks.event_specific.catch import CATCH
from asctools.course.checks.event_specific.cleaned import CLEANED
from asctools.course.checks.event_specific.cost import COST
from asctools.course.checks.event_specific.delayed import DELAYED
from asctools.course.checks.event_specific.halves import HALVES
from asctools.course.checks.event_specific.own_shape import OWN_SHAPE
from asctools.course.checks.event_specific.reasons import REASONS
from asctools.course.checks.event_specific.score import SCORE

EXERCISES = (
    SCORE,
    COST,
    DELAYED,
    CATCH,
    REASONS,
    CLEANED,
    HALVES,
    OWN_SHAPE,
)
