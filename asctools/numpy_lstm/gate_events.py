"""The events of the gates: what they did at each time step, and the slopes that came back."""

import logging
from typing import TYPE_CHECKING, Any

import numpy as np

from asctools.numpy_lstm.observe import Watch

if TYPE_CHECKING:
    from asctools.numpy_lstm.run import Run

Array = np.ndarray

EVENTS = {
    "forget": "ForgetGate",
    "input": "InputGate",
    "candidate": "CandidateGate",
    "output": "OutputGate",
}
SATURATED = (
    0.4  # a gate below .1 or above .9; a candidate, whose range is twice as wide, beyond ±.8
)
VANISHED = 1e-3  # a slope below this share of the largest of its gate is as good as none

logger = logging.getLogger(__name__)


def statistics(name: str, values: Array, slopes: bool, scratch: Array) -> Array:
    """Return mean, standard deviation and saturation of a gate at each time step.

    Parameters
    ----------
    name
        forget, input, candidate or output.
    values
        What the gate said, or the slopes there, (B, T, H).
    slopes
        Which of the two. A slope counts as saturated when it has as good as vanished.
    scratch
        Memory to compute in, (T, B·H): new memory at every call would take as long again.

    Returns
    -------
    numpy.ndarray
        Shape (T, 3).
    """
    # One row for each time step; a view where the values of a step lie side by side
    flat = values.swapaxes(0, 1).reshape(scratch.shape)
    n = scratch.shape[1]
    mean = flat @ np.full(n, 1.0 / n, scratch.dtype)  # a quarter of the time of flat.mean(axis=1)
    np.subtract(flat, mean[:, None], out=scratch)
    std = np.sqrt(np.einsum("tn,tn->t", scratch, scratch) / n)
    of_a_gate = not slopes and name != "candidate"
    np.abs(np.subtract(flat, 0.5, out=scratch) if of_a_gate else flat, out=scratch)
    if slopes:
        counted = scratch <= VANISHED * scratch.max()
    else:
        counted = scratch > SATURATED * (1.0 if of_a_gate else 2.0)
    shares = [np.count_nonzero(row) / n for row in counted]
    return np.stack((mean, std, shares), axis=1)


def tell_gates(watch: Watch, run: "Run", backward: bool) -> None:
    """Tell four events a layer and time step: timestep, layer, mean, std, saturation.

    The slopes are told as they came, the last time step first. ``timestep`` and ``layer`` count
    from 0.
    """
    if not watch.enabled("gate", run.iteration):
        return
    suffix = "Gradient" if backward else ""
    for layer, gates in enumerate(_gates(watch, run, "gate_gradients" if backward else "gates")):
        scratch = _scratch(watch, gates["forget"])
        told = {
            event + suffix: statistics(name, gates[name], backward, scratch).tolist()
            for name, event in EVENTS.items()
        }
        times = range(run.settings.time_steps)
        for t in reversed(times) if backward else times:
            for event, numbers in told.items():
                mean, std, share = numbers[t]
                watch.observer.event(
                    event,
                    iteration=run.iteration,
                    timestep=t,
                    layer=layer,
                    mean=mean,
                    std=std,
                    saturation=share,
                )


def tell_summary(watch: Watch, run: "Run") -> None:
    """Tell GateSummary: how open three of the gates were, over all layers."""
    if not watch.enabled("step", run.iteration):
        return
    layers = _gates(watch, run, "gates")
    if layers:
        names = ("forget", "input", "output")
        means = {f"{n}_mean": float(np.mean([gates[n].mean() for gates in layers])) for n in names}
        watch.tell(run, "GateSummary", **means)


def _gates(watch: Watch, run: "Run", attribute: str) -> list[dict[str, Array]]:
    """Return gate → (B, T, H) for each layer; none, and a word about it, if the model has none."""
    found: Any = getattr(getattr(run.model, "lstm", run.model), attribute, None)
    if found:
        return list(found)
    if attribute not in watch.missed:
        warn = "%s exposes no .%s: its events are left out of the log"
        logger.warning(warn, type(run.model).__name__, attribute)
        watch.missed.add(attribute)
    return []


def _scratch(watch: Watch, values: Array) -> Array:
    """Return the memory for the statistics, which the watch keeps."""
    shape = (values.shape[1], values[:, 0].size)
    kept = watch.buffers.get("gates")
    if kept is None or kept.shape != shape:
        kept = watch.buffers["gates"] = np.empty(shape, values.dtype)
    return kept
