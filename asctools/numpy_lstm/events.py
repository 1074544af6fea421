"""What each operation of the loop tells: tellers for :func:`asctools.numpy_lstm.observe.told`.

Names and attributes are those of the course's event logs. A teller lets its operation run and says
what happened; what only an observer needs is computed here and not in the loop. Iterations count
from 1, and every event but those of an epoch carries its ``iteration``.
"""

import math
from typing import TYPE_CHECKING

from asctools.numpy_lstm.gate_events import tell_gates, tell_summary
from asctools.numpy_lstm.observe import Telling, Watch
from asctools.numpy_lstm.weight_events import length, side, tell_weights

if TYPE_CHECKING:
    from asctools.numpy_lstm.run import Run

# A change of the weights, by its norm relative to theirs: the name below each limit.
CATEGORIES = ((1e-5, "negligible"), (1e-3, "small"), (1e-2, "normal"), (math.inf, "large"))


def category(change: float, weight: float) -> str:
    """Name the size of a change of weights, from its norm and theirs."""
    share = change / weight if weight else math.inf
    return next((name for limit, name in CATEGORIES if share < limit), "large")


def epoch_start(watch: Watch, run: "Run") -> Telling:
    """Tell EpochStart: epoch, total_epochs, iterations_per_epoch, dataset_size."""
    yield
    epoch, iterations = run.epoch + 1, len(run.batches)
    watch.goes_on = run.position > 0
    watch.trace(f"epoch {epoch}", epoch=epoch, iterations=iterations)
    if run.position == 0 and watch.enabled("epoch", run.iteration):
        watch.observer.event(
            "EpochStart",
            epoch=epoch,
            total_epochs=run.num_epochs,
            iterations_per_epoch=iterations,
            dataset_size=iterations * run.settings.batch_size * run.settings.time_steps,
        )


def epoch_end(watch: Watch, run: "Run") -> Telling:
    """Tell EpochEnd: epoch, final_loss, final_grad_norm."""
    epoch = run.epoch + 1
    yield
    if watch.enabled("epoch", run.iteration):
        norm = run.grad_norm
        watch.observer.event("EpochEnd", epoch=epoch, final_loss=run.loss, final_grad_norm=norm)


def mode_change(watch: Watch, run: "Run") -> Telling:
    """Tell ModeChange: mode (train or eval)."""
    yield
    if watch.goes_on:  # in the middle of an epoch, whose mode was told before the interruption
        watch.goes_on = False
        return
    watch.tell(run, "ModeChange", mode="train" if run.training else "eval")


def rate_by_schedule(watch: Watch, run: "Run") -> Telling:
    """Tell LearningRateDecay where η fell: old_lr, new_lr, reason (schedule)."""
    old = run.optimizer.learning_rate
    yield
    _tell_fall(watch, run, old, "schedule")


def rate_by_plateau(watch: Watch, run: "Run") -> Telling:
    """Tell LearningRateDecay where η fell: old_lr, new_lr, reason (plateau)."""
    old = run.optimizer.learning_rate
    yield
    _tell_fall(watch, run, old, "plateau")


def zero_grad(watch: Watch, run: "Run") -> Telling:
    """Tell ZeroGrad."""
    yield
    watch.tell(run, "ZeroGrad")


def forward(watch: Watch, run: "Run") -> Telling:
    """Tell ForwardPass: loss, grad_norm, learning_rate; then the gates.

    ``grad_norm`` is what the gradients hold when the forward pass ends: 0 after ZeroGrad.
    """
    yield
    if watch.enabled("step", run.iteration):
        norm, rate = length(run.gradients.values()), run.optimizer.learning_rate
        watch.tell(run, "ForwardPass", loss=run.loss, grad_norm=norm, learning_rate=rate)
    tell_gates(watch, run, backward=False)


def backward(watch: Watch, run: "Run") -> Telling:
    """Tell BackwardPass: grad_norm; then the slopes at the gates, the last time step first."""
    yield
    watch.tell(run, "BackwardPass", grad_norm=run.grad_norm)
    tell_gates(watch, run, backward=True)


def clipping(watch: Watch, run: "Run") -> Telling:
    """Tell GradientClipping where the gradients were shortened: grad_norm, threshold."""
    clipped = yield
    if clipped:
        threshold = run.settings.clip_grad_norm
        watch.tell(run, "GradientClipping", grad_norm=run.grad_norm, threshold=threshold)


def weights_update(watch: Watch, run: "Run") -> Telling:
    """Tell WeightsUpdate: weight_change_norm, update_category, weight_norm; then each part.

    ``weight_norm`` is that after the update.
    """
    step, parts = (watch.enabled(level, run.iteration) for level in ("step", "weight"))
    if not (step or parts):
        yield
        return
    weights, before = run.model.parameters, side(watch, run)
    before.copy(weights)
    yield
    norm, weight = length([before.change(weights)]), length(weights.values())
    told = {"weight_change_norm": norm, "update_category": category(norm, weight)}
    watch.tell(run, "WeightsUpdate", **told, weight_norm=weight)
    if parts:
        tell_weights(watch, run, before.parts)


def gate_summary(watch: Watch, run: "Run") -> Telling:
    """Tell GateSummary: forget_mean, input_mean, output_mean."""
    yield
    tell_summary(watch, run)


def explosion(watch: Watch, run: "Run") -> Telling:
    """Tell GradientExplosion where there is one: grad_norm, threshold, loss."""
    exploded = yield
    if exploded:
        limit = run.settings.explosion
        threshold = math.inf if limit is None else limit
        attributes = {"grad_norm": run.grad_norm, "threshold": threshold, "loss": run.loss}
        watch.tell(run, "GradientExplosion", **attributes)


def sampling(watch: Watch, run: "Run") -> Telling:
    """Tell Sampling: temperature, sample_text."""
    text = yield
    watch.tell(run, "Sampling", temperature=run.settings.temperature, sample_text=text)


def validation(watch: Watch, run: "Run") -> Telling:
    """Tell Validation: validation_loss."""
    loss = yield
    watch.tell(run, "Validation", validation_loss=loss)


def stopping_check(watch: Watch, run: "Run") -> Telling:
    """Tell EarlyStoppingCheck: triggered, patience_counter, best_val_loss."""
    reason = yield
    best, counter = run.history.best_loss, run.stopping.counter
    attributes = {"patience_counter": counter, "best_val_loss": best}
    watch.tell(run, "EarlyStoppingCheck", triggered=reason is not None, **attributes)


def plateau(watch: Watch, run: "Run") -> Telling:
    """Tell PlateauDetected where one is: patience_counter, best_val_loss, current_val_loss.

    And ``learning_rate`` and ``min_lr``: at its least, the rate will not fall.
    """
    detected = yield
    if detected:
        watch.tell(
            run,
            "PlateauDetected",
            patience_counter=run.plateau.counter,
            best_val_loss=run.history.best_loss,
            current_val_loss=run.history.validations[-1][1],
            learning_rate=run.optimizer.learning_rate,
            min_lr=run.settings.min_lr,
        )


def stop(watch: Watch, run: "Run") -> Telling:
    """Tell EarlyStopping: reason (patience, explosion, target), best_val_loss."""
    yield
    best = run.history.best_loss
    watch.tell(run, "EarlyStopping", reason=run.stop, best_val_loss=best)


def _tell_fall(watch: Watch, run: "Run", old: float, reason: str) -> None:
    new = run.optimizer.learning_rate
    if new < old:
        watch.tell(run, "LearningRateDecay", old_lr=old, new_lr=new, reason=reason)
