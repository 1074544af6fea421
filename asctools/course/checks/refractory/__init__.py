"""The exercises of the chapter "Refractory and streaming", in the order of the book."""

from asctools.course.checks.refractory.best import BEST
from asctools.course.checks.refractory.chain import CHAIN
from asctools.course.checks.refractory.faults import FAULTS
from asctools.course.checks.refractory.gate import GATE
from asctools.course.checks.refractory.latency import LATENCY
from asctools.course.checks.refractory.own_period import OWN_PERIOD
from asctools.course.checks.refractory.pairs import PAIRS
from asctools.course.checks.refractory.pieces import PIECES

EXERCISES = (
    CHAIN,
    GATE,
    LATENCY,
    FAULTS,
    PAIRS,
    PIECES,
    BEST,
    OWN_PERIOD,
)
