"""The exercises of the chapter "Training as an event log", in the order of the book."""

from asctools.course.checks.event_log.clock import CLOCK
from asctools.course.checks.event_log.costs import COSTS
from asctools.course.checks.event_log.findings import FINDINGS
from asctools.course.checks.event_log.hook import HOOK
from asctools.course.checks.event_log.merging import MERGING
from asctools.course.checks.event_log.own_log import OWN_LOG
from asctools.course.checks.event_log.sampling import SAMPLING
from asctools.course.checks.event_log.text import TEXT

EXERCISES = (
    COSTS,
    CLOCK,
    TEXT,
    SAMPLING,
    MERGING,
    HOOK,
    FINDINGS,
    OWN_LOG,
)
