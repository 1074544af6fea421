"""Six bugs, planted into the training loop of :mod:`asctools.numpy_lstm.train`, and a small run.

Each bug is a variant of one function of the loop: a line too few, too many, or in the wrong place;
or it is one wrong setting. No variant writes into the log. The operations tell what they do, as
they always do, so the log is that of a loop that somebody has written wrongly.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from asctools.dataset.grammar import GRAMMAR
from asctools.dataset.sequences import encode_text
from asctools.errors import unknown_name
from asctools.eventlog import XESLogger
from asctools.numpy_lstm import events, train
from asctools.numpy_lstm.history import History
from asctools.numpy_lstm.model import CharLSTM
from asctools.numpy_lstm.observe import told
from asctools.numpy_lstm.operations import (
    backward,
    check_stopping,
    clip,
    end_epoch,
    follow_schedule,
    forward,
    keep_best,
    lower_rate,
    on_plateau,
    record,
    sample,
    set_mode,
    start_epoch,
    summarise_gates,
    update,
    validate,
    zero_grad,
)
from asctools.numpy_lstm.optim import SGD
from asctools.numpy_lstm.run import Run

HIDDEN_SIZE = 32
LEARNING_RATE = 2.0
VALIDATION_BATCHES = 4
SETTINGS: dict[str, Any] = {
    "batch_size": 16,
    "time_steps": 25,
    "clip_grad_norm": 0.5,
    "validate_every": 30,
    "lr_patience": 1,
    "min_delta": 0.02,
}

Step = Callable[[Run, np.ndarray, np.ndarray], None]
Look = Callable[[Run], None]


def step_without_zero_grad(run: Run, x: np.ndarray, y: np.ndarray) -> None:
    """Learn from one batch, and never forget a gradient."""
    begin(run)
    forward(run, x, y)
    backward(run)
    record(run)
    clip(run)
    update(run)


def step_that_clips_late(run: Run, x: np.ndarray, y: np.ndarray) -> None:
    """Learn from one batch, and shorten the gradients when they have been used."""
    begin(run)
    zero_grad(run)
    forward(run, x, y)
    backward(run)
    record(run)
    update(run)
    clip(run)


def step_that_updates_twice(run: Run, x: np.ndarray, y: np.ndarray) -> None:
    """Learn from one batch, and in every tenth iteration move the weights once more."""
    train.step(run, x, y)
    if run.iteration % 10 == 0:
        update(run)


def look_that_trains(run: Run) -> None:
    """Look at the validation text with a loop that was copied from the training."""
    set_mode(run, training=False)
    loss = loss_while_training(run)
    set_mode(run, training=True)
    keep_best(run, loss)
    check_stopping(run, loss)
    if on_plateau(run, loss):
        lower_rate(run)


@told(events.validation)
def loss_while_training(run: Run) -> float:
    """Return the mean loss on the validation text, and learn from each batch of it."""
    losses, kept, run.state = [], run.state, None
    for x, y in run.validation:
        zero_grad(run)
        forward(run, x, y)
        backward(run)
        update(run)
        losses.append(run.loss)
    run.state = kept
    loss = float(np.mean(losses))
    run.history.validations.append((run.iteration, loss))
    return loss


def look_that_ignores_plateaus(run: Run) -> None:
    """Look at the validation text, find a plateau, and go on as if there were none."""
    loss = validate(run)
    keep_best(run, loss)
    check_stopping(run, loss)
    if on_plateau(run, loss):
        run.plateau.reset()


def begin(run: Run) -> None:
    """Do what comes before the five operations of an iteration."""
    run.iteration += 1
    run.position += 1
    follow_schedule(run)


class Bug(NamedTuple):
    """A bug: what is wrong in one sentence, and the part of the loop that is."""

    sentence: str
    step: Step = train.step
    look: Look = train.look
    settings: Mapping[str, Any] = MappingProxyType({})


HEALTHY = Bug("Nothing is wrong.")
BUGS: dict[str, Bug] = {
    "missing-zero-grad": Bug(
        "The gradients are never cleared, so each is the sum of all before it.",
        step=step_without_zero_grad,
    ),
    "late-clipping": Bug(
        "The gradients are clipped after the update, when they have been used.",
        step=step_that_clips_late,
    ),
    "training-validation": Bug(
        "The validation learns from the text that it should only look at.",
        look=look_that_trains,
    ),
    "double-step": Bug(
        "Every tenth iteration moves the weights twice with the same gradient.",
        step=step_that_updates_twice,
    ),
    "ignored-plateau": Bug(
        "The plateau is found, and the learning rate stays as it is.",
        look=look_that_ignores_plateaus,
    ),
    "divergence": Bug(
        "The learning rate is a hundred times too high.",
        settings={"learning_rate": 100 * LEARNING_RATE},
    ),
}


def small_run(
    to: Any,
    bug: str | None = None,
    *,
    seed: int = 0,
    epochs: int = 6,
    iterations: int = 60,
    level: str = "step",
    **settings: Any,
) -> History:
    """Train a small model on the course's language, with or without a bug, and keep a log of it.

    An LSTM of 32 units reads a text of 24,000 characters six times, in half a second of CPU time.

    Parameters
    ----------
    to
        The file to write the log into, or an observer to tell instead.
    bug
        One of :data:`BUGS`; None: a healthy training.
    seed
        For the first weights and the texts.
    epochs, iterations
        How often to read the text, and in how many batches.
    level
        How much the file is told: epoch, step, gate or weight.
    **settings
        Anything of :class:`~asctools.numpy_lstm.run.Settings` but checkpoints, and
        ``learning_rate``.

    Returns
    -------
    History

    Raises
    ------
    UnknownNameError
        If there is no bug or setting of that name.
    """
    if bug is not None and bug not in BUGS:
        raise unknown_name("bug", bug, BUGS)
    if callable(getattr(to, "event", None)):
        return _run(to, bug, seed, epochs, iterations, settings)
    metadata = {"bug": bug or "none", "seed": seed, **settings}
    with XESLogger(Path(to), level=level, metadata=metadata) as log:
        return _run(log, bug, seed, epochs, iterations, settings)


def _run(
    observer: Any,
    name: str | None,
    seed: int,
    epochs: int,
    iterations: int,
    settings: dict[str, Any],
) -> History:
    """Go through the loop of :func:`asctools.numpy_lstm.train.train` with the bug's parts."""
    bug = BUGS[name] if name else HEALTHY
    asked = SETTINGS | {"learning_rate": LEARNING_RATE} | dict(bug.settings) | settings
    optimizer = SGD(asked.pop("learning_rate"))
    size = asked["batch_size"] * asked["time_steps"]
    rng = np.random.default_rng(seed)
    text, held_out = (
        encode_text(GRAMMAR.sample(n * size + 1, rng), GRAMMAR.vocabulary)
        for n in (iterations, VALIDATION_BATCHES)
    )
    model = CharLSTM(len(GRAMMAR.vocabulary), HIDDEN_SIZE, seed=seed)
    run = train.prepare(model, text, optimizer, epochs, held_out, None, observer, seed, asked)
    while run.epoch < epochs and not run.stop:
        start_epoch(run)
        set_mode(run, training=True)
        for x, y in run.batches:
            bug.step(run, x, y)
            if run.stop:
                break
            if run.due(run.settings.gate_summary_every):
                summarise_gates(run)
            if run.settings.sample_every and run.due(run.settings.sample_every):
                sample(run)
            if run.due(run.settings.validate_every):
                bug.look(run)
        end_epoch(run)
    run.history.stopped = run.stop
    return run.history
