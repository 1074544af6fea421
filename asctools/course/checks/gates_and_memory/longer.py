"""The open exercise: a network that closes brackets over a hundred symbols."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from asctools.course.checks.gates_and_memory.nets import one_hot
from asctools.course.checks.spec import (
    Exercise,
    Mistake,
    Outcome,
    Tolerance,
    WrongFormError,
    call,
    once,
)
from asctools.course.checks.words import kind_of
from asctools.dataset.parentheses import ALPHABET, generate_parentheses_dataset

if TYPE_CHECKING:
    from torch import Tensor, nn

STRINGS, SHORT, LONG, ENOUGH, SEED = 400, 25, 100, 0.95, 20100


class Accuracy(NamedTuple):
    """Shares of strings that a network judges rightly."""

    short: float
    long: float


@cache
def _strings(length: int) -> tuple[Tensor, Tensor]:
    """Draw new strings of one length, one-hot, and what is right."""
    import torch

    texts, labels = generate_parentheses_dataset(STRINGS, length, length, seed=SEED + length)
    return one_hot(texts), torch.tensor(labels)


def _measure(answer: Any) -> Accuracy:
    from torch import nn

    network = answer if isinstance(answer, nn.Module) else call(answer)
    if network is None or network is Ellipsis:
        raise NotImplementedError("Hand in the trained network.")
    if not isinstance(network, nn.Module):
        raise WrongFormError(f"A trained network is needed, like Readout; {kind_of(network)} came.")
    was = network.training
    network.eval()
    found = Accuracy(*(_accuracy(network, length) for length in (SHORT, LONG)))
    network.train(was)
    return found


def _accuracy(network: nn.Module, length: int) -> float:
    import torch

    x, right = _strings(length)
    with torch.no_grad():
        said = network(x.to(next(network.parameters()).dtype))
    said = said[0] if isinstance(said, tuple) else said
    logits = said[:, -1] if getattr(said, "ndim", 0) == 3 else said
    if getattr(logits, "shape", None) not in ((STRINGS,), (STRINGS, 1), (STRINGS, 2)):
        came = tuple(said.shape) if hasattr(said, "shape") else kind_of(said)
        raise WrongFormError(
            f"Given {STRINGS} strings as a tensor of shape {(STRINGS, length, len(ALPHABET))}, the "
            f"network should say one or two logits for each string or for each symbol; {came} came."
        )
    two = logits.shape == (STRINGS, 2)
    yes = logits[:, 1] > logits[:, 0] if two else logits.reshape(STRINGS) > 0
    return float((yes == (right == 1)).float().mean())


def _seen(
    test: Callable[[float, float], bool],
) -> Callable[[Sequence[Outcome], Sequence[Accuracy]], bool]:
    return lambda outcomes, expected: outcomes[0].error is None and test(*outcomes[0].value)


def _guesses(accuracy: float) -> bool:
    return abs(accuracy - 0.5) < 0.1


LENGTH_100 = Exercise(
    id="gates-and-memory/length-100",
    kind="Open",
    level=3,
    minutes=30,
    task="a trained network, like a Readout of nn.LSTM",
    cases=once,
    reference=lambda: Accuracy(1.0, 1.0),
    tolerance=Tolerance(relative=0.0, absolute=1 - ENOUGH),
    measure=_measure,
    mistakes=(
        Mistake(
            "labels the other way round",
            "Your network is nearly always wrong, and so it knows. A logit above zero should mean "
            "that the string is valid: label 1.",
            detect=_seen(lambda short, long: short < 0.2),
        ),
        Mistake(
            "at chance",
            "It is right about half of the time: nothing is learnt yet. Look at the loss. If it "
            "stays near 0.69, the strings are too long to begin with: where does the signal come "
            "through?",
            detect=_seen(lambda short, long: _guesses(short) and _guesses(long)),
        ),
        Mistake(
            "short strings only",
            "Short strings are right, long ones are not yet. It counts, but it leaks: on a longer "
            "way the error adds up. Which lengths has it seen in training?",
            detect=_seen(lambda short, long: short >= ENOUGH > long),
        ),
    ),
    value_hint="Print the accuracy at 25 and at 100 along the training. Which of them still grows?",
    closing="Now try it at length 200, which it has never seen.",
)
