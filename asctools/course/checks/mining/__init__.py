"""The exercises of the chapter "Mining the training", in the order of the book."""

from asctools.course.checks.mining.bugs import BUGS
from asctools.course.checks.mining.cheapest import CHEAPEST
from asctools.course.checks.mining.cleared import CLEARED
from asctools.course.checks.mining.fitting import FITTING
from asctools.course.checks.mining.graph import GRAPH
from asctools.course.checks.mining.mystery_one import MYSTERY_ONE
from asctools.course.checks.mining.mystery_two import MYSTERY_TWO
from asctools.course.checks.mining.own_rule import OWN_RULE
from asctools.course.checks.mining.seconds import SECONDS

EXERCISES = (
    GRAPH,
    FITTING,
    SECONDS,
    CLEARED,
    CHEAPEST,
    BUGS,
    MYSTERY_ONE,
    MYSTERY_TWO,
    OWN_RULE,
)
