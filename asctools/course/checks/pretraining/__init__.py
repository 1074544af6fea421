"""The exercises of the chapter "Learning without labels", in the order of the book."""

from asctools.course.checks.pretraining.divergence import DIVERGENCE
from asctools.course.checks.pretraining.faults import FAULTS
from asctools.course.checks.pretraining.nt_xent import NT_XENT
from asctools.course.checks.pretraining.one_scale import ONE_SCALE
from asctools.course.checks.pretraining.own_curve import OWN_CURVE
from asctools.course.checks.pretraining.sample import SAMPLE
from asctools.course.checks.pretraining.sure_enough import SURE_ENOUGH
from asctools.course.checks.pretraining.transfer import TRANSFER

EXERCISES = (
    DIVERGENCE,
    SAMPLE,
    ONE_SCALE,
    NT_XENT,
    FAULTS,
    TRANSFER,
    SURE_ENOUGH,
    OWN_CURVE,
)
