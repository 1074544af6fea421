"""The exercise on the entropy rate of a small source, from its table of transitions."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake, Outcome

Table = np.ndarray
STRICT = 3  # so many of the cases come before the first zero in a table
MANY = 10_000


def _terms(P: Table) -> Table:
    """Return -p ln p at every place, 0 where p is 0."""
    return -P * np.log(P, out=np.zeros_like(P), where=P > 0)


def _stationary(P: Table) -> np.ndarray:
    equations = P.T - np.eye(len(P))
    equations[-1] = 1
    return np.asarray(np.linalg.solve(equations, np.eye(len(P))[-1]))


def _right(P: Table) -> float:
    return float(_stationary(P) @ _terms(P).sum(axis=1))


def _weighted(weights: Callable[[Table], np.ndarray], axis: int = 1) -> Callable[[Table], float]:
    return lambda P: float(weights(P) @ _terms(P).sum(axis=axis))


def _unit_vector(P: Table) -> np.ndarray:
    pi = _stationary(P)
    return np.asarray(pi / np.linalg.norm(pi))


def _power(steps: int, spread: bool) -> Callable[[Table], np.ndarray]:
    """Let a distribution wander for many steps, from the first state or from all."""

    def weights(P: Table) -> np.ndarray:
        far = np.linalg.matrix_power(P, steps)
        return np.asarray(far.mean(axis=0) if spread else far[0])

    return weights


def _of_the_states(P: Table) -> float:
    return float(_terms(_stationary(P)).sum())


def _zero_times_infinity(outcomes: Sequence[Outcome], expected: Sequence[float]) -> bool:
    """Whether tables without a zero are right, and the first one with a zero is no number."""
    if len(outcomes) <= STRICT or any(
        each.error or not abs(each.value - right) < 1e-6
        for each, right in zip(outcomes[:STRICT], expected, strict=False)
    ):
        return False
    found = outcomes[STRICT]
    if found.error is not None:
        return isinstance(found.error, (ArithmeticError, RuntimeWarning, ValueError))
    return math.isnan(found.value)


def _drawn(rng: np.random.Generator, states: int, sharp: float) -> Table:
    weights = rng.random((states, states)) ** sharp + 0.02
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _alternating(rng: np.random.Generator) -> Table:
    """Draw a source that goes to and fro between its first state and the other three."""
    P = np.zeros((4, 4))
    P[0, 1:] = rng.dirichlet([1.0, 2.0, 3.0])
    P[1:, 0] = 1.0
    return P


def _with_zeros(rng: np.random.Generator) -> Table:
    """Draw a source that may go on to the next state or stay; the last one has to leave."""
    stay = np.append(rng.uniform(0.2, 0.9, 3), 0.0)
    return np.asarray(np.diag(stay) + np.roll(np.diag(1 - stay), 1, axis=1))


def _cases(rng: np.random.Generator) -> list[Case]:
    a, b = rng.uniform(0.05, 0.2), rng.uniform(0.4, 0.6)
    return [
        Case("for two states", (np.array([[1 - a, a], [b, 1 - b]]),)),
        Case("for three states", (_drawn(rng, 3, 4.0),)),
        Case("for five states", (_drawn(rng, 5, 6.0),)),
        Case("where some transitions never happen", (_with_zeros(rng),)),
        Case("for a source that goes to and fro", (_alternating(rng),)),
    ]


RATE = Exercise(
    id="known-entropy/rate",
    kind="Code",
    level=2,
    minutes=15,
    task="a function my_rate(P) that returns one number, in nats",
    parameters=("P",),
    cases=_cases,
    reference=_right,
    mistakes=(
        Mistake(
            "all states alike",
            "You take the plain mean over the states. The source is not in all of them equally "
            "often. If your weights come from `np.linalg.eig(P)`: it solves P v = v, which equal "
            "numbers always do. Which equation has the shares on the left?",
            _weighted(lambda P: np.full(len(P), 1 / len(P))),
        ),
        Mistake(
            "shares do not add up to 1",
            "The states have the right weights, up to a factor. An eigenvector may have any "
            "length, and NumPy gives it the length 1 and either sign. Shares add up to 1.",
            (_weighted(_unit_vector), _weighted(lambda P: -_unit_vector(P))),
        ),
        Mistake(
            "across the columns",
            "The weights are right. The entropies are not: row i of P holds what may follow state "
            "i, so an entropy belongs to a row.",
            _weighted(_stationary, axis=0),
        ),
        Mistake(
            "entropy of the states",
            "That is the entropy of the shares themselves: how uncertain the state is for somebody "
            "who has read nothing. Asked for is the next one when the present one is known.",
            _of_the_states,
        ),
        Mistake(
            "entropies added up",
            "You add up the entropies of all states. A text is in one of them at a time: weight "
            "each with its share.",
            lambda P: float(_terms(P).sum()),
        ),
        Mistake(
            "bits",
            "That is right in bits. This book counts in nats, with the natural logarithm.",
            lambda P: _right(P) / math.log(2),
        ),
        Mistake(
            "sign",
            "The size is right. The logarithm of a probability is negative, an entropy is not.",
            lambda P: -_right(P),
        ),
        Mistake(
            "zero times infinity",
            "Tables without a zero are right. Where a transition never happens, `0 * log(0)` is no "
            "number. It should count as 0: what never comes surprises nobody.",
            detect=_zero_times_infinity,
        ),
        Mistake(
            "steps that never settle",
            "Most sources are right: after many steps, the start is forgotten. The last one goes "
            "to and fro for ever, so it matters whether you stop on an even step. Solve for the "
            "shares, or take the mean over two steps.",
            tuple(
                _weighted(_power(steps, spread))
                for steps in (MANY, MANY + 1)
                for spread in (False, True)
            ),
        ),
    ),
    shape_hint="One number: nats for each step of the source.",
    value_hint="Take two states by hand: shares π₀ and π₁ with π₀ P₀₁ = π₁ P₁₀ and sum 1, and "
    "the entropy of each row.",
    closing="The course's language has some 200 states instead of five. Nothing else differs.",
)
