"""The exercises of the chapter "Scaling out", in the order of the book."""

from asctools.course.checks.scaling_out.faults import FAULTS
from asctools.course.checks.scaling_out.least_batch import LEAST_BATCH
from asctools.course.checks.scaling_out.limit import LIMIT
from asctools.course.checks.scaling_out.merged import MERGED
from asctools.course.checks.scaling_out.own_cluster import OWN_CLUSTER
from asctools.course.checks.scaling_out.padding import PADDING
from asctools.course.checks.scaling_out.ring import RING
from asctools.course.checks.scaling_out.rows import ROWS

EXERCISES = (
    RING,
    PADDING,
    LIMIT,
    FAULTS,
    MERGED,
    ROWS,
    LEAST_BATCH,
    OWN_CLUSTER,
)
