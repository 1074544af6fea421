"""The exercises of the chapter "The event classifier", in the order of the book."""

from asctools.course.checks.event_classifier.faults import FAULTS
from asctools.course.checks.event_classifier.frames import FRAMES
from asctools.course.checks.event_classifier.gradient import GRADIENT
from asctools.course.checks.event_classifier.margin import MARGIN
from asctools.course.checks.event_classifier.own_ablation import OWN_ABLATION
from asctools.course.checks.event_classifier.soft_maximum import SOFT_MAXIMUM
from asctools.course.checks.event_classifier.target import TARGET
from asctools.course.checks.event_classifier.threshold import THRESHOLD

EXERCISES = (
    FRAMES,
    TARGET,
    SOFT_MAXIMUM,
    GRADIENT,
    FAULTS,
    MARGIN,
    THRESHOLD,
    OWN_ABLATION,
)
