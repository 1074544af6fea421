"""The exercises of the chapter "The bell frame", in the order of the book."""

from asctools.course.checks.bell_frame.bound import BOUND
from asctools.course.checks.bell_frame.counted import COUNTED
from asctools.course.checks.bell_frame.matched import MATCHED
from asctools.course.checks.bell_frame.own_sensor import OWN_SENSOR
from asctools.course.checks.bell_frame.peak import PEAK
from asctools.course.checks.bell_frame.skew import SKEW
from asctools.course.checks.bell_frame.template import TEMPLATE
from asctools.course.checks.bell_frame.troubles import TROUBLES

EXERCISES = (
    BOUND,
    PEAK,
    COUNTED,
    TROUBLES,
    MATCHED,
    SKEW,
    TEMPLATE,
    OWN_SENSOR,
)
