"""Three stored logs of trainings with something wrong, for readers who have not seen them made.

Each log comes from a loop of which one part was written wrongly; all operations tell what they do,
as always. ``python -m asctools.course.mystery`` makes the logs again. If you want to
find out what is wrong, read no further: the answers stand below.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from asctools.course.planted import (
    HIDDEN_SIZE,
    LEARNING_RATE,
    SETTINGS,
    VALIDATION_BATCHES,
    begin,
)
from asctools.dataset.grammar import GRAMMAR
from asctools.dataset.sequences import encode_text
from asctools.errors import InputError, explain
from asctools.eventlog import XESLogger
from asctools.numpy_lstm import train
from asctools.numpy_lstm.batches import Batch
from asctools.numpy_lstm.history import History
from asctools.numpy_lstm.model import CharLSTM
from asctools.numpy_lstm.operations import (
    backward,
    clip,
    end_epoch,
    forward,
    record,
    set_mode,
    start_epoch,
    update,
    zero_grad,
)
from asctools.numpy_lstm.optim import SGD
from asctools.numpy_lstm.run import Run

LOGS = Path(__file__).parent / "logs"
EPOCHS, ITERATIONS = 6, 40
CALM = {"validate_every": 9, "lr_patience": 2, "min_delta": 0.0}
IMPATIENT = {"lr_patience": 1, "min_delta": 0.04}  # the rate falls several times
SEEDS = {1: 0, 2: 1, 3: 5}  # of the stored logs


def mystery(number: int) -> Path:
    """Return the path of a stored log.

    Parameters
    ----------
    number
        1, 2 or 3.

    Returns
    -------
    Path

    Raises
    ------
    InputError
        If there is no log of that number.
    """
    if number not in SEEDS:
        raise InputError(explain(f"mystery({number!r})", "1, 2 or 3", "choose one of them"))
    return LOGS / f"mystery-{number}.xes.gz"


# ── what is wrong ────────────────────────────────────────────────────────────────────────────────


def step_that_looks_too_early(run: Run, x: np.ndarray, y: np.ndarray) -> None:
    """Learn from one batch; but where a look is due, go on with the next batch after it."""
    begin(run)
    zero_grad(run)
    forward(run, x, y)
    backward(run)
    record(run)
    clip(run)
    if run.due(run.settings.validate_every):
        return
    update(run)


def all_batches(run: Run) -> list[Batch]:
    """Go through the text as it is."""
    return run.batches


def forget_the_plateaus(run: Run) -> list[Batch]:
    """Begin an epoch as if no plateau had ever lowered the learning rate."""
    run.scale = 1.0
    return run.batches


def first_half_twice(run: Run) -> list[Batch]:
    """Go through the first half of the text, and then through it again."""
    half = len(run.batches) // 2
    return run.batches[:half] * 2


class Fault(NamedTuple):
    """What is wrong in one sentence, and the parts of the loop or settings that make it so."""

    sentence: str
    step: Callable[[Run, np.ndarray, np.ndarray], None] = train.step
    batches: Callable[[Run], list[Batch]] = all_batches
    settings: Mapping[str, Any] = MappingProxyType({})


HEALTHY = Fault("Nothing is wrong.")
FAULTS = {
    1: Fault("Where a look is due, the update is skipped.", step=step_that_looks_too_early),
    2: Fault(
        "Each epoch begins at the old learning rate.",
        batches=forget_the_plateaus,
        settings=IMPATIENT,
    ),
    3: Fault("The second half of the text is never read.", batches=first_half_twice),
}


def made(
    to: Any,
    number: int | None = None,
    *,
    seed: int = 0,
    epochs: int = EPOCHS,
    iterations: int = ITERATIONS,
    **settings: Any,
) -> History:
    """Train a small model with one of the faults, or with none, and tell an observer.

    Parameters
    ----------
    to
        Any object with ``event(name, **attributes)``.
    number
        Of the mystery; None: a healthy training.
    seed
        For the first weights and the texts.
    epochs, iterations
        How many epochs, and iterations in each.
    **settings
        Anything of :class:`~asctools.numpy_lstm.run.Settings`.

    Returns
    -------
    History
    """
    fault = HEALTHY if number is None else FAULTS[number]
    asked = SETTINGS | CALM | dict(fault.settings) | settings
    size, rng = asked["batch_size"] * asked["time_steps"], np.random.default_rng(seed)
    text, held_out = (
        encode_text(GRAMMAR.sample(n * size + 1, rng), GRAMMAR.vocabulary)
        for n in (iterations, VALIDATION_BATCHES)
    )
    model = CharLSTM(len(GRAMMAR.vocabulary), HIDDEN_SIZE, seed=seed)
    optimizer = SGD(LEARNING_RATE)
    run = train.prepare(model, text, optimizer, epochs, held_out, None, to, seed, asked)
    while run.epoch < epochs:
        start_epoch(run)
        set_mode(run, training=True)
        for x, y in fault.batches(run):
            fault.step(run, x, y)
            train.after_step(run)
        end_epoch(run)
    return run.history


def remake(folder: Path = LOGS) -> list[Path]:
    """Make the stored logs again; the numbers of a log are those of this machine."""
    folder.mkdir(exist_ok=True)
    paths = []
    for number, seed in SEEDS.items():
        path = folder / f"mystery-{number}.xes.gz"
        with XESLogger(path, metadata={"mystery": number}) as log:
            made(log, number, seed=seed)
        paths.append(path)
    return paths


if __name__ == "__main__":
    for path in remake():
        print(path.name, path.stat().st_size, "bytes")
