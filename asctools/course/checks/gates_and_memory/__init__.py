"""The exercises of the chapter "Gates and memory", in the order of the book."""

from asctools.course.checks.gates_and_memory.cells import LSTM_STEP, RNN_STATES
from asctools.course.checks.gates_and_memory.clip import CLIP
from asctools.course.checks.gates_and_memory.entropy import CROSS_ENTROPY
from asctools.course.checks.gates_and_memory.gru import OWN_GRU
from asctools.course.checks.gates_and_memory.head import MLP_HEAD
from asctools.course.checks.gates_and_memory.keeping import FIFTY_STEPS, FORGET_BIAS
from asctools.course.checks.gates_and_memory.latch import LATCH
from asctools.course.checks.gates_and_memory.longer import LENGTH_100
from asctools.course.checks.gates_and_memory.one_unit import ONE_UNIT
from asctools.course.checks.gates_and_memory.own_end import OWN_END
from asctools.course.checks.gates_and_memory.pairs import NEAR_MISS
from asctools.course.checks.gates_and_memory.reach import REACH
from asctools.course.checks.gates_and_memory.sizes import EQUAL_SIZE
from asctools.course.checks.gates_and_memory.split import SPLIT_PAIRS

EXERCISES = (
    FIFTY_STEPS,
    FORGET_BIAS,
    REACH,
    RNN_STATES,
    LATCH,
    LSTM_STEP,
    EQUAL_SIZE,
    NEAR_MISS,
    SPLIT_PAIRS,
    OWN_END,
    CROSS_ENTROPY,
    CLIP,
    MLP_HEAD,
    OWN_GRU,
    ONE_UNIT,
    LENGTH_100,
)
