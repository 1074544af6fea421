"""The exercise on going on with a training that was stopped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

import numpy as np

from asctools.course.checks.by_hand.cells import random_weights
from asctools.course.checks.compare import difference
from asctools.course.checks.spec import Case, Exercise, Mistake, Outcome, Tolerance
from asctools.scalar.by_hand import Weights

SINGLE = Tolerance(relative=1e-4, absolute=1e-5)
RATE = 0.03


def _file(weights: Weights, epoch: int) -> BytesIO:
    """Train for some epochs, and write a checkpoint as somebody else would."""
    import torch

    from asctools.scalar.cell import ScalarLSTM, train_cell

    cell = ScalarLSTM.from_weights(weights)
    optimizer = train_cell(cell, epoch, learning_rate=RATE).optimizer
    content = {"epoch": epoch, "cell": cell.state_dict(), "optimizer": optimizer.state_dict()}
    file = BytesIO()
    torch.save(content, file)
    file.seek(0)
    return file


def _cases(rng: np.random.Generator) -> list[Case]:
    stages = [
        ("when no epoch is left to go", 4, 4),
        ("for one epoch more", 5, 6),
        ("for several epochs more", 7, 11),
    ]
    return [Case(when, (_file(random_weights(rng), done), until)) for when, done, until in stages]


def _resumed(
    count: Callable[[int, int], int] = lambda done, until: until - done,
    *,
    optimizer_loaded: bool = True,
    rate: float = 1e-3,
) -> Callable[[BytesIO, int], Weights]:
    """Build a way to resume; ``rate`` is that of an optimiser that is made anew."""

    def resume(file: BytesIO, until: int) -> Weights:
        import torch

        from asctools.scalar.cell import ScalarLSTM, train_cell

        content = torch.load(file)
        cell = ScalarLSTM.from_weights(Weights(*[0.0] * 12))
        cell.load_state_dict(content["cell"])
        optimizer = torch.optim.Adam(cell.parameters(), lr=rate)
        if optimizer_loaded:
            optimizer.load_state_dict(content["optimizer"])
        train_cell(cell, max(0, count(content["epoch"], until)), optimizer)
        return cell.weights()

    return resume


def _measure(answer: Any, file: BytesIO, until: int) -> Any:
    """Take the twelve numbers of the cell that an answer returns, or what it returns instead."""
    returned = answer(file, until)
    weights = getattr(returned, "weights", None)
    return weights() if callable(weights) else returned


def _numbers_not_loaded(outcomes: Sequence[Outcome], expected: Sequence[Weights]) -> bool:
    """With no epoch to go, the checkpoint's own numbers should have come back."""
    first = outcomes[0]
    return first.error is None and bool(difference(first.value, expected[0], SINGLE, exact=False))


RESUME = Exercise(
    id="with-pytorch/resume",
    kind="Code",
    level=3,
    minutes=15,
    task="a function my_resumed(file, until) that returns the trained cell",
    parameters=("file", "until"),
    cases=_cases,
    reference=_resumed(),
    tolerance=SINGLE,
    measure=_measure,
    mistakes=(
        Mistake(
            "optimiser's state not loaded",
            "With no epoch to go it is right, so the cell's numbers are. But Adam starts with an "
            "empty memory, and perhaps with another learning rate. Both are in the file.",
            (
                _resumed(optimizer_loaded=False),
                _resumed(optimizer_loaded=False, rate=RATE),
                _resumed(optimizer_loaded=False, rate=1e-2),
            ),
        ),
        Mistake(
            "epochs done before not counted",
            "You trained for `until` epochs more. Some were done before the file was written, and "
            "the file says how many.",
            _resumed(lambda done, until: until),
        ),
        Mistake(
            "one epoch too many",
            "You trained one epoch too many. If 4 are done and `until` is 4, nothing is left to "
            "do.",
            _resumed(lambda done, until: until - done + 1),
        ),
        Mistake(
            "one epoch too few",
            "With no epoch to go it is right. Otherwise you stop one epoch too soon: count on your "
            "fingers from 5 to 6.",
            _resumed(lambda done, until: until - done - 1),
        ),
        Mistake(
            "cell not trained any further",
            "You return the cell of the file, as it was. Did the training run, and did its "
            "optimiser hold the parameters of this cell, or those of another one?",
            _resumed(lambda done, until: 0),
        ),
        Mistake(
            "numbers not loaded",
            "When no epoch is left to go, the cell should be the one of the file. Yours holds "
            "other numbers.",
            detect=_numbers_not_loaded,
        ),
    ),
    shape_hint="Return the cell itself.",
    value_hint="Begin with `until` equal to the epoch in the file: then nothing is to be trained, "
    "and the cell's numbers must be those of the file.",
    closing="A checkpoint without the optimiser's memory is half a checkpoint.",
)
