"""The exercise on a long sequence that comes in pieces."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake, Tolerance
from asctools.course.checks.with_pytorch.nets import array, inputs_of, lstm_of

if TYPE_CHECKING:
    from torch import Tensor, nn

    State = tuple[Tensor, Tensor]
    Run = Callable[[nn.LSTM, Sequence[Tensor]], Tensor]


class Carried(NamedTuple):
    """The output of all days, and how its last day answers to the first piece."""

    output: np.ndarray
    slope: np.ndarray


def _measure(answer: Any, lstm: nn.LSTM, pieces: Sequence[Tensor]) -> Any:
    """Run an answer, and ask PyTorch how the last output depends on the first piece."""
    import torch

    first = pieces[0].requires_grad_()
    output = answer(lstm, pieces)
    if not isinstance(output, torch.Tensor) or not output.ndim:
        return output
    slope = None
    if output.requires_grad:
        (slope,) = torch.autograd.grad(output[-1].sum(), first, allow_unused=True)
    return Carried(array(output), array(torch.zeros_like(first) if slope is None else slope))


def _running(pass_on: Callable[[State], State | None]) -> Run:
    """Let the pieces pass; ``pass_on`` makes the state of the next piece from that of the last."""

    def run(lstm: nn.LSTM, pieces: Sequence[Tensor]) -> Tensor:
        import torch

        outputs, state = [], None
        for piece in pieces:
            output, state = lstm(piece, state)
            outputs.append(output)
            state = pass_on(state)
        return torch.cat(outputs)

    return run


def _whole(lstm: nn.LSTM, pieces: Sequence[Tensor]) -> Tensor:
    import torch

    output: Tensor = lstm(torch.cat(list(pieces)))[0]
    return output


def _last_piece_only(lstm: nn.LSTM, pieces: Sequence[Tensor]) -> Tensor:
    return _running(lambda state: state)(lstm, pieces)[-len(pieces[-1]) :]


def _measured(run: Run) -> Callable[..., Any]:
    return lambda lstm, pieces: _measure(run, lstm, pieces)


def _without_gradients(lstm: nn.LSTM, pieces: Sequence[Tensor]) -> Tensor:
    return _whole(lstm, pieces).detach()


def _cases(rng: np.random.Generator) -> list[Case]:
    kinds: list[tuple[str, tuple[int, ...], int]] = [
        ("for a single piece", (4,), 1),
        ("for two pieces", (3, 3), 1),
        ("for pieces of unequal length", (2, 4, 1, 3), 1),
        ("for two layers", (2, 3, 2), 2),
    ]
    return [
        Case(when, (lstm_of(rng, 2, 3, num_layers=n), [inputs_of(rng, k, 2) for k in lengths]))
        for when, lengths, n in kinds
    ]


CARRY_THE_STATE = Exercise(
    id="with-pytorch/carry-the-state",
    kind="Code",
    level=2,
    minutes=10,
    task="a function my_outputs(lstm, pieces) that returns the output of all days as one tensor",
    parameters=("lstm", "pieces"),
    cases=_cases,
    reference=_measured(_whole),
    tolerance=Tolerance(relative=1e-4, absolute=1e-5),
    gradients=("slope",),
    measure=_measure,
    mistakes=(
        Mistake(
            "state not carried",
            "The first piece is right, the next begins with empty memories. What does `lstm(…)` "
            "return besides the output, and where can it go in?",
            _measured(_running(lambda state: None)),
        ),
        Mistake(
            "only h carried",
            "The first piece is right. You pass on what was said last, but not the long-term "
            "memory: a pair belongs in there.",
            _measured(_running(lambda state: (state[0], 0 * state[1]))),
        ),
        Mistake(
            "only c carried",
            "The first piece is right. You pass on the long-term memory, but the gates of the "
            "next day read what was said last, too.",
            _measured(_running(lambda state: (0 * state[0], state[1]))),
        ),
        Mistake(
            "h and c swapped",
            "The first piece is right. Both memories come along, but in each other's place: "
            "PyTorch's pair begins with the short-term one.",
            _measured(_running(lambda state: (state[1], state[0]))),
        ),
        Mistake(
            "last piece only",
            "What you return is right, but it is the end of it: the output of every piece belongs "
            "into the result.",
            _measured(_last_piece_only),
        ),
        Mistake(
            "state cut off from the past",
            "All outputs are right. But the last one does not know that it depends on the first "
            "piece: something cut the graph between the pieces, like `detach()` or `no_grad()`.",
            (
                _measured(_running(lambda state: (state[0].detach(), state[1].detach()))),
                _measured(_without_gradients),
            ),
        ),
    ),
    shape_hint="One row for every day of every piece, `lstm.hidden_size` wide.",
    value_hint="Compare with `lstm(torch.cat(pieces))`, row by row: on which day do they part?",
    closing="A state that is carried makes one sequence of the pieces, forwards and backwards.",
)
