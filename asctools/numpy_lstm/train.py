"""The training loop, to be read from top to bottom.

:func:`train` goes through epochs, :func:`epoch` through batches, and :func:`step` through the five
operations of an iteration; :func:`look` takes a look at the validation text. What each operation
does stands in :mod:`asctools.numpy_lstm.operations`, a few lines each.
"""

from typing import Any

import numpy as np

from asctools.errors import InputError, explain, unknown_name
from asctools.numpy_lstm import inputs
from asctools.numpy_lstm.batches import character_batches
from asctools.numpy_lstm.checkpoint import resume, save_run
from asctools.numpy_lstm.history import History
from asctools.numpy_lstm.interrupt import Interrupted, interruptible
from asctools.numpy_lstm.observe import watched
from asctools.numpy_lstm.operations import (
    backward,
    check_stopping,
    clip,
    end_epoch,
    exploded,
    follow_schedule,
    forward,
    keep_best,
    lower_rate,
    on_plateau,
    record,
    renew_state,
    sample,
    set_mode,
    start_epoch,
    stop,
    summarise_gates,
    update,
    validate,
    zero_grad,
)
from asctools.numpy_lstm.optim import Optimizer
from asctools.numpy_lstm.run import Model, Run, Settings, halves
from asctools.numpy_lstm.schedule import Patience, Schedule, constant


def train(
    model: Model,
    text: np.ndarray,
    optimizer: Optimizer,
    num_epochs: int = 1,
    *,
    validation: np.ndarray | None = None,
    schedule: Schedule | None = None,
    observer: Any | None = None,
    resume_from: Any | None = None,
    seed: int | None = None,
    **settings: Any,
) -> History:
    """Train a character model on a text, with truncated backpropagation through time.

    The state that ends a batch starts the next; an epoch begins with zeros. Ctrl-C ends the
    training after the iteration that is under way. Whatever ended it, the model holds the weights
    of the lowest validation loss, where there is a validation text.

    Parameters
    ----------
    model
        A :class:`~asctools.numpy_lstm.model.CharLSTM`; its weights are changed in place.
    text
        Indices of the characters, integers of shape (characters,).
    optimizer
        One of :mod:`asctools.numpy_lstm.optim`.
    num_epochs
        How often to go through the text, counted from the very beginning, also when resumed.
    validation
        Indices of a text that is never trained on.
    schedule
        Steps done → η, of :mod:`asctools.numpy_lstm.schedule`; the optimiser's own η if None.
    observer
        Whoever wants to know: any object with ``event(name, **attributes)``.
    resume_from
        A checkpoint to go on from, to the same bits as if nothing had interrupted; give all other
        arguments as before.
    seed
        For the texts that the model writes on the way.
    **settings
        The fields of :class:`~asctools.numpy_lstm.run.Settings`.

    Returns
    -------
    History
        Also of the iterations before the checkpoint.

    Raises
    ------
    InputError, ShapeError, UnknownNameError
        If an argument cannot be used.
    CheckpointError
        If the checkpoint cannot be read or belongs to another training.
    """
    run = prepare(
        model, text, optimizer, num_epochs, validation, schedule, observer, seed, settings
    )
    if resume_from is not None:
        resume(run, resume_from)
    # An explosion is found by looking at its numbers: NumPy need not warn of each of them.
    with interruptible() as interrupted, np.errstate(over="ignore", invalid="ignore"):
        while run.epoch < num_epochs and not (run.stop or interrupted):
            epoch(run, interrupted)
    if run.epoch < num_epochs and interrupted:
        run.stop = run.stop or "interrupt"
    if run.best and run.settings.restore_best:
        for name, w in model.parameters.items():
            w[...] = run.best[name]
    run.history.stopped = run.stop
    return run.history


def prepare(
    model: Model,
    text: np.ndarray,
    optimizer: Optimizer,
    num_epochs: int,
    validation: np.ndarray | None,
    schedule: Schedule | None,
    observer: Any | None,
    seed: int | None,
    settings: dict[str, Any],
) -> Run:
    """Check the arguments and put everything in its place."""
    for name in settings.keys() - Settings.__dataclass_fields__.keys():
        raise unknown_name("setting", name, Settings.__dataclass_fields__)
    asked = Settings(**settings)
    if validation is None and any((asked.patience, asked.lr_patience, asked.target)):
        came = "patience, lr_patience or target without a validation text"
        raise InputError(explain(came, "a text to look at", "pass validation=..."))
    B, T = asked.batch_size, asked.time_steps
    return Run(
        model=model,
        halves=halves(model),
        optimizer=optimizer,
        batches=character_batches(text, B, T),
        validation=[] if validation is None else character_batches(validation, B, T),
        schedule=schedule or constant(optimizer.learning_rate),
        settings=asked,
        rng=np.random.default_rng(seed),
        num_epochs=inputs.size(num_epochs, "num_epochs"),
        watch=watched(observer),
        stopping=Patience(asked.patience, asked.min_delta),
        plateau=Patience(asked.lr_patience, asked.min_delta),
        gradients={name: np.zeros_like(w) for name, w in model.parameters.items()},
    )


def epoch(run: Run, interrupted: Interrupted) -> None:
    """Go through the text once, or through what is left of it."""
    start_epoch(run)
    set_mode(run, training=True)
    for x, y in run.batches[run.position :]:
        step(run, x, y)
        if not run.stop:
            after_step(run)
        if interrupted or run.stop:
            break
    if run.stop or run.position == len(run.batches):
        end_epoch(run)
    if interrupted or run.stop or run.settings.checkpoint_every is None:
        save_run(run)


def step(run: Run, x: np.ndarray, y: np.ndarray) -> None:
    """Learn from one batch."""
    run.iteration += 1
    run.position += 1
    follow_schedule(run)
    renew_state(run)
    zero_grad(run)
    forward(run, x, y)
    backward(run)
    record(run)
    if exploded(run):
        stop(run, "explosion")
        return
    clip(run)
    update(run)


def after_step(run: Run) -> None:
    """Do what is due only now and then."""
    asked = run.settings
    if run.watch and run.due(asked.gate_summary_every):
        summarise_gates(run)
    if asked.sample_every and run.due(asked.sample_every):
        sample(run)
    if run.validation and run.due(asked.validate_every):
        look(run)
    if asked.checkpoint_every and run.due(asked.checkpoint_every):
        save_run(run)


def look(run: Run) -> None:
    """See how the model does on the validation text, and draw the consequences."""
    loss = validate(run)
    keep_best(run, loss)
    reason = check_stopping(run, loss)
    if reason:
        stop(run, reason)
    elif on_plateau(run, loss):
        lower_rate(run)
