"""What the training loop does, one function for each thing, in the order in which it is done.

``@told(...)`` lets an observer know that an operation was done; without an observer it does
nothing. See :mod:`asctools.numpy_lstm.observe`.
"""

import math
from typing import Any

import numpy as np

from asctools.numpy_lstm import events
from asctools.numpy_lstm.batches import Batch
from asctools.numpy_lstm.observe import told
from asctools.numpy_lstm.optim import clip_by_global_norm, global_norm
from asctools.numpy_lstm.run import Model, Run


@told(events.rate_by_schedule)
def follow_schedule(run: Run) -> None:
    """Set η for this iteration."""
    run.optimizer.learning_rate = rate(run)


@told(events.zero_grad)
def zero_grad(run: Run) -> None:
    """Forget the gradients of the iteration before: the next ones are added to what is there."""
    for gradient in run.gradients.values():
        gradient.fill(0.0)


def renew_state(run: Run) -> None:
    """Let the rows whose turn it is begin afresh: the state before their first step is 0."""
    every = run.settings.renew_every
    if every is None or run.state is None:
        return
    rows = (np.arange(run.settings.batch_size) + run.iteration) % every == 0
    h, c = (each.copy() for each in run.state)
    h[:, rows], c[:, rows] = 0.0, 0.0
    run.state = h, c


@told(events.forward)
def forward(run: Run, x: np.ndarray, y: np.ndarray) -> None:
    """Read a batch, from the state that the last one ended with."""
    run.loss, run.state = run.halves.forward(x, y, run.state)


@told(events.backward)
def backward(run: Run) -> None:
    """Go back through the time steps of this batch, and no further."""
    for name, gradient in run.halves.backward().items():
        run.gradients[name] += gradient
    run.grad_norm = global_norm(run.gradients.values())


@told(events.clipping)
def clip(run: Run) -> bool:
    """Shorten the gradients where they are too long; return whether they were."""
    limit = run.settings.clip_grad_norm
    return limit is not None and clip_by_global_norm(run.gradients, limit) > limit


@told(events.weights_update)
def update(run: Run) -> None:
    """Let the optimiser move the weights."""
    run.optimizer.step(run.model.parameters, run.gradients)


def record(run: Run) -> None:
    """Write the iteration into the history."""
    run.history.losses.append(run.loss)
    run.history.grad_norms.append(run.grad_norm)
    run.history.learning_rates.append(run.optimizer.learning_rate)


@told(events.explosion)
def exploded(run: Run) -> bool:
    """Whether the loss or the gradients are beyond all bounds."""
    limit = math.inf if run.settings.explosion is None else run.settings.explosion
    return not (math.isfinite(run.loss) and math.isfinite(run.grad_norm)) or run.grad_norm > limit


# ── what is done now and then ────────────────────────────────────────────────────────────────────


@told(events.epoch_start)
def start_epoch(run: Run) -> None:
    """Begin at the beginning of the text; a resumed epoch goes on with the state that it had."""
    if run.position == 0:
        run.state = None


@told(events.epoch_end)
def end_epoch(run: Run) -> None:
    """Sum the epoch up."""
    if run.position == len(run.batches):
        run.history.epoch_losses.append(float(np.mean(run.history.losses[-run.position :])))
        run.epoch, run.position = run.epoch + 1, 0


@told(events.mode_change)
def set_mode(run: Run, training: bool) -> None:
    """Tell the model whether it is learning or being looked at: dropout is for learning only."""
    run.training = training
    parts: list[Any] = [run.model, getattr(run.model, "lstm", None)]
    for part in parts:
        if hasattr(part, "training"):
            part.training = training


@told(events.gate_summary)
def summarise_gates(run: Run) -> None:
    """Do nothing; an observer is told how open the gates were."""


@told(events.sampling)
def sample(run: Run) -> str:
    """Let the model write a text, which begins after the first character of the training text."""
    asked, first = run.settings, run.batches[0][0][0, :1]
    set_mode(run, training=False)
    written = run.model.sample(
        asked.sample_length, prompt=first, temperature=asked.temperature, seed=run.rng
    )
    set_mode(run, training=True)
    names = asked.vocabulary
    text = " ".join(map(str, written)) if names is None else "".join(names[k] for k in written)
    run.history.samples.append((run.iteration, text))
    return text


def validate(run: Run) -> float:
    """Return the loss on the validation text."""
    set_mode(run, training=False)
    loss = validation_loss(run)
    set_mode(run, training=True)
    return loss


@told(events.validation)
def validation_loss(run: Run) -> float:
    """Read the validation text and write down the loss."""
    loss = mean_loss(run.model, run.validation)
    run.history.validations.append((run.iteration, loss))
    return loss


def mean_loss(model: Model, batches: list[Batch]) -> float:
    """Return the mean cross-entropy of batches that continue each other, in nats a character.

    A model whose loss is not finite is not asked further.
    """
    state, losses = None, []
    for x, y in batches:
        loss, state = model.loss(x, y, state)
        losses.append(loss)
        if not math.isfinite(loss):
            break
    return float(np.mean(losses))


def keep_best(run: Run, loss: float) -> None:
    """Copy the weights if the validation loss was never as low."""
    if run.history.best_loss is None or loss < run.history.best_loss:
        run.history.best_iteration, run.history.best_loss = run.iteration, loss
        run.best = {name: w.copy() for name, w in run.model.parameters.items()}


@told(events.stopping_check)
def check_stopping(run: Run, loss: float) -> str | None:
    """Return why the training should stop, if it should."""
    run.stopping.look(loss)
    if run.settings.target is not None and loss <= run.settings.target:
        return "target"
    return "patience" if run.stopping.ended else None


@told(events.plateau)
def on_plateau(run: Run, loss: float) -> bool:
    """Whether the validation loss has stood still for too long."""
    run.plateau.look(loss)
    return run.plateau.ended


@told(events.rate_by_plateau)
def lower_rate(run: Run) -> None:
    """Learn in smaller steps from now on."""
    run.scale *= run.settings.lr_factor
    run.optimizer.learning_rate = rate(run)
    run.plateau.reset()


def rate(run: Run) -> float:
    """Return η: what the schedule says, times what plateaus have left of it."""
    scheduled = run.schedule(run.iteration - 1)
    return max(scheduled * run.scale, min(scheduled, run.settings.min_lr))


@told(events.stop)
def stop(run: Run, reason: str) -> None:
    """End the training before its last epoch."""
    run.stop = reason
