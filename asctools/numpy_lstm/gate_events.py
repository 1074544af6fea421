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
NEAR_THE_END = 0.1  # of the range: a gate below .1 or above .9 is saturated, a candidate beyond ±.8
VANISHED = 1e-3  # a slope below this share of the largest of its gate is as good as none

logger = logging.getLogger(__name__)


def saturation(name: str, values: Array) -> Array:
    """Return the share of saturated values at each time step, (T,); ``values`` are (B, T, H)."""
    low, high = (-1.0, 1.0) if name == "candidate" else (0.0, 1.0)
    margin = NEAR_THE_END * (high - low)
    return ((values < low + margin) | (values > high - margin)).mean(axis=(0, 2))


def vanished(values: Array) -> Array:
    """Return the share of slopes that have as good as vanished at each time step, (T,)."""
    sizes = np.abs(values)
    return (sizes <= VANISHED * sizes.max()).mean(axis=(0, 2))


def tell_gates(watch: Watch, run: "Run", backward: bool) -> None:
    """Tell four events a layer and time step: timestep, layer, mean, std, saturation.

    The slopes are told as they came, the last time step first. ``timestep`` and ``layer`` count
    from 0.
    """
    if not watch.enabled("gate", run.iteration):
        return
    suffix = "Gradient" if backward else ""
    for layer, gates in enumerate(_gates(watch, run, "gate_gradients" if backward else "gates")):
        told = {EVENTS[name] + suffix: _numbers(name, gates[name], backward) for name in EVENTS}
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


def _numbers(name: str, values: Array, backward: bool) -> list[list[float]]:
    """Return mean, standard deviation and saturation at each time step, (T, 3)."""
    shares = vanished(values) if backward else saturation(name, values)
    mean = values.mean(axis=(0, 2))
    away = values - mean[:, None]
    # An einsum takes half the time of values.std
    std = np.sqrt(np.einsum("bth,bth->t", away, away) / (values.size / len(mean)))
    return np.stack((mean, std, shares), axis=1).tolist()  # type: ignore[no-any-return]
