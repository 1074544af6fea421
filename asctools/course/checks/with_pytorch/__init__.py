"""The exercises of the chapter "The same cell in PyTorch", in the order of the book."""

from asctools.course.checks.with_pytorch.batch import BATCH_OF_COMPANIES
from asctools.course.checks.with_pytorch.layout import GATE_ORDER, MERGE_BIASES
from asctools.course.checks.with_pytorch.loops import CLEAN_LOOP
from asctools.course.checks.with_pytorch.outputs import LAST_OUTPUT
from asctools.course.checks.with_pytorch.pieces import CARRY_THE_STATE
from asctools.course.checks.with_pytorch.rates import FROZEN_BIAS
from asctools.course.checks.with_pytorch.resume import RESUME
from asctools.course.checks.with_pytorch.sizes import OUTPUT_SHAPES, PARAMETER_COUNT

EXERCISES = (
    GATE_ORDER,
    MERGE_BIASES,
    LAST_OUTPUT,
    OUTPUT_SHAPES,
    PARAMETER_COUNT,
    CARRY_THE_STATE,
    FROZEN_BIAS,
    CLEAN_LOOP,
    RESUME,
    BATCH_OF_COMPANIES,
)
