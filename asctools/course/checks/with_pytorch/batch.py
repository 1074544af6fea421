"""The open exercise: both companies as one batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

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
from asctools.dataset.companies import COMPANIES

if TYPE_CHECKING:
    from torch import nn

NEAR = 0.1


class Predictions(NamedTuple):
    """What the network says of each company."""

    A: float
    B: float


def _predictions(answer: Any) -> Predictions:
    """Ask the network that was handed in, one company at a time."""
    import torch
    from torch import nn

    lstm = answer if isinstance(answer, nn.Module) else call(answer)
    if lstm is None or lstm is Ellipsis:
        raise NotImplementedError("Hand in the trained nn.LSTM.")
    if not isinstance(lstm, nn.LSTM) or _size(lstm) != (1, 1, 1, 1):
        came = str(lstm) if isinstance(lstm, nn.Module) else kind_of(lstm)
        raise WrongFormError(f"A trained `nn.LSTM(1, 1)` is needed; this is {came}.")
    with torch.no_grad():
        return Predictions(*(_last(lstm, company.days) for company in COMPANIES))


def _size(lstm: nn.LSTM) -> tuple[int, int, int, int]:
    return lstm.input_size, lstm.hidden_size, lstm.num_layers, 1 + lstm.bidirectional


def _last(lstm: nn.LSTM, days: Sequence[float]) -> float:
    weight = next(lstm.parameters())
    output, _ = lstm(weight.new_tensor(days).reshape(-1, 1))
    return float(output[-1, 0])


def _seen(
    test: Callable[[float, float], bool],
) -> Callable[[Sequence[Outcome], Sequence[Predictions]], bool]:
    """Recognise a mistake by the two predictions."""
    return lambda outcomes, expected: outcomes[0].error is None and test(*outcomes[0].value)


def _near(said: float, wanted: float) -> bool:
    return abs(said - wanted) <= NEAR


BATCH_OF_COMPANIES = Exercise(
    id="with-pytorch/batch-of-companies",
    kind="Open",
    level=3,
    minutes=20,
    task="a trained nn.LSTM(1, 1)",
    cases=once,
    reference=lambda: Predictions(*(company.target for company in COMPANIES)),
    tolerance=Tolerance(relative=0.0, absolute=NEAR),
    measure=_predictions,
    mistakes=(
        Mistake(
            "companies swapped",
            "Your network has learnt it the wrong way round: it says 1 of company A. Put x and y "
            "side by side. Does the first target belong to the first company?",
            detect=_seen(lambda a, b: _near(a, 1.0) and _near(b, 0.0)),
        ),
        Mistake(
            "still on the plateau",
            "It says about a half of both. That is the best guess of a network that can't yet tell "
            "them apart: look at the loss curve, and give it more epochs or a higher rate.",
            detect=_seen(lambda a, b: max(abs(a - 0.5), abs(b - 0.5)) <= 0.15),
        ),
        Mistake(
            "one of the two",
            "One company is within 0.1 of its target, the other is not. Are both in the batch, "
            "each with its own target, and does the loss take both?",
            detect=_seen(lambda a, b: _near(a, 0.0) != _near(b, 1.0)),
        ),
    ),
    value_hint="Print the loss of every hundredth epoch: still falling, flat, or jumping?",
    closing="Both are within 0.1. A batch is not the same training done faster: each step listens "
    "to both companies at once.",
)
