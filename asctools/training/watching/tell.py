"""What each operation of a watched loop tells, from what was seen before and after it.

A forward pass waits with its event until its loss is known, which is when the backward pass begins;
a ``zero_grad`` in between waits behind it, so the log has the order of the loop.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any
from weakref import ref

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from asctools.eventlog.registry import REGISTRY
from asctools.numpy_lstm.events import category
from asctools.numpy_lstm.observe import Watch
from asctools.training.watching.count import Count
from asctools.training.watching.gates import Gates
from asctools.training.watching.norms import gradients, norms, total
from asctools.training.watching.parts import Part
from asctools.training.watching.rates import Rates
from asctools.training.watching.reading import Reading, loss_of
from asctools.training.watching.weights import Stamp, Weights

LEVEL_OF = {name: kind.level for name, kind in REGISTRY.items()}
UNSEEN: list[Stamp] = [(None, -1)]  # gradients that nobody asks about


class Teller:
    """Everything that a watch knows of a loop, and the log that it tells.

    Parameters
    ----------
    models, optimizers
        Those that the loop trains.
    log
        An observer, as :mod:`asctools.numpy_lstm.observe` describes it.
    count
        Knows the iteration.

    Attributes
    ----------
    loss, grad_norm
        Of the last backward pass; the norm is NaN where nobody wanted it.
    ends_epoch
        Whether an epoch may end with this iteration, and its norm is wanted for that.
    """

    def __init__(
        self, models: Sequence[nn.Module], optimizers: Sequence[Optimizer], log: Any, count: Count
    ) -> None:
        self.watch, self.count = Watch(log), count
        self.models, self.optimizers = list(models), list(optimizers)
        self.weights = Weights(self.models, self.optimizers)
        self.rates, self.gates = Rates(self.optimizers), Gates(self.models)
        self.loss = self.grad_norm = math.nan
        self.ends_epoch = False
        self._one = len(self.models) == len(self.optimizers) == 1
        self._reading: Reading | None = None
        self._depth = 0  # of a watched model inside a watched model
        self._stale = False  # whether the gradients are those of an update that is done
        self._held: list[Stamp] = []  # the gradients as they were before the backward pass
        self._known: tuple[list[Stamp], float] | None = None  # of the last update, and their norm
        self._seen_call = False
        self._unseen: Reading | None = None  # of a model that is never called
        self._last_loss: Callable[[], Tensor | None] = _nothing

    def wants(self, level: str) -> bool:
        """Whether the log wants events of a level in this iteration."""
        return self.watch.enabled(level, self.count.iteration)

    def tell(self, name: str, **attributes: Any) -> None:
        """Tell an event of this iteration, if its level is wanted."""
        iteration = self.count.iteration
        if self.watch.enabled(LEVEL_OF.get(name, "step"), iteration):
            self.watch.observer.event(name, iteration=iteration, **attributes)

    # ── going on later ───────────────────────────────────────────────────────────────────────────

    def state(self) -> dict[str, Any]:
        """Return what the next events depend on, between two steps."""
        held = [p.grad for p in self.weights.parameters]
        return {"gradients": held, "rates": self.rates.now_seen()}

    def go_on(self, state: dict[str, Any]) -> None:
        """Go on with it: the gradients are told of once more, and falls since then are seen."""
        for parameter, held in zip(self.weights.parameters, state["gradients"], strict=True):
            parameter.grad = None if held is None else held.to(parameter.device)
        self.rates.see(state["rates"])

    # ── the forward pass ─────────────────────────────────────────────────────────────────────────

    def forward_begins(self, model: nn.Module) -> None:
        """See a model being called."""
        self._depth += 1
        if self._depth > 1 or self._held:  # a checkpoint reads again in the middle of going back
            return
        mode, grad_enabled = _mode(model), torch.is_grad_enabled()
        if self._reading is not None and not self._reading.goes_on(mode, grad_enabled):
            self.settle()
        learns = grad_enabled and mode == "train"
        if learns:
            self.count.forward()
            self.look_at_rates("hand")
        self.gates.keep(learns and self.wants("gate"))
        self._reading = self._reading or Reading(mode, grad_enabled)

    def forward_ends(self, succeeded: bool) -> None:
        """See it return."""
        self._depth -= 1
        if self._depth or self._held or self._reading is None:
            return
        if succeeded:
            self._seen_call = True
            self._reading.calls += 1
        elif not self._reading.calls:
            self._reading = None

    def criterion_ends(self, loss: Any) -> None:
        """See what the criterion says."""
        if self._reading is not None and isinstance(loss, Tensor) and loss.numel() == 1:
            self._reading.losses.append(loss.item())

    def settle(self, loss: float | None = None, backward: bool = False) -> None:
        """Tell of the forward pass that has waited, and of each ``zero_grad`` behind it."""
        reading, self._reading = self._reading, None
        if reading is None:
            return
        if loss is None and reading.losses:
            loss = sum(reading.losses) / len(reading.losses)
        said = {} if loss is None else {"loss": loss}
        more: dict[str, Any] = {"calls": reading.calls} if reading.calls > 1 else {}
        if reading.learns or (backward and reading.grad_enabled):
            more |= {} if reading.mode == "train" else {"mode": reading.mode}
            self._tell_forward(said, reading.grad_norm, more)
        else:
            more = {"mode": reading.mode, "grad_enabled": reading.grad_enabled} | more
            self.tell("EvaluationPass", **said, **more)
        for where in reading.cleared:
            self.tell("ZeroGrad", **where)

    def forget(self) -> None:
        """Leave out the forward pass that has waited."""
        self._reading = None

    def _tell_forward(
        self, said: dict[str, float], held: float | None, more: dict[str, Any]
    ) -> None:
        if self.wants("step"):
            norm = self.weights.grad_norm() if held is None else held
            rate = self.rates.first()
            self.tell("ForwardPass", **said, grad_norm=norm, learning_rate=rate, **more)
        if self.wants("gate"):
            self.gates.tell(self.watch, self.count.iteration, slopes=False)

    # ── the backward pass ────────────────────────────────────────────────────────────────────────

    def backward_begins(self, tensors: Any) -> None:
        """See slopes being asked for: now the loss of the forward pass is known."""
        self._held = UNSEEN if self._nobody_asks() else self.weights.stamps()
        if self._reading is not None:
            self._look_for_clearing_by_hand()
            self._tell_of_loss(tensors)
        elif not self._seen_call and self._last_loss() is not tensors:
            self._unseen = Reading("train", True, 1, self.weights.grad_norm())
            self._last_loss = ref(tensors) if isinstance(tensors, Tensor) else _nothing

    def backward_ends(self, tensors: Any, succeeded: bool) -> None:
        """See the slopes arrive, if they are those of our weights."""
        held, self._held = self._held, []
        unseen, self._unseen = self._unseen, None
        if held is UNSEEN:
            self.grad_norm = math.nan
            return
        if not succeeded or not self.weights.changed_since(held):
            return
        if unseen is not None:  # the model is used, but never called
            self.count.forward()
            self._reading = unseen
            self._tell_of_loss(tensors)
        self.count.backward()
        wanted = self.wants("step") or (self.ends_epoch and self.wants("epoch"))
        self.grad_norm = self.weights.grad_norm() if wanted else math.nan
        missing = self.weights.without_slopes() if self._one else 0
        more = {"without_slopes": missing} if missing else {}
        self.tell("BackwardPass", grad_norm=self.grad_norm, **more)
        if self.wants("gate"):
            self.gates.tell(self.watch, self.count.iteration, slopes=True)

    def _nobody_asks(self) -> bool:
        """Whether nothing of this iteration is told, and the trainer counts it."""
        return self.count.given and not any(map(self.wants, ("step", "gate", "weight")))

    def _tell_of_loss(self, tensors: Any) -> None:
        loss = loss_of(tensors)
        self.loss = self.loss if loss is None else loss
        self.settle(loss, backward=True)

    def _look_for_clearing_by_hand(self) -> None:
        """Tell ZeroGrad if the gradients of the last step are gone and nobody was seen to do it."""
        if self._stale and self.weights.grad_norm() == 0.0:
            self._stale = False
            self.tell("ZeroGrad", by="hand")

    # ── gradients ────────────────────────────────────────────────────────────────────────────────

    def clearing_begins(self) -> None:
        """See gradients about to be cleared."""
        if self._reading is not None and not self._reading.learns:
            self.settle()
        self.count.zero_grad()
        if self._reading is not None and self._reading.grad_norm is None and self.wants("step"):
            self._reading.grad_norm = self._norm_of_last_update()
        self._known = None

    def clearing_ends(self, where: dict[str, Any]) -> None:
        """See them gone."""
        self._stale = False
        if self._reading is not None:
            self._reading.cleared.append(where)
        else:
            self.tell("ZeroGrad", **where)

    def _norm_of_last_update(self) -> float:
        """Return the norm of the gradients, which is mostly known from the last update."""
        if self._known is None or self.weights.changed_since(self._known[0]):
            return self.weights.grad_norm()
        return self._known[1]

    def clipped(self, norm: float, threshold: float, more: dict[str, Any]) -> None:
        """See gradients shortened."""
        self.settle()
        self.tell("GradientClipping", grad_norm=norm, threshold=threshold, **more)

    # ── the step ─────────────────────────────────────────────────────────────────────────────────

    def step_begins(self, k: int, closure: bool) -> None:
        """See an optimiser about to move its weights."""
        if not closure:
            self.settle()
        self.count.step(closure)
        self._known = None
        self.look_at_rates("hand")
        if self.wants("step") or self.wants("weight"):
            self.weights.look()
            self.weights.moves[k].begin()

    def step_ends(self, k: int, closure: bool) -> None:
        """See them moved."""
        self.count.stepped()
        if not (self.wants("step") or self.wants("weight")):
            return
        unheld = self.weights.unheld()
        weights, changes, slopes = self.weights.measured(k)
        change, weight, slope = total(changes), total(weights), total(slopes)
        self._known = (self.weights.stamps(), slope) if self.count.given else None
        self._stale = slope > 0.0
        more: dict[str, Any] = {} if self._one else {"optimizer": k}
        more |= {"closure": True} if closure else {}
        more |= {"unheld": unheld} if unheld else {}
        self.tell(
            "WeightsUpdate",
            weight_change_norm=change,
            update_category=category(change, weight),
            weight_norm=weight,
            grad_norm=slope,
            **more,
        )
        if self.wants("weight"):
            self._tell_parts(self.weights.moves[k].parts, weights, changes)

    def _tell_parts(self, parts: list[Part], weights: list[float], changes: list[float]) -> None:
        """Tell of each parameter that can learn: norm, grad_norm, change_norm."""
        rows = [
            (part.event, part.layer, weight, total(norms(gradients([part.parameter]))), change)
            for part, weight, change in zip(parts, weights, changes, strict=True)
            if part.parameter.requires_grad
        ]
        if rows:
            names, layers, *three = map(list, zip(*rows, strict=True))
            numbers = dict(zip(("norm", "grad_norm", "change_norm"), three, strict=True))
            where = {} if set(layers) == {None} else {"layer": layers}
            self.watch.tell_all(names, iteration=self.count.iteration, **where, **numbers)

    # ── modes and rates ──────────────────────────────────────────────────────────────────────────

    def mode_changes(self, model: nn.Module) -> None:
        """See a model told to learn or to be looked at."""
        self.settle()
        where = {"model": self.models.index(model)} if len(self.models) > 1 else {}
        self.tell("ModeChange", mode=_mode(model), **where)

    def plateau_ends(self, waited: int, best: float, current: float, least: float) -> None:
        """See a scheduler find that nothing gets better."""
        self.settle()
        losses = {"best_val_loss": best, "current_val_loss": current}
        rates = {"learning_rate": self.rates.seen(), "min_lr": least}
        self.tell("PlateauDetected", patience_counter=waited, **losses, **rates)
        self.look_at_rates("plateau")

    def look_at_rates(self, reason: str) -> None:
        """Tell of learning rates that have fallen."""
        for fall in self.rates.falls():
            self.settle()
            numbers = {"old_lr": fall.old, "new_lr": fall.new}
            self.tell("LearningRateDecay", **numbers, reason=reason, **fall.where)


def _nothing() -> None:
    return None


def _mode(model: nn.Module) -> str:
    return "train" if model.training else "eval"
