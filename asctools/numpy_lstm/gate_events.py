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
# A gate is saturated outside of .1 to .9; a candidate, whose range is twice as wide, of ∓.8
ENDS = {"forget": (0.1, 0.9), "input": (0.1, 0.9), "output": (0.1, 0.9), "candidate": (-0.8, 0.8)}
VANISHED = 1e-3  # a slope below this share of the largest of its gate is as good as none
TINY = 1e-300  # so that 0 has a logarithm
TOO_CLOSE = 1e-2  # below this ratio of σ² to μ², E[x²] − μ² would lose too many digits

logger = logging.getLogger(__name__)


class Memory:
    """Memory to compute in: new memory at every call would take as long again.

    Parameters
    ----------
    steps, size
        T, and the B·H numbers of a gate at each step.
    dtype
        Of the numbers.
    """

    def __init__(self, steps: int, size: int, dtype: np.dtype[Any]) -> None:
        self.shape, self.size = (steps, size), size
        self.numbers = np.empty(self.shape, dtype)
        self.average = np.full(size, 1.0 / size, dtype)
        self.high, self.low = np.empty((2, *self.shape), bool)
        # Truths are counted eight at a time, where they come in eights
        self.words = self.high.view(np.uint64 if size % 8 == 0 else np.uint8)
        self.counts = np.empty(self.words.shape, np.uint8)
        self.digits = np.finfo(dtype).precision
        # What is told of all steps: mean, std and saturation of each gate, and what it is called
        self.statistics = np.empty((3, steps, len(EVENTS)))
        self.names = list(EVENTS.values()) * steps
        self.slopes = [f"{name}Gradient" for name in self.names]
        self.times = [t for t in range(steps) for _ in EVENTS]

    def shares(self) -> Array:
        """Return for each step the share of what is true in ``high``."""
        np.bitwise_count(self.words, out=self.counts)
        return self.counts.sum(axis=1, dtype=np.uint32) / self.size


def statistics(name: str, values: Array, slopes: bool, memory: Memory) -> tuple[Array, ...]:
    """Return mean, standard deviation and saturation of a gate at each time step.

    Parameters
    ----------
    name
        forget, input, candidate or output.
    values
        What the gate said, or the slopes there, (B, T, H).
    slopes
        Which of the two. A slope counts as saturated when it has as good as vanished.
    memory
        To compute in.

    Returns
    -------
    tuple
        Three arrays, (T,) each.
    """
    # One row for each time step; a view where the values of a step lie side by side
    flat = values.swapaxes(0, 1).reshape(memory.shape)
    if not flat.flags.c_contiguous:  # to copy it takes less than to walk over it in steps twice
        np.copyto(memory.numbers, flat)
        flat = memory.numbers
    mean = flat @ memory.average  # a quarter of the time of flat.mean(axis=1)
    if slopes:
        np.abs(flat, out=memory.numbers)
        limit = VANISHED * memory.numbers.max()
        np.less_equal(memory.numbers, limit, out=memory.high)
    else:
        low, high = ENDS[name]
        np.greater(flat, high, out=memory.high)
        np.less(flat, low, out=memory.low)
        np.logical_or(memory.high, memory.low, out=memory.high)
    return mean, _spread(flat, mean, memory.numbers), memory.shares()


def _spread(flat: Array, mean: Array, scratch: Array) -> Array:
    """Return the standard deviation of each row, (T,), from its mean; ``scratch`` may be flat.

    E[x²] − μ² is quickest, and exact enough unless σ is a small part of μ. Then the mean of one row
    is taken away from all first, which mostly is enough, or from each its own.
    """
    variance, exact = _variance(flat, mean)
    if not exact:
        centre = mean[-1]
        np.subtract(flat, centre, out=scratch)
        variance, exact = _variance(scratch, mean - centre)
        if not exact:
            np.subtract(scratch, (mean - centre)[:, None], out=scratch)
            variance = np.vecdot(scratch, scratch) / flat.shape[1]
    return np.sqrt(variance)


def _variance(flat: Array, mean: Array) -> tuple[Array, bool]:
    """Return E[x²] − μ² of each row, and whether all of them have enough digits left."""
    square = mean * mean
    variance = np.vecdot(flat, flat) / flat.shape[1] - square
    return variance, bool((variance >= TOO_CLOSE * square).all())


def significant(numbers: Array, digits: int) -> Array:
    """Return numbers rounded to so many digits, not counting the zeros that they begin with.

    A mean of numbers in float32 has six. More would be noise, and fill half of a log.
    """
    if digits > 14 or not np.isfinite(numbers).all():
        return numbers
    exponents = np.floor(np.log10(np.maximum(np.abs(numbers), TINY)))
    scale = 10.0 ** (digits - 1 - exponents)
    return np.rint(numbers * scale) / scale


def tell_gates(watch: Watch, run: "Run", backward: bool) -> None:
    """Tell four events for each layer and time step: timestep, layer, mean, std, saturation.

    The slopes are told as they came, the last time step first. ``timestep`` and ``layer`` count
    from 0.
    """
    if not watch.enabled("gate", run.iteration):
        return
    for layer, gates in enumerate(_gates(watch, run, "gate_gradients" if backward else "gates")):
        memory = _memory(watch, gates["forget"])
        numbers = memory.statistics
        for k, name in enumerate(EVENTS):
            numbers[..., k] = statistics(name, gates[name], backward, memory)
        rounded = significant(numbers[:2], memory.digits)
        order = slice(None, None, -1 if backward else 1)
        mean, std = rounded[:, order].reshape(2, -1).tolist()
        watch.tell_all(
            memory.slopes if backward else memory.names,
            iteration=run.iteration,
            timestep=memory.times[order],
            layer=layer,
            mean=mean,
            std=std,
            saturation=numbers[2, order].ravel().tolist(),
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


def _memory(watch: Watch, values: Array) -> Memory:
    """Return the memory for the statistics, which the watch keeps."""
    steps, size = values.shape[1], values[:, 0].size
    kept: Memory | None = watch.buffers.get("gates")
    if kept is None or kept.shape != (steps, size) or kept.numbers.dtype != values.dtype:
        kept = watch.buffers["gates"] = Memory(steps, size, values.dtype)
    return kept
