"""Windows of two minutes from a simulated caster, with their true reasons."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace

import numpy as np

from asctools.casting.events import add_crowd, draw_stories, draw_times
from asctools.casting.process import (
    CHANNELS,
    KINDS,
    LEVEL,
    SENSORS,
    TEMPERATURE,
    drop,
    fluctuation,
    kind_of,
)
from asctools.dataset.inputs import generator, whole_number
from asctools.errors import InputError, explain

__all__ = ["CastingData", "simulate"]

SIZES = (6.0, 10.5)  # what an event's shape is multiplied by, in spreads of its channel
FEWEST_STEPS = 80  # what a drop long after a fluctuation needs

Shape = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, eq=False)
class CastingData:
    """Windows of sensor readings, one a second, with what is known of them.

    Attributes
    ----------
    x
        ``(N, steps, 6)`` float32: the channels in the order of ``CHANNELS``, in their units.
    y
        ``(N,)`` int64: 1 where inspection found a defect.
    heat
        ``(N,)`` int64: the heat, that is the ladle of steel, that a window comes from.
    chance
        ``(N,)`` float64: the true probability of y = 1, given what happened. Nobody could predict
        better: it is the oracle.
    kind
        ``(N,)`` int64: what happened, an index into ``KINDS``.
    fluctuation, drop
        ``(N, 2)`` int64: the seconds at which the level began to fluctuate and those at which the
        temperature began to drop; −1 where there was none, or no second one.
    """

    x: np.ndarray
    y: np.ndarray
    heat: np.ndarray
    chance: np.ndarray
    kind: np.ndarray
    fluctuation: np.ndarray
    drop: np.ndarray

    def __len__(self) -> int:
        return len(self.y)

    def rows(self, index: np.ndarray) -> "CastingData":
        """Return some of the windows: by number, or by a mask of shape ``(N,)``."""
        return replace(self, **{f.name: getattr(self, f.name)[index] for f in fields(self)})


def simulate(
    n_sequences: int = 6000,
    *,
    steps: int = 120,
    defect_rate: float = 0.08,
    windows_per_heat: int = 8,
    signal: float = 1.0,
    fingerprint: float = 1.0,
    habit: float = 0.4,
    crowd: float = 0.5,
    label_noise: float = 0.005,
    seed: int | np.random.Generator | None = None,
) -> CastingData:
    """Simulate windows of a caster whose defects are caused by an order of events.

    What happens, and why, is told in :mod:`asctools.casting.process`. The numbers from
    ``defect_rate`` to ``label_noise`` make the task easier or harder.

    Parameters
    ----------
    n_sequences
        How many windows.
    steps
        Seconds in a window, 80 or more.
    defect_rate
        Share of windows with a fluctuation and, 10 to 25 seconds later, a drop.
    windows_per_heat
        Windows of one heat. They share its usual values and its habits.
    signal
        Size of the events: at 1 they are some 5 to 10 spreads of their channel, at 0 not there.
        With less the network needs more epochs before it catches on; boosting hardly minds.
    fingerprint
        How far a heat's usual values lie from the caster's: 1 as ``Channel.between`` says, 0 not.
        With more, heats are easier to recognise, a split by windows leaks more, and the network
        needs more epochs.
    habit
        How alike the windows of a heat are in what happens: near 0 all the same, large all
        independent. Heats are drawn from a Dirichlet distribution with this concentration. It
        is what recognising a heat is worth.
    crowd
        Share of windows with a second fluctuation, and share of those with a second drop, both
        harmless. They make the time of "the largest" tell less: without them boosting that sees
        the order is as good as the network, with more of them it falls behind.
    label_noise
        Share of labels that inspection gets wrong: what no method can foresee.
    seed
        A seed, or the generator to draw from; None draws new numbers in every call.

    Raises
    ------
    InputError
        If a number is out of range.
    """
    whole_number("n_sequences", n_sequences, 1, "windows")
    whole_number("steps", steps, FEWEST_STEPS, "seconds")
    whole_number("windows_per_heat", windows_per_heat, 1, "windows")
    _number("defect_rate", defect_rate, 0.001, 0.999)
    _number("signal", signal, 0.0, 100.0)
    _number("fingerprint", fingerprint, 0.0, 100.0)
    _number("habit", habit, 0.01, 1e6)
    _number("crowd", crowd, 0.0, 1.0)
    _number("label_noise", label_noise, 0.0, 0.5)
    rng = generator(seed)
    heat = np.arange(n_sequences) // windows_per_heat
    story = draw_stories(heat, defect_rate, habit, rng)
    level, cold = draw_times(story, steps, rng)
    add_crowd(level, cold, crowd, steps, rng)
    spread, usual, between = (_each(name) for name in ("spread", "usual", "between"))
    x = _wandering(n_sequences, steps, rng)
    x += fingerprint * rng.normal(0.0, between, size=(heat[-1] + 1, 1, len(CHANNELS)))[heat]
    x[:, :, LEVEL] += signal * _seen(level, fluctuation, steps, rng)
    x[:, :, TEMPERATURE] += signal * _seen(cold, drop, steps, rng)
    kind = kind_of(level, cold)
    chance = np.where(kind == KINDS.index("defect"), 1.0 - label_noise, label_noise)
    y = (rng.random(n_sequences) < chance).astype(np.int64)
    return CastingData((x * spread + usual).astype(np.float32), y, heat, chance, kind, level, cold)


def _seen(times: np.ndarray, shape: Shape, steps: int, rng: np.random.Generator) -> np.ndarray:
    """Return what events leave in their channel, ``(N, steps)``, each with its own size."""
    since = np.arange(steps) - times[:, :, None]
    size = rng.uniform(*SIZES, size=times.shape) * (times >= 0)
    return (size[:, :, None] * shape(since)).sum(axis=1)


def _wandering(n: int, steps: int, rng: np.random.Generator) -> np.ndarray:
    """Return AR(1) processes of variance 1, ``(n, steps, 6)``, one for each channel."""
    memory = _each("memory")
    x = rng.normal(size=(n, steps, len(SENSORS)))
    for t in range(1, steps):
        x[:, t] = memory * x[:, t - 1] + np.sqrt(1.0 - memory**2) * x[:, t]
    return x


def _each(name: str) -> np.ndarray:
    """Return one property of all sensors, ``(6,)``."""
    return np.array([getattr(sensor, name) for sensor in SENSORS])


def _number(name: str, value: object, least: float, most: float) -> None:
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not number or not least <= float(value) <= most:  # type: ignore[arg-type]
        right = f"a number from {least:g} to {most:g}"
        raise InputError(explain(f"{name}={value!r}", right, f"change {name}"))
