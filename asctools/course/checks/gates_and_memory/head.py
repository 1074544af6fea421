"""The exercise on a head of two layers between h and the answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from asctools.course.checks.gates_and_memory.nets import doubles, filled
from asctools.course.checks.spec import Case, Exercise, Mistake, WrongFormError
from asctools.course.checks.with_pytorch.nets import array
from asctools.course.checks.words import kind_of

BATCH, DAYS = 3, 4


class Answers(NamedTuple):
    """What the head says of the last h of a batch, and of h on every day."""

    last: np.ndarray
    all: np.ndarray


def _measure(answer: Any, hidden_size: int, width: int) -> Any:
    """Fill the head with known numbers and let it speak."""
    import torch
    from torch import nn

    head = answer(hidden_size, width)
    if head is None or head is ...:
        return head
    if not isinstance(head, nn.Module):
        raise WrongFormError(f"A `torch.nn.Module` is needed, like a Linear; {kind_of(head)} came.")
    shapes = [tuple(each.shape) for each in head.parameters()]
    wanted = [(width, hidden_size), (width,), (1, width), (1,)]
    if shapes != wanted:
        raise WrongFormError(
            f"Its parameters have the shapes {shapes}; for my_head({hidden_size}, {width}) they "
            f"should be {wanted}: a layer from h to the width, then one from there to one number."
        )
    rng = np.random.default_rng([hidden_size, width])
    filled(head.double().eval(), rng)
    with torch.no_grad():
        return Answers(*(array(head(h)) for h in _hidden(rng, hidden_size)))


def _hidden(rng: np.random.Generator, hidden_size: int) -> list[Any]:
    return [doubles(rng, BATCH, hidden_size), doubles(rng, BATCH, DAYS, hidden_size)]


def _relu(z: np.ndarray) -> np.ndarray:
    return np.maximum(z, 0.0)


def _sigma(z: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-z)))


def _same(z: np.ndarray) -> np.ndarray:
    return z


Squash = Callable[[np.ndarray], np.ndarray]


def _head(between: Squash = _relu, after: Squash = _same) -> Callable[[int, int], Answers]:
    """Build the right head, or one with other squashings, from the same numbers."""

    def speak(hidden_size: int, width: int) -> Answers:
        rng = np.random.default_rng([hidden_size, width])
        shapes = (width, hidden_size), (width,), (1, width), (1,)
        w_1, b_1, w_2, b_2 = (rng.normal(0.0, 0.7, shape) for shape in shapes)
        hidden = [array(h) for h in _hidden(rng, hidden_size)]
        return Answers(*(after(between(h @ w_1.T + b_1) @ w_2.T + b_2) for h in hidden))

    return speak


def _cases(rng: np.random.Generator) -> list[Case]:
    hidden, width = (int(number) for number in rng.integers(3, 9, 2))
    return [
        Case("for 2 and 4", (2, 4)),
        Case(f"for {hidden} and {width + 8}", (hidden, width + 8)),
        Case(f"for {hidden + 16} and {width}", (hidden + 16, width)),
    ]


MLP_HEAD = Exercise(
    id="gates-and-memory/mlp-head",
    kind="Code",
    level=2,
    minutes=10,
    task="a function my_head(hidden_size, width) that returns a torch.nn.Module",
    parameters=("hidden_size", "width"),
    cases=_cases,
    reference=_head(),
    measure=_measure,
    mistakes=(
        Mistake(
            "nothing in between",
            "Two linear layers with nothing between them are one linear layer: whatever the two "
            "can say, a single one says too.",
            _head(between=_same),
        ),
        Mistake(
            "answer squashed",
            "Your head ends with σ. The loss takes logits and does that itself; with both, the "
            "slope of a sure answer gets lost.",
            _head(after=_sigma),
        ),
        Mistake(
            "ReLU at the end",
            "Behind the last layer there is one more ReLU. A head that can't say anything "
            "negative can't say no.",
            (_head(after=_relu), _head(between=_same, after=_relu)),
        ),
        Mistake(
            "another squashing",
            "The layers are right. Between them ReLU was asked for; you squash in another way.",
            (_head(between=np.tanh), _head(between=_sigma)),
        ),
    ),
    shape_hint="The last axis goes from `hidden_size` to 1, whatever stands before it.",
    value_hint="Print your head: which three parts does it have, in which order?",
    closing="The head sees one day at a time. It bends what h says; it remembers nothing.",
)
