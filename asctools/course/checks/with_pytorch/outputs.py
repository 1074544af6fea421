"""The exercise on the output of the last day, with and without ``batch_first``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake
from asctools.course.checks.with_pytorch.layout import SINGLE
from asctools.course.checks.with_pytorch.nets import array, inputs_of, lstm_of

if TYPE_CHECKING:
    from torch import Tensor, nn

DAYS, COMPANIES = 4, 3


def _cases(rng: np.random.Generator) -> list[Case]:
    kinds: list[tuple[str, dict[str, Any]]] = [
        ("with batch_first=True", {"batch_first": True}),
        ("without batch_first", {}),
        ("for two layers with batch_first=True", {"num_layers": 2, "batch_first": True}),
        ("for two layers without batch_first", {"num_layers": 2}),
    ]
    cases = []
    for when, kind in kinds:
        shape = (COMPANIES, DAYS, 2) if "batch_first" in kind else (DAYS, COMPANIES, 2)
        cases.append(Case(when, (lstm_of(rng, 2, 5, **kind), inputs_of(rng, *shape))))
    return cases


def _of_output(pick: Callable[[Tensor, bool], Tensor]) -> Callable[[nn.LSTM, Tensor], np.ndarray]:
    return lambda lstm, x: array(pick(lstm(x)[0], lstm.batch_first))


def _of_state(pick: Callable[[Tensor, Tensor], Tensor]) -> Callable[[nn.LSTM, Tensor], np.ndarray]:
    return lambda lstm, x: array(pick(*lstm(x)[1]))


LAST_OUTPUT = Exercise(
    id="with-pytorch/last-output",
    kind="Code",
    level=1,
    minutes=8,
    task="a function my_last(lstm, x) that returns a tensor of shape (batch, hidden_size)",
    parameters=("lstm", "x"),
    cases=_cases,
    reference=_of_output(lambda output, first: output[:, -1] if first else output[-1]),
    tolerance=SINGLE,
    mistakes=(
        Mistake(
            "output[-1] always",
            "Without `batch_first` it is right. With it, the first axis counts the companies: you "
            "took every day of the last company.",
            _of_output(lambda output, first: output[-1]),
        ),
        Mistake(
            "output[:, -1] always",
            "With `batch_first` it is right. Without it, the first axis counts the days: you took "
            "every day of the last company. `lstm.batch_first` says which it is.",
            _of_output(lambda output, first: output[:, -1]),
        ),
        Mistake(
            "first day",
            "That is a day of each company, but the first one. The cell has seen a single number "
            "by then.",
            (
                _of_output(lambda output, first: output[:, 0] if first else output[0]),
                _of_output(lambda output, first: output[:, 0]),
                _of_output(lambda output, first: output[0]),
            ),
        ),
        Mistake(
            "h_n as it came",
            "What you hand in has an axis more than needed: h_n holds the last day of each layer. "
            "Which layer is the one that speaks to the outside?",
            _of_state(lambda h_n, c_n: h_n),
        ),
        Mistake(
            "first layer of h_n",
            "For one layer it is right. With two, h_n holds the last day of both, and you took "
            "the layer at the bottom.",
            _of_state(lambda h_n, c_n: h_n[0]),
        ),
        Mistake(
            "cell state",
            "The right day and the right layer, but of c_n. That is what the cell remembers, not "
            "what it says.",
            (_of_state(lambda h_n, c_n: c_n[-1]), _of_state(lambda h_n, c_n: c_n[0])),
        ),
    ),
    shape_hint="One row per company, with `hidden_size` numbers in it.",
    value_hint="Print `output.shape` and say for each axis what it counts.",
    closing="h_n[-1] is the same thing here: the last layer's last day, one row per company, "
    "whatever batch_first says.",
)
