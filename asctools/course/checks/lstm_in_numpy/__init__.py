"""The exercises of the chapter "An LSTM in NumPy", in the order of the book."""

from asctools.course.checks.lstm_in_numpy.along import ALONG
from asctools.course.checks.lstm_in_numpy.backward import BACKWARD
from asctools.course.checks.lstm_in_numpy.costs import COSTS
from asctools.course.checks.lstm_in_numpy.forward import FORWARD
from asctools.course.checks.lstm_in_numpy.fused import FUSED
from asctools.course.checks.lstm_in_numpy.loss import LOSS
from asctools.course.checks.lstm_in_numpy.own_profile import OWN_PROFILE
from asctools.course.checks.lstm_in_numpy.peephole import PEEPHOLE
from asctools.course.checks.lstm_in_numpy.product import PRODUCT
from asctools.course.checks.lstm_in_numpy.tricks import TRICKS

EXERCISES = (
    COSTS,
    FORWARD,
    BACKWARD,
    LOSS,
    ALONG,
    FUSED,
    PRODUCT,
    TRICKS,
    PEEPHOLE,
    OWN_PROFILE,
)
