"""Exercises on how ``nn.LSTM`` keeps its numbers: four gates in one matrix, two biases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake, Tolerance
from asctools.course.checks.with_pytorch.nets import array, lstm_of

if TYPE_CHECKING:
    from torch import Tensor, nn

SINGLE = Tolerance(relative=1e-5, absolute=1e-6)  # PyTorch counts in single precision


class GateMatrices(NamedTuple):
    """What x is multiplied with on its way to each gate, in the order of the book."""

    f: np.ndarray
    i: np.ndarray
    c: np.ndarray
    o: np.ndarray


def _blocks(order: str) -> Callable[[nn.LSTM], GateMatrices]:
    """Cut the matrix into four blocks of rows, taken to stand in ``order``."""

    def cut(lstm: nn.LSTM) -> GateMatrices:
        blocks = np.split(array(lstm.state_dict()["weight_ih_l0"]), 4)
        return GateMatrices(*(blocks[order.index(gate)] for gate in GateMatrices._fields))

    return cut


def _every_fourth_row(order: str) -> Callable[[nn.LSTM], GateMatrices]:
    def cut(lstm: nn.LSTM) -> GateMatrices:
        rows = array(lstm.state_dict()["weight_ih_l0"])
        return GateMatrices(*(rows[order.index(gate) :: 4] for gate in GateMatrices._fields))

    return cut


def _recurrent(lstm: nn.LSTM) -> GateMatrices:
    blocks = np.split(array(lstm.state_dict()["weight_hh_l0"]), 4)
    return GateMatrices(*(blocks["ifco".index(gate)] for gate in GateMatrices._fields))


def _lstm_cases(rng: np.random.Generator) -> list[Case]:
    sizes = [
        ("for nn.LSTM(1, 1)", 1, 1),
        ("for nn.LSTM(2, 3)", 2, 3),
        ("for nn.LSTM(4, 2)", 4, 2),
    ]
    return [Case(when, (lstm_of(rng, *size),)) for when, *size in sizes]


GATE_ORDER = Exercise(
    id="with-pytorch/gate-order",
    kind="Code",
    level=1,
    minutes=8,
    task="a function my_matrices(lstm) that returns the four matrices of f, i, c and o, in this "
    "order",
    parameters=("lstm",),
    cases=_lstm_cases,
    reference=_blocks("ifco"),
    tolerance=SINGLE,
    mistakes=(
        Mistake(
            "PyTorch's order kept",
            "Four blocks of the right size, but you hand them on as they stand. PyTorch's first "
            "block is not the forget gate. Which is its order, and which one was asked for?",
            _blocks("fico"),
        ),
        Mistake(
            "candidate last",
            "f and i are right, the other two have changed places. In PyTorch the candidate, its "
            "g, does not stand last.",
            _blocks("ifoc"),
        ),
        Mistake(
            "candidate second",
            "i and o are right, the two between them are not. Some libraries put the candidate "
            "behind the input gate. PyTorch is another one.",
            _blocks("icfo"),
        ),
        Mistake(
            "every fourth row",
            "One row per gate works for a hidden size of 1 only. With more, the rows of one gate "
            "stand together, and then come those of the next.",
            (_every_fourth_row("ifco"), _every_fourth_row("fico")),
        ),
        Mistake(
            "recurrent weights",
            "The right rows, but of the other matrix: this one is multiplied with h. In PyTorch's "
            "names, ih means from the input to the hidden units.",
            _recurrent,
        ),
    ),
    shape_hint="Each of the four has `lstm.hidden_size` rows and `lstm.input_size` columns.",
    value_hint="Set all rows of one block to zero and look which gate loses its x.",
    closing="i, f, g, o: the order of every matrix and bias in nn.LSTM.",
)


def _merged(
    place: Callable[[Any, Any], tuple[Any, Any]], only: Callable[[str], bool] = lambda name: True
) -> Callable[[Mapping[str, Tensor]], dict[str, np.ndarray]]:
    """Build a way to treat each pair of biases whose name ``only`` accepts."""

    def merge(state: Mapping[str, Tensor]) -> dict[str, np.ndarray]:
        numbers = {name: array(value) for name, value in state.items()}
        for first in (name for name in state if name.startswith("bias_ih") and only(name)):
            second = first.replace("_ih_", "_hh_")
            numbers[first], numbers[second] = place(numbers[first], numbers[second])
        return numbers

    return merge


def _sum_first(a: Any, b: Any) -> tuple[Any, Any]:
    return a + b, 0 * b


def _state_cases(rng: np.random.Generator) -> list[Case]:
    kinds: list[tuple[str, dict[str, Any]]] = [
        ("for one layer", {}),
        ("for two layers", {"num_layers": 2}),
        ("for both directions", {"num_layers": 2, "bidirectional": True}),
    ]
    return [Case(when, (dict(lstm_of(rng, 2, 3, **kind).state_dict()),)) for when, kind in kinds]


MERGE_BIASES = Exercise(
    id="with-pytorch/merge-biases",
    kind="Code",
    level=2,
    minutes=12,
    task="a function my_merged(state) that returns a state dict with the same keys",
    parameters=("state",),
    cases=_state_cases,
    reference=_merged(_sum_first),
    tolerance=SINGLE,
    mistakes=(
        Mistake(
            "second bias not emptied",
            "The sum is in the first bias, but the second still holds its own part. The network "
            "adds the two, so that part now counts twice.",
            _merged(lambda a, b: (a + b, b)),
        ),
        Mistake(
            "second bias lost",
            "The second bias is empty, as it should be. What it held has to go somewhere, or the "
            "gates open and close at other places than before.",
            _merged(lambda a, b: (a, 0 * b)),
        ),
        Mistake(
            "shared out",
            "The network's outputs stay the same: both biases hold half of the sum. But the second "
            "one should be all zeros, so that it can be frozen there.",
            _merged(lambda a, b: ((a + b) / 2, (a + b) / 2)),
        ),
        Mistake(
            "sum in the second bias",
            "The outputs stay the same, but the two have changed roles: the first should hold the "
            "sum, the second zeros.",
            _merged(lambda a, b: (0 * a, a + b)),
        ),
        Mistake(
            "first layer only",
            "One layer is right. A network with more has a pair of biases for each: its keys end "
            "in `l0`, `l1` and so on. Don't write the names down, go through the keys.",
            _merged(_sum_first, lambda name: name == "bias_ih_l0"),
        ),
        Mistake(
            "reverse direction forgotten",
            "All layers are right, as far as they read forwards. The backward reader has keys of "
            "its own. Print the keys of the failing case.",
            _merged(_sum_first, lambda name: not name.endswith("_reverse")),
        ),
    ),
    shape_hint="It needs every key of the state dict that came, with the same shapes.",
    value_hint="Load your state dict into a network and compare its output with the old one. Then "
    "look at the second biases.",
    closing="One bias is enough. With the second at zero and frozen, the network trains like a "
    "cell with twelve numbers.",
)
