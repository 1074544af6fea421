"""The exercises of the chapter "A language with known entropy", in the order of the book."""

from asctools.course.checks.known_entropy.batches import BATCHES
from asctools.course.checks.known_entropy.counts import COUNTS
from asctools.course.checks.known_entropy.drawing import DRAWING
from asctools.course.checks.known_entropy.excess import EXCESS
from asctools.course.checks.known_entropy.nats import NATS
from asctools.course.checks.known_entropy.own_language import OWN_LANGUAGE
from asctools.course.checks.known_entropy.rate import RATE
from asctools.course.checks.known_entropy.reports import REPORTS
from asctools.course.checks.known_entropy.stopping import STOPPING

EXERCISES = (
    NATS,
    RATE,
    COUNTS,
    BATCHES,
    STOPPING,
    EXCESS,
    DRAWING,
    REPORTS,
    OWN_LANGUAGE,
)
