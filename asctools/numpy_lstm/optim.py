"""Optimisers that change weights in place, and the clipping of gradients by their global norm.

An optimiser is given dictionaries of arrays, name → weight and name → gradient, as
:class:`~asctools.numpy_lstm.model.CharLSTM` keeps them. A step writes into the weights and into
buffers made at the first one: it allocates nothing, and float32 stays float32.
"""

import math
from collections.abc import Iterable, Mapping

import numpy as np

from asctools.errors import CheckpointError, InputError, ShapeError, explain

Array = np.ndarray
Arrays = Mapping[str, Array]


def global_norm(arrays: Iterable[Array]) -> float:
    """Return the Euclidean norm of all numbers of all arrays, as if they were one long vector.

    Squares that are too large for the arrays' own type are summed in float64 instead.
    """
    arrays = list(arrays)
    with np.errstate(over="ignore"):
        total = math.fsum(float(np.vdot(a, a)) for a in arrays)
    if not math.isfinite(total):
        total = sum(float(np.sum(np.square(a, dtype=np.float64))) for a in arrays)
    return math.sqrt(total) if total >= 0.0 else math.nan


def clip_by_global_norm(gradients: Arrays, max_norm: float) -> float:
    """Shorten all gradients together, in place, so that their global norm is at most ``max_norm``.

    Their direction stays. Gradients that are infinite or NaN have no direction: they are left as
    they are, and the norm that is returned says so.

    Implements :eq:`eq-clip`.

    Parameters
    ----------
    gradients
        Name → array; changed in place.
    max_norm
        The largest norm allowed.

    Returns
    -------
    float
        The norm before clipping.
    """
    max_norm = _above_zero(max_norm, "max_norm")
    norm = global_norm(gradients.values())
    # g ← g · min(1, θ / ‖g‖); the 1e-6 against ‖g‖ = 0 is PyTorch's
    scale = max_norm / (norm + 1e-6)
    if scale < 1.0 and math.isfinite(norm):
        for g in gradients.values():
            g *= scale
    return norm


class Optimizer:
    """What the three optimisers share: one step over all weights, and a memory that can be saved.

    Parameters
    ----------
    learning_rate
        η, above 0. A schedule may set the attribute before each step.

    Attributes
    ----------
    learning_rate
        η of the next step.
    steps
        How many steps are done.
    """

    slots: tuple[str, ...] = ()  # what is remembered for each weight: Adam's m and v

    def __init__(self, learning_rate: float) -> None:
        self.learning_rate = _above_zero(learning_rate, "learning_rate")
        self.steps = 0
        self._memory: dict[str, list[Array]] = {}
        self._scratch: dict[str, Array] = {}

    def step(self, parameters: Arrays, gradients: Arrays) -> None:
        """Move every weight a little, in place.

        Raises
        ------
        ShapeError
            If the gradients are not those of the weights, or the weights not those of before.
        """
        if self._scratch.keys() != parameters.keys():
            self._prepare(parameters)
        for name, w in parameters.items():
            _fits(name, gradients.get(name), w)
            _fits(name, self._scratch[name], w)
        self.steps += 1
        for name, w in parameters.items():
            self._update(w, gradients[name], self._scratch[name], *self._memory[name])

    def _update(self, w: Array, g: Array, scratch: Array, *memory: Array) -> None:
        """Move one weight; ``scratch`` may be overwritten."""
        raise NotImplementedError  # each optimiser has its own

    def _prepare(self, parameters: Arrays) -> None:
        """Make the buffers of the first step."""
        if self._scratch:
            came = f"weights {', '.join(parameters)}"
            todo = "make one optimiser for each model"
            raise ShapeError(explain(came, f"those of before, {', '.join(self._scratch)}", todo))
        for name, w in parameters.items():
            self._scratch[name] = np.empty_like(w)
            if name not in self._memory:  # else it was loaded
                self._memory[name] = [np.zeros_like(w) for _ in self.slots]
            for value in self._memory[name]:
                _fits(name, value, w)

    def settings(self) -> dict[str, float]:
        """Return the numbers that the optimiser was made with, and η as it is now."""
        return {"learning_rate": self.learning_rate}

    def state_dict(self) -> dict[str, Array]:
        """Return all that a later step depends on, as name → array (copies)."""
        state = {name: np.array(value) for name, value in self.settings().items()}
        state |= {"kind": np.array(type(self).__name__), "steps": np.array(self.steps)}
        for name, values in self._memory.items():
            state |= {
                f"{slot}.{name}": value.copy()
                for slot, value in zip(self.slots, values, strict=True)
            }
        return state

    def load_state_dict(self, state: Arrays) -> None:
        """Go on from a state that :meth:`state_dict` returned.

        Raises
        ------
        CheckpointError
            If it is the state of another kind of optimiser, or incomplete. Nothing is changed then.
        """
        kind, own = str(state.get("kind", "something else")), type(self).__name__
        missing = sorted({"steps", *self.settings()} - state.keys()) if kind == own else []
        if kind != own or missing:
            came = f"the state of {kind}" + (f" without {', '.join(missing)}" if missing else "")
            todo = f"make the optimiser that was saved, or start {own} afresh"
            raise CheckpointError(explain(came, f"one of {own}", todo))
        for name in self.settings():
            setattr(self, name, float(state[name]))
        self.steps = int(state["steps"])
        first = f"{self.slots[0]}." if self.slots else "\0"
        names = [name.removeprefix(first) for name in state if name.startswith(first)]
        self._scratch = {}
        self._memory = {n: [state[f"{slot}.{n}"].copy() for slot in self.slots] for n in names}


class SGD(Optimizer):
    """Gradient descent: w ← w − η g; with a momentum μ, g gives way to v ← μ v + g.

    Parameters
    ----------
    learning_rate
        η, above 0.
    momentum
        μ, from 0 to below 1.
    """

    slots = ("v",)

    def __init__(self, learning_rate: float, momentum: float = 0.0) -> None:
        super().__init__(learning_rate)
        self.momentum = _share(momentum, "momentum")

    def settings(self) -> dict[str, float]:
        return super().settings() | {"momentum": self.momentum}

    def _update(self, w: Array, g: Array, scratch: Array, *memory: Array) -> None:
        (v,) = memory
        # v ← μ v + g
        v *= self.momentum
        v += g
        # w ← w − η v
        np.multiply(v, self.learning_rate, out=scratch)
        w -= scratch


class AdaGrad(Optimizer):
    """Every number has a rate of its own, which falls with the slopes that it has met.

    s ← s + g², w ← w − η g / (√s + ε). Source: Duchi, Hazan & Singer 2011.

    Parameters
    ----------
    learning_rate
        η, above 0.
    epsilon
        ε, against a division by 0.
    """

    slots = ("s",)

    def __init__(self, learning_rate: float, epsilon: float = 1e-10) -> None:
        super().__init__(learning_rate)
        self.epsilon = _above_zero(epsilon, "epsilon")

    def settings(self) -> dict[str, float]:
        return super().settings() | {"epsilon": self.epsilon}

    def _update(self, w: Array, g: Array, scratch: Array, *memory: Array) -> None:
        (s,) = memory
        # s ← s + g²
        np.multiply(g, g, out=scratch)
        s += scratch
        # w ← w − η g / (√s + ε)
        np.sqrt(s, out=scratch)
        scratch += self.epsilon
        np.divide(g, scratch, out=scratch)
        scratch *= self.learning_rate
        w -= scratch


class Adam(Optimizer):
    """Running means of each slope and of its square. Source: Kingma & Ba 2015, Algorithm 1.

    Parameters
    ----------
    learning_rate
        η, above 0.
    beta1, beta2
        How much of the running means stays at each step, from 0 to below 1.
    epsilon
        ε, against a division by 0.
    """

    slots = ("m", "v")

    def __init__(
        self,
        learning_rate: float = 1e-3,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
    ) -> None:
        super().__init__(learning_rate)
        self.beta1, self.beta2 = _share(beta1, "beta1"), _share(beta2, "beta2")
        self.epsilon = _above_zero(epsilon, "epsilon")

    def settings(self) -> dict[str, float]:
        own = {"beta1": self.beta1, "beta2": self.beta2, "epsilon": self.epsilon}
        return super().settings() | own

    def _update(self, w: Array, g: Array, scratch: Array, *memory: Array) -> None:
        """Move one weight.

        Implements :eq:`eq-adam-moments`, :eq:`eq-adam-update`.
        """
        m, v = memory
        m_share, v_share = 1.0 - self.beta1**self.steps, 1.0 - self.beta2**self.steps
        # m ← β₁ m + (1 − β₁) g
        np.multiply(g, 1.0 - self.beta1, out=scratch)
        m *= self.beta1
        m += scratch
        # v ← β₂ v + (1 − β₂) g²
        np.multiply(g, g, out=scratch)
        scratch *= 1.0 - self.beta2
        v *= self.beta2
        v += scratch
        # w ← w − η m̂ / (√v̂ + ε) with m̂ = m / (1 − β₁ᵗ),  v̂ = v / (1 − β₂ᵗ)
        np.sqrt(v, out=scratch)
        scratch /= math.sqrt(v_share)
        scratch += self.epsilon
        np.divide(m, scratch, out=scratch)
        scratch *= self.learning_rate / m_share
        w -= scratch


def _fits(name: str, other: Array | None, w: Array) -> None:
    """Refuse an array that is not of its weight's shape and type."""
    if other is None or other.shape != w.shape or other.dtype != w.dtype:
        came = "no gradient" if other is None else f"{other.shape} in {other.dtype}"
        todo = "give each weight the gradient that was computed for it, of its type"
        raise ShapeError(explain(f"{came} for {name}", f"{w.shape} in {w.dtype}", todo))


def _above_zero(value: float, name: str) -> float:
    if not (isinstance(value, int | float | np.number) and math.isfinite(value) and value > 0):
        raise InputError(explain(f"{name}={value!r}", "a number above 0", f"set {name}, say 1e-2"))
    return float(value)


def _share(value: float, name: str) -> float:
    if not (isinstance(value, int | float | np.number) and 0.0 <= value < 1.0):
        raise InputError(explain(f"{name}={value!r}", "a number from 0 to below 1", "try 0.9"))
    return float(value)
