"""The exercises of the chapter "The training loop", in the order of the book."""

from asctools.course.checks.training_loop.average import AVERAGE
from asctools.course.checks.training_loop.forgotten import FORGOTTEN
from asctools.course.checks.training_loop.own_run import OWN_RUN
from asctools.course.checks.training_loop.parts import PARTS
from asctools.course.checks.training_loop.patience import PATIENCE
from asctools.course.checks.training_loop.saving import SAVING
from asctools.course.checks.training_loop.settings import SETTINGS
from asctools.course.checks.training_loop.stopping import STOPPING
from asctools.course.checks.training_loop.warming import WARMING

EXERCISES = (
    PATIENCE,
    PARTS,
    WARMING,
    FORGOTTEN,
    STOPPING,
    SAVING,
    SETTINGS,
    AVERAGE,
    OWN_RUN,
)
